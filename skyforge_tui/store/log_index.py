"""Finds lines and offsets in a growing file with a few bytes of memory per block of lines.

The sparse index is taken from the writer's records where they are sane and close together, and
counted from the bytes where they are not.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from typing import NamedTuple

from skyforge_tui.store.log_format import (
    BLOCK_BYTES,
    CHUNK_BYTES,
    LineCounter,
    Record,
    RecordColumns,
    read_records,
    starts_line,
)

MAX_LINE_BYTES = 16 * 1024 * 1024
"""What is read of one line at most."""
MOST_BLOCK_BYTES = BLOCK_BYTES + MAX_LINE_BYTES
"""What is read of one block at most."""

_CACHED_BLOCKS = 32
_CACHED_BYTES = 32 * 1024 * 1024
_RECORD_COST = 1024
"""Budget that one published record uses up: taking it costs about as much as counting this."""
_RECORDS_AT_ONCE = 1024
_FARTHEST_RECORD = 1024 * 1024
"""Published blocks longer than this are counted again, lest one load reads without bound."""


class Block(NamedTuple):
    """Whole lines, or the present end of the file."""

    start: int
    end: int
    first_line: int | None
    """None where lines are not counted."""
    data: bytes
    """From `start`; shorter than the block when its last line is enormous."""
    starts: list[int]
    """Where lines start in `data`."""
    is_ended: bool
    """Whether its last line is complete."""

    def inside(self, offset: int) -> int:
        """Return which of its lines holds the byte at `offset`."""
        return bisect_right(self.starts, offset - self.start) - 1

    def until(self, end: int) -> Block:
        """Return the lines before `end`, where one begins."""
        kept = self.starts[: bisect_left(self.starts, end - self.start)]
        return self._replace(end=end, starts=kept, is_ended=True)


class LogIndex:
    """Blocks of lines of one file of bytes, and the most recently used of them in memory."""

    def __init__(self) -> None:
        self.counter = LineCounter()
        """How far the file was looked at."""
        self.rebuilds = 0
        """How often published records proved wrong, which changed the numbers of lines."""
        self._blocks = RecordColumns()
        self._blocks.append(Record(0, 0))
        self._trusts_published = True
        self._published_taken = 0
        self._cache: OrderedDict[int, Block] = OrderedDict()
        self._cached_bytes = 0

    @property
    def line_count(self) -> int:
        """Lines counted; the one that is being written counts once it has begun."""
        return self.counter.lines + (self.counter.line_start < self.counter.size)

    def extend(self, log: int, published: int | None, size: int, budget_bytes: int) -> bool:
        """Look at the bytes up to `size` within the budget; return whether more remain.

        Raises:
            OSError: one of the two files cannot be read.
        """
        counter = self.counter
        while counter.size < size and budget_bytes > 0:
            taken = self._take_published(log, published, size)
            budget_bytes -= taken * _RECORD_COST
            if taken:
                continue
            wanted = min(CHUNK_BYTES, size - counter.size, budget_bytes)
            piece = os.pread(log, wanted, counter.size)
            if not piece:
                break
            for record in counter.feed(piece):
                self._blocks.append(record)
            budget_bytes -= len(piece)
        return counter.size < size

    def block_of_line(self, log: int, number: int) -> Block | None:
        """Return the block that holds line `number`; None when the index just proved wrong."""
        return self._load(log, bisect_right(self._blocks.values, number) - 1)

    def block_of_offset(self, log: int, offset: int) -> Block | None:
        """Return the block that holds the byte at `offset`; None as with `block_of_line`."""
        return self._load(log, bisect_right(self._blocks.offsets, offset) - 1)

    def _take_published(self, log: int, published: int | None, size: int) -> int:
        """Take over the writer's records that come next; return how many there were."""
        if published is None or not self._trusts_published:
            return 0
        wanted: list[Record] = []
        offset, line = self.counter.block_start, self._blocks.values[-1]
        for record in read_records(published, self._published_taken, _RECORDS_AT_ONCE):
            if record.offset <= self.counter.size:
                self._published_taken += 1
                continue
            nearest = min(size, offset + _FARTHEST_RECORD)
            if not offset < record.offset <= nearest or record.value <= line:
                break
            wanted.append(record)
            offset, line = record
        if not wanted:
            return 0
        if not starts_line(log, offset):
            self._trusts_published = False
            return 0
        for record in wanted:
            self._blocks.append(record)
        self._published_taken += len(wanted)
        self.counter.resume(offset, line)
        return len(wanted)

    def _load(self, log: int, index: int) -> Block | None:
        start, first_line = self._blocks.offsets[index], self._blocks.values[index]
        is_closed = index + 1 < len(self._blocks)
        end = self._blocks.offsets[index + 1] if is_closed else self.counter.size
        block = self._cache.get(index)
        if block is not None and block.end == end:
            self._cache.move_to_end(index)
            return block
        is_ended = is_closed or end == self.counter.line_start
        if block is not None and len(block.data) == MOST_BLOCK_BYTES:
            # Only the end of an enormous line has moved.
            block = block._replace(end=end, is_ended=is_ended)
        else:
            data = os.pread(log, min(end - start, MOST_BLOCK_BYTES), start)
            block = Block(start, end, first_line, data, line_starts(data), is_ended)
        if is_closed and first_line + len(block.starts) != self._blocks.values[index + 1]:
            self._rebuild_from(index)
            return None
        self._remember(index, block)
        return block

    def _rebuild_from(self, index: int) -> None:
        self._trusts_published = False
        self.rebuilds += 1
        self.counter.resume(self._blocks.offsets[index], self._blocks.values[index])
        self._blocks.truncate(index + 1)
        self._cache.clear()
        self._cached_bytes = 0

    def _remember(self, index: int, block: Block) -> None:
        replaced = self._cache.pop(index, None)
        if replaced is not None:
            self._cached_bytes -= len(replaced.data)
        self._cache[index] = block
        self._cached_bytes += len(block.data)
        while len(self._cache) > 1 and (
            len(self._cache) > _CACHED_BLOCKS or self._cached_bytes > _CACHED_BYTES
        ):
            _, dropped = self._cache.popitem(last=False)
            self._cached_bytes -= len(dropped.data)


def line_starts(data: bytes) -> list[int]:
    """Return where lines start in bytes that begin with one."""
    starts = [0]
    found = data.find(b"\n") + 1
    while found:
        starts.append(found)
        found = data.find(b"\n", found) + 1
    if starts[-1] == len(data):
        starts.pop()
    return starts
