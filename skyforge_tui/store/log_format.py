"""What a run's log files are called and how their records look, for the writer and the reader.

A generation of output is four files in the run's directory. `output.log` holds the bytes and is the
truth; `output.index` and `output.times` can be lost without losing a byte; `output.gaps` names what
is known to be missing. Generation g > 0 puts its number after `output`. Which generation is the
current one stands in the file `generation`; no such file means generation 0.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

BLOCK_BYTES = 64 * 1024
"""A block is as many whole lines as it takes to reach this size."""
CHUNK_BYTES = 1024 * 1024
"""What is read at once, so that nobody waits long for the interpreter or the disk."""
_SAMPLE_BYTES = 4096
_LONG_LINE = 48
"""From so many bytes a line on, line feeds are deleted sooner than counted."""
RECORD = struct.Struct("<QQ")
"""Index: (offset of a line start, number of that line). Times: (offset, unix milliseconds)."""
GENERATION_FILE = "generation"


class LogNames(NamedTuple):
    """File names of one generation."""

    log: str
    blocks: str
    times: str
    gaps: str


def log_names(generation: int) -> LogNames:
    """Return the names of the files that hold `generation`."""
    stem = "output" if generation == 0 else f"output.{generation}"
    return LogNames(f"{stem}.log", f"{stem}.index", f"{stem}.times", f"{stem}.gaps")


def current_generation(directory: Path) -> int:
    """Return the number of the generation that readers are to show.

    Raises:
        OSError: the announcement exists but cannot be read.
        ValueError: it does not hold a number.
    """
    try:
        text = (directory / GENERATION_FILE).read_text("ascii")
    except FileNotFoundError:
        return 0
    number = int(text)
    if number < 0:
        raise ValueError(f"generation {number} cannot be")
    return number


def current_log(directory: Path) -> Path:
    """Return the path of the bytes that readers are to show; raises as `current_generation`."""
    return directory / log_names(current_generation(directory)).log


class Record(NamedTuple):
    """The start of a block, or the time of a byte."""

    offset: int
    value: int


def read_records(descriptor: int, first: int, limit: int) -> list[Record]:
    """Return up to `limit` whole records from number `first`; a torn tail is left out."""
    data = os.pread(descriptor, limit * RECORD.size, first * RECORD.size)
    whole = len(data) - len(data) % RECORD.size
    return [Record(*pair) for pair in RECORD.iter_unpack(data[:whole])]


def all_records(descriptor: int) -> Iterator[Record]:
    """Walk through every whole record of a file."""
    first = 0
    step = CHUNK_BYTES // RECORD.size
    while records := read_records(descriptor, first, step):
        yield from records
        first += len(records)


def starts_line(log: int, offset: int) -> bool:
    """Return whether a line feed stands right before `offset`."""
    return os.pread(log, 1, offset - 1) == b"\n"


def _line_feeds(data: bytes, start: int, end: int) -> int:
    """Return how many line feeds stand from `start` on and before `end`.

    Counting looks at every byte (CPython 3.11), deleting goes from find to find: twice as fast
    where lines are as long as they usually are, and much slower where they are short.
    """
    if data.count(b"\n", start, start + _SAMPLE_BYTES) > _SAMPLE_BYTES // _LONG_LINE:
        return data.count(b"\n", start, end)
    piece = data[start:end]
    return len(piece) - len(piece.replace(b"\n", b""))


class LineCounter:
    """Counts lines in bytes that arrive in any pieces, and says where blocks begin."""

    __slots__ = ("block_start", "line_start", "lines", "size")

    def __init__(self) -> None:
        self.size = 0
        """Bytes counted."""
        self.lines = 0
        """Line feeds counted, which is the number of the line that is being written."""
        self.line_start = 0
        """Offset of that line; equal to `size` when the last line is complete."""
        self.block_start = 0
        """Offset of the last block."""

    def resume(self, offset: int, line: int) -> None:
        """Continue at a block that begins at `offset` with line number `line`."""
        self.size = self.line_start = self.block_start = offset
        self.lines = line

    def feed(self, data: bytes) -> list[Record]:
        """Count `data`; return the blocks that begin in it."""
        base = self.size
        position = 0
        found: list[Record] = []
        while True:
            full_at = self.block_start + BLOCK_BYTES - 1 - base
            feed_at = data.find(b"\n", max(position, full_at))
            if feed_at < 0:
                break
            self.lines += _line_feeds(data, position, feed_at + 1)
            position = feed_at + 1
            self.block_start = base + position
            found.append(Record(self.block_start, self.lines))
        if found:
            self.line_start = self.block_start
        last = data.rfind(b"\n", position)
        if last >= 0:
            self.lines += data.count(b"\n", position)
            self.line_start = base + last + 1
        self.size = base + len(data)
        return found


class RecordColumns:
    """Records in memory: two arrays, sixteen bytes a record."""

    __slots__ = ("offsets", "values")

    def __init__(self) -> None:
        self.offsets = array("Q")
        self.values = array("Q")

    def append(self, record: Record) -> None:
        """Add a record at the end."""
        self.offsets.append(record.offset)
        self.values.append(record.value)

    def truncate(self, count: int) -> None:
        """Forget all but the first `count` records."""
        del self.offsets[count:]
        del self.values[count:]

    def __len__(self) -> int:
        return len(self.offsets)
