"""A log with all that belongs to it: the task one reads, hosts by tasks, what is looked for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.message import Message

from skyforge_tui.domain.outline import Outline
from skyforge_tui.tui.widgets.log_jumps import LogJumps
from skyforge_tui.tui.widgets.log_view import LogView
from skyforge_tui.tui.widgets.run_grid import RunGrid
from skyforge_tui.tui.widgets.search_line import SearchLine
from skyforge_tui.tui.widgets.task_reading import TaskReading
from skyforge_tui.tui.widgets.task_row import TaskRow

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from skyforge_tui.ports.log_store import LogReader


class LogPane(Vertical):
    """Show a log; keys are bound outside, what they do are methods here and of `view`."""

    DEFAULT_CSS = """
    LogPane { width: 1fr; height: 1fr; }
    LogPane.-grid LogView { display: none; }
    """

    class Changed(Message):
        """More is known of the log, or another part of it is in view."""

    def __init__(self) -> None:
        super().__init__()
        self.view = LogView()
        self.grid = RunGrid()
        self.search_line = SearchLine()
        self.jumps = LogJumps(self.view)
        self._row = TaskRow()
        self._reading = TaskReading(self.view)
        self._is_seeking = False
        self.has_strip = False
        """Whether there is room for the grid below the log."""
        self.is_live = False
        """Whether more may be written to the log."""
        self.expected: int | None = None
        """How many tasks there will be, as far as one can know."""
        self.clock: Callable[[], datetime] | None = None

    def compose(self) -> ComposeResult:
        """Yield the parts."""
        yield self._row
        yield self.view
        yield self.grid
        yield self.search_line

    @property
    def outline(self) -> Outline:
        """What the log is made of, as far as it was looked at."""
        return self.view.outline or Outline()

    def set_reader(self, reader: LogReader | None) -> None:
        """Show another log from its end, or none."""
        self.view.set_reader(reader)
        self.show()

    def set_marked(self, lines: Collection[int]) -> None:
        """Show the bookmarks of these lines, by the offset at which they begin."""
        self.jumps.marked = sorted(lines)
        self.view.set_marked(lines)

    # Hosts by tasks

    def toggle_grid(self) -> str:
        """Give the grid the place of the log, or take it back; return why it cannot be."""
        if not self.outline.hosts:
            return "no host took part in anything here"
        self.grid.show(self.outline, self.expected, is_live=self.is_live)
        self.grid.open(is_open=not self.grid.is_open)
        self.set_class(self.grid.is_open, "-grid")
        self.show()
        return ""

    def close_grid(self) -> bool:
        """Take the place of the log back; return whether the grid had it."""
        was_open = self.grid.is_open
        if was_open:
            self.toggle_grid()
        return was_open

    def on_run_grid_pointed(self, event: RunGrid.Pointed) -> None:
        """Say which task the cursor stands at."""
        event.stop()
        self.show()

    def on_run_grid_picked(self, event: RunGrid.Picked) -> None:
        """Go to what the log says of a host in a task."""
        event.stop()
        self.close_grid()
        self.jumps.to_host(event.task, event.host)

    # Looking for something

    def search(self, *, is_filter: bool = False) -> None:
        """Take what is looked for; as a filter, only lines with hits are shown while one types."""
        self.close_grid()
        self.view.finding.begin(is_filter=is_filter)
        text = "" if self.view.finding.query is None else str(self.view.finding.query)
        self.search_line.open(text, is_filter=self.view.finding.is_filter)
        self.show()

    def seek(self, text: str) -> None:
        """Go to the last place that holds a text; where none does, nothing is looked for."""
        finding = self.view.finding
        finding.begin()
        finding.look_for(text)
        finding.keep()
        self.search_line.put(text)
        self._is_seeking = True
        self.show()

    def _end_seeking(self) -> None:
        """Say nothing of a text that was sought and is nowhere."""
        found = self.view.finding.found
        is_over = found is None or found.share is None or found.hits > 0
        if self._is_seeking and is_over:
            self._is_seeking = False
            if found is not None and not found.hits:
                self.drop_search()

    def drop_search(self) -> bool:
        """Look for nothing any more; return whether something was looked for."""
        was_on = self.view.finding.found is not None
        if was_on:
            self.view.finding.close()
            self.search_line.clear()
            self.show()
        return was_on

    def on_entry_line_typed(self, event: SearchLine.Typed) -> None:
        """Look for it."""
        event.stop()
        self.view.finding.look_for(event.text)
        self.show()

    def on_entry_line_kept(self, event: SearchLine.Kept) -> None:
        """Keep what was typed and give the keys back."""
        event.stop()
        self.view.finding.keep()
        self._stop_typing()

    def on_entry_line_dropped(self, event: SearchLine.Dropped) -> None:
        """Look for nothing any more, and go back to where it began."""
        event.stop()
        self.view.finding.drop()
        self.search_line.clear()
        self._stop_typing()

    def on_search_line_stepped(self, event: SearchLine.Stepped) -> None:
        """Go to another hit."""
        event.stop()
        self.view.finding.step(event.count)

    def _stop_typing(self) -> None:
        self.search_line.close()
        self.screen.set_focus(None)
        self.show()
        self.post_message(self.Changed())

    def on_log_view_shown(self, event: LogView.Shown) -> None:
        """Say what is in view now."""
        event.stop()
        self.show()
        self.post_message(self.Changed())

    def show(self) -> None:
        """Say which task one reads and what came of it, and what was found."""
        self._end_seeking()
        outline = self.outline
        shows_grid = bool(outline.hosts) and (self.grid.is_open or self.has_strip)
        self._row.display = bool(outline.tasks)
        self.grid.display = shows_grid
        if shows_grid:
            self.grid.show(outline, self.expected, is_live=self.is_live)
        if outline.tasks:
            now = self.clock() if self.is_live and self.clock is not None else None
            self._row.show(self._reading.told(outline, self.grid.pointed, now, self._row.room))
        self.search_line.show(self.view.finding.found)
