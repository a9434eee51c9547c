"""Reads the lines of a log in which a search has hits, as if they were all there is."""

from __future__ import annotations

from skyforge_tui.domain.log import LogLine
from skyforge_tui.ports.log_part import PartOfLog
from skyforge_tui.ports.log_search import Hit, LogSearch
from skyforge_tui.ports.log_store import LogReader


class FilteredLogReader(PartOfLog):
    """Shows the lines of another reader in which a search of it has hits; both stay the caller's.

    It returns only lines between which nothing can turn up any more: while the search goes on, a
    page may be shorter than it will be. At the end the last lines are those found so far.
    """

    def __init__(self, reader: LogReader, search: LogSearch, context: int = 0) -> None:
        super().__init__(reader)
        self._search = search
        self._context = max(context, 0)

    @property
    def line_count(self) -> int:
        """Lines with hits found so far, without the context around them."""
        return self._search.line_count

    @property
    def counted_size(self) -> int:
        """Bytes that were looked at for hits."""
        return self._search.scanned_bytes

    @property
    def knows_end(self) -> bool:
        """Whether all there is was looked through."""
        return self._search.is_complete

    def lines_behind(self, offset: int) -> int:
        """Return how many hits were found at `offset` or behind so far."""
        return self._search.count - self._search.count_before(offset)

    def refresh(self, budget_bytes: int = 1 << 22) -> bool:
        """Look for new bytes; return whether more remain to be counted or searched.

        Raises:
            Unavailable: the log cannot be read at present.
        """
        has_more = self._reader.refresh(budget_bytes)
        self._search.refresh()
        return has_more or not (self._search.is_complete or self._search.failure)

    def lines_from(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` shown lines, from that which holds the byte at `offset` on.

        Raises:
            Unavailable: the log cannot be read.
        """
        here = self._reader.lines_from(offset, 1)
        if not here:
            return []
        shown_to = here[0].offset
        above = self._reader.lines_before(shown_to, self._context)
        position = above[0].offset if above else shown_to
        shown: list[LogLine] = []
        while len(shown) < count and (hit := self._hit(self._search.next_after(position - 1))):
            for line in (*self._above(hit), hit, *self._below(hit)):
                if line.offset >= shown_to:
                    shown.append(line)
                    shown_to = line.end + 1
            position = hit.end + 1
        return shown[:count]

    def lines_before(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` shown lines above that which holds the byte at `offset`.

        Raises:
            Unavailable: the log cannot be read.
        """
        here = self._reader.lines_from(offset, max(1, self._context))
        shown_from = here[0].offset if here else self._reader.size
        position = here[-1].end + 1 if here and self._context else shown_from
        shown: list[LogLine] = []
        is_end = not here
        while len(shown) < count and (hit := self._hit_before(position, is_end=is_end)):
            for line in reversed((*self._above(hit), hit, *self._below(hit))):
                if line.offset < shown_from:
                    shown.append(line)
                    shown_from = line.offset
            position, is_end = hit.offset, False
        return shown[:count][::-1]

    def _hit_before(self, offset: int, *, is_end: bool) -> LogLine | None:
        """Return the line of the last hit before `offset`; at the end, of the last one so far."""
        hit = self._search.previous_before(offset)
        # The end of a log that grows is seldom looked at already.
        return self._hit(hit._replace(is_certain=hit.is_certain or is_end))

    def _hit(self, hit: Hit) -> LogLine | None:
        """Return the line of a hit, if no other one can turn up before it."""
        if hit.offset is None or not hit.is_certain:
            return None
        return next(iter(self._reader.lines_from(hit.offset, 1)), None)

    def _above(self, line: LogLine) -> list[LogLine]:
        return self._reader.lines_before(line.offset, self._context) if self._context else []

    def _below(self, line: LogLine) -> list[LogLine]:
        return self._reader.lines_from(line.end + 1, self._context) if self._context else []
