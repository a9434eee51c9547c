"""How a pretend `netlab api` is; all of it may change while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Habits:
    """The knobs of one server."""

    job_s: float = 3.0
    """How long a job takes."""
    fatal: str = "nightly"
    """Names of labs, with commas, that netlab gives up on: their jobs stay `running` for ever."""
    lies_when_down: bool = False
    """Whether `down` says that it was done though the lab is still there."""
    asks_who: bool = True
    """Whether it wants a name and a password."""
