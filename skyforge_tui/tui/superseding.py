"""Asking the engine again before it has answered: only the newest question is worth its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from skyforge_tui.services.contract import Services

Answer = TypeVar("Answer")


class Newest:
    """Makes pieces of work of which each ends those before it, wherever the engine runs them.

    Only for questions: what changes something is never given up halfway.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None
        self._number = 0

    def work(
        self, ask: Callable[[Services], Coroutine[Any, Any, Answer]]
    ) -> Callable[[Services], Coroutine[Any, Any, Answer]]:
        """Return `ask` for the engine; what was asked before is cancelled now or when it begins."""
        with self._lock:
            self._number += 1
            number, before = self._number, self._under_way
            self._under_way = None
        if before is not None:
            loop, task = before
            with suppress(RuntimeError):  # the engine has stopped, and so has the question
                loop.call_soon_threadsafe(task.cancel)

        async def newest(services: Services) -> Answer:
            task = asyncio.current_task()
            with self._lock:
                if number != self._number or task is None:
                    raise asyncio.CancelledError
                mine = self._under_way = (asyncio.get_running_loop(), task)
            try:
                return await ask(services)
            finally:
                with self._lock:
                    if self._under_way is mine:
                        self._under_way = None

        return newest
