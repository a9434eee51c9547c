"""The engine as a worker thread: one asyncio loop that owns every socket, file and process.

The UI thread hands work over and awaits it; it is never blocked, and it never blocks the engine.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from functools import partial
from typing import Any, Generic, TypeVar

Room = TypeVar("Room")
Answer = TypeVar("Answer")

Work = Callable[[Room], Coroutine[Any, Any, Answer]]
Opener = Callable[[], AbstractAsyncContextManager[Room]]
Unheard = Callable[[BaseException], None]

STOPPED = "the engine has been stopped"


class ThreadEngine(Generic[Room]):
    """Opens `Room` (whatever holds the services) on a loop of its own and runs work in it.

    Work goes on when whoever asked stops waiting: cancelling `call` cancels the waiting only.
    `unheard` is told of failures that nobody waited for any more.
    """

    def __init__(self, opener: Opener[Room], unheard: Unheard) -> None:
        self._opener = opener
        self._unheard = unheard
        self._loop = asyncio.new_event_loop()
        self._room: Future[Room] = Future()
        self._life: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._run, name="skyforge-engine", daemon=True)
        self._is_started = False
        self._is_over = False
        self._handing_over = threading.Lock()

    def start(self) -> None:
        """Start the thread; work handed over meanwhile waits until the room is open."""
        self._is_started = True
        self._thread.start()

    @property
    def pending(self) -> int:
        """How many pieces of work are under way; for tests that wait until all is quiet."""
        return len(self._tasks)

    async def call(self, work: Work[Room, Answer]) -> Answer:
        """Run `work` on the engine's loop and return its answer.

        Raises: whatever `work` raises, or whatever opening the room raised; CancelledError when
            the engine is stopped meanwhile.
            RuntimeError: the engine has been stopped.
        """
        answer: Future[Answer] = Future()
        with self._handing_over:
            if self._is_over:
                raise RuntimeError(STOPPED)
            # An empty context: the caller's context variables mean nothing on this loop.
            self._loop.call_soon_threadsafe(self._begin, work, answer, context=Context())
        return await asyncio.wrap_future(answer)

    async def stop(self) -> None:
        """Close the room, even if it is still opening, and end the thread; runs go on without us.

        Stopping again, or before the start, is fine.
        """
        with self._handing_over:
            is_first, self._is_over = not self._is_over, True
            if not self._is_started:
                self._loop.close()
                return
            if is_first:
                self._loop.call_soon_threadsafe(self._ask_to_stop)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def _ask_to_stop(self) -> None:
        self._stop.set()
        if self._life is not None and not self._room.done():
            self._life.cancel()

    def _begin(self, work: Work[Room, Answer], answer: Future[Answer]) -> None:
        task = self._loop.create_task(self._do(work))
        self._tasks.add(task)
        task.add_done_callback(partial(self._deliver, answer=answer))

    async def _do(self, work: Work[Room, Answer]) -> Answer:
        return await work(await asyncio.wrap_future(self._room))

    def _deliver(self, task: asyncio.Task[Answer], answer: Future[Answer]) -> None:
        """Tell whoever asked; a task cancelled before its first step has an answer too."""
        self._tasks.discard(task)
        is_awaited = answer.set_running_or_notify_cancel()
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is None:
            if is_awaited:
                answer.set_result(task.result())
        elif is_awaited:
            answer.set_exception(error)
        elif not task.cancelled():
            self._unheard(error)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _live(self) -> None:
        """Open and close the room in one task: task groups insist on that."""
        self._life = asyncio.current_task()
        if self._stop.is_set():
            self._room.set_exception(asyncio.CancelledError())
            await self._settle()
            return
        try:
            async with self._opener() as room:
                self._room.set_result(room)
                await self._stop.wait()
                await self._settle()
        except BaseException as error:  # noqa: BLE001 - every caller hears why there is no room
            if self._room.done():
                self._unheard(error)
                return
            self._room.set_exception(error)
            await self._stop.wait()
            await self._settle()

    async def _settle(self) -> None:
        """Cancel what still waits; a launch under way is shielded by its own supervisor."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
