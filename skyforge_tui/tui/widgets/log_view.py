"""The live output of a run: follows its end, yields to whoever reads, paints only what is seen.

Whoever hears that a log grew calls `grew`, and a burst of such calls becomes one look every 50 ms.
Keys are bound outside; what they do are methods here and in what it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import tzinfo
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.message import Message

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.outline import Outline
from skyforge_tui.tui.look import Look
from skyforge_tui.tui.theme import look_of
from skyforge_tui.tui.widgets.log_finding import LogFinding
from skyforge_tui.tui.widgets.log_frame import LogFrame, Shape
from skyforge_tui.tui.widgets.log_mouse import LogMouse
from skyforge_tui.tui.widgets.log_moves import LogMoves
from skyforge_tui.tui.widgets.log_passed import PassedTasksHidden
from skyforge_tui.tui.widgets.log_selecting import LogSelecting
from skyforge_tui.tui.widgets.log_watch import LogWatch

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Size

    from skyforge_tui.ports.log_search import LogSearch
    from skyforge_tui.ports.log_store import LogReader


class LogView(
    LogMoves, LogSelecting, LogMouse, LogWatch, can_focus=True, inherit_bindings=False
):  # fmt: skip
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

    class Shown(Message):
        """Other rows are in view, or more is known of the log."""

        def __init__(self, view: LogView) -> None:
            super().__init__()
            self.view = view

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
        self._told = (True, 0)
        self._told_stale = False
        self.finding = LogFinding(self, self._tell_shown)
        self._passed: PassedTasksHidden | None = None
        self.hides_passed = False
        """Whether tasks that passed are left out."""
        self.begins_at_top = False
        """Whether a log is shown from its first line on, instead of its end."""
        self.sources: tuple[str, ...] = ()
        """What the files are called that lines are from, where there are several."""

    # What it shows

    @property
    def reader(self) -> LogReader | None:
        """What is shown."""
        return self._reader

    @property
    def frame(self) -> LogFrame | None:
        """What is drawn."""
        return self._frame

    @property
    def look(self) -> Look:
        """How to draw here."""
        return look_of(self.app)

    @property
    def outline(self) -> Outline | None:
        """What the log is made of, as far as it was looked at."""
        return None if self._frame is None else self._frame.scan.outline

    @property
    def wraps(self) -> bool:
        """Whether long lines are continued in the next row."""
        return self._wraps

    @property
    def shows_times(self) -> bool:
        """Whether times are wanted; where it is narrow they are left out all the same."""
        return self._wants_times

    def set_reader(self, reader: LogReader | None) -> None:
        """Show another log, or none. The reader stays the caller's to close."""
        self.finding.close()
        self._reader = reader
        self._told_stale = False
        self.start_over()
        self.look_first()
        self.redraw()

    def hide_passed(self, *, is_on: bool) -> None:
        """Leave out the tasks that passed, or show all lines."""
        self.hides_passed = False
        self._passed = None
        self.finding.filter(is_on=False)
        if is_on and self._reader is not None and self._frame is not None:
            self._passed = PassedTasksHidden(self._reader, self._frame.scan.outline)
            self.hides_passed = True
        self.show_lines(self._passed, tells_hidden=is_on)

    def show_lines(self, reader: LogReader | None, *, tells_hidden: bool = False) -> None:
        """Show what another reader of the same log leaves, or all; the place is kept.

        `tells_hidden` draws a row where it leaves lines out.
        """
        if self._frame is not None and not (reader is None and self._frame.shows_all):
            of_tasks = self.hides_passed
            self._frame.take_lines(reader, tells_hidden=tells_hidden, of_tasks=of_tasks)
            self.redraw()

    def stir(self) -> None:
        """Draw anew: other lines are left out than before, or something else stands out."""
        if self._frame is not None:
            self._frame.stir()
            self.redraw()

    def set_search(self, search: LogSearch | None) -> None:
        """Light up what is looked for."""
        if self._frame is not None:
            if search is not self._frame.emphasis.search:
                self._frame.emphasis.search = search
                self._frame.emphasis.hit = None
            self.redraw()

    def show_density(self) -> None:
        """Draw anew where the scrollbar says that something was found."""
        if self._frame is not None:
            self._show_chrome(self._frame)

    def set_marked(self, lines: Collection[int]) -> None:
        """Show the bookmarks of these lines."""
        if self._frame is not None:
            self._frame.emphasis.marked = frozenset(lines)
            self.refresh()

    # Shape

    def toggle_wrap(self) -> None:
        """Continue long lines in the next row, or cut them."""
        self._wraps = not self._wraps
        self._lay_out()

    def toggle_times(self) -> None:
        """Show or hide when lines came."""
        self._wants_times = not self._wants_times
        self._lay_out()

    # Drawing

    def drawing(self, size: Size) -> Callable[[int], list[Segment]]:
        """Return what draws one row."""
        frame = self._frame
        if frame is None:
            blank = Segment(" " * size.width, self.look.style("text", on="bg"))
            return lambda _: [blank]
        if self._reader is not None and self._reader.generation != frame.generation:
            # Reading itself found that lines were counted wrong.
            self.grew()
        if size != frame.shape[:2]:
            # Textual may draw in the new size before it tells of it.
            frame.take_shape(self._shape)
        return frame.row

    def on_mount(self) -> None:
        """Draw anew when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._lay_out())
        self.grew()

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Keep the top row, or the end, where it was."""
        self._lay_out()

    def redraw(self) -> None:
        """Draw all rows anew."""
        if self._frame is not None:
            self._frame.moved()
        self.refresh()
        self._tell_moved()

    # Looking

    def start_over(self) -> None:
        """Draw another log, or another generation of it."""
        reader, before = self._reader, self._frame
        self.hides_passed = False
        self._passed = None
        self._frame = None if reader is None else LogFrame(reader, self._shape, self._zone)
        if self._frame is not None and before is not None:
            self._frame.emphasis.marked = before.emphasis.marked
        is_reading = before is None or not before.window.follows
        if self._frame is not None and self.begins_at_top and is_reading:
            self._frame.window.begin()
        self.finding.show()
        self.redraw()

    def show_growth(self) -> None:
        """Draw what is new."""
        frame = self._frame
        if frame is None:
            return
        if self.finding.is_filter:
            # What of it is shown is known when it was looked through.
            self._show_chrome(frame)
        elif frame.grew():
            self.redraw()
        else:
            self._show_chrome(frame)
        self.finding.grew()

    def show_counted(self) -> None:
        """Tell that more lines are counted of what there was."""
        self._tell_shown()

    def show_outline(self) -> None:
        """Draw the ticks anew; what passed meanwhile may be left out."""
        frame = self._frame
        if frame is not None:
            if self._passed is not None and self._passed.look():
                self.stir()
            self._show_chrome(frame)
            self._tell_shown()

    def cannot_read(self, error: Unavailable) -> None:
        """Tell that the log cannot be read at present."""
        self.post_message(self.Unreadable(self, error))

    def check_stale(self, reader: LogReader) -> None:
        """Tell once that there is more than the reader holds."""
        is_stale = reader.is_stale
        if is_stale and not self._told_stale:
            self.post_message(self.Stale(self, reader))
        self._told_stale = is_stale

    @property
    def _shape(self) -> Shape:
        return Shape(*self.size, self._wraps, self._wants_times, self.look, self.sources)

    def _show_chrome(self, frame: LogFrame) -> None:
        if changed := frame.changed_chrome():
            self.refresh(*changed)
            self._tell_moved()

    def _lay_out(self) -> None:
        if self._frame is not None:
            self._frame.take_shape(self._shape)
        self.redraw()

    def _tell_shown(self) -> None:
        self.post_message(self.Shown(self))

    def _tell_moved(self) -> None:
        self._tell_shown()
        if (now := (self.is_following, self.new_lines)) != self._told:
            self._told = now
            self.post_message(self.Moved(self, is_following=now[0], new_lines=now[1]))
