"""Steps of making or removing something, each with how it went: what is true stays told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Went(StrEnum):
    """How a step went."""

    DONE = "done"
    WAS_SO = "was so"
    FAILED = "failed"
    LEFT = "left"
    """Not tried, because an earlier one failed, or because nobody said go."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A step, how it went, and why."""

    what: str
    went: Went
    why: str = ""
