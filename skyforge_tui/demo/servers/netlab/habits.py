"""How a pretend lab host is; all of it may change while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Habits:
    """The knobs of one host; they hold for commands that begin from now on."""

    release: str = "26.10"
    """Of netlab; before 26.02 it tells its status in no form that can be read."""
    pace_s: float = 0.6
    """How long each step of netlab's work takes."""
    has_netlab: bool = True
    """Whether its programs are there, containerlab too."""
    clab: str = "0.79"
    """The release of containerlab; before 0.68 it tells of labs in another form."""
    commands: int = 0
    """How many commands were run so far; may be set to 0 to count anew."""
    sign_ins: int = 0
    """How many connections were signed in; may be set to 0 to count anew."""
