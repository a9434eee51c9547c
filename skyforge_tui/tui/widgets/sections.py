"""What is inside a panel: lines that stay, lines that scroll, and how they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import overload

from skyforge_tui.tui.presenters.cells import Line, Span, joined, line, literal, width_of, wrapped

_SAME = "same as  "
_GLUE = "\u00a0"
"""Keeps an option and its value in one row."""


@dataclass(frozen=True, slots=True)
class Sections:
    """The inside of a panel: a pinned head, a body that scrolls, pinned feet.

    Lines are as wide as the inside of the frame; text begins in their third column.
    """

    head: list[Line] = field(default_factory=list)
    body: Sequence[Line] = ()
    foot: list[Line] = field(default_factory=list)
    focus: int | None = None
    """The line of the body that must be in view."""

    @property
    def height(self) -> int:
        """How many rows they need."""
        return len(self.head) + len(self.body) + len(self.foot)


class Drawn(Sequence[Line]):
    """So many lines, each made when it comes into view: thousands of them cost nothing before."""

    def __init__(self, count: int, draw: Callable[[int], Line], *, blank: int = 0) -> None:
        """Take how many there are, what makes one, and how many blank ones follow."""
        self._count = count
        self._draw = draw
        self._blank = max(0, blank)

    def __len__(self) -> int:
        return self._count + self._blank

    @overload
    def __getitem__(self, index: int) -> Line: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...

    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._draw(index) if index < self._count else ()


def indented(*parts: str | Span | Line) -> Line:
    """Return a line of a panel, where text begins."""
    return line("  ", *parts)


def keys_line(parts: Sequence[Line], width: int, gap: str = "   ") -> Line:
    """Return the keys of a panel in `width` cells: the last, which leads out, stays to the end."""
    shown = [part for part in parts if part]
    while len(shown) > 2 and width_of(joined(shown, gap)) > width:
        del shown[-2]
    keys = joined(shown, gap)
    return keys if width_of(keys) <= width else joined(shown[-1:])


def rule(width: int) -> Line:
    """Return a thin line across the inside of a panel."""
    return line(" ", Span("─" * max(0, width - 2), "line"), " ")


def same_rows(command: str, width: int, most: int = 2) -> list[Line]:
    """Return what one would type for the same, in `most` rows at most."""
    text = literal(command).replace(" -v ", f" -v{_GLUE}")
    rows = wrapped(text, width - 4 - len(_SAME), most)
    return [
        indented(Span(" " * len(_SAME) if index else _SAME, "muted"), row.replace(_GLUE, " "))
        for index, row in enumerate(rows)
    ]
