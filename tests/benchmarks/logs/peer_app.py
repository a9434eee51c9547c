"""The toolkit's own logs, fed by a descriptor: peer_app.py log|rich FD; any key counts up.

Written as its documentation suggests: a thread reads, and hands lines over to the widget.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

from textual.app import App, ComposeResult
from textual.widgets import Log, RichLog, Static

if TYPE_CHECKING:
    from textual import events


class PeerApp(App[None]):
    """A log, and below it how many keys came."""

    CSS = "Static { height: 1; }"

    def __init__(self, kind: str, descriptor: int) -> None:
        super().__init__()
        self._keys = 0
        self._descriptor = descriptor
        self._view: Log | RichLog = Log() if kind == "log" else RichLog()
        self._count = Static("keys 0")
        self._written = 0

    def compose(self) -> ComposeResult:
        """Yield the log and the count."""
        yield self._view
        yield self._count

    def on_mount(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._read, daemon=True).start()

    def on_key(self, event: events.Key) -> None:
        """Count."""
        event.stop()
        self._keys += 1
        self._count.update(f"keys {self._keys}.")

    def _read(self) -> None:
        rest = b""
        while data := os.read(self._descriptor, 1 << 16):
            *whole, rest = (rest + data).split(b"\n")
            self.call_from_thread(self._take, [one.decode() for one in whole])
        self.call_from_thread(self._count.update, "over.")

    def _take(self, lines: list[str]) -> None:
        if isinstance(self._view, Log):
            self._view.write_lines(lines)
        else:
            for line in lines:
                self._view.write(line)


if __name__ == "__main__":
    PeerApp(sys.argv[1], int(sys.argv[2])).run()
