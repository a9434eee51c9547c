"""A log without the tasks that passed."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from skyforge_tui.domain.log import LogLine
from skyforge_tui.domain.outline import Outline
from skyforge_tui.ports.log_part import PartOfLog

if TYPE_CHECKING:
    from skyforge_tui.ports.log_store import LogReader


class PassedTasksHidden(PartOfLog):
    """Reads a log, but leaves out the tasks that are over and in which nothing went wrong.

    A task is left out when something follows it and nothing in it failed, warned, was ignored or
    was tried again. Closing it does not close the reader beneath.
    """

    def __init__(self, reader: LogReader, outline: Outline) -> None:
        super().__init__(reader)
        self._outline = outline
        self._looked_at = 0
        # Stretches that are left out, joined where they touch.
        self._starts = array("Q")
        self._ends = array("Q")
        self.look()

    def look(self) -> bool:
        """Leave out what passed meanwhile; return whether anything did."""
        outline = self._outline
        before = len(self._starts), self._ends[-1] if self._ends else 0
        while self._looked_at < len(outline.tasks) and outline.is_over(self._looked_at):
            if not outline.marred[self._looked_at]:
                start, end = outline.bounds(self._looked_at)
                if self._ends and self._ends[-1] == start:
                    self._ends[-1] = end
                else:
                    self._starts.append(start)
                    self._ends.append(end)
            self._looked_at += 1
        return before != (len(self._starts), self._ends[-1] if self._ends else 0)

    def lines_from(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` lines from that which holds the byte at `offset`, or the next."""
        found: list[LogLine] = []
        while len(found) < count:
            stretch = bisect_right(self._starts, offset) - 1
            if stretch >= 0 and offset < self._ends[stretch]:
                offset = self._ends[stretch]
            lines = self._reader.lines_from(offset, count - len(found))
            if not lines:
                break
            stop = self._starts[stretch + 1] if stretch + 1 < len(self._starts) else None
            found += [line for line in lines if stop is None or line.offset < stop]
            offset = lines[-1].end + 1 if stop is None else min(lines[-1].end + 1, stop)
        return found

    def lines_before(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` lines above the one that holds the byte at `offset`, in order."""
        found: list[LogLine] = []
        while len(found) < count:
            stretch = bisect_left(self._starts, offset) - 1
            if stretch >= 0 and offset <= self._ends[stretch]:
                offset = self._starts[stretch]
                stretch -= 1
            lines = self._reader.lines_before(offset, count - len(found))
            if not lines:
                break
            stop = self._ends[stretch] if stretch >= 0 else 0
            found[:0] = [line for line in lines if line.offset >= stop]
            offset = max(lines[0].offset, stop)
        return found
