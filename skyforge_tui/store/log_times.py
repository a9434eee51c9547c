"""When the bytes of a log arrived, as far as that was recorded."""

from __future__ import annotations

import functools
import os
import sys
from array import array
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime

from skyforge_tui.store.log_format import RECORD

_AT_ONCE = 64 * 1024


class LogTimes:
    """The times of a growing log, sixteen bytes each."""

    def __init__(self) -> None:
        self._offsets = array("Q")
        self._unix_ms = array("Q")

    def read(self, descriptor: int) -> bool:
        """Read a megabyte of records that are new; return whether there may be more.

        Raises:
            OSError: the file cannot be read.
        """
        size = RECORD.size
        data = os.pread(descriptor, _AT_ONCE * size, len(self._offsets) * size)
        records = array("Q", data[: len(data) - len(data) % size])
        if sys.byteorder == "big":
            records.byteswap()
        offsets = records[::2]
        known = self._offsets[-1:] + offsets
        if list(known) != sorted(known):
            # What comes from here on is torn, or not written by us.
            return False
        self._offsets += offsets
        self._unix_ms += records[1::2]
        return len(offsets) == _AT_ONCE

    def at(self, offset: int) -> datetime | None:
        """Return when the byte at `offset` arrived."""
        index = bisect_right(self._offsets, offset) - 1
        return None if index < 0 else _moment(self._unix_ms[index])

    def offset_since(self, moment: datetime) -> int | None:
        """Return the first byte that arrived at a moment or later; None when none did so far."""
        unix_ms = int(moment.timestamp() * 1000)
        # A clock that is set back leaves times out of order; then this is one of the places.
        index = bisect_left(self._unix_ms, unix_ms)
        return self._offsets[index] if index < len(self._offsets) else None


@functools.lru_cache(maxsize=256)
def _moment(unix_ms: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(unix_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        # No clock says this; a broken record is the same as none.
        return None
