"""Being told by the system to end: the terminal is given back first, as when a person leaves."""

from __future__ import annotations

import select
import signal
from asyncio import AbstractEventLoop, get_running_loop
from typing import Final

from textual.app import App

ENDING: Final = (signal.SIGTERM, signal.SIGHUP)
_LOOK_S: Final = 2.0
"""How often one looks whether the terminal is still there."""


class Ending(App[None]):
    """Leaves when `kill`, `timeout` or a closed terminal says so; the exit code is the shell's."""

    _heard_by: signal._HANDLER = None
    """Who hears of an interrupt when we do not."""

    def on_mount(self) -> None:
        """Hear the signals, where there is a terminal to give back."""
        if not self.is_headless:
            loop = get_running_loop()
            for number in ENDING:
                loop.add_signal_handler(number, self._end, number)
            self._hear_interrupts(loop)
            self.set_interval(_LOOK_S, self._end_if_hung_up)

    async def on_unmount(self) -> None:
        """Leave an interrupt to whoever heard it before: there will be no loop to tell."""
        if self._heard_by is not None:
            signal.signal(signal.SIGINT, self._heard_by)

    def _hear_interrupts(self, loop: AbstractEventLoop) -> None:
        """End on an interrupt from outside, unless whoever started us has it ignored.

        A handler of the loop's own would hear too, afterwards, of every `ctrl+c` that was meant for
        a program which has the terminal meanwhile.
        """
        heard_by = signal.getsignal(signal.SIGINT)
        if heard_by in (None, signal.SIG_IGN):
            return

        def told(*_: object) -> None:
            loop.call_soon_threadsafe(self._end, signal.SIGINT)

        signal.signal(signal.SIGINT, told)
        self._heard_by = heard_by

    def _end_if_hung_up(self) -> None:
        """End when the terminal is gone, of which only whoever it controls is sent a signal.

        What Textual (8.2.8) reads keys with would turn without end at the end of its input.
        """
        terminal = getattr(self._driver, "fileno", None)
        if terminal is None:
            return
        looking = select.poll()
        looking.register(terminal, 0)
        if any(state & select.POLLHUP for _, state in looking.poll(0)):
            self._end(signal.SIGHUP)

    def _end(self, number: signal.Signals) -> None:
        self.exit(return_code=128 + number)
