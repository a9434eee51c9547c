"""The live output of a run: follows its end, yields to whoever reads, paints only what is seen.

It has no timer of its own: whoever hears that a log grew calls `grew`, and a burst of such calls
becomes one look every 50 ms. Keys are bound outside; what they do are methods here.
"""

from __future__ import annotations

from asyncio import TimerHandle
from datetime import tzinfo
from time import monotonic
from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.tui.once import once
from skyforge_tui.tui.theme import Look, look_of
from skyforge_tui.tui.widgets.log_document import Place
from skyforge_tui.tui.widgets.log_frame import LogFrame, Shape
from skyforge_tui.tui.widgets.log_paint import pill_words
from skyforge_tui.tui.widgets.log_window import LogWindow

if TYPE_CHECKING:
    from textual import events

    from skyforge_tui.ports.log_store import LogReader

STEP_S = 0.05
"""Least time between two looks at a growing log."""
BUDGET_BYTES = 4 * 1024 * 1024
"""How much of a log is indexed in one look."""


class LogView(Widget, can_focus=True, inherit_bindings=False):
    """Show the output that a reader reads."""

    DEFAULT_CSS = "LogView { height: 1fr; width: 1fr; }"
    ALLOW_SELECT = False

    class Moved(Message):
        """Whether the end is followed, or how many lines are new below, has changed."""

        def __init__(self, view: LogView, *, is_following: bool, new_lines: int) -> None:
            super().__init__()
            self.view = view
            self.is_following = is_following
            self.new_lines = new_lines

    class Stale(Message):
        """The reader holds outdated files: `reopen` it off this thread, then call `grew`."""

        def __init__(self, view: LogView, reader: LogReader) -> None:
            super().__init__()
            self.view = view
            self.reader = reader

    class Unreadable(Message):
        """The log cannot be read at present; what was drawn stays."""

        def __init__(self, view: LogView, error: Unavailable) -> None:
            super().__init__()
            self.view = view
            self.error = error

    def __init__(self, *, zone: tzinfo | None = None, id: str | None = None) -> None:  # noqa: A002
        """Show times of day in `zone`, by default in this machine's."""
        super().__init__(id=id)
        self._zone = zone
        self._reader: LogReader | None = None
        self._frame: LogFrame | None = None
        self._wraps = False
        self._wants_times = True
        self._timer: TimerHandle | None = None
        self._last_look = 0.0
        self._told = (True, 0)
        self._told_stale = False

    # What it shows

    @property
    def reader(self) -> LogReader | None:
        """What is shown."""
        return self._reader

    @property
    def look(self) -> Look:
        """How to draw here."""
        return look_of(self.app)

    @property
    def is_following(self) -> bool:
        """Whether the end stays in view while the log grows."""
        return self._window is None or self._window.follows

    @property
    def new_lines(self) -> int:
        """Lines below the view that came since it stopped following."""
        return 0 if self._window is None else self._window.new_lines

    @property
    def wraps(self) -> bool:
        """Whether long lines are continued in the next row."""
        return self._wraps

    @property
    def shows_times(self) -> bool:
        """Whether times are wanted; where it is narrow they are left out all the same."""
        return self._wants_times

    def set_reader(self, reader: LogReader | None) -> None:
        """Show another log from its end, or none. The reader stays the caller's to close."""
        self._reader = reader
        self._told_stale = False
        self._start_over()
        self._look_at_log(has_time=False)
        self._redraw()

    def grew(self) -> None:
        """Look at the log soon: it may have more bytes."""
        if self._reader is None or self._timer is not None or not self.is_attached:
            return
        wait = self._last_look + STEP_S - monotonic()
        self._timer = once(self, max(wait, 0.0), self._wake)

    # Moving

    def scroll_lines(self, count: int) -> None:
        """Go down by rows, up if negative; up stops following, reaching the end resumes it."""
        if self._window is not None and self._window.scroll(count):
            self._redraw()

    def page(self, count: int) -> None:
        """Go down by pages, up if negative; one row stays in view."""
        self.scroll_lines(count * max(1, self.size.height - 1))

    def half_page(self, count: int) -> None:
        """Go down by half pages, up if negative."""
        self.scroll_lines(count * max(1, self.size.height // 2))

    def to_top(self) -> None:
        """Go to the first line."""
        if self._window is not None and self._window.go(self._window.document.first()):
            self._redraw()

    def to_end(self) -> None:
        """Go to the last line and follow."""
        self.resume_follow()

    def to_line(self, number: int) -> None:
        """Bring line `number` to the top of the view, or as near as the end allows."""
        window = self._window
        lines = 0 if window is None else window.document.line_count
        if window is not None and lines and window.go(Place(min(max(number, 0), lines - 1))):
            self._redraw()

    def resume_follow(self) -> None:
        """Keep the end in view from now on."""
        if self._window is not None and self._window.follow():
            self._redraw()

    def scroll_columns(self, count: int) -> None:
        """Go right by columns, left if negative, as far as what is in view has text."""
        if self._window is not None and self._window.scroll_columns(count):
            self.refresh()

    def toggle_wrap(self) -> None:
        """Continue long lines in the next row, or cut them."""
        self._wraps = not self._wraps
        self._lay_out()

    def toggle_times(self) -> None:
        """Show or hide when lines came."""
        self._wants_times = not self._wants_times
        self._lay_out()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Return row `y`."""
        frame = self._frame
        if frame is None:
            return Strip.blank(self.size.width, self.look.style("text", on="bg"))
        if self._reader is not None and self._reader.generation != frame.generation:
            # Reading itself found that lines were counted wrong.
            self.grew()
        if self.size != frame.shape[:2]:
            # Textual may draw in the new size before it tells of it.
            frame.take_shape(self._shape)
        return frame.strip(y)

    def on_mount(self) -> None:
        """Draw anew when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._lay_out())
        self.grew()

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Keep the top row, or the end, where it was."""
        self._lay_out()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up."""
        event.stop()
        self.scroll_lines(-3)

    def on_click(self, event: events.Click) -> None:
        """Follow when the pill is clicked, go there when the scrollbar is."""
        width, height = self.size
        window = self._window
        if window is None:
            return
        if event.x == width - 1:
            event.stop()
            self.to_line(window.document.line_count * event.y // max(1, height))
        elif window.new_lines and event.y == height - 1:
            event.stop()
            if event.x >= width - 2 - len(pill_words(window.new_lines)):
                self.resume_follow()

    # Looking

    def _wake(self) -> None:
        self._timer = None
        self._look_at_log(has_time=True)

    def _look_at_log(self, *, has_time: bool) -> None:
        """Take in what is new; without time, leave what can wait to the next look."""
        reader = self._reader
        if reader is None:
            return
        self._last_look = monotonic()
        try:
            has_more = reader.refresh(BUDGET_BYTES)
            if self._frame is None or reader.generation != self._frame.generation:
                self._start_over()
            has_more = not has_time or self._frame_ticks(reader) or has_more
            self._show_growth()
        except Unavailable as error:
            self.post_message(self.Unreadable(self, error))
            return
        is_stale = reader.is_stale
        if is_stale and not self._told_stale:
            self.post_message(self.Stale(self, reader))
        self._told_stale = is_stale
        if has_more:
            self.grew()

    def _frame_ticks(self, reader: LogReader) -> bool:
        return self._frame is not None and self._frame.ticks.look(reader)

    def _show_growth(self) -> None:
        frame = self._frame
        if frame is None:
            return
        if frame.grew():
            self._redraw()
        elif frame.chrome_changed():
            width, height = self.size
            self.refresh(Region(width - 1, 0, 1, height), Region(0, height - 1, width, 1))
            self._tell_moved()

    @property
    def _window(self) -> LogWindow | None:
        return None if self._frame is None else self._frame.window

    @property
    def _shape(self) -> Shape:
        return Shape(*self.size, self._wraps, self._wants_times, self.look)

    def _start_over(self) -> None:
        reader = self._reader
        self._frame = None if reader is None else LogFrame(reader, self._shape, self._zone)
        self._redraw()

    def _lay_out(self) -> None:
        if self._frame is not None:
            self._frame.take_shape(self._shape)
        self._redraw()

    def _redraw(self) -> None:
        if self._frame is not None:
            self._frame.moved()
        self.refresh()
        self._tell_moved()

    def _tell_moved(self) -> None:
        now = (self.is_following, self.new_lines)
        if now != self._told:
            self._told = now
            self.post_message(self.Moved(self, is_following=now[0], new_lines=now[1]))
