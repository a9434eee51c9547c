"""Rows that stay drawn until they change, and are drawn without what nothing here makes use of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Self

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.segment import Segment


class WholeRow(Strip):
    """A row that does not keep itself alive.

    Textual (8.2.8) has a strip remember what it is when it is cut at its end: itself. Of such rings
    only the search for garbage gets rid, of a thousand objects with every frame of a log.
    """

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the parts between some cells."""
        cuts = list(cuts)
        return [self] if cuts == [self.cell_length] else super().divide(cuts)


class KeptRows(Widget):
    """A widget of rows without border, padding, tint and links.

    Textual (8.2.8) looks for those at every row, and copies the row at each of them: a quarter of
    what it takes to draw a log in which all rows change at every frame.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._kept: dict[int, Strip] = {}
        self._kept_for: tuple[object, ...] = ()
        """What the rows were drawn for."""

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Have rows drawn anew, those of the regions or all."""
        if not regions:
            self._kept.clear()
        for region in regions:
            for y in region.line_range:
                self._kept.pop(y, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def drawing(self, size: Size) -> Callable[[int], list[Segment]]:
        """Return what draws one row, asked before some rows are drawn in this size."""
        del size
        return lambda y: [*self.render_line(y)]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows in a part of the widget."""
        size: Size = self.size
        filters = self.get_line_filters()
        _, background = self.background_colors
        drawn_for = (size, background, *filters)
        if drawn_for != self._kept_for:
            self._kept.clear()
            self._kept_for = drawn_for
        found = []
        draw: Callable[[int], list[Segment]] | None = None
        for y in crop.line_range:
            strip = self._kept.get(y)
            if strip is None:
                if draw is None:
                    draw = self.drawing(size)
                segments = draw(y)
                for one in filters:
                    segments = one.apply(segments, background)
                strip = self._kept[y] = WholeRow(segments, size.width)
            found.append(strip)
        if crop.column_span == (0, size.width):
            return found
        return [strip.crop(*crop.column_span) for strip in found]
