"""Lines of one file of bytes: by number where they are counted, by offset anywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from skyforge_tui.domain.log import LogLine
from skyforge_tui.store.log_index import MAX_LINE_BYTES, Block, LogIndex
from skyforge_tui.store.log_loose import LooseBlocks

TimeAt = Callable[[int], datetime | None]


class LogPages:
    """Lines of what an index has counted, and of what it has not."""

    def __init__(self, index: LogIndex, time_at: TimeAt) -> None:
        self._index = index
        self._loose = LooseBlocks()
        self._time_at = time_at

    def from_number(self, log: int, first: int, count: int) -> list[LogLine]:
        """Return up to `count` lines from number `first`, of those that are counted.

        Raises:
            OSError: the file cannot be read.
        """
        found: list[LogLine] = []
        number = max(first, 0)
        end = min(number + count, self._index.line_count)
        while number < end:
            block = self._index.block_of_line(log, number)
            if block is None or block.first_line is None:
                break
            stop = min(end - block.first_line, len(block.starts))
            if stop <= number - block.first_line:
                break
            found.extend(self._lines(block, number - block.first_line, stop))
            number = block.first_line + stop
        return found

    def from_offset(self, log: int, offset: int, count: int, size: int) -> list[LogLine]:
        """Return up to `count` lines from that which holds the byte at `offset`.

        Raises:
            OSError: the file cannot be read.
        """
        found: list[LogLine] = []
        offset = max(offset, 0)
        while len(found) < count and offset < size:
            block = self._block(log, offset, size)
            if block is None or not block.starts:
                break
            first = block.inside(offset)
            found.extend(self._lines(block, first, first + count - len(found)))
            offset = block.end
        return found

    def before_offset(self, log: int, offset: int, count: int, size: int) -> list[LogLine]:
        """Return up to `count` lines above that which holds the byte at `offset`, in order.

        Raises:
            OSError: the file cannot be read.
        """
        pages: list[list[LogLine]] = []
        missing = count
        block, last = None, 0
        if 0 <= offset < size:
            block = self._block(log, offset, size)
            last = 0 if block is None else block.inside(offset)
        elif 0 < size <= offset:
            block = self._block(log, size - 1, size)
            last = 0 if block is None else len(block.starts)
        while block is not None and missing > 0:
            page = self._lines(block, max(0, last - missing), last)
            pages.append(page)
            missing -= len(page)
            above = block.start - 1
            block = self._block(log, above, size) if above >= 0 and missing > 0 else None
            last = 0 if block is None else block.inside(above) + 1
        return [line for page in reversed(pages) for line in page]

    def number_at(self, log: int, offset: int) -> int | None:
        """Return the number of the line that holds the byte at `offset`; None if not counted.

        Raises:
            OSError: the file cannot be read.
        """
        seen = self._index.seen
        offset = max(offset, 0)
        if offset >= seen.line_start:
            return seen.lines if offset <= seen.size else None
        block = self._index.block_of_offset(log, offset)
        if block is None or block.first_line is None:
            return None
        return block.first_line + block.inside(offset)

    def _block(self, log: int, offset: int, size: int) -> Block | None:
        seen = self._index.seen
        if seen.size >= size:
            return self._index.block_of_offset(log, offset)
        if offset >= seen.line_start:
            return self._loose.around(log, offset, seen.line_start, size)
        block = self._index.block_of_offset(log, offset)
        if block is None or block.end <= seen.line_start:
            return block
        # The line that is just being counted has more bytes than were counted.
        return block.until(seen.line_start)

    def _lines(self, block: Block, first: int, stop: int) -> list[LogLine]:
        return [self._line(block, one) for one in range(first, min(stop, len(block.starts)))]

    def _line(self, block: Block, inside: int) -> LogLine:
        start = block.starts[inside]
        offset = block.start + start
        if inside + 1 < len(block.starts):
            end = block.start + block.starts[inside + 1] - 1
        else:
            end = block.end - block.is_ended
        data = block.data[start : min(end - block.start, start + MAX_LINE_BYTES)]
        number = None if block.first_line is None else block.first_line + inside
        return LogLine(number, offset, data, self._time_at(offset), end - offset - len(data))
