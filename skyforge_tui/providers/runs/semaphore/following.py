"""Which outputs are brought here: those that somebody reads, however many read each."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.task_wire import Frame
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.kept_logs import KeptLogs
from skyforge_tui.providers.runs.semaphore.feed import Mode
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.output import Output
from skyforge_tui.providers.runs.telling import Telling
from skyforge_tui.providers.runs.wanted import Wanted


class Following(Wanted):
    """Keeps the outputs of one server that are wanted, and lets them work while somebody watches.

    Where nobody watches, an output is brought once, when that is asked for.
    """

    def __init__(
        self,
        client: SemaphoreClient,
        names: Names,
        kept: KeptLogs,
        clock: Clock,
        telling: Telling,
    ) -> None:
        """Tell `telling` how long outputs are, and when they are whole."""
        super().__init__(kept)
        self._client = client
        self._names = names
        self._clock = clock
        self._telling = telling
        self._outputs: dict[tuple[int, int], Output] = {}
        self._mode = Mode.LOST

    @asynccontextmanager
    async def driven(self) -> AsyncIterator[None]:
        """Bring what is wanted while the block lasts."""
        try:
            async with super().driven():
                yield
        finally:
            self._mode = Mode.LOST

    def _checked(self, run_id: RunId) -> None:
        self._names.task_of(run_id)

    def _bringing(self, run_id: RunId) -> Coroutine[None, None, None]:
        output = self._outputs[self._names.task_of(run_id)] = self._made(run_id)
        if self._mode is not Mode.LOST:
            output.opened(is_live=self._mode is Mode.LIVE)
        return output.run()

    def _left(self, run_id: RunId) -> None:
        self._outputs.pop(self._names.task_of(run_id), None)

    async def bring(self, run_id: RunId) -> None:
        """Bring an output as it is now; of an ended run, all of it.

        Raises:
            SkyforgeError: it does not come.
        """
        if await asyncio.to_thread(self._kept.is_complete, native_of(run_id)):
            return
        if run_id in self._tasks and not self._tasks[run_id].done():
            await self._outputs[self._names.task_of(run_id)].brought()
            return
        output = self._made(run_id)
        working = asyncio.create_task(output.run(), name=f"bring {run_id}")
        try:
            await output.brought()
        finally:
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working

    # What is heard.

    def opened(self, mode: Mode) -> None:
        """Take lines as they are told, or ask for them again and again."""
        self._mode = mode
        for output in self._outputs.values():
            output.opened(is_live=mode is Mode.LIVE)

    def cut(self) -> None:
        """Take note that lines are missed from now on."""
        self._mode = Mode.LOST
        for output in self._outputs.values():
            output.cut()

    def told(self, told: Frame) -> None:
        """Take a line, if somebody reads the output it belongs to."""
        if (output := self._outputs.get((told.project_id, told.task_id))) is not None:
            output.told(told)

    def ended(self, run_id: RunId) -> None:
        """Take note that a run has ended."""
        if (output := self._outputs.get(self._names.task_of(run_id))) is not None:
            output.ended()

    def _made(self, run_id: RunId) -> Output:
        task = self._names.task_of(run_id)
        telling = self._telling
        return Output(
            run_id, task, self._client, self._kept, self._clock, telling.grew, telling.whole
        )
