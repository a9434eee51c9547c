"""Finds lines and offsets in a growing file with a few bytes of memory per block of lines."""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from typing import NamedTuple

from skyforge_tui.store.log_counting import Counted, LineCounting
from skyforge_tui.store.log_format import BLOCK_BYTES

MAX_LINE_BYTES = 16 * 1024 * 1024
"""What is read of one line at most."""
MOST_BLOCK_BYTES = BLOCK_BYTES + MAX_LINE_BYTES
"""What is read of one block at most."""

_CACHED_BLOCKS = 32
_CACHED_BYTES = 32 * 1024 * 1024


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
    """Blocks of counted lines, and the most recently used of them in memory."""

    def __init__(self, counting: LineCounting) -> None:
        self._counting = counting
        self.seen = Counted()
        """How far lines were counted when that was looked at last."""
        self.rebuilds = 0
        """How often published records proved wrong, which changed the numbers of lines."""
        self._cache: OrderedDict[int, Block] = OrderedDict()
        self._cached_bytes = 0

    @property
    def line_count(self) -> int:
        """Lines seen; the one that is being written counts once it has begun."""
        return self.seen.lines + (self.seen.line_start < self.seen.size)

    def look(self) -> None:
        """See what was counted meanwhile."""
        self.seen = self._counting.counted

    def block_of_line(self, log: int, number: int) -> Block | None:
        """Return the block that holds line `number`; None when the index just proved wrong."""
        values = self._counting.blocks.values
        return self._load(log, bisect_right(values, number, 0, self.seen.blocks) - 1)

    def block_of_offset(self, log: int, offset: int) -> Block | None:
        """Return the block that holds the byte at `offset`; None as with `block_of_line`."""
        offsets = self._counting.blocks.offsets
        return self._load(log, bisect_right(offsets, offset, 0, self.seen.blocks) - 1)

    def _load(self, log: int, index: int) -> Block | None:
        blocks, seen = self._counting.blocks, self.seen
        start, first_line = blocks.offsets[index], blocks.values[index]
        is_closed = index + 1 < seen.blocks
        end = blocks.offsets[index + 1] if is_closed else seen.size
        block = self._cache.get(index)
        if block is not None and block.end == end:
            self._cache.move_to_end(index)
            return block
        is_ended = is_closed or end == seen.line_start
        if block is not None and len(block.data) == MOST_BLOCK_BYTES:
            # Only the end of an enormous line has moved.
            block = block._replace(end=end, is_ended=is_ended)
        else:
            data = os.pread(log, min(end - start, MOST_BLOCK_BYTES), start)
            block = Block(start, end, first_line, data, line_starts(data), is_ended)
        if is_closed and first_line + len(block.starts) != blocks.values[index + 1]:
            self._rebuild_from(index)
            return None
        self._remember(index, block)
        return block

    def _rebuild_from(self, index: int) -> None:
        self.rebuilds += 1
        self._counting.recount_from(index)
        self.look()
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
