"""Blocking work in threads that nobody waits for at exit.

A locked keyring or a dead network drive may never answer, and a pooled thread would keep the
program from ending.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T], name: str = "aside") -> T:
    """Run blocking `work` beside the loop and return its answer; it cannot be stopped."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - carried over to the waiting coroutine
            settle = _settle_with(answer.set_exception, error)
        else:
            settle = _settle_with(answer.set_result, result)
        try:
            loop.call_soon_threadsafe(lambda: None if answer.done() else settle())
        except RuntimeError:  # the loop was closed meanwhile: nobody waits
            return

    Thread(target=run, name=name, daemon=True).start()
    return await answer


def _settle_with(setter: Callable[[T], None], value: T) -> Callable[[], None]:
    return lambda: setter(value)
