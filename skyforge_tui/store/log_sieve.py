"""Lets through the lines that a query asks for, and those around them, as a log streams by."""

from __future__ import annotations

from collections.abc import Iterator

from skyforge_tui.domain.log_query import LogQuery
from skyforge_tui.store.log_matcher import LogMatcher

SEPARATOR = b"--\n"
"""Stands between lines that do not follow each other, where context is shown."""


class LogSieve:
    """Takes bytes in pieces of any size; holds back the last line until it is complete."""

    def __init__(self, query: LogQuery, context: int = 0) -> None:
        """Begin.

        Raises:
            Invalid: it would take too large a machine to look for this.
        """
        self.hits = 0
        """Lines that were asked for and found, without those around them."""
        self._matcher = LogMatcher(query)
        self._context = context
        self._unfinished: list[bytes] = []
        self._held = b""
        """The last lines, at most `context`, that were not let through."""
        self._owed = 0
        """Lines that are still to be let through after the last hit."""
        self._has_written = False
        self._has_left_out = False
        """Whether lines were left out since the last one that was let through."""

    def feed(self, data: bytes) -> bytes:
        """Take more of the log; return what is let through."""
        end = data.rfind(b"\n") + 1
        if not end:
            self._unfinished.append(data)
            return b""
        lines = b"".join((*self._unfinished, data[:end]))
        self._unfinished = [data[end:]]
        return b"".join(self._sifted(lines))

    def finish(self) -> bytes:
        """Return what is let through of a last line without a line feed."""
        rest = b"".join(self._unfinished)
        self._unfinished = []
        return b"".join(self._sifted(rest)) if rest else b""

    def _sifted(self, lines: bytes) -> Iterator[bytes]:
        done = 0
        for start, end in self._hit_lines(lines):
            yield from self._between(lines[done:start])
            if self._context and self._has_left_out and self._has_written:
                yield SEPARATOR
            yield self._held
            yield lines[start:end]
            self._held, self._owed = b"", self._context
            self._has_written, self._has_left_out = True, False
            done = end
        yield from self._between(lines[done:])

    def _hit_lines(self, lines: bytes) -> Iterator[tuple[int, int]]:
        end = 0
        for hit in self._matcher.find(lines, 0, len(lines)).starts:
            if hit < end:
                continue
            start = lines.rfind(b"\n", end, hit) + 1 or end
            end = lines.find(b"\n", hit) + 1 or len(lines)
            self.hits += 1
            yield start, end

    def _between(self, lines: bytes) -> Iterator[bytes]:
        """Take lines without hits: let through what is owed, hold the last, leave out the rest."""
        taken = 0
        while self._owed and taken < len(lines):
            taken = lines.find(b"\n", taken) + 1 or len(lines)
            self._owed -= 1
        if taken:
            yield lines[:taken]
        if taken == len(lines):
            return
        held = self._held + lines[taken:]
        kept = len(held)
        for _ in range(self._context):
            if kept:
                kept = held.rfind(b"\n", 0, kept - 1) + 1
        self._has_left_out = self._has_left_out or kept > 0
        self._held = held[kept:]
