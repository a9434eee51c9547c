"""One artifact, read as a log: all of it, as it comes, with the keys of every other log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from textual.widget import Widget

from skyforge_tui.domain.artifact import Artifact
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.services.artifact_views import Held
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.log_keys import LogKeys
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.output_reading import OutputReading
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.frame import crumb_line
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.presenters.tones import size
from skyforge_tui.tui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from textual.timer import Timer

    from skyforge_tui.services.artifact_logs import ArtifactLog
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.lineage import Origin

_LOOK_S = 0.1
"""Seconds between two looks at what came."""


class ArtifactLogScreen(LogKeys, OutputReading, PlaceScreen):
    """Show an artifact as a log."""

    PLACE = Place.ARTIFACT_LOG
    TAB = Place.ARTIFACTS
    CSS_PATH = "log_screen.tcss"

    def __init__(self, artifact: Artifact, held: Held, origin: Origin | None) -> None:
        """Take what is read, whose it is, and the run that made it."""
        super().__init__()
        self._artifact = artifact
        self._held = held
        self._origin = origin
        self._log: ArtifactLog | None = None
        self._looking: Timer | None = None
        self.pane = LogPane()
        self.output = self.pane.view
        self.output.begins_at_top = True
        self.output.toggle_times()  # nobody knows when its lines came

    def body(self) -> Iterator[Widget]:
        """Yield the log."""
        yield self.pane

    def crumb(self) -> Line:
        """Return the way to it, and how much there is."""
        parts = [one for one in self._artifact.key.split("/")[:-1] if one != "artifacts"]
        return crumb_line(*parts[-2:], f"{self._artifact.name}  {size(self._artifact.size)}")

    def target(self) -> Held:
        """Return what is read."""
        return self._held

    def concerns(self, changes: Changes) -> bool:  # noqa: ARG002
        """Say that it is read once: what comes later is another one."""
        return False

    def lacks(self, command: Command) -> str:
        """Say what is not known of it."""
        if command.id == "artifact.run" and (self._origin is None or not self._origin.is_known):
            return "no run that is known here made it"
        if command.id == "log.times":
            return "nobody knows when its lines came"
        return super().lacks(command)

    def footer_hints(self) -> list[KeyHint]:
        """Return the keys that matter here: launching something else is not among them."""
        return [one for one in super().footer_hints() if not one.command_id.startswith("launch.")]

    async def load(self) -> None:
        """Begin to read it, once."""
        if self._log is not None:
            return
        principal, ref = self.bridge.principal, self._artifact.ref
        log = self._log = await self.ask(
            lambda services: services.artifact_logs.open(principal, ref)
        )
        self.pane.is_live = True
        self.show_output(log.reader)
        self._looking = self.set_interval(_LOOK_S, self._look)

    def _look(self) -> None:
        self.work(self._look_once, group="look", exclusive=True)

    async def _look_once(self) -> None:
        """Show what came meanwhile; at the end say what is missing."""
        log = self._log
        if log is None:
            return
        principal = self.bridge.principal
        is_over = await self.ask(lambda services: services.artifact_logs.is_over(principal, log))
        self.log_view.grew()
        if is_over and self._looking is not None:
            self._looking.stop()
            self._looking = None
            self.pane.is_live = False
            self.log_view.settle()
            if log.failure is not None:
                self.say(as_notice(log.failure))
        self.show_frame()

    def on_unmount(self) -> None:
        """Let go of it."""
        self.show_output(None)
        log = self._log
        if log is not None:
            principal = self.bridge.principal

            async def close() -> None:
                await self.bridge.ask(lambda one: one.artifact_logs.close(principal, log))

            self.cockpit.go(close())

    def leave(self) -> None:
        """Go back to the store."""
        _ = self.dismiss()

    def do_artifact_run(self) -> None:
        """Go to the run that made it, where its output names it."""
        if self._origin is not None:
            self.cockpit.open_run(self._origin.run.id, self._artifact.name)

    def yank_more(self) -> None:
        """Show what can be copied of it, and of the line one has come to."""
        self.cockpit.do_thing_yank()

    def do_log_save(self) -> None:
        """Save the raw bytes where one stands."""
        self.work(self._save, group="save", exclusive=True)

    async def _save(self) -> None:
        principal, ref = self.bridge.principal, self._artifact.ref
        target = Path(self.bridge.directory) / self._artifact.name

        async def save(services: Services) -> int:
            return await services.artifacts.save(principal, ref, target)

        written = await self.ask(save)
        self.say(Notice(Severity.INFO, f"Saved {self._artifact.name}", size(written), str(target)))
