"""Brings the output of one run here, from the byte that was brought last: nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.detached import Detached, GoneError, Held
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.kept_logs import KeptLog, KeptLogs
from skyforge_tui.providers.runs.lab_host.answers import Answers
from skyforge_tui.providers.runs.telling import Telling
from skyforge_tui.providers.runs.to_its_end import to_its_end

_AGAIN_S = 0.2
_NO_ROOM_S = 5.0
_ELSEWHERE_S = 2.0
"""How often one looks whether another program still writes the same output."""


class Output:
    """The output of one run on its way here."""

    def __init__(
        self,
        run_id: RunId,
        number: int,
        runs: Detached,
        kept: KeptLogs,
        clock: Clock,
        telling: Telling,
    ) -> None:
        self._run_id = run_id
        self._number = number
        self._runs = runs
        self._kept = kept
        self._clock = clock
        self._telling = telling

    async def follow(self, answers: Answers) -> None:
        """Bring everything until the run has ended; after a cut, go on when the host answers."""
        while True:
            heard = answers.count
            try:
                if await self.brought(is_live=True):
                    return
                await self._clock.sleep(_AGAIN_S)
            except TransportError:
                await answers.after(heard)
            except Unavailable:  # no room here: what is missing stays there
                await self._clock.sleep(_NO_ROOM_S)

    async def brought(self, *, is_live: bool = False) -> bool:
        """Bring what there is, `is_live` what comes too; say whether that was all there will be.

        Raises:
            TransportError: the host is not reached; what came is kept.
            Unavailable: it cannot be written.
        """
        native = native_of(self._run_id)
        kept: list[KeptLog] = []

        def opened() -> bool:
            found = self._kept.open(native)
            kept.extend([found] if found else [])
            return self._kept.is_complete(native)

        try:
            if await to_its_end(opened):
                self._telling.whole(self._run_id)
                return True
            if not kept:
                return await self._written_elsewhere(native)
            return await self._copied(kept[0], is_live=is_live)
        finally:
            if kept:
                await to_its_end(kept[0].close)

    async def _copied(self, kept: KeptLog, *, is_live: bool) -> bool:
        try:
            if is_live:
                await self._take(self._runs.follow(self._number, kept.size), kept)
            held = await self._held()
            if held is None:
                return True
            if kept.size < held.size:
                await self._take(self._runs.rest(self._number, kept.size), kept)
        except GoneError:
            return True
        if not held.is_over or kept.size < held.size:
            return False
        await to_its_end(kept.finish)
        self._telling.whole(self._run_id)
        return True

    async def _take(self, parts: AsyncGenerator[bytes, None], kept: KeptLog) -> None:
        async with aclosing(parts):
            async for data in parts:
                at_ms = int(self._clock.now().timestamp() * 1000)
                await to_its_end(lambda data=data, at_ms=at_ms: kept.append_bytes(data, at_ms))  # type: ignore[misc]
                self._telling.grew(self._run_id, kept.size)

    async def _held(self) -> Held | None:
        return next(iter(await self._runs.listed([self._number])), None)

    async def _written_elsewhere(self, native: str) -> bool:
        """Let another program bring it; tell what it has brought so far."""
        size = await asyncio.to_thread(self._kept.size, native)
        self._telling.grew(self._run_id, size)
        await self._clock.sleep(_ELSEWHERE_S)
        return False
