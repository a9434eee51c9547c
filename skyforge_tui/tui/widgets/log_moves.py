"""The ways to move in a log view; lines are called by the offset at which they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyforge_tui.tui.widgets.log_lighting import Spans, spot_of

if TYPE_CHECKING:
    from textual.geometry import Size

    from skyforge_tui.tui.widgets.log_frame import LogFrame
    from skyforge_tui.tui.widgets.log_window import LogWindow


class LogMoves:
    """Moves the window of `self.frame`."""

    if TYPE_CHECKING:

        @property
        def frame(self) -> LogFrame | None:
            """What is drawn."""

        @property
        def size(self) -> Size:
            """The size of the view."""

        def redraw(self) -> None:
            """Draw all rows anew."""

    @property
    def window(self) -> LogWindow | None:
        """The part in view."""
        return None if self.frame is None else self.frame.window

    @property
    def is_following(self) -> bool:
        """Whether the end stays in view while the log grows."""
        return self.window is None or self.window.follows

    @property
    def new_lines(self) -> int:
        """Lines below the view that came since it stopped following."""
        return 0 if self.window is None else self.window.new_lines

    @property
    def spot(self) -> int | None:
        """The line one has come to, as long as it is in view."""
        if self.frame is None or self.frame.emphasis.spot is None:
            return None
        bounds = self.frame.window.bounds()
        spot = self.frame.emphasis.spot
        return spot if bounds is not None and bounds[0] <= spot < bounds[1] else None

    def scroll_lines(self, count: int) -> None:
        """Go down by rows, up if negative; up stops following, reaching the end resumes it."""
        if self.window is not None and self.window.scroll(count):
            self.redraw()

    def page(self, count: int) -> None:
        """Go down by pages, up if negative; one row stays in view."""
        self.scroll_lines(count * max(1, self.size.height - 1))

    def half_page(self, count: int) -> None:
        """Go down by half pages, up if negative."""
        self.scroll_lines(count * max(1, self.size.height // 2))

    def to_top(self) -> None:
        """Go to the first line."""
        if self.window is not None and self.window.go(self.window.document.first()):
            self.redraw()

    def to_end(self) -> None:
        """Go to the last line and follow."""
        self.resume_follow()

    def to_offset(self, offset: int) -> None:
        """Bring the line that holds a byte to the top of the view, or as near as the end allows."""
        if self.window is not None and self.window.go(self.window.document.at(offset)):
            self.redraw()

    def jump(self, line: int, *, at_top: bool = False) -> None:
        """Come to a line and stay there: it is marked as the one, and in view."""
        frame = self.frame
        place = None if frame is None else frame.window.document.at(line)
        if frame is not None and place is not None:
            frame.emphasis.spot, frame.emphasis.hit = place.line, None
            frame.window.show(place, at_top=at_top)
            self.redraw()

    def jump_to_hit(self, offset: int, spans: Spans) -> int:
        """Come to a hit that begins at a byte: it is told apart, and in view to its columns.

        Return how many bytes it lies behind what is shown of its line, which then is at its end.
        """
        frame = self.frame
        place = None if frame is None else frame.window.document.at(offset)
        if frame is None or place is None:
            return 0
        document = frame.window.document
        line, text = document.line(place.line), document.text(place.line)
        frame.emphasis.spot = place.line
        frame.emphasis.hit = None
        spot = None
        if line is not None and text is not None and line.offset <= offset <= line.end:
            beyond = offset - line.offset - len(line.data) if line.omitted else -1
            if beyond >= 0:
                frame.window.show_end(place, text)
                self.redraw()
                return beyond + 1
            spot = spot_of(line, text, spans, offset)
        if spot is None or text is None:
            frame.window.show(place)
        else:
            frame.emphasis.hit = (place.line, spot)
            frame.window.show(document.place_of(place.line, spot.piece, spot.start))
            if not document.wraps:
                before = text.columns_before(spot.piece, spot.start)
                after = text.columns_before(spot.piece, spot.end)
                frame.window.show_columns(before, after)
        self.redraw()
        return 0

    def leave_spot(self) -> bool:
        """Be at no line any more; return whether one was at one."""
        had_one = self.spot is not None
        if self.frame is not None:
            self.frame.emphasis.spot = self.frame.emphasis.hit = None
        if had_one:
            self.redraw()
        return had_one

    def settle(self) -> None:
        """Take what is there as seen; from now on what comes is new."""
        if self.window is not None:
            self.window.settle()

    def resume_follow(self) -> None:
        """Keep the end in view from now on."""
        if self.window is not None and self.window.follow():
            self.redraw()

    def scroll_columns(self, count: int) -> None:
        """Go right by columns, left if negative, as far as what is in view has text."""
        if self.window is not None and self.window.scroll_columns(count):
            self.redraw()
