"""Where the lines of several files stand in their merger, in a few bytes a stretch.

A stretch is some whole lines of one file that follow each other in the merger too. Every file is
read from its start to its end, so that where a stretch begins in its file is the sum of those
before; that sum is noted for every sixty-fourth stretch.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from skyforge_tui.store.files.open_file import MOST_FILES

_STEP = 64

FEED = MOST_FILES
"""Stands for a line feed that a file lacks at its end."""


class Stretch(NamedTuple):
    """Whole lines of one file."""

    file: int
    """Its number, or `FEED`."""
    offset: int
    """Of the first byte in the merger."""
    line: int
    """Number of the first line in the merger."""
    inside: int
    """Offset of the first byte in the file."""
    size: int
    lines: int
    near_ms: int
    """The time of a stretch nearby; negative when none was told."""

    @property
    def end(self) -> int:
        """The offset behind it in the merger."""
        return self.offset + self.size

    def clipped(self, offset: int, end: int) -> Stretch:
        """Return the part of it from `offset` until before `end`; for its bytes only."""
        start = max(self.offset, offset)
        size = min(self.end, end) - start
        if self.file == FEED:
            return self
        return self._replace(offset=start, inside=self.inside + start - self.offset, size=size)


class MergeTable:
    """Stretches in their order. One thread appends; others see what was published before."""

    def __init__(self, files: int) -> None:
        """Take how many files there are."""
        self._files = bytearray()
        self._sizes = array("Q")
        self._lines = array("I")
        self._offsets = array("Q", [0])
        self._first_lines = array("Q", [0])
        self._insides = array("Q", [0] * files)
        self._times = array("q", [-1])
        self._count_of_files = files
        self._at = [0] * files
        self.size = 0
        """Bytes."""
        self.line_count = 0

    def __len__(self) -> int:
        return len(self._files)

    def append(self, file: int, size: int, lines: int, time_ms: int) -> None:
        """Add the next lines of a file, or a line feed of nobody's."""
        count = len(self._files)
        if not count:
            self._times[0] = time_ms
        elif count % _STEP == 0:
            self._times.append(time_ms)
            self._offsets.append(self.size)
            self._first_lines.append(self.line_count)
            self._insides.extend(self._at)
        self._sizes.append(size)
        self._lines.append(lines)
        self._files.append(file)
        if file != FEED:
            self._at[file] += size
        # Last, and the lines first: who sees a size finds its lines.
        self.line_count += lines
        self.size += size

    def from_offset(self, offset: int) -> Iterator[Stretch]:
        """Yield the stretches from the one on that holds the byte at `offset`."""
        return (
            one for one in self._walk(bisect_right(self._offsets, offset) - 1) if one.end > offset
        )

    def from_line(self, line: int) -> Iterator[Stretch]:
        """Yield the stretches from the one on that holds a line."""
        return (
            one
            for one in self._walk(bisect_right(self._first_lines, line) - 1)
            if one.line + one.lines > line
        )

    def _walk(self, note: int) -> Iterator[Stretch]:
        width = self._count_of_files
        offset, line, near = self._offsets[note], self._first_lines[note], self._times[note]
        insides = self._insides[note * width : (note + 1) * width].tolist()
        insides += [0] * (FEED + 1 - width)
        for number in range(note * _STEP, len(self._files)):
            file, size, lines = self._files[number], self._sizes[number], self._lines[number]
            yield Stretch(file, offset, line, insides[file], size, lines, near)
            offset += size
            line += lines
            if file != FEED:
                insides[file] += size
