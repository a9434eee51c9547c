"""Watching local runs without polling: bells tell of new ones, control sockets of the rest."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from skyforge_tui.domain.errors import SkyforgeError, Unavailable
from skyforge_tui.domain.identity import RunId
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.supervisor_socket import Bell, StatusTold, follow
from skyforge_tui.ports.run_directories import RunDirectories
from skyforge_tui.ports.run_engine import OutputSeen, RunSeen, WatchBegan

_SETTLE_S = 0.05
_SETTLE_TIMES = 20
_STRAINED_S = 1.0


class LocalWatch:
    """One watcher's view of all live runs; news that nobody took yet is merged, not piled up."""

    def __init__(self, directories: RunDirectories, run_id: Callable[[int], RunId]) -> None:
        self._directories = directories
        self._run_id = run_id
        self._followed: set[int] = set()
        self._changed: dict[int, None] = {}
        self._sizes: dict[int, int] = {}
        self._told: dict[int, int] = {}
        """How long the output of each run was when that was told last."""
        self._has_begun = False
        self._news = asyncio.Event()

    async def events(self) -> AsyncGenerator[WatchBegan | RunSeen | OutputSeen, None]:
        """Yield what happens until closed; closing takes every connection and the bell back."""
        watching = asyncio.create_task(self._watch(), name="watch local runs")
        watching.add_done_callback(lambda _task: self._news.set())
        is_told = False
        try:
            while not watching.done():
                await self._news.wait()
                self._news.clear()
                if self._has_begun and not is_told:
                    is_told = True
                    yield WatchBegan()
                while self._changed or self._sizes:
                    for number, size in self._take_sizes():
                        yield OutputSeen(self._run_id(number), size)
                    for number in self._take_changed():
                        yield RunSeen(self._run_id(number))
            watching.result()
        finally:
            watching.cancel()
            await asyncio.wait([watching])

    def _take_sizes(self) -> list[tuple[int, int]]:
        taken, self._sizes = self._sizes, {}
        return list(taken.items())

    def _take_changed(self) -> list[int]:
        taken, self._changed = self._changed, {}
        return list(taken)

    def _see(self, number: int) -> None:
        self._changed[number] = None
        self._news.set()

    async def _watch(self) -> None:
        directory = await asyncio.to_thread(self._directories.bells)
        # The bell hangs before the first look, so that nothing is born unseen in between.
        with Bell(directory) as bell:
            self._has_begun = True
            self._news.set()
            live = await asyncio.to_thread(self._directories.live)
            async with asyncio.TaskGroup() as tasks:
                for number in live:
                    self._begin(tasks, number)
                while True:
                    for number in await bell.heard():
                        self._begin(tasks, number)

    def _begin(self, tasks: asyncio.TaskGroup, number: int) -> None:
        # Who is followed tells more through its socket, and is seen once more when that ends.
        if number not in self._followed:
            self._followed.add(number)
            tasks.create_task(self._follow(number), name=f"follow local run {number}")

    async def _follow(self, number: int) -> None:
        """Pass on what a run says until its supervisor is gone, and see it once more then."""
        self._see(number)
        attempts = 0
        while (path := await self._control_path(number)) is not None:
            if attempts:
                # It is being born, or dying: the kernel may close a killed supervisor's socket a
                # moment before its lock.
                await asyncio.sleep(_SETTLE_S if attempts < _SETTLE_TIMES else _STRAINED_S)
            attempts += 1
            # Whether it lives is asked again above.
            with contextlib.suppress(TransportError):
                async with contextlib.aclosing(follow(path)) as told:
                    async for one in told:
                        attempts = 0
                        self._pass_on(number, one)
        self._followed.discard(number)
        await self._tell_rest(number)
        self._see(number)

    def _pass_on(self, number: int, told: StatusTold | int) -> None:
        if isinstance(told, int):
            self._sizes[number] = self._told[number] = told
            self._news.set()
        else:
            self._see(number)

    async def _tell_rest(self, number: int) -> None:
        """Tell of output that its supervisor told nobody: it may end before anybody listens."""
        told = self._told.pop(number, 0)
        try:
            run = (await asyncio.to_thread(self._directories.read, number)).run
        except SkyforgeError:
            return  # reading the run, which follows, tells what is wrong
        if run.log_bytes != told:
            self._pass_on(number, run.log_bytes)
            del self._told[number]

    async def _control_path(self, number: int) -> str | None:
        try:
            return await asyncio.to_thread(self._directories.control_path, number)
        except Unavailable:
            # One broken directory must not blind the watch; reading the run tells what is wrong.
            return None
