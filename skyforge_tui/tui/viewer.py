"""A program of its own for log files: the log, its keys, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from textual.worker import Worker, WorkerState, WorkType

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.crashing import Crashing
from skyforge_tui.tui.ending import Ending
from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.helping import Helping
from skyforge_tui.tui.link import Link
from skyforge_tui.tui.looks import Looks
from skyforge_tui.tui.screens.files.screen import FilesScreen
from skyforge_tui.tui.terminal import Terminal
from skyforge_tui.tui.theme import dress
from skyforge_tui.tui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from textual.screen import Screen

    from skyforge_tui.domain.identity import Principal
    from skyforge_tui.domain.log_source import LogProgress
    from skyforge_tui.ports.log_files import OpenedLog
    from skyforge_tui.services.file_parts import FileParts
    from skyforge_tui.tui.first_picture import FirstPicture
    from skyforge_tui.tui.keymap import Keymap
    from skyforge_tui.tui.link import Engine


_LATE = (
    "json",
    "skyforge_tui.domain.log_query",
    "skyforge_tui.tui.presenters.offers",
    "skyforge_tui.tui.presenters.leaving",
    "skyforge_tui.tui.widgets.confirm",
    "skyforge_tui.tui.widgets.help",
)
"""What the first picture does without."""


def load_the_rest() -> None:
    """Load what keys may ask for; not for the UI thread."""
    cell_len("漢")  # loads the table of widths
    for name in _LATE:
        import_module(name)


class ViewerApp(TypeAhead, Terminal, Ending, Crashing, Looks, Helping):
    """The viewer."""

    TITLE = "skyforge view"
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        make_engine: Callable[[ViewerApp], Engine[FileParts]],
        principal: Principal,
        log: OpenedLog,
        progress: LogProgress | None = None,
        *,
        keymap: Keymap,
        follow: bool = False,
        theme: str = "dark",
        ascii_only: bool = False,
        motion: bool = True,
        few_colours: bool = False,
        config_path: str = "",
        picture: FirstPicture | None = None,
    ) -> None:
        """Take what runs the services, who acts, and a log, which is the caller's to close.

        How far that has come is told meanwhile; `progress` is what the first picture says, which
        may be drawn already.
        """
        super().__init__()
        self._picture = picture
        if picture is not None:
            self.driver_class = picture.taken_over(self.driver_class)
        self.link: Link[FileParts] = Link(self, principal)
        self.keymap = keymap
        self.config_path = config_path
        self._make_engine = make_engine
        self._files = FilesScreen(self.link, log, progress, follow=follow)
        dress(self, theme, ascii=ascii_only, motion=motion, few=few_colours)

    def get_default_screen(self) -> Screen[Any]:
        """Return the log, so that the first picture has text."""
        return self._files

    def on_mount(self) -> None:
        """Start the engine once the first frame is on the screen."""
        self.call_after_refresh(self._start)

    async def on_unmount(self) -> None:
        """End the engine."""
        await self.link.stop()

    def _start(self) -> None:
        if self._picture is not None:
            self._picture.let_end()
        self.link.start(self._make_engine(self))
        # Not called before it begins, which it may never do where somebody leaves at once.
        opened: WorkType[None] = self.link.opened
        self.run_worker(opened, exit_on_error=False)

    def now(self) -> datetime:
        """Return the time with this machine's offset."""
        return datetime.now().astimezone()

    def go(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something beside the keys; its failure becomes a notice."""
        self.run_worker(coroutine, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show why something failed."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say(as_notice(event.worker.error))

    def say(self, notice: Notice) -> None:
        """Show a notice below the log."""
        self._files.say(notice)

    def place(self) -> FilesScreen:
        """Return the log, whatever lies over it."""
        return self._files

    def yank(self, what: str, text: str) -> None:
        """Copy text to the clipboard and say so."""
        self.copy_to_clipboard(text)
        self.say(Notice(Severity.INFO, f"Copied {what}", text))

    def do_app_quit(self) -> None:
        """Leave the program; ask first if something would be lost."""
        self._files.do_files_quit()
