"""Which outputs of a host are brought here: those that somebody reads."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.integrations.ssh.detached import Detached
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.kept_logs import KeptLogs
from skyforge_tui.providers.runs.lab_host.answers import Answers
from skyforge_tui.providers.runs.lab_host.names import Names
from skyforge_tui.providers.runs.lab_host.output import Output
from skyforge_tui.providers.runs.lab_host.trouble import translated
from skyforge_tui.providers.runs.telling import Telling
from skyforge_tui.providers.runs.wanted import Wanted

_LOOKED_AGAIN_S = 0.2


class Following(Wanted):
    """Keeps the outputs that are wanted, and lets them work while somebody watches."""

    def __init__(
        self, runs: Detached, names: Names, kept: KeptLogs, clock: Clock, telling: Telling
    ) -> None:
        super().__init__(kept)
        self._runs = runs
        self._names = names
        self._clock = clock
        self._telling = telling
        self._answers = Answers()

    def _checked(self, run_id: RunId) -> None:
        self._names.number_of(run_id)

    def _bringing(self, run_id: RunId) -> Coroutine[None, None, None]:
        return self._made(run_id).follow(self._answers)

    async def bring(self, run_id: RunId) -> None:
        """Bring an output as it is now; of an ended run, all of it.

        Raises:
            SkyforgeError: it does not come.
        """
        native, number = native_of(run_id), self._names.number_of(run_id)
        with translated(self._names.upstream, "run.log"):
            held = next(iter(await self._runs.listed([number])), None)
            await self.answered()
            while held is not None:
                if await asyncio.to_thread(self._kept.is_complete, native):
                    return
                if not held.is_over and await self._size(native) >= held.size:
                    return
                if (task := self._tasks.get(run_id)) is None or task.done():
                    await self._made(run_id).brought()
                else:  # it is on its way already
                    await self._clock.sleep(_LOOKED_AGAIN_S)

    async def answered(self) -> None:
        """Take note that the host answers: what was cut goes on."""
        await self._answers.note()

    async def _size(self, native: str) -> int:
        return await asyncio.to_thread(self._kept.size, native)

    def _made(self, run_id: RunId) -> Output:
        number = self._names.number_of(run_id)
        return Output(run_id, number, self._runs, self._kept, self._clock, self._telling)
