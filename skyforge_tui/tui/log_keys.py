"""What the keys of a log do, wherever one is shown: moving, jumping, searching, selecting.

A screen takes `LogKeys` and has a `pane`; the commands are those of the
group "Output" and the movements. Whatever a key could not do is said in the footer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.commands import BY_ID
from skyforge_tui.tui.framed_screen import FramedScreen
from skyforge_tui.tui.log_moving import LogMoving
from skyforge_tui.tui.presenters.amounts import count
from skyforge_tui.tui.presenters.cells import Line, Span, cut_text, line, literal
from skyforge_tui.tui.presenters.glyphs import MARKED
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.widgets.log_mouse import LogMouse
from skyforge_tui.tui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from skyforge_tui.tui.commands import Command
    from skyforge_tui.tui.presenters.offers import Yank

MOST_OF_A_LINE = 200


class LogKeys(LogMoving, FramedScreen):
    """A screen on which a log is read."""

    def action_command(self, command_id: str) -> None:
        """Carry out a command; what the last one could not do is no longer said."""
        self.told = ""
        self.log_view.give_way()
        super().action_command(command_id)
        self._show_mode()

    _mode_shown: tuple[str, bool, bool] = ("", False, False)

    def _show_mode(self) -> None:
        """Draw the footer anew if it depends on something else than before."""
        if self._mode != self._mode_shown:
            self._mode_shown = self._mode
            self.show_frame()

    @property
    def _mode(self) -> tuple[str, bool, bool]:
        """What the footer depends on."""
        return self.told, bool(self.log_view.selection), self.pane.grid.is_open

    def footer_lead(self) -> Line:
        """Return what stands before the keys: what could not be done, or what is selected."""
        if self.told:
            return (Span(self.told, "warn"),)
        if self.log_view.selection:
            return line(Span(f"{MARKED} ", "accent"), Span("selecting", "strong", bold=True))
        return ()

    def footer_hints(self) -> list[KeyHint]:
        """Return the keys that matter now: other ones in a selection, and in the matrix."""
        if self.log_view.selection:
            return self._hints(("thing.yank", "copy"), ("move.down", "down"), ("move.up", "up"),
                               ("log.select", "no more"))  # fmt: skip
        if self.pane.grid.is_open:
            return self._hints(("log.pick", "output"), ("move.down", "host"), ("log.right", "task"),
                               ("log.left", "task before"), ("log.grid", "close"))  # fmt: skip
        return super().footer_hints()

    def _hints(self, *labels: tuple[str, str]) -> list[KeyHint]:
        return [replace(self.hint(BY_ID[one]), label=label) for one, label in labels]

    def lacks(self, command: Command) -> str:
        """Say what a command needs that is not here."""
        if command.id in ("log.next", "log.previous") and self._asks_nothing:
            return "nothing is looked for; / takes what"
        if command.id == "log.pick" and not self.pane.grid.is_open:
            return f"the matrix is not open; {self.stage.keymap.shown('log.grid')} opens it"
        if command.id in ("log.more", "log.fewer") and not self.log_view.finding.is_filter:
            return "all lines are shown; & shows only those with hits"
        return super().lacks(command)

    @property
    def _asks_nothing(self) -> bool:
        return self.log_view.finding.query is None

    def leave_transient(self) -> bool:
        """Leave the innermost thing one is in; return whether there was one."""
        finding = self.log_view.finding
        if self.log_view.unselect() or self.pane.close_grid():
            return True
        if finding.is_filter:
            finding.filter(is_on=False)
            return True
        if self.pane.drop_search():
            return True
        if self.log_view.hides_passed:
            self.log_view.hide_passed(is_on=False)
            return True
        return False

    def do_app_back(self) -> None:
        """Leave what is transient here first; then the place."""
        if self._notice is not None or not self.leave_transient():
            super().do_app_back()
        else:
            self.show_frame()

    def on_log_pane_changed(self, event: LogPane.Changed) -> None:
        """Show what belongs to what is in view."""
        event.stop()
        self._show_mode()
        self.log_changed()

    def log_changed(self) -> None:
        """Take note that more is known of the log, or that another part of it is in view."""

    # Bookmarks

    def do_log_mark(self) -> None:
        """Put a bookmark at the line one has come to, or take it away."""
        here = self.log_view.here()
        if here is not None:
            self._mark(here)

    def on_log_mouse_mark_pressed(self, event: LogMouse.MarkPressed) -> None:
        """Put a bookmark where the margin was clicked, or take it away."""
        event.stop()
        self._mark(event.line)

    def _mark(self, line: int) -> None:
        marked = set(self.pane.jumps.marked) ^ {line}
        self.pane.set_marked(marked)
        self.bookmarked(line, is_on=line in marked)

    def bookmarked(self, line: int, *, is_on: bool) -> None:
        """Keep a bookmark, or forget it."""

    # How it is shown

    def do_log_follow(self) -> None:
        """Follow the end."""
        self.pane.close_grid()
        self.log_view.unselect()
        self.log_view.leave_spot()
        self.log_view.resume_follow()

    def do_log_wrap(self) -> None:
        """Wrap long lines, or not."""
        self.log_view.toggle_wrap()

    def do_log_times(self) -> None:
        """Show times, or not."""
        self.log_view.toggle_times()

    def do_log_fullscreen(self) -> None:
        """Give the output the whole screen, or take it back."""
        self.toggle_class("full")

    def do_log_grid(self) -> None:
        """Show hosts by tasks, or the log again."""
        if why_not := self.pane.toggle_grid():
            self.tell(why_not)

    def do_log_pick(self) -> None:
        """Go to what the log says of what stands under the cursor of the grid."""
        if self.pane.grid.is_open:
            self.pane.grid.pick()

    def do_log_passed(self) -> None:
        """Hide the tasks that passed, or show them."""
        if not self.pane.outline.tasks:
            self.tell("no task in this output")
        else:
            self.log_view.hide_passed(is_on=not self.log_view.hides_passed)

    # Looking for something

    def do_log_search(self) -> None:
        """Type what to look for."""
        self.pane.search()

    def do_log_next(self) -> None:
        """Go to the next hit."""
        self.log_view.finding.step(1)

    def do_log_previous(self) -> None:
        """Go to the hit before."""
        self.log_view.finding.step(-1)

    def do_log_filter(self) -> None:
        """Show only the lines with hits, or all lines again; ask what to look for if need be."""
        finding = self.log_view.finding
        if self.log_view.hides_passed:
            self.log_view.hide_passed(is_on=False)
        if self._asks_nothing:
            self.pane.search(is_filter=True)
        else:
            finding.filter(is_on=not finding.is_filter)

    def do_log_more(self) -> None:
        """Show one more line around each line with hits."""
        self.log_view.finding.widen(1)

    def do_log_fewer(self) -> None:
        """Show one line less around each line with hits."""
        self.log_view.finding.widen(-1)

    # Selecting and copying

    def do_log_select(self) -> None:
        """Select lines from the one one has come to; the second time, none."""
        here = self.log_view.here()
        if not self.log_view.unselect() and here is not None:
            self.pane.close_grid()
            self.log_view.select(here, here)

    def on_log_mouse_dragged(self, event: LogMouse.Dragged) -> None:
        """Say what the keys do with what was selected."""
        event.stop()
        self.show_frame()

    def do_thing_yank(self) -> None:
        """Copy the selected lines; without any, show what can be copied."""
        if not self.log_view.selection:
            self.yank_more()
            return
        text, lines, is_all = self.log_view.selected_text()
        self.log_view.unselect()
        self._copy(text, f"{count(lines)} line{'s' * (lines != 1)}", is_all=is_all)

    def _copy(self, text: str, told: str, *, is_all: bool = True) -> None:
        self.app.copy_to_clipboard(text)
        advice = "" if is_all else "no more fits into a clipboard; S saves all of the output"
        first = cut_text(literal(text.split("\n", 1)[0].strip()[:MOST_OF_A_LINE]), MOST_OF_A_LINE)
        severity = Severity.INFO if is_all else Severity.WARNING
        self.say(Notice(severity, f"Copied {told}", first, advice=advice))

    def yank_more(self) -> None:
        """Copy something else than selected lines: the line one has come to."""
        text, is_all = self.log_view.line_text()
        if text:
            self._copy(text, "this line", is_all=is_all)

    def own_yanks(self) -> list[Yank]:
        """Return what can be copied of the line one has come to."""
        from skyforge_tui.tui.presenters.offers import Yank

        text, is_all = self.log_view.line_text()
        what = "this line" if is_all else "what fits of this line"
        return [Yank("y", what, text)] if text else []
