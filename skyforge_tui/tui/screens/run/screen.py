"""One run: its live output, how it stands, what was asked for, and what came before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.run import Run, RunDetail
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.base_screen import WIDE, PlaceScreen
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.presenters import runs as present
from skyforge_tui.tui.presenters.artifacts import made_lines
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.frame import crumb_line
from skyforge_tui.tui.presenters.tones import size
from skyforge_tui.tui.run_commands import RunCommands
from skyforge_tui.tui.widgets.lines import LinesView, PaneLine
from skyforge_tui.tui.widgets.log_view import LogView

_COLUMN = 8
"""Cells per step to the side."""
_LOOKED_BACK = 30
"""Runs of the template among which those are looked for that did the same."""


class RunScreen(RunCommands, PlaceScreen):
    """Show a run and follow it."""

    PLACE = Place.RUN
    TAB = Place.RUNS
    CSS_PATH = "screen.tcss"

    def __init__(self, run_id: RunId) -> None:
        self.run_id = run_id
        self._detail: RunDetail | None = None
        self._before: Sequence[Run] = ()
        self._usual: timedelta | None = None
        self._made: Collection | None = None
        self._reader: LogReader | None = None
        self._wants_facts: bool | None = None
        super().__init__()
        self._left = Vertical(id="left")
        self._status = LinesView([()], id="status")
        self._log = LogView()
        self._rule = PaneLine()
        self._facts = LinesView(id="facts", indent=0)

    def body(self) -> Iterator[Widget]:
        """Yield the status row, the output, and the facts beside it."""
        with Horizontal(classes="body"):
            with self._left:
                yield self._status
                yield self._log
            yield self._rule
            yield self._facts

    def crumb(self) -> Line:
        """Return the way to this run."""
        if self._detail is None:
            return crumb_line("runs", self.run_id)
        run = self._detail.run
        return crumb_line(run.project, "runs", f"{run.number} {run.title}")

    def concerns(self, changes: Changes) -> bool:
        """Say whether this run changed, or what it made is kept now."""
        return self.run_id in changes.run_ids or (changes.artifacts and self._made is None)

    def heard(self, changes: Changes) -> None:
        """Show new output."""
        if self.run_id in changes.output:
            self._log.grew()

    def target(self) -> Run | None:
        """Return the run."""
        return None if self._detail is None else self._detail.run

    def lacks(self, command: Command) -> str:
        """Say that the run is not known yet."""
        return "still asking for the run" if command.permission and self._detail is None else ""

    async def load(self) -> None:
        """Ask for the run and what came before it; open its output once."""
        principal = self.bridge.principal
        is_first = self._reader is None

        async def ask(
            services: Services,
        ) -> tuple[RunDetail, list[Run], timedelta | None, Collection | None, LogReader | None]:
            detail = await services.runs.get(principal, self.run_id)
            doing = detail.run.doing
            latest = await services.runs.latest(principal, detail.run.template_id, _LOOKED_BACK)
            before = [one for one in latest if one.doing == doing][:6]
            usual = (await services.runs.usual(principal, [doing])).get(doing)
            reader = await services.runs.open_log(principal, self.run_id) if is_first else None
            made = await services.artifacts.made_by(principal, self.run_id)
            return detail, before, usual, made, reader

        self._detail, self._before, self._usual, self._made, reader = await self.ask(ask)
        if reader is not None:
            self._reader = reader
            self._log.set_reader(reader)
        self._log.grew()
        self._show()

    def on_unmount(self) -> None:
        """Close the output."""
        if self._reader is not None:
            self._log.set_reader(None)
            self._reader.close()

    def on_resize(self) -> None:
        """Show the facts beside the output where there is room."""
        self.call_after_refresh(self._show)

    def step_ages(self) -> None:
        """Draw the ages again."""
        self._show()

    def on_log_view_moved(self, event: LogView.Moved) -> None:
        """Show which keys matter now."""
        event.stop()
        self.show_frame()

    def on_log_view_stale(self, event: LogView.Stale) -> None:
        """Open the output anew where that may take its time: a newer generation replaced it."""
        event.stop()
        self.work(self._reopen(event.reader), group="reopen", exclusive=True)

    def on_log_view_unreadable(self, event: LogView.Unreadable) -> None:
        """Say why the output cannot be read."""
        event.stop()
        self.say(as_notice(event.error))

    async def _reopen(self, reader: LogReader) -> None:
        async def reopen(_: Services) -> None:
            await asyncio.to_thread(reader.reopen)

        await self.ask(reopen)
        self._log.grew()

    def _show(self) -> None:
        detail = self._detail
        is_wide = self.size.width >= WIDE
        shows_facts = is_wide if self._wants_facts is None else self._wants_facts
        self._facts.display = shows_facts
        self._rule.display = shows_facts and is_wide
        self._log.display = is_wide or not shows_facts
        if detail is None:
            return
        self._status.show([present.status_line(detail.run, self._usual, self.now, wide=is_wide)])
        made = made_lines(self._made)
        facts = present.fact_lines(detail, self._before, self.now, made)
        self._facts.show(facts)
        self.tick(self._show_status if detail.run.state.is_active else None)
        self.show_frame()

    def _show_status(self) -> None:
        if self._detail is not None:
            is_wide = self.size.width >= WIDE
            run = self._detail.run
            self._status.show([present.status_line(run, self._usual, self.now, wide=is_wide)])

    def leave(self) -> None:
        """Go back to the runs."""
        _ = self.dismiss()

    # What the keys do.

    def do_move_down(self) -> None:
        """Scroll one line down."""
        self._log.scroll_lines(1)

    def do_move_up(self) -> None:
        """Scroll one line up."""
        self._log.scroll_lines(-1)

    def do_move_page_down(self) -> None:
        """Scroll one page down."""
        self._log.page(1)

    def do_move_page_up(self) -> None:
        """Scroll one page up."""
        self._log.page(-1)

    def do_move_half_down(self) -> None:
        """Scroll half a page down."""
        self._log.half_page(1)

    def do_move_half_up(self) -> None:
        """Scroll half a page up."""
        self._log.half_page(-1)

    def do_move_top(self) -> None:
        """Go to the first line."""
        self._log.to_top()

    def do_move_end(self) -> None:
        """Go to the last line and follow."""
        self._log.to_end()

    def do_log_follow(self) -> None:
        """Follow the end."""
        self._log.resume_follow()

    def do_log_wrap(self) -> None:
        """Wrap long lines, or not."""
        self._log.toggle_wrap()

    def do_log_times(self) -> None:
        """Show times, or not."""
        self._log.toggle_times()

    def do_log_left(self) -> None:
        """Scroll to the left."""
        self._log.scroll_columns(-_COLUMN)

    def do_log_right(self) -> None:
        """Scroll to the right."""
        self._log.scroll_columns(_COLUMN)

    def do_log_fullscreen(self) -> None:
        """Give the output the whole screen, or take it back."""
        self.toggle_class("full")

    def do_log_parameters(self) -> None:
        """Show the parameters, or hide them."""
        self._wants_facts = not self._facts.display
        self._show()

    def do_log_save(self) -> None:
        """Save the raw bytes where one stands."""
        self.work(self._save(), group="save", exclusive=True)

    async def _save(self) -> None:
        if self._detail is None:
            return
        run = self._detail.run
        principal = self.bridge.principal
        target = Path.cwd() / f"run-{run.number}.log"

        async def save(services: Services) -> int:
            return await services.runs.export_log(principal, run.id, str(target))

        written = await self.ask(save)
        self.say(Notice(Severity.INFO, f"Saved run {run.number}", size(written), str(target)))
