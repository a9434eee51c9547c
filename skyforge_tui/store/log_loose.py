"""Finds lines where none were counted yet: by the line feeds around an offset."""

from __future__ import annotations

import os

from skyforge_tui.store.log_format import BLOCK_BYTES, CHUNK_BYTES
from skyforge_tui.store.log_index import MOST_BLOCK_BYTES, Block, line_starts

_KEPT = 8
_AROUND = BLOCK_BYTES // 2


class LooseBlocks:
    """Blocks of whole lines anywhere in a file of bytes, the last used of them in memory."""

    def __init__(self) -> None:
        self._kept: list[Block] = []

    def around(self, log: int, offset: int, floor: int, size: int) -> Block:
        """Return lines around the byte at `offset`, which lies between `floor` and `size`.

        A line begins at `floor`; nothing before it and nothing from `size` on is looked at.

        Raises:
            OSError: the file cannot be read.
        """
        for block in self._kept:
            if block.start <= offset < block.end and (block.is_ended or block.end == size):
                return block
        first = max(floor, offset - _AROUND)
        data = os.pread(log, min(BLOCK_BYTES, size - first), first)
        start = first
        if first > floor:
            above = data.find(b"\n", 0, offset - first)
            start = first + above + 1 if above >= 0 else _line_start(log, first, floor)
        if start < first:  # a long line, which is better alone
            last = data.find(b"\n", offset - first) + 1
        else:
            last = data.rfind(b"\n", offset - first) + 1
        if last:
            end, is_ended = first + last, True
        else:
            known = self._known_end(start)
            end, is_ended = _line_end(log, max(known, first + len(data)), size)
        block = self._block(log, start, end, is_ended=is_ended)
        self._kept = [block, *(one for one in self._kept if one.start != start)][:_KEPT]
        return block

    def _known_end(self, start: int) -> int:
        """Return up to where the line of a block is known to go on."""
        return next((one.end for one in self._kept if one.start == start and not one.is_ended), 0)

    def _block(self, log: int, start: int, end: int, *, is_ended: bool) -> Block:
        for one in self._kept:
            if one.start == start and len(one.data) == MOST_BLOCK_BYTES:
                # Only the end of an enormous line has moved.
                return one._replace(end=end, is_ended=is_ended)
        data = os.pread(log, min(end - start, MOST_BLOCK_BYTES), start)
        return Block(start, end, None, data, line_starts(data), is_ended)


def _line_start(log: int, offset: int, floor: int) -> int:
    """Return where the line begins that holds the byte before `offset`."""
    while offset > floor:
        step = min(CHUNK_BYTES, offset - floor)
        found = os.pread(log, step, offset - step).rfind(b"\n")
        if found >= 0:
            return offset - step + found + 1
        offset -= step
    return floor


def _line_end(log: int, offset: int, size: int) -> tuple[int, bool]:
    """Return the offset behind the next line feed from `offset` on, and whether there is one."""
    while offset < size:
        data = os.pread(log, min(CHUNK_BYTES, size - offset), offset)
        if not data:
            break
        found = data.find(b"\n")
        if found >= 0:
            return offset + found + 1, True
        offset += len(data)
    return size, False
