"""Where in a log things failed, coarsely: what the ticks on its scrollbar are made of.

The bytes are looked through in the background, a slice at a time, from the start to the present
end, and only the worst of each bucket of lines is kept, so that a log of any size takes the same
memory.
"""

from __future__ import annotations

from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.tui.presenters.log_lines import Severity, severities

SLICE_BYTES = 256 * 1024
BUCKETS = 1024
_MOST_LINES = 64
"""Lines that are parsed in one step, at most."""
_OVERLAP = 32

_RANKS: dict[Severity, int] = {"": 0, "warn": 1, "bad": 2}
_BY_RANK: tuple[Severity, ...] = ("", "warn", "bad")


class LogTicks:
    """The worst severity per bucket of lines, as far as it was looked at."""

    def __init__(self) -> None:
        self._lines_each = 1
        self._ranks = bytearray(BUCKETS)
        self._offset = 0
        self._line = 0
        self._drawn: tuple[tuple[int, int], list[Severity]] | None = None

    def look(self, reader: LogReader) -> bool:
        """Look at the next slice; return whether there is more to look at."""
        end = min(reader.size, self._offset + SLICE_BYTES)
        data = reader.read(self._offset, end - self._offset)
        # What is behind the last line feed is looked at again when its line is complete.
        whole = data.rfind(b"\n") + 1
        if not whole:
            if len(data) < SLICE_BYTES:
                return False
            # A line longer than a slice: only its beginning could have told anything.
            whole = len(data) - _OVERLAP
        data = data[:whole]
        has_stopped = False
        counted = 0
        for start, severity in severities(data, _MOST_LINES):
            self._line += data.count(b"\n", counted, start)
            counted = start
            if not severity:
                data = data[:start]
                has_stopped = True
                break
            self._mark(self._line, severity)
        self._line += data.count(b"\n", counted)
        self._offset += len(data)
        return has_stopped or end < reader.size

    def rows(self, height: int, line_count: int) -> list[Severity]:
        """Return the worst severity for each of `height` rows that stand for all lines."""
        key = (height, line_count)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, self._reduced(height, line_count))
        return self._drawn[1]

    def _reduced(self, height: int, line_count: int) -> list[Severity]:
        worst = bytearray(height)
        used = min(BUCKETS, self._line // self._lines_each + 1)
        for bucket in range(used):
            rank = self._ranks[bucket]
            if rank:
                row = min(height - 1, bucket * self._lines_each * height // max(line_count, 1))
                worst[row] = max(worst[row], rank)
        return [_BY_RANK[rank] for rank in worst]

    def _mark(self, line: int, severity: Severity) -> None:
        while line // self._lines_each >= BUCKETS:
            pairs = zip(self._ranks[::2], self._ranks[1::2], strict=True)
            self._ranks = bytearray(map(max, pairs)) + bytearray(BUCKETS // 2)
            self._lines_each *= 2
        bucket = line // self._lines_each
        rank = _RANKS[severity]
        if rank > self._ranks[bucket]:
            self._ranks[bucket] = rank
            self._drawn = None
