"""Columns as data: what a table shows, what it drops first when it is narrow, and its rows.

Whole columns leave, lowest priority first; the rest share the room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import TYPE_CHECKING

from skyforge_tui.tui.presenters.cells import Align, Cut, Line, Span, Tone, fitted

if TYPE_CHECKING:
    from skyforge_tui.domain.view import Sort

GAP = 2
DESCENDING, ASCENDING = "↓", "↑"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; widths in cells."""

    key: str
    title: str
    width: int
    """The least it needs."""
    most: int | None = 0
    """The most it takes: 0 for its `width`, None for all there is."""
    align: Align = "left"
    priority: int = 50
    """The lowest leaves first."""
    cut: Cut = "end"
    is_name: bool = False
    """Whether it names the row: bold under the cursor."""
    can_sort: bool = True
    """Whether rows can be put in its order."""


Fitted = tuple[tuple[Column, int], ...]
"""The columns that are shown, each with its width."""


def fit(columns: Sequence[Column], width: int, sort: Sort | None = None) -> Fitted:
    """Return the columns that fit into `width` cells, widened to fill it where they may."""
    shown = [_with_room_for_sign(column, sort) for column in columns]
    while len(shown) > 1 and _needs(shown) > width:
        shown.remove(min(reversed(shown), key=lambda column: column.priority))
    widths = [min(column.width, max(width, 1)) for column in shown]
    spare = width - sum(widths) - GAP * (len(shown) - 1)
    spare = _grow(shown, widths, spare)
    endless = [index for index, column in enumerate(shown) if column.most is None]
    takers = endless or [
        index for index, column in enumerate(shown) if (column.most or 0) > column.width
    ]
    if takers and spare > 0:
        share, rest = divmod(spare, len(takers))
        for place, index in enumerate(takers):
            widths[index] += share + (1 if place < rest else 0)
    return tuple(zip(shown, widths, strict=True))


def _needs(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def _grow(shown: Sequence[Column], widths: list[int], spare: int) -> int:
    """Widen bounded columns in turns, up to the most each takes; return what is left."""
    growing = [index for index, column in enumerate(shown) if (column.most or 0) > column.width]
    room = sum((shown[index].most or 0) - widths[index] for index in growing)
    spare_now = min(spare, room)
    left = spare - max(0, spare_now)
    for index in cycle(growing):
        if spare_now <= 0:
            break
        if widths[index] < (shown[index].most or 0):
            widths[index] += 1
            spare_now -= 1
    return left


def _with_room_for_sign(column: Column, sort: Sort | None) -> Column:
    least = len(column.title) + 1
    if sort is None or sort.column != column.key or column.width >= least:
        return column
    return replace(column, width=least, most=column.most and max(column.most, least))


def head_line(columns: Fitted, sort: Sort | None = None) -> Line:
    """Return the titles, upper-case and muted; the one that is sorted by brighter, with a sign."""
    cells: dict[str, Line] = {}
    for column, _ in columns:
        title = column.title.upper()
        if sort is not None and sort.column == column.key:
            cells[column.key] = (Span(f"{title}{DESCENDING if sort.is_descending else ASCENDING}"),)
        else:
            cells[column.key] = (Span(title, "muted"),)
    return row_line(columns, cells)


def sort_letters(columns: Sequence[Column]) -> dict[str, Column]:
    """Return the columns that can be sorted by, each under a letter of its title."""
    letters: dict[str, Column] = {}
    for column in columns:
        if column.can_sort and column.title:
            free = (one for one in column.title.lower() if one.isalpha() and one not in letters)
            letter = next(free, "")
            if letter:
                letters[letter] = column
    return letters


def row_line(columns: Fitted, cells: Mapping[str, Line], *, is_chosen: bool = False) -> Line:
    """Return a row; an absent cell is empty. A chosen row's name is bold."""
    spans: list[Span] = []
    for index, (column, width) in enumerate(columns):
        cell = cells.get(column.key, ())
        if is_chosen and column.is_name:
            cell = tuple(replace(span, tone=_strong(span), bold=True) for span in cell)
        if index:
            spans.append(Span(" " * GAP))
        spans.extend(fitted(cell, width, column.align, column.cut))
    return tuple(spans)


def _strong(span: Span) -> Tone:
    return "strong" if span.tone == "text" else span.tone
