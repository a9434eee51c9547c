"""What a run's output is made of: its tasks, what came of them on each host, what went wrong where.

Filled by `OutlineScan` while the output grows. Lines are called by the offset at which they begin.
Whatever the output says, memory is bounded: a few bytes per task and failure, one byte per host and
task.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from enum import IntEnum

from skyforge_tui.domain.offset_buckets import OffsetBuckets

MOST_HOSTS = 4096
MOST_CELLS = 16 * 1024 * 1024
"""What came of tasks on hosts is kept up to so many pairs; more are counted by nobody."""


class Outcome(IntEnum):
    """What came of a task on a host; of several (a loop has one for each item) the worst counts."""

    NONE = 0
    RETRYING = 1
    SKIPPED = 2
    OK = 3
    CHANGED = 4
    IGNORED = 5
    """It failed, and the playbook says that this does not matter."""
    RESCUED = 6
    """It failed, and what the playbook holds ready for that came to a good end: the recap says."""
    FAILED = 7
    UNREACHABLE = 8


OUT = (Outcome.FAILED, Outcome.UNREACHABLE)
"""After these a host takes no part any more, unless it is rescued."""


@dataclass(frozen=True, slots=True)
class Recap:
    """What Ansible says of a host when a run has ended."""

    ok: int = 0
    changed: int = 0
    unreachable: int = 0
    failed: int = 0
    skipped: int = 0
    rescued: int = 0
    ignored: int = 0

    @property
    def is_well(self) -> bool:
        """Whether the host was reached and nothing failed on it for good."""
        return not self.failed and not self.unreachable


@dataclass(slots=True)
class HostRow:
    """One host, and what came of each task on it."""

    name: str
    cells: bytearray = field(default_factory=bytearray)
    """One `Outcome` per task, as far as it took part."""
    retries_left: int = 0
    """Of the task that it is trying again."""
    recap: Recap | None = None

    @property
    def last(self) -> Outcome:
        """What came of the last task it took part in."""
        return Outcome(self.cells[-1]) if self.cells else Outcome.NONE

    @property
    def is_out(self) -> bool:
        """Whether it takes no part any more."""
        return not self.recap.is_well if self.recap is not None else self.last in OUT

    def at(self, task: int) -> Outcome:
        """Return what came of a task on it."""
        return Outcome(self.cells[task]) if task < len(self.cells) else Outcome.NONE


def _offsets() -> array[int]:
    return array("Q")


@dataclass(slots=True)
class Outline:
    """Where what begins; tasks are counted from 0."""

    tasks: array[int] = field(default_factory=_offsets)
    """The lines in which tasks and handlers begin."""
    plays: array[int] = field(default_factory=_offsets)
    """The lines in which plays and recaps begin: where the task before ends."""
    recaps: array[int] = field(default_factory=_offsets)
    """The lines in which a play's recap begins."""
    failures: array[int] = field(default_factory=_offsets)
    """Of each failed task the first bad line, and the first that names a host on which it failed.

    Of what has no tasks, the first line of each stretch of bad ones.
    """
    warnings: array[int] = field(default_factory=_offsets)
    """The lines that warn, of several in a row the first."""
    marred: bytearray = field(default_factory=bytearray)
    """For each task, whether something in it is bad, warns, was ignored or is tried again."""
    hosts: list[HostRow] = field(default_factory=list)
    """In the order in which they were first heard of."""
    buckets: OffsetBuckets = field(default_factory=OffsetBuckets)
    """The worst of all lines, coarsely."""
    size: int = 0
    """How many bytes were looked at."""
    is_cut: bool = False
    """Whether there were too many hosts or tasks to keep what came of them."""

    def task_at(self, offset: int) -> int | None:
        """Return the task that a byte belongs to; None between plays and in a recap."""
        task = bisect_right(self.tasks, offset) - 1
        if task < 0:
            return None
        play = bisect_right(self.plays, offset) - 1
        return None if play >= 0 and self.plays[play] > self.tasks[task] else task

    def bounds(self, task: int) -> tuple[int, int]:
        """Return where a task begins, and where it ends as far as is known."""
        start = self.tasks[task]
        end = self.tasks[task + 1] if task + 1 < len(self.tasks) else self.size
        play = bisect_right(self.plays, start)
        return start, min(end, self.plays[play]) if play < len(self.plays) else end

    def tally(self, task: int) -> dict[Outcome, int]:
        """Return on how many hosts a task came out how."""
        counts: dict[Outcome, int] = {}
        for host in self.hosts:
            outcome = host.at(task)
            if outcome:
                counts[outcome] = counts.get(outcome, 0) + 1
        return counts

    def excuse(self, task: int) -> None:
        """Take note that no failure of a task matters: its lines warn then."""
        start, end = self.bounds(task)
        first = bisect_left(self.failures, start)
        last = bisect_left(self.failures, end) if self.is_over(task) else len(self.failures)
        if first < last:
            insort(self.warnings, self.failures[first])
            del self.failures[first:last]

    @property
    def play(self) -> int:
        """The task with which the present play begins; how many tasks there are if it has none."""
        return 0 if not self.plays else bisect_left(self.tasks, self.plays[-1])

    def is_over(self, task: int) -> bool:
        """Return whether something follows a task, so that nothing more comes of it."""
        return task + 1 < len(self.tasks) or bool(self.plays and self.plays[-1] > self.tasks[task])

    def next_stop(self, offset: int) -> int | None:
        """Return the next line behind `offset` in which a task, handler or recap begins."""
        ways = (after(self.tasks, offset), after(self.recaps, offset))
        return min((one for one in ways if one is not None), default=None)

    def last_stop(self, offset: int) -> int | None:
        """Return the last such line before `offset`."""
        ways = (before(self.tasks, offset), before(self.recaps, offset))
        return max((one for one in ways if one is not None), default=None)


def after(offsets: array[int], offset: int) -> int | None:
    """Return the first of sorted offsets that is behind `offset`."""
    index = bisect_right(offsets, offset)
    return offsets[index] if index < len(offsets) else None


def before(offsets: array[int], offset: int) -> int | None:
    """Return the last of sorted offsets that is before `offset`."""
    index = bisect_left(offsets, offset) - 1
    return offsets[index] if index >= 0 else None
