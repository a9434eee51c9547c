"""Makes the viewer of log files as it starts in a terminal."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Invalid, Unavailable
from skyforge_tui.domain.log_source import PIPED
from skyforge_tui.settings.frame import FrameSettings, read_frame
from skyforge_tui.wiring import current_principal, why_no_screen
from skyforge_tui.wiring.file_parts import file_parts
from skyforge_tui.wiring.garbage import WRITING_S, defer, settle

if TYPE_CHECKING:
    from skyforge_tui.domain.log_source import LogProgress
    from skyforge_tui.ports.log_files import OpenedLog
    from skyforge_tui.services.file_parts import FileParts
    from skyforge_tui.tui.first_picture import FirstPicture
    from skyforge_tui.tui.viewer import ViewerApp


def run_viewer(
    config_path: Path | None, profile: str | None, names: Sequence[str], *, follow: bool
) -> int:
    """Show files until the person leaves; return the exit code.

    Raises:
        SkyforgeError: they cannot be opened; the terminal was not touched.
    """
    if why := why_no_screen():
        raise Invalid(
            why, operation="file.open", advice="or have the bytes alone: skyforge view FILE… | cat"
        )
    defer()
    frame = read_frame(config_path, profile)
    parts = file_parts(frame)
    piped = None if sys.stdin.isatty() else _keys_from_terminal()
    if piped is not None and PIPED not in names:
        os.close(piped)
        piped = None
    log, progress = asyncio.run(_begun(parts, names, piped))
    follow = follow or PIPED in names
    with closing(log), _first_picture(frame, log, progress, follow=follow) as picture:
        app = make_viewer(frame, parts, log, progress, follow=follow, picture=picture)
        app.run()
        return app.return_code or 0


@contextmanager
def _first_picture(
    frame: FrameSettings, log: OpenedLog, progress: LogProgress, *, follow: bool
) -> Iterator[FirstPicture | None]:
    """Draw the first picture, if there is a terminal in front of us and anything to see."""
    from skyforge_tui.tui.canvas import canvas, is_in_front

    terminal, keys = canvas(), sys.stdin.fileno()
    if terminal is None or not is_in_front(keys) or not progress.size:
        yield None
        return
    from skyforge_tui.tui.first_picture import FirstPicture, rows
    from skyforge_tui.tui.look import Look

    look = Look(frame.theme, frame.glyphs == "ascii", frame.motion, frame.few_colours)
    with FirstPicture(terminal, look, keys) as picture:
        picture.show(rows(log, progress, look, shutil.get_terminal_size(), follow=follow))
        yield picture


async def _begun(
    parts: FileParts, names: Sequence[str], piped: int | None
) -> tuple[OpenedLog, LogProgress]:
    """Open a log, and take in what the first picture can show."""
    principal = current_principal()
    with ExitStack() as opened:
        log = await parts.files.open(principal, names, piped)
        opened.callback(log.close)
        progress = await parts.files.advance(principal, log)
        opened.pop_all()
    return log, progress


def make_viewer(
    frame: FrameSettings,
    parts: FileParts,
    log: OpenedLog,
    progress: LogProgress,
    *,
    follow: bool,
    picture: FirstPicture | None = None,
) -> ViewerApp:
    """Return the viewer of an opened log, which has come so far, ready to run."""
    from skyforge_tui.engine.thread import ThreadEngine
    from skyforge_tui.tui.keymap import Keymap
    from skyforge_tui.tui.viewer import ViewerApp

    def make_engine(app: ViewerApp) -> ThreadEngine[FileParts]:
        """Begin what comes after the first picture."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[FileParts]:
            await asyncio.sleep(WRITING_S)
            try:
                _load_the_rest()
            finally:
                settle()
                app.link.on_ui(app.let_in)
            from skyforge_tui.jobs.file_follow import FileFollow
            from skyforge_tui.jobs.runner import running
            from skyforge_tui.wiring.ground import SystemClock

            clock = SystemClock()
            async with running([FileFollow(parts.files, log, clock)], parts.bus, clock):
                yield parts

        return ThreadEngine(opened, app.link.unheard)

    app = ViewerApp(
        make_engine,
        current_principal(),
        log,
        progress,
        keymap=Keymap(frame.keys),
        follow=follow,
        theme=frame.theme,
        ascii_only=frame.glyphs == "ascii",
        motion=frame.motion,
        few_colours=frame.few_colours,
        config_path=str(frame.config_path),
        picture=picture,
    )
    app.hold_input()
    return app


def _load_the_rest() -> None:
    """Load what keys may ask for; on the UI thread no file is opened, for code either."""
    from skyforge_tui.store.log_searchable import load_search
    from skyforge_tui.tui.viewer import load_the_rest

    load_search()
    load_the_rest()


def _keys_from_terminal() -> int:
    """Have keys come from the terminal itself; return what was standard input.

    Raises:
        Unavailable: there is no terminal.
    """
    piped = os.dup(sys.stdin.fileno())
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        os.close(piped)
        raise Unavailable(
            f"there is no terminal to type in: {error.strerror}", operation="file.open"
        ) from error
    os.dup2(terminal, sys.stdin.fileno())
    os.close(terminal)
    return piped
