"""Rows that come in pages of one size: what is in view is asked for, page by page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from skyforge_tui.tui.widgets.row_source import Row

Thing = TypeVar("Thing")
_PAGES_KEPT: Final = 16
"""Older ones are fetched again when somebody scrolls back."""


class PagedRows(Generic[Thing]):
    """Rows of `Thing` by number; `fetch` is told from which number on a page is missing."""

    def __init__(
        self, draw: Callable[[Thing], Row], fetch: Callable[[int], None], page_size: int
    ) -> None:
        self._draw = draw
        self._fetch = fetch
        self._size = page_size
        self._pages: OrderedDict[int, Sequence[Thing]] = OrderedDict()
        self._asked: set[int] = set()
        self._total = 0

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return self._total

    def fill(self, start: int, things: Sequence[Thing], total: int) -> None:
        """Take the things from a number on; `total` is how many there are by now."""
        self._pages[start] = tuple(things)
        self._pages.move_to_end(start)
        self._asked.discard(start)
        self._total = total
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)

    def answered(self, start: int) -> None:
        """Know that a page is not waited for any more; one that did not come is asked for again."""
        self._asked.discard(start)

    def thing(self, index: int) -> Thing | None:
        """Return a thing, or None while it is not at hand."""
        start = index // self._size * self._size
        page = self._pages.get(start, ())
        return page[index - start] if index - start < len(page) else None

    def row(self, index: int) -> Row | None:
        """Return a row, or None while it is not at hand."""
        thing = self.thing(index)
        return None if thing is None else Row(str(index), self._draw(thing).cells)

    def key(self, index: int) -> str:
        """Return what identifies the row at `index`."""
        return str(index)

    def index_of(self, key: str) -> int | None:
        """Return where the row of that key is."""
        return int(key) if key.isdecimal() and int(key) < self._total else None

    def is_heading(self, index: int) -> bool:  # noqa: ARG002
        """Say that no row is one."""
        return False

    def want(self, first: int, last: int) -> None:
        """Ask for the pages in view that are not at hand, each once."""
        for start in range(first // self._size * self._size, last + 1, self._size):
            if start in self._pages:
                self._pages.move_to_end(start)
            elif start not in self._asked and start < self._total:
                self._asked.add(start)
                self._fetch(start)
