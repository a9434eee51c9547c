"""Counts the lines of a growing file, on the reading thread or on one of its own.

Where blocks of lines begin is taken from the writer's records where they are sane and close
together, and counted from the bytes where they are not.
"""

from __future__ import annotations

import os
import threading
from typing import NamedTuple

from skyforge_tui.store.log_files import LogFiles
from skyforge_tui.store.log_format import (
    LineCounter,
    Record,
    RecordColumns,
    read_records,
    starts_line,
)

_PIECE_BYTES = 4 * 1024 * 1024
"""What is read at once: after each reading a busy interpreter lets others run for 5 ms."""
_RECORD_COST = 1024
"""Budget that one published record uses up: taking it costs about as much as counting this."""
_RECORDS_AT_ONCE = 1024
_FARTHEST_RECORD = 1024 * 1024
"""Published blocks longer than this are counted again, lest one load reads without bound."""


class Counted(NamedTuple):
    """How far lines are counted, at one moment."""

    size: int = 0
    """Bytes whose lines are counted."""
    lines: int = 0
    """Line feeds in them: the number of the line that comes next or is not complete."""
    line_start: int = 0
    """Where that line begins; equal to `size` when the last one is complete."""
    blocks: int = 1
    """Blocks that are known by then."""


class LineCounting:
    """The beginnings of blocks, which are only ever added, and how far they go.

    One thread counts at a time; any may read `counted` and the first `counted.blocks` records.
    """

    def __init__(self) -> None:
        self.blocks = RecordColumns()
        self.blocks.append(Record(0, 0))
        self.counted = Counted()
        self.failure: OSError | None = None
        """Why the thread stopped counting."""
        self._counter = LineCounter()
        self._trusts_published = True
        self._published_taken = 0
        self._guard = threading.Lock()
        self._target = 0
        self._is_counting = False
        self._is_over = False

    @property
    def is_counting(self) -> bool:
        """Whether a thread of its own counts."""
        return self._is_counting

    def count(self, log: int, published: int | None, size: int, budget_bytes: int) -> bool:
        """Count the lines up to `size` within the budget; return whether more remain.

        Raises:
            OSError: one of the two files cannot be read.
        """
        while self._counter.size < size and budget_bytes > 0:
            taken = self._take_published(log, published, size)
            budget_bytes -= taken * _RECORD_COST
            if taken:
                continue
            at = self._counter.size
            piece = os.pread(log, min(_PIECE_BYTES, size - at, budget_bytes), at)
            if not piece:
                break
            with self._guard:
                if self._counter.size == at:
                    self._add(self._counter.feed(piece))
            budget_bytes -= len(piece)
        return self._counter.size < size

    def count_beside(self, files: LogFiles, size: int) -> None:
        """Let a thread of its own count up to `size`, if none does already."""
        self._target = size
        if self._is_counting or self._is_over:
            # The thread holds the guard for milliseconds. Should it just have come to its end, the
            # next refresh starts another one.
            return
        self._is_counting = True
        threading.Thread(
            target=self._count_all, args=(files,), name="log-count", daemon=True
        ).start()

    def stop(self) -> None:
        """Let the thread end soon, for good."""
        self._is_over = True

    def recount_from(self, index: int) -> None:
        """Forget what comes after the beginning of a block, and trust no published record."""
        with self._guard:
            self._trusts_published = False
            self._counter.resume(self.blocks.offsets[index], self.blocks.values[index])
            self.blocks.truncate(index + 1)
            self._add([])

    def _count_all(self, files: LogFiles) -> None:
        has_more = True
        while has_more:
            before = self.counted.size
            try:
                with files.lease() as log:
                    if log is not None:
                        self.count(log, files.index, self._target, _PIECE_BYTES)
            except OSError as error:
                self.failure = error
            has_more = before < self.counted.size < self._target and not self._is_over
            self._is_counting = has_more

    def _take_published(self, log: int, published: int | None, size: int) -> int:
        """Take over the writer's records that come next; return how many there were."""
        if published is None or not self._trusts_published:
            return 0
        wanted: list[Record] = []
        offset, line = self._counter.block_start, self.blocks.values[-1]
        for record in read_records(published, self._published_taken, _RECORDS_AT_ONCE):
            if record.offset <= self._counter.size:
                self._published_taken += 1
                continue
            nearest = min(size, offset + _FARTHEST_RECORD)
            if not offset < record.offset <= nearest or record.value <= line:
                break
            wanted.append(record)
            offset, line = record
        if not wanted:
            return 0
        is_sane = starts_line(log, offset)
        with self._guard:
            if not is_sane or not self._trusts_published:
                self._trusts_published = False
                return 0
            self._published_taken += len(wanted)
            self._counter.resume(offset, line)
            self._add(wanted)
        return len(wanted)

    def _add(self, records: list[Record]) -> None:
        for record in records:
            self.blocks.append(record)
        counter = self._counter
        self.counted = Counted(counter.size, counter.lines, counter.line_start, len(self.blocks))
