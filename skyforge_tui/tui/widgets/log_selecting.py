"""Lines of a log that are selected to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyforge_tui.tui.ansi import parse, prepared

if TYPE_CHECKING:
    from skyforge_tui.domain.log import LogLine
    from skyforge_tui.tui.widgets.log_frame import LogFrame
    from skyforge_tui.tui.widgets.log_window import LogWindow

MOST_COPIED = 1024 * 1024
"""Characters that a terminal can be asked to keep, at most; many keep less."""


class LogSelecting:
    """Selects lines of `self.frame`, from one to another, by the offset at which they begin."""

    if TYPE_CHECKING:

        @property
        def frame(self) -> LogFrame | None:
            """What is drawn."""

        @property
        def window(self) -> LogWindow | None:
            """The part in view."""

        @property
        def spot(self) -> int | None:
            """The line one has come to."""

        def redraw(self) -> None:
            """Draw all rows anew."""

    @property
    def selection(self) -> range:
        """The offsets at which selected lines can begin; empty when none is selected."""
        return range(0) if self.frame is None else self.frame.emphasis.selection

    def here(self) -> int | None:
        """Return the line that is meant when none is named: the one one has come to, or the top."""
        bounds = None if self.window is None else self.window.bounds()
        if bounds is None:
            return None
        return self.spot if self.spot is not None else bounds[0]

    def select(self, start: int, end: int) -> None:
        """Select the lines between two, both included; `end` comes into view."""
        frame = self.frame
        place = None if frame is None else frame.window.document.at(end)
        if frame is not None and place is not None:
            frame.emphasis.selected = (start, place.line)
            frame.window.reach(place)
            self.redraw()

    def extend(self, count: int) -> None:
        """Let the selection reach so many lines further down, up if negative."""
        frame = self.frame
        if frame is None or frame.emphasis.selected is None:
            return
        document = frame.window.document
        start, end = frame.emphasis.selected
        for _ in range(abs(count)):
            line = document.below(end) if count > 0 else document.above(end)
            if line is None:
                break
            end = line.offset
        self.select(start, end)

    def extend_to(self, offset: int) -> None:
        """Let the selection reach to the line that holds a byte."""
        if self.frame is not None and self.frame.emphasis.selected is not None:
            self.select(self.frame.emphasis.selected[0], offset)

    def unselect(self) -> bool:
        """Select nothing; return whether something was."""
        if self.frame is None or self.frame.emphasis.selected is None:
            return False
        self.frame.emphasis.selected = None
        self.redraw()
        return True

    def line_text(self) -> tuple[str, bool]:
        """Return the text of the line that is meant when none is named, and whether it is all."""
        here = self.here()
        line = None if here is None or self.frame is None else self.frame.window.document.line(here)
        return ("", True) if line is None else _text_of(line, MOST_COPIED)

    def selected_text(self) -> tuple[str, int, bool]:
        """Return the text of the selected lines that are shown, how many, and whether it is all."""
        frame = self.frame
        chosen = self.selection
        if frame is None or not chosen:
            return "", 0, True
        document = frame.window.document
        lines: list[str] = []
        room, is_all = MOST_COPIED, True
        line = document.line(chosen[0])
        while line is not None and line.offset in chosen:
            text, is_whole = _text_of(line, room)
            is_all = is_all and is_whole
            if lines and not is_whole:
                break  # what is cut is cut at a line, if any line fits
            room -= len(text) + 1
            lines.append(text)
            line = document.below(line.offset)
        return "\n".join(lines), len(lines), is_all


def _text_of(line: LogLine, room: int) -> tuple[str, bool]:
    """Return so many characters of a line's text, and whether there are no more."""
    data = line.data[:MOST_COPIED]
    text = parse(*prepared(data)).text.rstrip()
    is_all = len(text) <= room and len(data) == len(line.data) and not line.omitted
    return text[:room], is_all
