"""A log without the tasks that passed."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from datetime import datetime
from typing import TYPE_CHECKING

from skyforge_tui.domain.log import LogGap, LogLine
from skyforge_tui.domain.outline import Outline

if TYPE_CHECKING:
    from skyforge_tui.domain.log_query import LogQuery
    from skyforge_tui.ports.log_search import LogSearch
    from skyforge_tui.ports.log_store import LogReader


class PassedTasksHidden:
    """Reads a log, but leaves out the tasks that are over and in which nothing went wrong.

    A task is left out when something follows it and nothing in it failed, warned, was ignored or
    was tried again. Closing it does not close the reader beneath.
    """

    def __init__(self, reader: LogReader, outline: Outline) -> None:
        self._reader = reader
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

    # Which lines there are.

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

    # The rest is that of the whole log.

    @property
    def size(self) -> int:
        """Bytes of the whole log."""
        return self._reader.size

    @property
    def line_count(self) -> int:
        """Lines of the whole log."""
        return self._reader.line_count

    @property
    def counted_size(self) -> int:
        """Bytes of it whose lines are counted."""
        return self._reader.counted_size

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line is complete."""
        return self._reader.ends_with_newline

    @property
    def generation(self) -> int:
        """That of the log."""
        return self._reader.generation

    @property
    def is_stale(self) -> bool:
        """Whether there is more than is held."""
        return self._reader.is_stale

    def reopen(self) -> None:
        """Open the files anew."""
        self._reader.reopen()

    def refresh(self, budget_bytes: int = 1 << 20) -> bool:
        """Look for new bytes."""
        return self._reader.refresh(budget_bytes)

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return lines by number, left out or not."""
        return self._reader.lines(first, count)

    def read(self, offset: int, size: int) -> bytes:
        """Return raw bytes."""
        return self._reader.read(offset, size)

    def line_at(self, offset: int) -> int | None:
        """Return the number of a line."""
        return self._reader.line_at(offset)

    def time_at(self, offset: int) -> datetime | None:
        """Return when a byte arrived."""
        return self._reader.time_at(offset)

    def gaps(self) -> tuple[LogGap, ...]:
        """Return the known holes."""
        return self._reader.gaps()

    def search(self, query: LogQuery, near: int = 0) -> LogSearch:
        """Begin to look for something in the whole log."""
        return self._reader.search(query, near)

    def filtered(self, search: LogSearch, context: int = 0) -> LogReader:
        """Return a reader of the lines with hits."""
        return self._reader.filtered(search, context)

    def close(self) -> None:
        """Leave the reader beneath open."""
