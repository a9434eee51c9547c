"""Where things stand in a log view.

Text stands on column 12, or on column 2 without times; where lines are from several files, the name
of the file stands before it. Three columns at the right belong to the gap and the scrollbar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from skyforge_tui.tui.presenters.cells import cut_text

LEFT = 2
TIME = 8
RIGHT = 3
LEAST_WIDTH = LEFT + RIGHT + 1
LEAST_WIDTH_FOR_TIMES = 50
LEAST_WIDTH_FOR_NAMES = 30
MOST_OF_A_NAME = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a row."""

    width: int
    has_times: bool
    sources: tuple[str, ...] = ()
    """The names of files, all of the same width; none where there is no room, or one file."""

    @property
    def text_at(self) -> int:
        """The column of the text."""
        names = cell_len(self.sources[0]) + 2 if self.sources else 0
        return LEFT + (TIME + 2) * self.has_times + names

    @property
    def text_width(self) -> int:
        """How many cells the text may take, at least one."""
        return max(1, self.width - RIGHT - self.text_at)


def layout_for(width: int, *, wants_times: bool, sources: Sequence[str] = ()) -> Layout:
    """Return the layout for a width; where it is narrow, times give way to the text, then names."""
    has_times = wants_times and width >= LEAST_WIDTH_FOR_TIMES
    if not sources or width < LEAST_WIDTH_FOR_NAMES:
        return Layout(width, has_times)
    room = min(max(map(cell_len, sources)), width // 6, MOST_OF_A_NAME)
    names = (set_cell_size(cut_text(one, room, "middle"), room) for one in sources)
    return Layout(width, has_times, tuple(names))


def thumb_rows(first: int, last: int, line_count: int, height: int) -> tuple[int, int]:
    """Return the rows of the scrollbar that stand for lines `first` to `last`, end excluded."""
    if line_count <= 0 or (first <= 0 and last + 1 >= line_count):
        return 0, 0
    size = max(1, min(height - 1, (last + 1 - first) * height // line_count))
    if last + 1 >= line_count:
        return height - size, height
    start = min(first * height // line_count, height - size)
    if first > 0 and start == 0 and height > size + 1:
        start = 1
    if start + size == height and start > 0:
        start -= 1
    return start, start + size
