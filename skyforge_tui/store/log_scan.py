"""Looks for something in one stretch of a log after the other, whole lines at a time."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

from skyforge_tui.store.log_format import CHUNK_BYTES
from skyforge_tui.store.log_hits import Stretch
from skyforge_tui.store.log_matcher import FARTHEST, LogMatcher

FIRST_BYTES = 64 * 1024
"""What is looked at first where somebody reads; twice as much then, up to a whole chunk."""
OVERLAP_BYTES = 64 * 1024
"""How far a hit may reach out of a piece of a line that is too long to be looked at as a whole."""

Read = Callable[[int, int], bytes]
"""Returns bytes from an offset on, up to a number of them."""


class Vanished(Exception):  # noqa: N818
    """Bytes that were there are not any more, or nobody wants the answer: look again later."""


@dataclass(slots=True)
class _LongLine:
    """How far a line of many pieces was looked at."""

    start: int
    done: int
    starts: array[int] = field(default_factory=lambda: array("Q"))


class LogScanner:
    """Reads and matches; used by one thread."""

    def __init__(self, read: Read, matcher: LogMatcher, is_wanted: Callable[[], bool]) -> None:
        self._read = read
        self._matcher = matcher
        self._is_wanted = is_wanted
        self._long: _LongLine | None = None
        self._size = FIRST_BYTES

    def hasten(self) -> None:
        """Look at little at once for a moment: somebody waits for a hit that may be near."""
        self._size = FIRST_BYTES

    def line_start(self, offset: int, floor: int) -> int:
        """Return where the line begins that holds the byte at `offset`; one begins at `floor`."""
        while offset > floor:
            step = min(CHUNK_BYTES, offset - floor)
            found = self._whole(offset - step, step).rfind(b"\n")
            if found >= 0:
                return offset - step + found + 1
            offset -= step
        return floor

    def forward(self, start: int, limit: int) -> tuple[Stretch, bool]:
        """Look at lines from a line start on; return them, and whether the last is complete.

        Raises:
            Vanished: the log is not what it was.
            Unavailable: it cannot be read.
        """
        size = self._next_size()
        data = self._whole(start, min(size, limit - start))
        end = data.rfind(b"\n") + 1
        if not end and len(data) == size < CHUNK_BYTES:
            data = self._whole(start, min(CHUNK_BYTES, limit - start))
            end = data.rfind(b"\n") + 1
        if end:
            return self._found(start, data[:end] if end < len(data) else data), True
        if start + len(data) < limit:
            return self._long_line(start, limit)
        return self._found(start, data), False

    def backward(self, floor: int, end: int) -> tuple[Stretch, bool]:
        """Look at lines up to `end`, where one begins; return as `forward`.

        Raises:
            Vanished: the log is not what it was.
            Unavailable: it cannot be read.
        """
        size = self._next_size()
        first = max(floor, end - size)
        data = self._whole(first, end - first)
        above = data.find(b"\n", 0, len(data) - 1)
        if above < 0 and size < CHUNK_BYTES and first > floor:
            first = max(floor, end - CHUNK_BYTES)
            data = self._whole(first, end - first)
            above = data.find(b"\n", 0, len(data) - 1)
        if first == floor:
            return self._found(first, data), True
        if above < 0:
            return self._long_line(self.line_start(first, floor), end)
        return self._found(first + above + 1, data[above + 1 :]), True

    def _next_size(self) -> int:
        size, self._size = self._size, min(self._size * 2, CHUNK_BYTES)
        return size

    def _found(self, start: int, data: bytes) -> Stretch:
        found = self._matcher.find(data, 0, len(data))
        return Stretch(start, start + len(data), found.starts, len(found.starts), found.lines)

    def _long_line(self, start: int, limit: int) -> tuple[Stretch, bool]:
        """Look at a line longer than a chunk, piece by piece, going on where that stopped."""
        line = self._long
        if line is None or line.start != start:
            line = self._long = _LongLine(start, start)
        while self._is_wanted():
            before = min(FARTHEST, line.done - start)
            base = line.done - before
            size = min(before + CHUNK_BYTES + OVERLAP_BYTES, limit - base)
            data = self._whole(base, size)
            feed = data.find(b"\n", before)
            if feed >= 0 or base + size == limit:
                end = feed if feed >= 0 else size
                found = self._matcher.find_within(data[: end + 1], before, end + 1)
                starts = line.starts + array("Q", (base - start + one for one in found.starts))
                return self._as_stretch(start, base + end + (feed >= 0), starts), feed >= 0
            found = self._matcher.find_within(data, before, before + CHUNK_BYTES)
            line.starts.extend(base - start + one for one in found.starts)
            line.done = max(line.done + CHUNK_BYTES, base + found.end)
        raise Vanished

    def _as_stretch(self, start: int, end: int, starts: array[int]) -> Stretch:
        if self._matcher.is_inverse:
            starts = array("Q") if starts else array("Q", (0,))
        return Stretch(start, end, starts, len(starts), min(1, len(starts)))

    def _whole(self, offset: int, size: int) -> bytes:
        data = self._read(offset, size)
        if len(data) < size:
            raise Vanished
        return data
