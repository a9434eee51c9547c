"""How long the output of runs is kept, and what goes when there is too much of it.

A run itself stays for good: what was asked for, how it ended. Only its output goes, as a whole, and
leaves a gap that says how much there was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import Run


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be kept; None is without limit."""

    age: timedelta | None = None
    """Since a run ended."""
    size: int | None = None
    """Bytes of all output together."""

    @property
    def are_none(self) -> bool:
        """Whether everything is kept for good."""
        return self.age is None and self.size is None


@dataclass(frozen=True, slots=True)
class HeldLimits:
    """What a host of labs may keep of the runs one started there; None is without limit."""

    age: timedelta | None = None
    """Since a run ended."""
    count: int | None = None
    """Of so many newest runs."""

    @property
    def are_none(self) -> bool:
        """Whether everything is kept for good."""
        return self.age is None and self.count is None


class Cause(StrEnum):
    """Why the output of a run goes, or a run of a host with it."""

    AGE = "older than the limit"
    SIZE = "the oldest, where there is too much"
    COUNT = "the oldest, where there are too many"


@dataclass(frozen=True, slots=True)
class Doomed:
    """A run whose output goes."""

    run: Run
    cause: Cause


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """What there is, and what of it goes."""

    run_count: int
    """Runs with output."""
    size: int
    """Bytes of their output."""
    doomed: tuple[Doomed, ...]
    """In the order in which they go: the oldest first."""
    active: int
    """Runs that have not ended, whose output stays whatever the limits say."""
    uncollected: int
    """Runs that have ended, but whose output was not read yet for what they leave; likewise."""

    @property
    def doomed_size(self) -> int:
        """Bytes that go."""
        return sum(one.run.log_bytes for one in self.doomed)


def retention_plan(
    runs: Iterable[Run], limits: Limits, now: datetime, unread: Collection[RunId]
) -> RetentionPlan:
    """Return which output goes; `unread` are runs whose output is still to be read by somebody."""
    held = [run for run in runs if run.log_bytes]
    ended = [run for run in held if run.state.is_final]
    free = sorted((run for run in ended if run.id not in unread), key=lambda run: _age(run, now))
    free.reverse()
    size = left = sum(run.log_bytes for run in held)
    doomed: list[Doomed] = []
    for run in free:
        if limits.age is not None and _age(run, now) > limits.age:
            cause = Cause.AGE
        elif limits.size is not None and left > limits.size:
            cause = Cause.SIZE
        else:
            continue
        doomed.append(Doomed(run, cause))
        left -= run.log_bytes
    return RetentionPlan(
        len(held), size, tuple(doomed), len(held) - len(ended), len(ended) - len(free)
    )


def held_plan(
    runs: Iterable[Run], limits: HeldLimits, now: datetime, unread: Collection[RunId]
) -> RetentionPlan:
    """Return which runs of a host go, whole.

    One that has not ended, or whose files are still to be read by somebody, stays, but counts.
    """
    newest = sorted(runs, key=lambda run: run.number, reverse=True)
    doomed: list[Doomed] = []
    for place, run in enumerate(newest):
        if not run.state.is_final or run.id in unread:
            continue
        if limits.age is not None and _age(run, now) > limits.age:
            doomed.append(Doomed(run, Cause.AGE))
        elif limits.count is not None and place >= limits.count:
            doomed.append(Doomed(run, Cause.COUNT))
    active = sum(not run.state.is_final for run in newest)
    size = sum(run.log_bytes for run in newest)
    waiting = sum(run.state.is_final and run.id in unread for run in newest)
    return RetentionPlan(len(newest), size, tuple(reversed(doomed)), active, waiting)


def _age(run: Run, now: datetime) -> timedelta:
    return now - (run.ended_at or run.started_at or run.created_at)
