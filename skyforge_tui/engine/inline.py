"""The engine without a thread: the same face on the caller's own loop, for tests."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from contextvars import Context
from typing import Any, Generic, TypeVar

from skyforge_tui.engine.thread import Opener, Unheard, Work

Room = TypeVar("Room")
Answer = TypeVar("Answer")


class InlineEngine(Generic[Room]):
    """Opens `Room` on the running loop and runs work in it; see `ThreadEngine`."""

    def __init__(self, opener: Opener[Room], unheard: Unheard) -> None:
        self._opener = opener
        self._unheard = unheard
        self._room: asyncio.Task[Room] | None = None
        self._closing = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._opened: asyncio.Future[Room] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Begin to open the room."""
        loop = asyncio.get_running_loop()
        self._opened = loop.create_future()
        self._keeper = loop.create_task(self._keep(self._opened), context=Context())

    @property
    def pending(self) -> int:
        """How many pieces of work are under way."""
        return len(self._tasks)

    async def call(self, work: Work[Room, Answer]) -> Answer:
        """Run `work` and return its answer; cancelling cancels the waiting only."""
        task = asyncio.get_running_loop().create_task(self._do(work), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                task.add_done_callback(self._hear_late)
            raise

    async def stop(self) -> None:
        """Close the room."""
        if self._keeper is None:
            return
        self._closing.set()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._keeper

    async def _do(self, work: Work[Room, Answer]) -> Answer:
        if self._opened is None:
            raise RuntimeError("the engine was not started")
        return await work(await asyncio.shield(self._opened))

    async def _keep(self, opened: asyncio.Future[Room]) -> None:
        """Open and close the room in one task: task groups insist on that."""
        async with AsyncExitStack() as stack:
            try:
                opened.set_result(await stack.enter_async_context(self._opener()))
            except BaseException as error:  # noqa: BLE001 - every caller hears why
                opened.set_exception(error)
            await self._closing.wait()

    def _hear_late(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._unheard(error)
