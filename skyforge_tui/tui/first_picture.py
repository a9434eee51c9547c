"""The first picture of a log, drawn before the toolkit that draws the others is loaded.

Loading that takes longer than everything before the first picture together. What is drawn here
stands where the toolkit will draw it again, and the toolkit does not clear it.
"""

from __future__ import annotations

import os
import signal
import termios
import tty
from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

from rich.color import ColorSystem
from rich.segment import Segment

from skyforge_tui.tui.look import Look, segments_of
from skyforge_tui.tui.presenters import files as present
from skyforge_tui.tui.presenters.frame import TALL, second_row
from skyforge_tui.tui.widgets.log_frame import LogFrame, Shape, first_look

if TYPE_CHECKING:
    from textual.driver import Driver

    from skyforge_tui.domain.log_source import LogProgress
    from skyforge_tui.ports.log_files import OpenedLog

_ENTER = "\x1b[?1049h"
_LEAVE = "\x1b[?1049l\x1b[?25h"
_HOME = "\x1b[H"
_HIDE_CURSOR = "\x1b[?25l"
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGTSTP)
"""What would leave the terminal as it is; it waits until somebody gives that back."""
_REWRITING = termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF
_EDITING = termios.ECHO | termios.ICANON | termios.IEXTEN


def rows(
    log: OpenedLog, progress: LogProgress, look: Look, size: tuple[int, int], *, follow: bool
) -> list[list[Segment]]:
    """Return the rows of the screen, without the keys at its bottom."""
    width, height = size
    first_look(log.reader)
    title = second_row(present.title(log.sources, log.reader, progress), (), width)
    found = [segments_of(title, width, look)]
    blank = [Segment(" " * width, look.style("text", on="bg"))]
    if height >= TALL:
        found.append(blank)
    room = max(1, height - len(found) - 1)
    shape = Shape(
        width, room, wraps=False, wants_times=present.has_times(log.sources), look=look,
        sources=present.labels(log.sources) if len(log.sources) > 1 else (),
    )  # fmt: skip
    frame = LogFrame(log.reader, shape, zone=None)
    if not follow:
        frame.window.begin()
    frame.grew()
    return [*found, *(frame.row(y) for y in range(room)), blank]


class FirstPicture(AbstractContextManager["FirstPicture"]):
    """A picture on the terminal; taken away at the end unless a driver has taken it over.

    Keys that are typed meanwhile come from `keys`. They wait as they are and are not seen: an echo
    would write over the picture, and `enter` would become another key and move it up.
    """

    def __init__(self, terminal: TextIO, look: Look, keys: int | None = None) -> None:
        self._terminal = terminal
        self._keys = keys
        self._modes: list[Any] | None = None
        """How the terminal of the keys was set, until that is somebody else's to restore."""
        self._colours = ColorSystem.EIGHT_BIT if look.few else ColorSystem.TRUECOLOR
        self._is_up = False

    def show(self, rows: Iterable[Iterable[Segment]]) -> None:
        """Draw it."""
        drawn = "".join(
            f"\x1b[{number};1H" + "".join(map(self._drawn, row))
            for number, row in enumerate(rows, 1)
        )
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        self._is_up = True
        self._keep_keys()
        self._terminal.write(_ENTER + _HIDE_CURSOR + _HOME + drawn)
        self._terminal.flush()

    def _keep_keys(self) -> None:
        if self._keys is None or not os.isatty(self._keys):
            return
        self._modes = termios.tcgetattr(self._keys)
        modes = termios.tcgetattr(self._keys)
        modes[tty.IFLAG] &= ~_REWRITING
        modes[tty.LFLAG] &= ~_EDITING
        modes[tty.CC][termios.VMIN], modes[tty.CC][termios.VTIME] = 1, 0
        # `ctrl+c` and `ctrl+z` stay signals; the one that leaves a core instead is none of ours.
        modes[tty.CC][termios.VQUIT] = bytes([os.fpathconf(self._keys, "PC_VDISABLE")])
        termios.tcsetattr(self._keys, termios.TCSANOW, modes)

    def _drawn(self, segment: Segment) -> str:
        text, style, _ = segment
        return text if style is None else style.render(text, color_system=self._colours)

    def taken_over(self, driver: type[Driver]) -> type[Driver]:
        """Return a driver that goes on from this picture.

        Entering the screen that is entered already would have a terminal clear it (xterm 390).
        """
        picture = self

        class Continuing(driver):  # type: ignore[valid-type,misc]
            """Draws over what is there, and leaves the terminal as it was before that."""

            def start_application_mode(self) -> None:
                """Take the terminal."""
                super().start_application_mode()
                if picture._modes is not None and not picture._is_up:
                    self.attrs_before, picture._modes = picture._modes, None

            def write(self, data: str) -> None:
                """Write to the terminal."""
                if picture._is_up and data == _ENTER:
                    picture._is_up = False
                    return
                super().write(data)

        return Continuing

    @staticmethod
    def let_end() -> None:
        """Hear again of what ends the program, now that it can give the terminal back."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_up:
            self._is_up = False
            self._terminal.write(_LEAVE)
            self._terminal.flush()
        if self._keys is not None and self._modes is not None:
            # What was typed was not meant for the shell.
            termios.tcsetattr(self._keys, termios.TCSAFLUSH, self._modes)
            self._modes = None
        self.let_end()
