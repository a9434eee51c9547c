"""Logs that are not of runs: any file, a pipe, or several of those as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from skyforge_tui.domain.log_source import LogProgress, LogSource
from skyforge_tui.ports.log_store import LogReader


class OpenedLog(Protocol):
    """A log and what feeds it; whoever opened it closes it."""

    @property
    def sources(self) -> tuple[LogSource, ...]:
        """Where it comes from; the number of a line's source counts here."""
        ...

    @property
    def reader(self) -> LogReader:
        """Reads it: lines of several sources stand in the order of their times."""
        ...

    def advance(self) -> LogProgress:
        """Take in more of what is there; for one thread at a time, not the one that reads.

        Raises:
            Unavailable: a source cannot be read.
        """
        ...

    def export(self, target: str) -> int:
        """Copy what is there to a new file; return how many bytes that were.

        Raises:
            Conflict: `target` is there already; nothing is overwritten.
            Unavailable: it cannot be written.
        """
        ...

    def close(self) -> None:
        """Stop reading; what was kept of pipes is gone. Closing twice is fine."""
        ...


class LogFiles(Protocol):
    """Opens logs that somebody names."""

    def open(
        self, names: Sequence[str], piped: int | None = None, *, is_live: bool = True
    ) -> OpenedLog:
        """Open what is named; `-` is what comes out of the descriptor `piped`, ours from now on.

        Among files, what is piped in stands where it comes if `is_live`, else where its times say.

        Raises:
            NotFound: a file is not there.
            Forbidden: it may not be read.
            Invalid: it is no file, is not text, or is packed in a way that cannot be read.
            Unavailable: it cannot be read, or there is no place to keep what is piped in.
        """
        ...
