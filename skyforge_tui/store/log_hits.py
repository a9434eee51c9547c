"""Where something was found in a log, in four bytes a hit.

Hits are kept by stretches of whole lines. Beyond a few million a stretch keeps their number only:
what is so common is found again on the spot.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

MOST_KEPT = 8_000_000
"""Hits whose places are kept."""
_JOINED_BYTES = 1 << 20
"""Stretches are joined up to this size, lest a log that grows by lines has one for each."""


@dataclass(slots=True)
class Stretch:
    """Whole lines that were looked at."""

    start: int
    end: int
    starts: array[int] | None
    """Where each hit begins, counted from `start`; None when there are too many to keep."""
    count: int
    lines: int


class Coverage:
    """Ranges of bytes that were looked at, joined where they touch."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes in all of them."""
        self._begins: list[int] = []
        self._ends: list[int] = []

    def add(self, begin: int, end: int) -> None:
        """Add a range that overlaps none."""
        self.size += end - begin
        at = bisect_left(self._begins, begin)
        touches_before = at > 0 and self._ends[at - 1] == begin
        touches_behind = at < len(self._begins) and self._begins[at] == end
        if touches_before and touches_behind:
            self._ends[at - 1] = self._ends.pop(at)
            self._begins.pop(at)
        elif touches_before:
            self._ends[at - 1] = end
        elif touches_behind:
            self._begins[at] = begin
        else:
            self._begins.insert(at, begin)
            self._ends.insert(at, end)

    def gap_from(self, offset: int, size: int) -> tuple[int, int] | None:
        """Return the first range from `offset` on, below `size`, that is not covered."""
        at = bisect_right(self._begins, offset)
        if at and self._ends[at - 1] > offset:
            offset = self._ends[at - 1]
        if offset >= size:
            return None
        return offset, self._begins[at] if at < len(self._begins) else size

    def gap_before(self, offset: int) -> tuple[int, int] | None:
        """Return the last range up to `offset` that is not covered."""
        at = bisect_left(self._begins, offset)
        if at and self._ends[at - 1] >= offset:
            at -= 1
            offset = self._begins[at]
        if offset <= 0:
            return None
        return self._ends[at - 1] if at else 0, offset


class HitStore:
    """Stretches with hits, in order, and apart from them the unfinished last line."""

    def __init__(self) -> None:
        self.tail: Stretch | None = None
        """The line that has no line feed yet, as it was when it was looked at."""
        self._count = 0
        self._lines = 0
        self._coverage = Coverage()
        self._stretches: list[Stretch] = []
        self._begins: list[int] = []
        self._kept = 0

    @property
    def count(self) -> int:
        """Hits in all."""
        return self._count + (self.tail.count if self.tail else 0)

    @property
    def lines(self) -> int:
        """Lines with hits in all."""
        return self._lines + (self.tail.lines if self.tail else 0)

    @property
    def covered(self) -> int:
        """Bytes that were looked at."""
        return self._coverage.size + (self.tail.end - self.tail.start if self.tail else 0)

    def add(self, fresh: Stretch) -> None:
        """Add whole lines of which none is there yet; an unfinished one among them is finished."""
        if self.tail is not None and fresh.start <= self.tail.start < fresh.end:
            self.tail = None
        self._coverage.add(fresh.start, fresh.end)
        if not fresh.count:
            return
        self._count += fresh.count
        self._lines += fresh.lines
        if self._kept + fresh.count > MOST_KEPT:
            fresh.starts = None
        else:
            self._kept += fresh.count
        at = bisect_left(self._begins, fresh.start)
        if at and _join(self._stretches[at - 1], fresh):
            return
        self._stretches.insert(at, fresh)
        self._begins.insert(at, fresh.start)

    def gap_from(self, offset: int, size: int) -> tuple[int, int] | None:
        """Return the first range from `offset` on, below `size`, that was not looked at."""
        return self._coverage.gap_from(offset, self._uncovered_size(size))

    def gap_before(self, offset: int, size: int) -> tuple[int, int] | None:
        """Return the last range up to `offset` that was not looked at."""
        return self._coverage.gap_before(min(offset, self._uncovered_size(size)))

    def first_from(self, offset: int) -> int | Stretch | None:
        """Return the first kept hit at `offset` or behind, or a stretch that keeps none of its."""
        at = max(0, bisect_right(self._begins, offset) - 1)
        for index in range(at, len(self._stretches)):
            found = _first_in(self._stretches[index], offset)
            if found is not None:
                return found
        return None if self.tail is None else _first_in(self.tail, offset)

    def last_before(self, offset: int) -> int | Stretch | None:
        """Return the last kept hit before `offset`, or a stretch that keeps none of its."""
        found = None if self.tail is None else _last_in(self.tail, offset)
        at = bisect_left(self._begins, offset) - 1
        while found is None and at >= 0:
            found = _last_in(self._stretches[at], offset)
            at -= 1
        return found

    def between(self, start: int, end: int) -> int:
        """Return how many hits begin from `start` on and before `end`; about, where not kept."""
        total = 0 if self.tail is None else _between(self.tail, start, end)
        at = max(0, bisect_right(self._begins, start) - 1)
        while at < len(self._stretches) and self._begins[at] < end:
            total += _between(self._stretches[at], start, end)
            at += 1
        return total

    def _uncovered_size(self, size: int) -> int:
        """Return where what may not have been looked at ends."""
        tail = self.tail
        return tail.start if tail is not None and tail.end >= size else size


def _join(before: Stretch, fresh: Stretch) -> bool:
    """Let a stretch go on with the next one, if it ends there and both are small."""
    if (
        before.end != fresh.start
        or before.starts is None
        or fresh.starts is None
        or fresh.end - before.start > _JOINED_BYTES
    ):
        return False
    shift = fresh.start - before.start
    before.starts.extend(shift + one for one in fresh.starts)
    before.end = fresh.end
    before.count += fresh.count
    before.lines += fresh.lines
    return True


def _first_in(stretch: Stretch, offset: int) -> int | Stretch | None:
    if stretch.end <= offset or not stretch.count:
        return None
    if stretch.starts is None:
        return stretch
    inside = bisect_left(stretch.starts, max(0, offset - stretch.start))
    return stretch.start + stretch.starts[inside] if inside < stretch.count else None


def _last_in(stretch: Stretch, offset: int) -> int | Stretch | None:
    if stretch.start >= offset or not stretch.count:
        return None
    if stretch.starts is None:
        return stretch
    inside = bisect_left(stretch.starts, offset - stretch.start)
    return stretch.start + stretch.starts[inside - 1] if inside else None


def _between(stretch: Stretch, start: int, end: int) -> int:
    if start <= stretch.start and stretch.end <= end:
        return stretch.count
    if stretch.starts is None:
        shared = max(0, min(end, stretch.end) - max(start, stretch.start))
        return -(-stretch.count * shared // (stretch.end - stretch.start))
    low = bisect_left(stretch.starts, max(0, start - stretch.start))
    return bisect_left(stretch.starts, max(0, end - stretch.start)) - low
