"""Giving the terminal to another program for as long as it runs, and taking it back."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from textual.app import App

Result = TypeVar("Result")


class SteppingAside(App[None]):
    """Steps aside for a program that needs the terminal."""

    def aside(self, work: Callable[[], Result]) -> Result:
        """Do `work` while the terminal is not ours, and return what it returns.

        It runs on a thread of its own, and nothing is drawn meanwhile; the engine goes on.
        `ctrl+c` is for the other program alone.

        Raises: what `work` raises.
        """
        driver = self._driver
        if driver is None or not driver.can_suspend:
            with _unbothered():
                return _on_thread(work)
        with self.suspend(), _unbothered():
            found = _on_thread(work)
        self.call_later(self.refresh, layout=True)  # the terminal is blank until then
        return found


@contextmanager
def _unbothered() -> Iterator[None]:
    """Hear nothing of `ctrl+c`; other programs do, which they would not were it ignored."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _on_thread(work: Callable[[], Result]) -> Result:
    with ThreadPoolExecutor(1, "aside") as thread:
        return thread.submit(work).result()
