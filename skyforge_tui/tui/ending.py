"""Being told by the system to end: the terminal is given back first, as when a person leaves."""

from __future__ import annotations

import signal
from asyncio import get_running_loop
from typing import Final

from textual.app import App

ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


class Ending(App[None]):
    """Leaves when `kill`, `timeout` or a closed terminal says so; the exit code is the shell's."""

    def on_mount(self) -> None:
        """Hear the signals, where there is a terminal to give back."""
        if not self.is_headless:
            for number in ENDING:
                get_running_loop().add_signal_handler(number, self._end, number)

    def _end(self, number: signal.Signals) -> None:
        self.exit(return_code=128 + number)
