"""The engine without a thread: the same face on the caller's own loop, for tests."""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import Any, Generic, TypeVar

from skyforge_tui.engine.thread import STOPPED, Opener, Unheard, Work

Room = TypeVar("Room")
Answer = TypeVar("Answer")


class InlineEngine(Generic[Room]):
    """Opens `Room` on the running loop and runs work in it; see `ThreadEngine`."""

    def __init__(self, opener: Opener[Room], unheard: Unheard) -> None:
        self._opener = opener
        self._unheard = unheard
        self._opened: asyncio.Future[Room] | None = None
        self._life: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_over = False

    def start(self) -> None:
        """Begin to open the room."""
        loop = asyncio.get_running_loop()
        self._opened = loop.create_future()
        self._life = loop.create_task(self._live(self._opened), context=Context())

    @property
    def pending(self) -> int:
        """How many pieces of work are under way."""
        return len(self._tasks)

    async def call(self, work: Work[Room, Answer]) -> Answer:
        """Run `work` and return its answer; cancelling cancels the waiting only."""
        if self._is_over:
            raise RuntimeError(STOPPED)
        if self._opened is None:
            raise RuntimeError("the engine was not started")
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._do(work, self._opened), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(self._hear_late)
            raise

    async def stop(self) -> None:
        """Close the room, even if it is still opening; stopping again is fine."""
        self._is_over = True
        if self._life is None or self._opened is None:
            return
        self._stop.set()
        if not self._opened.done():
            self._life.cancel()
        await asyncio.wait([self._life])

    async def _do(self, work: Work[Room, Answer], opened: asyncio.Future[Room]) -> Answer:
        return await work(await asyncio.shield(opened))

    async def _live(self, opened: asyncio.Future[Room]) -> None:
        """Open and close the room in one task: task groups insist on that."""
        try:
            async with self._opener() as room:
                opened.set_result(room)
                await self._stop.wait()
                await self._settle()
        except BaseException as error:  # noqa: BLE001 - every caller hears why there is no room
            if opened.done():
                self._unheard(error)
                return
            opened.set_exception(error)
            opened.exception()  # perhaps nobody ever asks; then it is no loss
            await self._stop.wait()
            await self._settle()

    async def _settle(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _hear_late(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._unheard(error)
