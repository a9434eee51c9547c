"""One thread's waiting: descriptors, due times and signals."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


class Loop:
    """Calls back when a descriptor is ready, when a time has come, and when a signal arrived."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._due: dict[str, tuple[float, Callable[[], None]]] = {}
        self._on_signal: Callable[[int], None] = lambda _number: None

    def listen(self, fd: int, events: int, call: Callable[[int], None]) -> None:
        """Call `call(ready events)` whenever `fd` is ready; replaces what was asked before."""
        if fd in self._selector.get_map():
            self._selector.modify(fd, events, call)
        else:
            self._selector.register(fd, events, call)

    def forget(self, fd: int) -> None:
        """Stop listening; forgetting twice is fine."""
        if fd in self._selector.get_map():
            self._selector.unregister(fd)

    def after(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Call once after `seconds`; a name has one due time, the last one asked for."""
        self._due[name] = (time.monotonic() + seconds, call)

    def cancel(self, name: str) -> None:
        """Take a due time back; cancelling nothing is fine."""
        self._due.pop(name, None)

    def is_due(self, name: str) -> bool:
        """Tell whether a due time of that name is still to come."""
        return name in self._due

    def on_signals(self, numbers: Iterable[int], call: Callable[[int], None]) -> None:
        """Call `call(number)` from the loop after one of these signals arrived."""
        self._on_signal = call
        reader, writer = os.pipe()
        for fd in (reader, writer):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self.listen(reader, READ, lambda _ready: self._signals_arrived(reader))
        for number in numbers:
            signal.signal(number, _only_wake)

    def turn(self) -> None:
        """Wait for the next thing to happen and make the calls for it."""
        timeout = None
        if self._due:
            timeout = max(min(when for when, _ in self._due.values()) - time.monotonic(), 0.0)
        for key, ready in self._selector.select(timeout):
            # An earlier call of this turn may have forgotten a later descriptor.
            if self._selector.get_map().get(key.fd) is key:
                key.data(ready)
        now = time.monotonic()
        for name, (when, call) in list(self._due.items()):
            if when <= now and self._due.get(name) == (when, call):
                del self._due[name]
                call()

    def _signals_arrived(self, reader: int) -> None:
        for number in dict.fromkeys(os.read(reader, 4096)):
            self._on_signal(number)


def _only_wake(_number: int, _frame: FrameType | None) -> Any:
    """Do nothing here: the loop reads the number from its wake-up pipe."""
