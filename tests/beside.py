"""Runs servers on a loop of their own, for tests that have none or block the one they have."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def beside(opened: Callable[[], AbstractAsyncContextManager[T]]) -> Iterator[T]:
    """Keep what `opened` gives open in a thread; what goes wrong there is raised here."""
    ready, over = threading.Event(), asyncio.Event()
    found: list[T] = []
    errors: list[BaseException] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        async with opened() as value:
            found.append(value)
            ready.set()
            await over.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - raised in the test's thread
            errors.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="beside")
    thread.start()
    ready.wait(30)
    try:
        if not errors:
            yield found[0]
    finally:
        loops[0].call_soon_threadsafe(over.set) if not errors else None
        thread.join(30)
    if errors:
        raise errors[0]
