"""Stored output of runs: append-only bytes with a sparse index beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from skyforge_tui.domain.log import LogGap, LogLine


class LogReader(Protocol):
    """Reads one run's output; safe to call from the UI thread.

    Only `pread` on published bytes, never `mmap`: a truncated file under mmap kills the process.
    A reader keeps its descriptors open and never writes. Everything is addressed by line number
    (counted from 0) or by byte offset within the current generation. Only `reopen` opens files.
    """

    @property
    def size(self) -> int:
        """Bytes seen so far."""
        ...

    @property
    def line_count(self) -> int:
        """Lines seen so far; a last line without a line feed counts."""
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

    def reopen(self) -> None:
        """Open the files anew; the next `refresh` shows what is in them. Not for the UI thread.

        Raises:
            Unavailable: they cannot be opened.
        """
        ...

    def refresh(self, budget_bytes: int = ...) -> bool:
        """Look for new bytes, index at most `budget_bytes` of them; return whether more remain."""
        ...

    def lines(self, first: int, count: int) -> list[LogLine]:
        """Return up to `count` lines from line `first`; fewer at the end."""
        ...

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` raw bytes from `offset`, as they are in the file now."""
        ...

    def line_at(self, offset: int) -> int:
        """Return the number of the line that holds the byte at `offset`."""
        ...

    def time_at(self, offset: int) -> datetime | None:
        """Return when the byte at `offset` arrived, if that was recorded."""
        ...

    def gaps(self) -> tuple[LogGap, ...]:
        """Return the known holes, by offset."""
        ...

    def close(self) -> None:
        """Give the descriptors back; closing twice is fine."""
        ...


class LogStore(Protocol):
    """Opens the output of runs."""

    def open(self, native_run_id: str) -> LogReader:
        """Return a reader; an output that has no bytes yet reads as empty.

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
