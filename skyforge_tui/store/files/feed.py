"""Cuts one file into records, each a line that tells its time and those behind it that do not."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from skyforge_tui.domain.stamp import REACH, StampReader
from skyforge_tui.store.files.arrivals import Arrivals

CHUNK_BYTES = 256 * 1024
_STRIDE = 1024 * 1024
AT_REST_S = 2.0
"""A file seems to be written as long as something came within this time."""
NEVER = -1
"""The time of lines before which no time is told."""


class Record(NamedTuple):
    """Whole lines that belong together."""

    time_ms: int
    size: int
    lines: int
    is_torn: bool = False
    """Whether it lacks the line feed at its end."""


class Feed:
    """Reads a file's records in their order, as far as it reaches; a record never is earlier.

    Where a file goes back in time, its lines keep their order, at the time reached before.
    """

    def __init__(
        self,
        descriptor: int,
        written_ms: int,
        arrivals: Arrivals | None = None,
        is_coming: Callable[[], bool] | None = None,
        *,
        holds_up: bool = False,
    ) -> None:
        """Take an open file, which stays the caller's, and when it was written last.

        `arrivals` give lines a time as long as none has told one. `is_coming` says whether somebody
        still writes the file, where that is known; `holds_up` whether others have to wait for it.
        """
        self._arrivals = arrivals
        self._is_coming = is_coming
        self._holds_up = holds_up
        self._is_growing = time.time() - written_ms / 1000 < AT_REST_S
        self._descriptor = descriptor
        self._stamps = StampReader(written_ms)
        self._time_ms = NEVER
        self._searched = (0, 0)
        self.tells_times = False
        """Whether a line has told a time."""
        self.position = 0
        """How far the file was cut."""
        self.waiting: deque[Record] = deque()
        """Records that nobody took yet."""

    @property
    def has_times(self) -> bool:
        """Whether its lines have times, told or not."""
        return self.tells_times or self._arrivals is not None

    @property
    def holds_up(self) -> bool:
        """Whether its next line has to be waited for, because it stands before those of others."""
        return (
            self._holds_up
            and not self.waiting
            and self._is_coming is not None
            and self._is_coming()
        )

    def cut(self) -> bool:
        """Cut the next piece of the file; return whether there was one.

        Raises:
            OSError: the file cannot be read.
        """
        is_growing = self._is_growing if self._is_coming is None else self._is_coming()
        # Read behind the question: what was written before the end is found.
        data = os.pread(self._descriptor, CHUNK_BYTES, self.position)
        is_last = len(data) < CHUNK_BYTES
        end = len(data) if is_last and not is_growing else data.rfind(b"\n") + 1
        if end:
            self._cut(data, end)
            self.position += end
            return True
        if is_last:
            return False
        size = self._size_of_line(len(data))
        if size:
            self._add(Record(NEVER, size, 1), data)
        return bool(size)

    def cut_rest(self) -> bool:
        """Cut off a last line without a line feed if nobody seems to write on; tell whether.

        What is written behind it later is a line of its own.

        Raises:
            OSError: the file cannot be read.
        """
        found = os.fstat(self._descriptor)
        rest = found.st_size - self.position
        if rest <= 0 or time.time() - found.st_mtime < AT_REST_S:
            return False
        head = os.pread(self._descriptor, REACH, self.position)
        self._add(Record(NEVER, rest, 1, is_torn=True), head)
        return True

    def _cut(self, data: bytes, end: int) -> None:
        find, keep = data.find, self.waiting.append
        start = 0
        if self._time_ms == NEVER:
            start = self._skip_to_first_time(data, end)
        read = self._stamps.read if self.tells_times else self._read_time
        begun, lines, time_ms = start, 0, self._time_ms
        while start < end:
            told = read(data, start)
            if told is not None and told > time_ms:
                if lines:
                    keep(Record(time_ms, start - begun, lines))
                begun, lines, time_ms = start, 0, told
            start = find(b"\n", start, end) + 1 or end
            lines += 1
        self._time_ms = time_ms
        if lines:
            is_torn = not data.endswith(b"\n", begun, end)
            keep(Record(time_ms, end - begun, lines, is_torn))

    def _read_time(self, data: bytes, start: int) -> int | None:
        """Return the time of a line in `data`, which begins at our position."""
        told = self._stamps.read(data, start)
        if told is not None:
            self.tells_times = True
        elif self._arrivals is not None and not self.tells_times:
            return self._arrivals.at(self.position + start)
        return told

    def _skip_to_first_time(self, data: bytes, end: int) -> int:
        """Give the lines before the first that tells a time the time of that one."""
        start = 0
        while start < end:
            told = self._read_time(data, start)
            if told is not None:
                self._time_ms = told
                break
            start = data.find(b"\n", start, end) + 1 or end
        if start:
            is_torn = not data.endswith(b"\n", 0, start)
            lines = data.count(b"\n", 0, start) + is_torn
            self.waiting.append(Record(self._time_ms, start, lines, is_torn))
        return start

    def _add(self, record: Record, head: bytes) -> None:
        told = self._read_time(head, 0)
        if told is not None:
            self._time_ms = max(told, self._time_ms)
        self.waiting.append(record._replace(time_ms=self._time_ms))
        self.position += record.size

    def _size_of_line(self, known: int) -> int:
        """Return how long a line is whose first bytes hold no line feed; 0 if it is not whole."""
        position, searched = self._searched
        if position == self.position:
            known = max(known, searched)
        while data := os.pread(self._descriptor, _STRIDE, self.position + known):
            found = data.find(b"\n")
            if found >= 0:
                return known + found + 1
            known += len(data)
        self._searched = (self.position, known)
        return 0
