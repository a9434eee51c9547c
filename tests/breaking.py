"""Breaks requests of a test's clients: before they are sent, after they came through, for good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from enum import Enum
from typing import Any

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError


class How(Enum):
    """What becomes of a request."""

    UNSENT = "never sent"
    UNANSWERED = "came through, and the answer was lost"
    HANGS = "came through, and whoever waits is killed"


class Breaking:
    """Breaks the write (or the read) of a number, counted over all clients, and all that follow."""

    def __init__(self, clients: Iterable[HttpClient], at: int, how: How, *, reads: bool = False):
        self.is_reached = asyncio.Event()
        self.count = 0
        self._at, self._how, self._reads = at, how, reads
        self._kept: list[tuple[HttpClient, Callable[..., Any]]] = []
        for one in clients:
            self._kept.append((one, one._insist))
            one._insist = self._broken(one._insist)  # type: ignore[method-assign, assignment]

    async def through(self, work: Coroutine[Any, Any, object]) -> bool:
        """Have something done, killed where it hangs; mend, and say whether it was broken."""
        task = asyncio.create_task(work)
        reached = asyncio.create_task(self.is_reached.wait())
        await asyncio.wait([task, reached], return_when=asyncio.FIRST_COMPLETED)
        broken = self.is_reached.is_set()
        if self._how is How.HANGS and broken:
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        reached.cancel()
        self.mend()
        return broken

    def mend(self) -> None:
        """Let everything through again."""
        for one, original in self._kept:
            one._insist = original  # type: ignore[method-assign]

    def _broken(self, original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def insist(asked: Any, repeats: bool, once: Any) -> Any:
            if (asked.method == "GET") is not self._reads:
                return await original(asked, repeats, once)
            self.count += 1
            if self.count < self._at:
                return await original(asked, repeats, once)
            if self.count == self._at and self._how is not How.UNSENT:
                await original(asked, repeats, once)
            self.is_reached.set()
            if self._how is How.HANGS:
                await asyncio.Event().wait()
            raise HttpError("unreachable", f"{asked.name}: the line is dead")

        return insist
