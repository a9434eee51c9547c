"""What all our widgets share: they draw lines of spans, row by row, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from skyforge_tui.tui.presenters.cells import Ground, Line, Span, fitted, ref_at
from skyforge_tui.tui.presenters.glyphs import twin
from skyforge_tui.tui.theme import Look, look_of
from skyforge_tui.tui.widgets.spinner import spinner_of

_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
"""What terminals obey. Whoever puts words of strangers into a span makes them literal; should one
forget that, nothing of it gets through here. They have no width: all else stays in its place."""


def strip_of(one: Line, width: int, look: Look, on: Ground = "bg", spin: str = "") -> Strip:
    """Return a line as a strip of exactly `width` cells; `spin` replaces turning signs."""
    segments = [
        Segment(_text(span, look, spin), _style(span, look, on)) for span in fitted(one, width)
    ]
    return Strip(segments, max(width, 0))


def _text(span: Span, look: Look, spin: str) -> str:
    text = spin if span.tone == "spin" and spin else span.text
    if not text.isprintable():
        text = text.translate(_CONTROLS)
    return twin(text) if look.ascii else text


def _style(span: Span, look: Look, on: Ground) -> Style:
    return look.style(span.tone, bold=span.bold, underline=span.underline, on=span.on or on)


class Painted(Widget):
    """A widget whose rows are lines of spans."""

    ALLOW_SELECT = False
    GROUND: ClassVar[Ground] = "bg"

    @property
    def look(self) -> Look:
        """How to draw here."""
        return look_of(self.app)

    def on_mount(self) -> None:
        """Draw everything anew when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.refresh())

    def line_at(self, y: int) -> Line:
        """Return row `y` of the widget, counted from its top."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Return row `y` as a strip; a row with a turning sign is drawn again at the next turn."""
        one = self.line_at(y)
        spinner = spinner_of(self.app)
        frame = spinner.frame(self.look)
        if any(span.tone == "spin" for span in one):
            spinner.watch(self, y)
        else:
            spinner.release(self, y)
        return strip_of(one, self.size.width, self.look, self.GROUND, frame)

    def refresh_rows(self, rows: Iterable[int]) -> None:
        """Draw only these rows again."""
        width, height = self.size
        regions = [Region(0, y, width, 1) for y in rows if 0 <= y < height]
        if regions:
            self.refresh(*regions)

    def ref_at(self, x: int, y: int) -> str:
        """Return what the span at this cell refers to, or empty."""
        return ref_at(self.line_at(y), x) if 0 <= y < self.size.height else ""
