"""How careful one has to be with an upstream, whatever one may do there."""

from __future__ import annotations

from enum import StrEnum


class Guard(StrEnum):
    """What stands between a key and a change; belongs to an upstream instance."""

    NORMAL = "normal"
    CONFIRM = "confirm"
    """Whatever changes something there asks in so many words."""
    READ_ONLY = "read-only"
    """Nothing is changed there from here."""
