"""Which rows of a table are marked: single ones, a range that follows the cursor, all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skyforge_tui.tui.widgets.row_source import RowSource

MOST_MARKED = 10_000
"""More are never meant to be acted on at once; whoever asks for them is told the number."""


class Marks:
    """Keys of marked rows, in the order they were marked, and where a range began."""

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self._anchor: str | None = None
        self._anchor_at: int | None = None

    def __bool__(self) -> bool:
        return bool(self._keys) or self.has_range

    @property
    def has_range(self) -> bool:
        """Whether a range follows the cursor."""
        return self._anchor is not None

    def keys(self, source: RowSource, cursor: int) -> tuple[str, ...]:
        """Return what is marked, with the range up to the cursor."""
        return tuple(dict.fromkeys((*self._keys, *self._range_keys(source, cursor))))

    def count(self, source: RowSource, cursor: int) -> int:
        """Return how many are marked."""
        if not self.has_range:
            return len(self._keys)
        first, last = self._between(cursor)
        if last - first >= MOST_MARKED:
            return last - first + 1
        return len(self.keys(source, cursor))

    def has(self, key: str, index: int, cursor: int) -> bool:
        """Say whether a row is marked, or in the range up to the cursor."""
        if key in self._keys:
            return True
        first, last = self._between(cursor)
        return first <= index <= last

    def toggle(self, key: str) -> None:
        """Mark a row, or unmark it."""
        if key in self._keys:
            del self._keys[key]
        else:
            self._keys[key] = None

    def add(self, keys: Iterable[str]) -> None:
        """Mark rows."""
        self._keys.update(dict.fromkeys(keys))

    def start_range(self, key: str, index: int) -> None:
        """Begin a range at a row."""
        self._anchor, self._anchor_at = key, index

    def end_range(self, source: RowSource, cursor: int) -> None:
        """Keep what the range holds."""
        self.add(self._range_keys(source, cursor))
        self.drop_range()

    def drop_range(self) -> None:
        """Forget the range."""
        self._anchor = self._anchor_at = None

    def clear(self) -> None:
        """Unmark everything."""
        self._keys.clear()
        self.drop_range()

    def follow(self, source: RowSource) -> None:
        """Find the beginning of the range again in a changed source; without it there is none."""
        if self._anchor is not None:
            self._anchor_at = source.index_of(self._anchor)
            if self._anchor_at is None:
                self._anchor = None

    def _between(self, cursor: int) -> tuple[int, int]:
        """Return the first and last row of the range; last < first without one."""
        if self._anchor_at is None:
            return 0, -1
        return min(self._anchor_at, cursor), max(self._anchor_at, cursor)

    def _range_keys(self, source: RowSource, cursor: int) -> list[str]:
        first, last = self._between(cursor)
        last = min(last, source.count - 1, first + MOST_MARKED - 1)
        rows = range(first, last + 1)
        return [source.key(index) for index in rows if not source.is_heading(index)]
