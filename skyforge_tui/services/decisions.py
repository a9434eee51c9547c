"""Yes or no, and why: what one hears when asking whether one may."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""


@dataclass(frozen=True, slots=True)
class Denied:
    """No, and why; `advice` is what to do instead."""

    reason: str
    advice: str = ""


Decision = Allowed | Denied
YES = Allowed()
