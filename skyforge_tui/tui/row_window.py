"""An order of rows by small ids, with the rows around the view at hand: what a long table shows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from skyforge_tui.tui.widgets.row_source import Row

Thing = TypeVar("Thing")

AROUND = 64
"""Rows fetched above and below the view, so that a page up or down is there already."""
_KEPT = 2048
"""Rows kept in memory; older ones are fetched again when somebody scrolls back."""


class RowWindow(Generic[Thing]):
    """Rows of `Thing` in the order of their row ids.

    `draw` makes a row of a thing; `fetch` is told which row ids are missing and later calls `fill`.
    """

    def __init__(
        self,
        draw: Callable[[str, Thing], Row],
        fetch: Callable[[Sequence[int]], None],
    ) -> None:
        self._draw = draw
        self._fetch = fetch
        self._rowids: Sequence[int] = ()
        self._things: OrderedDict[int, Thing] = OrderedDict()

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return len(self._rowids)

    def row(self, index: int) -> Row | None:
        """Return a row, or None while it is not at hand."""
        thing = self._things.get(self._rowids[index])
        return None if thing is None else self._draw(str(self._rowids[index]), thing)

    def key(self, index: int) -> str:
        """Return what identifies the row at `index`."""
        return str(self._rowids[index])

    def index_of(self, key: str) -> int | None:
        """Return where the row of that key is now, or None when it is gone."""
        try:
            return self._rowids.index(int(key))
        except ValueError:
            return None

    def is_heading(self, index: int) -> bool:  # noqa: ARG002
        """Say that no row is one."""
        return False

    def indexes_of(self, rowids: Iterable[int]) -> list[int]:
        """Return where these rows are now, from top to bottom; those that are gone are left out."""
        wanted = frozenset(rowids)
        return [at for at, rowid in enumerate(self._rowids) if rowid in wanted]

    def want(self, first: int, last: int) -> None:
        """Fetch what is missing in view and a page around it, in one go."""
        if any(one not in self._things for one in self._rowids[first : last + 1]):
            self._fetch(self.missing(first, last))

    def missing(self, first: int, last: int) -> list[int]:
        """Return the row ids that are not at hand in view and around it."""
        around = self._rowids[max(0, first - AROUND) : last + 1 + AROUND]
        return [one for one in around if one not in self._things]

    def thing(self, key: str | None) -> Thing | None:
        """Return what the row of that key shows, if it is at hand."""
        return None if key is None else self._things.get(int(key))

    def things(self) -> Iterable[Thing]:
        """Return all that is at hand."""
        return tuple(self._things.values())

    def reorder(self, rowids: Sequence[int], stale: Callable[[Thing], bool]) -> None:
        """Take a new order; things that are stale are to be fetched again."""
        self._rowids = rowids
        for rowid in [one for one, thing in self._things.items() if stale(thing)]:
            del self._things[rowid]

    def fill(self, things: Mapping[int, Thing]) -> None:
        """Take fetched things."""
        self._things.update(things)
        while len(self._things) > _KEPT:
            self._things.popitem(last=False)
