"""One run: its live output, how it stands, what was asked for, and what came before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.run import Run
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.services.artifact_views import FolderSize
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.base_screen import TALL, WIDE, PlaceScreen
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.log_keys import LogKeys
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.output_reading import OutputReading
from skyforge_tui.tui.presenters import runs as present
from skyforge_tui.tui.presenters.cells import Line, joined, spread, width_of
from skyforge_tui.tui.presenters.cut_off import MAY_GO_ON, cut_end_line, cut_off_line, lost_light
from skyforge_tui.tui.presenters.frame import MARGIN, crumb_line
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.presenters.made import kept_line, made_lines
from skyforge_tui.tui.presenters.plays import progress_line
from skyforge_tui.tui.presenters.tones import size
from skyforge_tui.tui.run_commands import RunCommands
from skyforge_tui.tui.screens.run.awaited import Asking, AwaitedOutput
from skyforge_tui.tui.screens.run.story import Story, story_of
from skyforge_tui.tui.widgets.lines import LinesView, PaneLine
from skyforge_tui.tui.widgets.log_pane import LogPane


class RunScreen(LogKeys, OutputReading, RunCommands, PlaceScreen):
    """Show a run and follow it."""

    PLACE = Place.RUN
    TAB = Place.RUNS
    CSS_PATH = "screen.tcss"

    def __init__(self, run_id: RunId, sought: str = "") -> None:
        """Take the run, and what its output is looked through for once it is there."""
        self.run_id = run_id
        self._sought = sought
        self._story: Story | None = None
        self._wants_facts: bool | None = None
        super().__init__()
        self._left = Vertical(id="left")
        self._status = LinesView([()], id="status")
        self.pane = LogPane()
        self.output = self.pane.view
        self._awaited = AwaitedOutput(run_id)
        self._left_there: FolderSize | None = None
        self._cut = LinesView([()], id="cut")
        self._rule = PaneLine()
        self._facts = LinesView(id="facts", indent=0)

    def body(self) -> Iterator[Widget]:
        """Yield the status row, the output, and the facts beside it."""
        with Horizontal(classes="body"):
            with self._left:
                yield self._status
                yield self._awaited
                yield self.pane
                yield self._cut
            yield self._rule
            yield self._facts

    def crumb(self) -> Line:
        """Return the way to this run."""
        if self._story is None:
            return crumb_line("runs", self.run_id)
        run = self._story.run
        return crumb_line(run.project, "runs", f"{run.number} {run.title}")

    def concerns(self, changes: Changes) -> bool:
        """Say whether this run changed, or what it made is kept now, or removed."""
        return self.run_id in changes.run_ids or changes.artifacts

    def heard(self, changes: Changes) -> None:
        """Show new output."""
        if self.run_id in changes.output:
            self.log_view.grew()
        if changes.health:
            self._show()

    def target(self) -> Run | None:
        """Return the run."""
        return None if self._story is None else self._story.run

    def lacks(self, command: Command) -> str:
        """Say that the run is not known yet."""
        if command.permission and self._story is None:
            return "still asking for the run"
        return super().lacks(command)

    def footer_hints(self) -> list[KeyHint]:
        """Return the keys that matter here: launching something else is not among them."""
        return [one for one in super().footer_hints() if not one.command_id.startswith("launch.")]

    async def load(self) -> None:
        """Ask for the run and what came before it; open its output once."""
        principal = self.bridge.principal
        is_first = self.reader is None

        async def ask(services: Services) -> tuple[Story, LogReader | None, list[int]]:
            story = await story_of(services, principal, self.run_id, self._story)
            if not is_first:
                return story, None, []
            reader = await services.runs.open_log(principal, self.run_id)
            return story, reader, await services.bookmarks.of(principal, self.run_id)

        story, reader, marked = await self.ask(ask)
        self._story = story
        if story.made is not None and story.made.count:
            self.work(self._count_left(), group="left", exclusive=True)
        self.pane.is_live = story.run.state.is_active
        self.pane.expected = story.expected
        if reader is not None:
            self.show_output(reader)
            self.pane.set_marked(marked)
        self.log_view.grew()
        if reader is not None and self._sought:
            self.pane.seek(self._sought)
        if self._awaited.is_wanted:
            asking = self._awaited.asked(self.bridge.principal, self.now)
            self.work(self._bring(asking), group="bring")
        self._show()

    async def _count_left(self) -> None:
        """Look how much of what the run left is there now; untold, what was noted stands."""
        principal = self.bridge.principal
        try:
            self._left_there = await self.ask(
                lambda services: services.lineage.left_of(principal, self.run_id)
            )
        except SkyforgeError:  # its store says so itself, where it is looked at
            return
        self._show()

    async def _bring(self, asking: Asking) -> None:
        """Wait until the output is here as it is elsewhere, and say so as long as nothing is."""
        await self.ask(asking)
        self._awaited.answered()
        self._show()

    def on_mount(self) -> None:
        """Tell the time where a task is under way."""
        self.pane.clock = lambda: self.now

    def on_resize(self) -> None:
        """Show the facts beside the output where there is room."""
        self.call_after_refresh(self._show)

    def step_ages(self) -> None:
        """Draw the ages again."""
        self._show()

    def log_changed(self) -> None:
        """Say how far the play came."""
        self._show_status()

    def _show(self) -> None:
        story = self._story
        is_wide = self.size.width >= WIDE
        shows_facts = is_wide if self._wants_facts is None else self._wants_facts
        self._facts.display = shows_facts
        self._rule.display = shows_facts and is_wide
        self.pane.display = is_wide or not shows_facts
        self.pane.has_strip = is_wide and self.size.height >= TALL
        self.pane.show()
        if story is None:
            return
        self._show_status()
        made = made_lines(story.made, self._left_there)
        self._facts.show(present.fact_lines(story.detail, story.before, self.now, made))
        is_moving = story.run.state.is_active or self._awaited.is_waiting
        self.tick(self._beat_status if is_moving else None)
        self.show_frame()

    def _beat_status(self) -> None:
        self._show_status()
        self.pane.show()

    def _show_status(self) -> None:
        story = self._story
        if story is None:
            return
        is_wide = self.size.width >= WIDE
        self._awaited.show_at(self.now, 0 if self.reader is None else self.reader.size)
        room = max(0, self._status.size.width - 2 * MARGIN)
        lost = lost_light(story.run, self.bridge.lights())
        self._cut.display = lost is not None and bool(self.pane.display)
        if lost is not None:
            self._cut.show([cut_end_line(lost, self.now)])
            left = cut_off_line(story.run, lost, self.now)
            self._status.show([spread(left, MAY_GO_ON, room)])
            return
        status = present.status_line(story.run, story.usual, self.now, wide=is_wide)
        key = self.cockpit.keymap.shown("run.made")
        left = joined([status, kept_line(story.made, self._left_there, key)], "   ")
        right = progress_line(
            self.pane.outline, story.expected, room - width_of(left) - 2,
            has_grid=self.pane.has_strip,
        )  # fmt: skip
        self._status.show([spread(left, right, room)])

    def leave(self) -> None:
        """Go back to the runs."""
        _ = self.dismiss()

    # What the keys do, besides those of the log.

    def bookmarked(self, line: int, *, is_on: bool) -> None:
        """Keep a bookmark with the run, or forget it."""
        principal = self.bridge.principal

        async def keep(services: Services) -> None:
            if is_on:
                await services.bookmarks.put(principal, self.run_id, line)
            else:
                await services.bookmarks.drop(principal, self.run_id, line)

        self.work(self.ask(keep), group=f"bookmark {line}")

    def yank_more(self) -> None:
        """Show what can be copied of the run, and of the line one has come to."""
        self.cockpit.do_thing_yank()

    def do_log_parameters(self) -> None:
        """Show the parameters, or hide them."""
        self._wants_facts = not self._facts.display
        self._show()

    def do_log_save(self) -> None:
        """Save the raw bytes where one stands."""
        self.work(self._save(), group="save", exclusive=True)

    async def _save(self) -> None:
        if self._story is None:
            return
        run = self._story.run
        principal = self.bridge.principal
        target = Path.cwd() / f"run-{run.number}.log"

        async def save(services: Services) -> int:
            return await services.runs.export_log(principal, run.id, str(target))

        written = await self.ask(save)
        self.say(Notice(Severity.INFO, f"Saved run {run.number}", size(written), str(target)))
