"""Where a table's rows come from: anything that knows its order and some of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from skyforge_tui.tui.presenters.cells import Line


Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what identifies it, and its cells by column key."""

    key: str
    cells: Mapping[str, Line] = field(default_factory=dict)
    heading: Line | None = None
    """What stands across the whole row instead of cells; the cursor passes over it."""


class RowSource(Protocol):
    """An order of rows, of which those in view are at hand."""

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        ...

    def row(self, index: int) -> Row | None:
        """Return a row, or None while it is not at hand. Called while painting: only memory."""
        ...

    def key(self, index: int) -> str:
        """Return what identifies the row at `index`."""
        ...

    def index_of(self, key: str) -> int | None:
        """Return where the row of that key is now, or None when it is gone."""
        ...

    def is_heading(self, index: int) -> bool:
        """Say whether the row is a heading, which is neither pointed at nor marked."""
        ...

    def want(self, first: int, last: int) -> None:
        """Hear that the rows from `first` to `last` (inclusive) are in view."""
        ...


class ListRows:
    """Rows that are all at hand."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._rows = tuple(rows)
        self._places = {row.key: index for index, row in enumerate(self._rows)}

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return len(self._rows)

    def row(self, index: int) -> Row | None:
        """Return a row."""
        return self._rows[index]

    def key(self, index: int) -> str:
        """Return what identifies the row at `index`."""
        return self._rows[index].key

    def index_of(self, key: str) -> int | None:
        """Return where the row of that key is, or None when there is none."""
        return self._places.get(key)

    def is_heading(self, index: int) -> bool:
        """Say whether the row is a heading."""
        return self._rows[index].heading is not None

    def want(self, first: int, last: int) -> None:
        """Do nothing: all rows are at hand."""


class MadeRows(Generic[Thing]):
    """Rows that are made of things as they come into view: ten thousand cost what a page costs."""

    def __init__(
        self,
        things: Sequence[Thing],
        cells: Callable[[Thing], Mapping[str, Line]],
        key: Callable[[Thing], str] | None = None,
    ) -> None:
        """Take the things, and what makes the cells of one; without a `key` its place is that.

        Where several have the same key, the later ones have their place behind a NUL in it.
        """
        self._things = things
        self._cells = cells
        self._places: dict[str, int] = {}
        for at, thing in enumerate(things):
            name = f"{at}" if key is None else key(thing)
            self._places[f"{name}\0{at}" if name in self._places else name] = at
        self._keys = [*self._places]
        self._made: dict[int, Row] = {}

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return len(self._things)

    def row(self, index: int) -> Row | None:
        """Return a row, made now if it was not in view before."""
        made = self._made.get(index)
        if made is None:
            made = Row(self._keys[index], self._cells(self._things[index]))
            self._made[index] = made
        return made

    def key(self, index: int) -> str:
        """Return what identifies the row at `index`."""
        return self._keys[index]

    def index_of(self, key: str) -> int | None:
        """Return where the row of that key is, or None when there is none."""
        return self._places.get(key)

    def is_heading(self, index: int) -> bool:  # noqa: ARG002
        """Say whether the row is a heading: none is."""
        return False

    def want(self, first: int, last: int) -> None:
        """Do nothing: all things are at hand."""
