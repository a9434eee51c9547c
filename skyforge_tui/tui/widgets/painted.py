"""What all our widgets share: they draw lines of spans, row by row, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from skyforge_tui.tui.look import Look, segments_of
from skyforge_tui.tui.presenters.cells import Ground, Line, ref_at
from skyforge_tui.tui.theme import look_of
from skyforge_tui.tui.widgets.spinner import spinner_of


def strip_of(one: Line, width: int, look: Look, on: Ground = "bg", spin: str = "") -> Strip:
    """Return a line as a strip of exactly `width` cells; `spin` replaces turning signs."""
    return Strip(segments_of(one, width, look, on, spin), max(width, 0))


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
