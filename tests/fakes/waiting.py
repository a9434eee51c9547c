"""How a test waits for others, and holds them back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any


class Gate:
    """Holds calls back when closed; says when somebody waits."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._reached = asyncio.Event()

    def close(self) -> None:
        """Hold back whoever comes from now on."""
        self._open.clear()
        self._reached.clear()

    def open(self) -> None:
        """Let everybody through."""
        self._open.set()

    async def reached(self) -> None:
        """Wait until somebody stands before the closed gate."""
        await self._reached.wait()

    async def pass_through(self) -> None:
        """Wait while the gate is closed."""
        self._reached.set()
        await self._open.wait()


async def until(is_so: Callable[[], object]) -> None:
    """Let the others have their turns until it is so; the test's own timeout ends it otherwise."""
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - what is waited for publishes nothing
            await asyncio.sleep(0)


@asynccontextmanager
async def under_way(*works: Coroutine[Any, Any, Any]) -> AsyncIterator[list[asyncio.Task[Any]]]:
    """Run coroutines beside the block; cancel what is left of them at its end."""
    tasks = [asyncio.create_task(one) for one in works]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
