"""A place behind an overlay: faded, and blank where only slivers of it would show."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from textual.renderables.background_screen import BackgroundScreen


class Faded:
    """Draw a faded place: without colours by attribute, and blank in the middle if asked."""

    def __init__(self, faded: BackgroundScreen, blank: Style | None, *, is_mono: bool) -> None:
        self._faded = faded
        self._blank = blank
        self._is_mono = is_mono

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        row = 0
        last = (options.height or console.height) - 1
        for segment in self._faded.__rich_console__(console, options):
            if not isinstance(segment, Segment):
                continue
            for part in _by_row(segment):
                if part.text == "\n":
                    row += 1
                    yield part
                elif self._blank is not None and 0 < row < last:
                    yield Segment(" " * part.cell_length, self._blank)
                else:
                    yield Segment(part.text, self._dimmed(part.style)) if self._is_mono else part

    @staticmethod
    def _dimmed(style: Style | None) -> Style:
        was = style or Style.null()
        return Style(dim=True, underline=was.reverse or was.underline)


def _by_row(segment: Segment) -> Iterator[Segment]:
    """Yield a segment in parts, line breaks apart."""
    text, style, _ = segment
    if "\n" not in text:
        yield segment
        return
    for index, part in enumerate(text.split("\n")):
        if index:
            yield Segment("\n")
        if part:
            yield Segment(part, style)
