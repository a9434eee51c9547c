"""When the bytes of a log arrived, as far as that was recorded."""

from __future__ import annotations

import functools
import os
import sys
from array import array
from bisect import bisect_right
from datetime import UTC, datetime

from skyforge_tui.store.log_format import RECORD

_AT_ONCE = 64 * 1024


class LogTimes:
    """The times of a growing log, sixteen bytes each."""

    def __init__(self) -> None:
        self._offsets = array("Q")
        self._unix_ms = array("Q")
        self._is_broken = False
        self._has_more = True

    def read(self, descriptor: int) -> None:
        """Read a megabyte of the records that are new.

        Raises:
            OSError: the file cannot be read.
        """
        if self._is_broken:
            return
        size = RECORD.size
        data = os.pread(descriptor, _AT_ONCE * size, len(self._offsets) * size)
        records = array("Q", data[: len(data) - len(data) % size])
        if sys.byteorder == "big":
            records.byteswap()
        self._has_more = len(data) == _AT_ONCE * size
        sane = self._sane(records[::2])
        self._offsets += records[: 2 * sane : 2]
        self._unix_ms += records[1 : 2 * sane : 2]

    def at(self, offset: int, descriptor: int | None) -> datetime | None:
        """Return when the byte at `offset` arrived; reads on until that is known.

        Raises:
            OSError: the file cannot be read.
        """
        while descriptor is not None and self._has_more and self._ends_before(offset):
            self.read(descriptor)
        index = bisect_right(self._offsets, offset) - 1
        return None if index < 0 else _moment(self._unix_ms[index])

    def _ends_before(self, offset: int) -> bool:
        return not self._offsets or self._offsets[-1] < offset

    def _sane(self, offsets: array[int]) -> int:
        """Return how many offsets rise as they must; what follows was not written by us."""
        last = self._offsets[-1] if self._offsets else -1
        if offsets and offsets[0] > last and list(offsets) == sorted(offsets):
            return len(offsets)
        for count, offset in enumerate(offsets):
            if offset <= last:
                self._is_broken, self._has_more = True, False
                return count
            last = offset
        return len(offsets)


@functools.lru_cache(maxsize=256)
def _moment(unix_ms: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(unix_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        # No clock says this; a broken record is the same as none.
        return None
