"""When the bytes of a spool came: the time of lines that tell none."""

from __future__ import annotations

from bisect import bisect_right

from skyforge_tui.store.log_format import RecordColumns, read_records

_AT_ONCE = 4096


class Arrivals:
    """The records of times beside a log; one thread asks."""

    def __init__(self, descriptor: int) -> None:
        """Take the open file of records, which stays the caller's."""
        self._descriptor = descriptor
        self._records = RecordColumns()

    def at(self, offset: int) -> int | None:
        """Return when the byte at `offset` came, in unix milliseconds.

        Raises:
            OSError: the records cannot be read.
        """
        records = self._records
        while not len(records) or records.offsets[-1] <= offset:
            found = read_records(self._descriptor, len(records), _AT_ONCE)
            for record in found:
                records.append(record)
            if len(found) < _AT_ONCE:
                break
        index = bisect_right(records.offsets, offset) - 1
        return records.values[index] if index >= 0 else None
