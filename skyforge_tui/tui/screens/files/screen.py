"""Log files: one, or several in the order of their times."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.log_source import LogProgress, SourceKind
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.log_keys import LogKeys
from skyforge_tui.tui.presenters import files as present
from skyforge_tui.tui.presenters.amounts import size
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.widgets.log_pane import LogPane
from skyforge_tui.tui.widgets.log_view import LogView

if TYPE_CHECKING:
    from skyforge_tui.ports.log_files import OpenedLog
    from skyforge_tui.ports.log_store import LogReader
    from skyforge_tui.services.file_parts import FileParts
    from skyforge_tui.tui.link import Link
    from skyforge_tui.tui.messages import Changes

_AGAIN_S = 0.5
"""Time between two tries to open a file."""


class FilesScreen(LogKeys):
    """Show what was opened."""

    PLACE = Place.FILES
    CSS_PATH = "screen.tcss"
    # Elsewhere it leads back to another place, and shares its command with `q`.
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(
        self,
        link: Link[FileParts],
        log: OpenedLog,
        progress: LogProgress | None = None,
        *,
        follow: bool,
    ) -> None:
        """Take the way to the services, and a log, which stays the caller's to close."""
        super().__init__()
        self._link = link
        self._opened = log
        self._progress = progress
        self._troubles: tuple[str, ...] = ()
        self._generation = log.reader.generation
        self._is_asked_anew = False
        """Whether somebody wants everything read anew."""
        self._saved = 0
        """Bytes that were saved last."""
        self._is_asking = False
        """Whether somebody was asked if leaving is meant, and has not said no."""
        self._settled: int | None = None
        """The generation that was all there once."""
        self.pane = LogPane()
        self.pane.view.begins_at_top = not follow
        if len(log.sources) > 1:
            self.pane.view.sources = present.labels(log.sources)
        if not present.has_times(log.sources):
            self.pane.view.toggle_times()

    def body(self) -> Iterator[Widget]:
        """Yield the log."""
        yield self.pane

    def crumb(self) -> Line:
        """Return what is shown, and how far it has come."""
        return present.title(self._opened.sources, self._opened.reader, self._progress)

    def lacks(self, command: Command) -> str:
        """Say that a file need not be saved."""
        source = self._opened.sources[0]
        is_kept = len(self._opened.sources) == 1 and source.kind is SourceKind.FILE
        if command.id == "log.save" and is_kept:
            return f"{source.name} is a file already"
        if command.id == "log.times" and not present.has_times(self._opened.sources):
            return "nobody knows when its lines came"
        return super().lacks(command)

    def on_mount(self) -> None:
        """Show the log at once, and hear how it grows."""
        self._link.changes.subscribe(self, self._heard)
        self.pane.set_reader(self._opened.reader)

    def on_unmount(self) -> None:
        """Let go of the log."""
        self.pane.set_reader(None)

    def _heard(self, changes: Changes) -> None:
        if changes.notices:
            self.say(changes.notices[-1])
        if changes.opened:
            # What was told before anybody listened is told again.
            self.work(self._ask_how_far, group="look")
        if changes.files is not None:
            self._progress = changes.files
            self.pane.is_live = changes.files.is_fed
            self.log_view.grew()
            self._settle(changes.files)
            self._tell(changes.files.troubles)
            self.show_frame()

    async def _ask_how_far(self) -> None:
        async def look(parts: FileParts) -> None:
            await parts.files.advance(self._link.principal, self._opened)

        await self._link.ask(look)

    def _settle(self, progress: LogProgress) -> None:
        """Take what was there at first as seen, once it is all there."""
        reader = self._opened.reader
        if progress.is_whole and self._settled != reader.generation:
            self.log_view.look_now()
            self.log_view.settle()
            self._settled = reader.generation
            if progress.untimed:
                names = ", ".join(progress.untimed)
                self.say(Notice(Severity.INFO, "Lines without a time stand first", names))

    def _tell(self, troubles: tuple[str, ...]) -> None:
        fresh = [one for one in troubles if one not in self._troubles]
        self._troubles = troubles
        if fresh:
            self.say(Notice(Severity.WARNING, "Not all of it can be read", fresh[-1]))

    def log_changed(self) -> None:
        """Say how many lines are counted, and that what is shown is another text."""
        generation = self._opened.reader.generation
        if generation != self._generation:
            self._generation = generation
            if not self._is_asked_anew:
                names = ", ".join(present.name_of(one) for one in self._opened.sources)
                self.say(Notice(Severity.INFO, "Written anew, and read from its start", names))
            self._is_asked_anew = False
        self.show_frame()

    def on_log_view_moved(self, event: LogView.Moved) -> None:
        """Show which keys matter now."""
        event.stop()
        self.show_frame()

    def on_log_view_stale(self, event: LogView.Stale) -> None:
        """Open files anew that were replaced or cut short."""
        event.stop()
        self.work(self._reopen(event.reader), group="reopen", exclusive=True)

    def on_log_view_unreadable(self, event: LogView.Unreadable) -> None:
        """Say why it cannot be read."""
        event.stop()
        self.say(as_notice(event.error))

    async def _reopen(self, reader: LogReader) -> None:
        """Open files anew; what was just made may be nobody's to read yet, and is tried again.

        Whoever follows them may have stopped, or see the very sizes that it has told already.
        """

        async def reopen(parts: FileParts) -> None:
            await asyncio.to_thread(reader.reopen)
            while (await parts.files.advance(self._link.principal, self._opened)).has_more:
                pass

        is_told = False
        while True:
            try:
                await self._link.ask(reopen)
            except Unavailable as error:
                if not is_told:
                    self.say(as_notice(error))
                is_told = True
            else:
                self.log_view.grew()
                return
            await asyncio.sleep(_AGAIN_S)
            if not reader.is_stale:
                return

    # What the keys do, besides those of the log.

    def do_app_refresh(self) -> None:
        """Read everything anew, in order."""
        self._is_asked_anew = True
        self.work(self._reopen(self._opened.reader), group="reopen", exclusive=True)

    def action_leave(self) -> None:
        """Leave what is transient, but not the program."""
        self.do_app_back()

    def do_files_quit(self) -> None:
        """Leave the program; ask once if what was piped in would be lost."""
        is_piped = any(one.kind is SourceKind.PIPE for one in self._opened.sources)
        if self._is_asking or not is_piped or self._opened.reader.size <= self._saved:
            self.app.exit()
        else:
            self._is_asking = True
            self.work(self._ask_to_leave(), group="leave")

    async def _ask_to_leave(self) -> None:
        from skyforge_tui.tui.presenters.leaving import leave_question
        from skyforge_tui.tui.widgets.confirm import Confirm

        key = self.stage.keymap.shown("log.save")
        reader = self._opened.reader
        if await self.app.push_screen_wait(Confirm(leave_question(reader, key))):
            self.app.exit()
        self._is_asking = False

    def do_log_save(self) -> None:
        """Save the raw bytes where one stands."""
        self.work(self._save(), group="save", exclusive=True)

    async def _save(self) -> None:
        principal = self._link.principal
        name = present.file_name(self._opened.sources, datetime.now().astimezone())
        target = Path.cwd() / name

        async def save(parts: FileParts) -> int:
            return await parts.files.save(principal, self._opened, str(target))

        written = self._saved = await self._link.ask(save)
        self.say(Notice(Severity.INFO, "Saved", size(written), str(target)))
