"""Outputs that somebody reads are brought here, however many read each, while somebody watches."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.ports.kept_logs import KeptLogs


class Wanted(ABC):
    """Knows which outputs are wanted, and has a task bring each of them."""

    def __init__(self, kept: KeptLogs) -> None:
        self._kept = kept
        self._counts: dict[RunId, int] = {}
        self._tasks: dict[RunId, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    @abstractmethod
    def _checked(self, run_id: RunId) -> None:
        """Raise NotFound if there can be no such run here."""

    @abstractmethod
    def _bringing(self, run_id: RunId) -> Coroutine[None, None, None]:
        """Begin to bring an output; what is returned goes on with it until cancelled."""

    def _left(self, run_id: RunId) -> None:  # noqa: B027 - not everybody keeps something
        """Forget what was kept for an output that is brought no more."""

    @asynccontextmanager
    async def driven(self) -> AsyncIterator[None]:
        """Bring what is wanted while the block lasts."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for run_id in self._counts:
                    self._begin(run_id)
                yield
            finally:
                self._group = None
                for run_id in [*self._tasks]:
                    self._end(run_id)

    async def follow(self, run_id: RunId) -> None:
        """Bring an output from now on.

        Raises:
            NotFound: there is no such run here.
        """
        self._checked(run_id)
        await asyncio.to_thread(self._kept.prepare, native_of(run_id))
        self._counts[run_id] = self._counts.get(run_id, 0) + 1
        self._begin(run_id)

    def unfollow(self, run_id: RunId) -> None:
        """Undo one `follow`; the last one ends it."""
        left = self._counts.get(run_id, 0) - 1
        if left > 0:
            self._counts[run_id] = left
            return
        self._counts.pop(run_id, None)
        self._end(run_id)

    def _begin(self, run_id: RunId) -> None:
        if self._group is not None and run_id not in self._tasks:
            work = self._bringing(run_id)
            self._tasks[run_id] = self._group.create_task(work, name=f"output of {run_id}")

    def _end(self, run_id: RunId) -> None:
        if (task := self._tasks.pop(run_id, None)) is not None:
            task.cancel()
            self._left(run_id)
