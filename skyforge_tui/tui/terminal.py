"""Standing still and going on with the terminal, and never missing its size.

Textual (8.2.8) takes the signals where they arrive: in the middle of whatever the program does,
with locks held; it goes on twice when it never stood still, and stands still again for every
further `ctrl+z` that was typed before. Here both happen between two events.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.geometry import Size

from skyforge_tui.tui.canvas import canvas, is_in_front
from skyforge_tui.tui.once import once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.screen import Screen

_AT_ONCE_S = 0.5
"""Whoever types `ctrl+z` again so soon after going on typed it before."""
_WRITING_S = 0.00005
"""Enough for another thread to take the interpreter when this one lets go of it."""
_SETTLED_S = 0.1
"""How long a new size may take to reach the screens."""


class Terminal(App[None]):
    """Stands still on `ctrl+z`, goes on as it was, and follows the size of its terminal."""

    # In raw mode the terminal does not do it; every shell expects it.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", show=False, priority=True)
    ]
    _went_on_at = float("-inf")
    _stops = 0
    """How often we stood still without having heard yet that we went on."""
    _newest_size = Size(0, 0)

    def get_driver_class(self) -> type[Driver]:
        """Return what draws on the terminal and reads its keys."""
        return _on_canvas(super().get_driver_class())

    def on_mount(self) -> None:
        """Hear both signals between two events."""
        driver = self._driver
        if driver is None or not driver.can_suspend:
            return
        loop = asyncio.get_running_loop()

        def told_to_stop(*_: object) -> None:
            if driver._auto_restart:  # noqa: SLF001
                loop.call_soon_threadsafe(self.action_suspend_process)
            else:  # another program has the terminal, and stops with us
                os.kill(os.getpid(), signal.SIGSTOP)

        def told_to_go_on(*_: object) -> None:
            if driver._auto_restart:  # noqa: SLF001
                loop.call_soon_threadsafe(self._continued)

        signal.signal(signal.SIGTSTP, told_to_stop)
        signal.signal(signal.SIGCONT, told_to_go_on)

    def action_suspend_process(self) -> None:
        """Give the terminal back, stand still, and take it again when we go on."""
        driver = self._driver
        is_told_twice = monotonic() - self._went_on_at < _AT_ONCE_S
        if driver is None or not driver.can_suspend or is_told_twice:
            return
        self.app_suspend_signal.publish(self)
        driver.suspend_application_mode()
        self._stand_still()
        while not _is_in_front(driver):  # told to go on in the background: there is no terminal
            self._stand_still()
        self._take_terminal(driver)

    def _stand_still(self) -> None:
        self._stops += 1
        # Of this very thread, which is why it does not go on for one step more.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)

    def _continued(self) -> None:
        """Take the terminal anew when somebody else stopped us: the shell has used it since."""
        driver = self._driver
        if self._stops:
            self._stops -= 1
        elif driver is not None and _is_in_front(driver):
            driver.suspend_application_mode()
            self._take_terminal(driver)

    def _take_terminal(self, driver: Driver) -> None:
        driver.resume_application_mode()
        self._went_on_at = monotonic()
        self.app_resume_signal.publish(self)
        # The terminal is blank until a layout is forced.
        self.call_later(self.refresh, layout=True)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Draw a picture, and let the thread that writes it begin at once.

        Textual (8.2.8) hands pictures over to a thread, which gets the interpreter when this one
        has nothing left to do, or after five milliseconds.
        """
        super()._display(screen, renderable)
        if renderable is not None and not self.is_headless:
            sleep(_WRITING_S)

    def on_resize(self, event: events.Resize) -> None:
        """See to it that every screen hears of the size."""
        self._newest_size = event.size
        _ = once(self, _SETTLED_S, self._tell_size)

    def _tell_size(self) -> None:
        """Tell screens their size that did not hear of it.

        Textual has a one-shot timer tell them, which a busy machine makes skip its shot; and then
        none of the sizes that follow is told either.
        """
        size = self._newest_size
        for screen in (*self._background_screens, self.screen):
            if screen.outer_size != size:
                screen.post_message(events.Resize(size, size))


def _is_in_front(driver: Driver) -> bool:
    return is_in_front(getattr(driver, "fileno", 0))


def _on_canvas(driver: type[Driver]) -> type[Driver]:
    """Return a driver that draws on the terminal wherever standard error leads."""

    class OnCanvas(driver):  # type: ignore[valid-type,misc]
        """Draws where people look."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            stream = canvas()
            if stream is not None:
                self._file = Lasting(stream)

    return OnCanvas


class Lasting:
    """A stream to a terminal, and to nowhere once that is gone.

    What Textual (8.2.8) writes with ends at the first error, and then holds up for ever whoever
    still has something to draw: a program whose terminal was closed would never end.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, if there still is a terminal."""
        with self._to_nowhere_if_gone():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Have it seen, if there still is a terminal."""
        with self._to_nowhere_if_gone():
            self._stream.flush()

    @contextmanager
    def _to_nowhere_if_gone(self) -> Iterator[None]:
        """Lead the stream to nowhere once it fails: what it holds would fail again at the end."""
        try:
            yield
        except BlockingIOError:
            return  # it is there, and busy
        except OSError:
            with suppress(OSError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
                os.dup2(nowhere.fileno(), self._stream.fileno())

    def fileno(self) -> int:
        """Return the descriptor of the terminal."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Return whether it is one."""
        return self._stream.isatty()
