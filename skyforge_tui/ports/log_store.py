"""Stored output of runs: append-only bytes with a sparse index beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from skyforge_tui.domain.log import LogGap, LogLine

if TYPE_CHECKING:
    from skyforge_tui.domain.log_query import LogQuery
    from skyforge_tui.ports.log_search import LogSearch


class LogReader(Protocol):
    """Reads one log; safe to call from the UI thread, and by one thread only unless said otherwise.

    Only `pread` on published bytes, never `mmap`: a truncated file under mmap kills the process.
    A reader keeps its descriptors open and never writes. Only `reopen` opens files.

    The address of a line is the byte offset at which it begins, within the current generation: it
    is known at once, anywhere in a file of any size, and stays when lines are counted or filtered.
    Numbers (from 0) are known once everything above is counted, which goes on in the background;
    in a filtered reader they are those of the whole log, so that some are left out. To go on below
    a line, ask for `lines_from(line.end + 1, …)`; above it, for `lines_before(line.offset, …)`.
    """

    @property
    def size(self) -> int:
        """Bytes there were at the last `refresh`; all of them can be read."""
        ...

    @property
    def line_count(self) -> int:
        """Lines counted so far; a last line without a line feed counts."""
        ...

    @property
    def counted_size(self) -> int:
        """Bytes whose lines are counted; `size` when all are."""
        ...

    @property
    def ends_with_newline(self) -> bool:
        """Whether the last line is complete."""
        ...

    @property
    def generation(self) -> int:
        """Rises when offsets and line numbers lose their meaning, so that all is to be redrawn."""
        ...

    @property
    def is_stale(self) -> bool:
        """Whether `reopen` would find more than is held: a new generation, a first byte, a gap."""
        ...

    @property
    def knows_end(self) -> bool:
        """Whether no line that is there already can turn up behind the last one it returns."""
        ...

    def reopen(self) -> None:
        """Open the files anew; the next `refresh` shows what is in them. Not for the UI thread.

        Raises:
            Unavailable: they cannot be opened.
        """
        ...

    def refresh(self, budget_bytes: int = ...) -> bool:
        """Look for new bytes, count at most `budget_bytes` of them; return whether more remain.

        The rest is counted in the background and seen by later calls; with no budget none is.

        Raises:
            Unavailable: the log cannot be read at present.
        """
        ...

    def lines_from(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` lines: that which holds the byte at `offset`, and those below.

        A line feed belongs to the line it ends. Fewer at the end; none from `size` on.

        Raises:
            Unavailable: the log cannot be read.
        """
        ...

    def lines_before(self, offset: int, count: int) -> list[LogLine]:
        """Return up to `count` lines above the one that holds the byte at `offset`, in order.

        From `size` on these are the last ones. Fewer at the beginning.

        Raises:
            Unavailable: the log cannot be read.
        """
        ...

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return up to `count` lines from number `first`, of those that are counted."""
        ...

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` raw bytes from `offset`, as they are in the file now.

        Any thread may call this at any time; after `close` there are none.

        Raises:
            Unavailable: the file cannot be read.
        """
        ...

    def line_at(self, offset: int) -> int | None:
        """Return the number of the line that holds the byte at `offset`; None if not counted."""
        ...

    def lines_behind(self, offset: int) -> int | None:
        """Return how many lines begin at `offset`, where one ends, or behind; None if not counted.

        Of lines that a search has found, how many hits.
        """
        ...

    def time_at(self, offset: int) -> datetime | None:
        """Return when the byte at `offset` arrived, if that was recorded."""
        ...

    def gaps(self) -> tuple[LogGap, ...]:
        """Return the known holes, by offset."""
        ...

    def search(self, query: LogQuery, near: int = 0) -> LogSearch:
        """Begin to look for something in the background, from the byte at `near` outwards.

        Whoever asked closes it, before the reader.

        Raises:
            Invalid: it would take too large a machine to look for this.
        """
        ...

    def filtered(self, search: LogSearch, context: int = 0) -> LogReader:
        """Return a reader of the lines in which `search` has hits, and `context` lines around each.

        It shows what is found so far and grows with the search and the log: `refresh` refreshes
        both. Closing it closes neither.
        """
        ...

    def close(self) -> None:
        """Give the descriptors back; closing twice is fine."""
        ...


class LogStore(Protocol):
    """Opens the output of runs."""

    def open(self, native_run_id: str, on_close: Callable[[], None] | None = None) -> LogReader:
        """Return a reader; an output that has no bytes yet reads as empty.

        `on_close` is called once, by whoever closes the reader, in that thread.

        Raises:
            NotFound: there is no such run.
        """
        ...

    def export(self, native_run_id: str, target: str) -> int:
        """Copy the current generation's raw bytes to a new file; return how many there were.

        Raises:
            NotFound: there is no such run.
            Conflict: `target` is there already; nothing is overwritten.
            Unavailable: it cannot be written.
        """
        ...
