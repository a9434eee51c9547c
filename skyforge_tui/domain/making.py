"""Steps of making or removing something, each with how it went: what is true stays told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Went(StrEnum):
    """How a step went."""

    DONE = "done"
    WAS_SO = "was so"
    RUNNING = "running"
    FAILED = "failed"
    LEFT = "left"
    """Not tried, because an earlier one failed, or because nobody said go."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A step, how it went, and why."""

    what: str
    went: Went
    why: str = ""
    parts: tuple[str, ...] = ()
    """What goes with it."""

    @property
    def is_missing(self) -> bool:
        """Whether it is yet to be done."""
        return self.went not in (Went.DONE, Went.WAS_SO)


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be done, before anybody says go."""

    steps: tuple[Outcome, ...]
    """LEFT is due, WAS_SO is so already, FAILED cannot work as things are."""
    kept: tuple[str, ...] = ()
    """What stays as it is, and why."""
    errors: tuple[str, ...] = ()
    """What could not be looked at; nothing of it is among the steps."""


class Follower:
    """Whoever follows steps: is told of each as it goes, and may have enough of them.

    `heard` is called for each on whatever thread takes the steps.
    """

    def __init__(self, heard: Callable[[Outcome], object] = lambda _: None) -> None:
        self._heard = heard
        self._outcomes: dict[str, Outcome] = {}
        self._has_enough = False

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How every step went that was told of, as last told, in the order of first telling."""
        return tuple(self._outcomes.values())

    @property
    def has_enough(self) -> bool:
        """Whether no further step shall be begun."""
        return self._has_enough

    def stop(self) -> None:
        """Have no further step begun; may be called on any thread."""
        self._has_enough = True

    def tell(self, what: str, went: Went, why: str = "") -> None:
        """Hear how a step is going."""
        known = self._outcomes.get(what)
        outcome = Outcome(what, went, why, known.parts if known else ())
        self._outcomes[what] = outcome
        self._heard(outcome)

    def expect(self, steps: Iterable[Outcome]) -> None:
        """Hear of steps that are due, or are so already."""
        for one in steps:
            self._outcomes[one.what] = one
            self._heard(one)
