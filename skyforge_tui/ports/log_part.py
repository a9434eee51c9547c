"""What a reader that leaves lines out shares with the reader of the whole log: all but the lines.

Not a port but what implements most of one; both who keeps logs and who shows them leave lines out.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from skyforge_tui.domain.log import LogGap, LogLine

if TYPE_CHECKING:
    from skyforge_tui.domain.log_query import LogQuery
    from skyforge_tui.ports.log_search import LogSearch
    from skyforge_tui.ports.log_store import LogReader


class PartOfLog:
    """Implements `LogReader` on another one, which stays the caller's to close."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader

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
        """Whether the last line of the whole log is complete."""
        return self._reader.ends_with_newline

    @property
    def generation(self) -> int:
        """Rises when offsets and line numbers lose their meaning."""
        return self._reader.generation

    @property
    def is_stale(self) -> bool:
        """Whether `reopen` would find more than is held."""
        return self._reader.is_stale

    @property
    def knows_end(self) -> bool:
        """Whether no shown line that is there already can turn up behind the last one."""
        return self._reader.knows_end

    def reopen(self) -> None:
        """Open the files anew. Not for the UI thread.

        Raises:
            Unavailable: they cannot be opened.
        """
        self._reader.reopen()

    def refresh(self, budget_bytes: int = 1 << 22) -> bool:
        """Look for new bytes; return whether more remain to be counted.

        Raises:
            Unavailable: the log cannot be read at present.
        """
        return self._reader.refresh(budget_bytes)

    def lines_from(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` shown lines, from that which holds the byte at `offset` on.

        Raises:
            Unavailable: the log cannot be read.
        """
        raise NotImplementedError

    def lines_before(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` shown lines above that which holds the byte at `offset`, in order.

        Raises:
            Unavailable: the log cannot be read.
        """
        raise NotImplementedError

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return up to `count` shown lines from number `first` of the whole log on.

        Raises:
            Unavailable: the log cannot be read.
        """
        here = self._reader.lines(first, 1)
        return self.lines_from(here[0].offset, count) if here else []

    def read(self, offset: int, size: int) -> bytes:
        """Return raw bytes of the whole log.

        Raises:
            Unavailable: the file cannot be read.
        """
        return self._reader.read(offset, size)

    def line_at(self, offset: int) -> int | None:
        """Return the number, in the whole log, of the line that holds the byte at `offset`."""
        return self._reader.line_at(offset)

    def lines_behind(self, offset: int) -> int | None:
        """Return how many lines of the whole log begin at `offset` or behind."""
        return self._reader.lines_behind(offset)

    def time_at(self, offset: int) -> datetime | None:
        """Return when the byte at `offset` arrived, if that was recorded."""
        return self._reader.time_at(offset)

    def gaps(self) -> tuple[LogGap, ...]:
        """Return the known holes, by offset."""
        return self._reader.gaps()

    def search(self, query: LogQuery, near: int = 0) -> LogSearch:
        """Begin to look for something in the whole log."""
        return self._reader.search(query, near)

    def filtered(self, search: LogSearch, context: int = 0) -> LogReader:
        """Return a reader of other lines of the whole log."""
        return self._reader.filtered(search, context)

    def close(self) -> None:
        """Do nothing: the reader of the whole log is closed by whoever opened it."""
