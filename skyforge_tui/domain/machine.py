"""What this machine has, as far as this program can use it: one check per thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """How a check came out."""

    OK = "ok"
    MISSING = "missing"
    """Not here. Nothing is broken; what it is for cannot be done."""
    WARNING = "warning"
    """Here, but old, slow, or not whole."""
    ERROR = "error"
    """In the way: something will fail until it is mended."""
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> CheckState:  # noqa: ARG003
        return cls.UNKNOWN


class CheckGroup(StrEnum):
    """What a check is about."""

    TOOL = "tool"
    """A program that runs are made of."""
    PLACE = "place"
    """A file or folder of this program."""
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found out about one thing."""

    name: str
    group: CheckGroup
    state: CheckState
    purpose: str
    """What it is for, in a few words."""
    version: str = ""
    where: str = ""
    """An absolute path; may be empty."""
    detail: str = ""
    """What else was found, or what is wrong."""
    advice: str = ""
    """What to do about it; empty when nothing needs doing."""
