"""Watches a Semaphore server: one socket, a slow patrol beside it, a quicker one in its place."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Final

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.task_wire import Frame
from skyforge_tui.ports.clock import Clock, rested
from skyforge_tui.ports.run_engine import News, StillThere, WatchBegan, WatchLost
from skyforge_tui.providers.runs.semaphore.feed import Feed, Mode
from skyforge_tui.providers.runs.semaphore.following import Following
from skyforge_tui.providers.runs.semaphore.listing import Listing
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.trouble import translate
from skyforge_tui.providers.runs.telling import Telling

PATROL_S: Final = 15.0
"""Between two looks at one project after the other while the socket is up."""
BUSY_S: Final = 2.0
"""Between two looks where no socket gets through, while something runs."""
IDLE_S: Final = 10.0
"""The same while nothing runs."""
ALIVE_S: Final = 5.0
"""Between two words that the server is there, while it tells something all the time."""
_SEEN: Final = 50
"""Newest tasks of a project that are looked at."""


class Watching:
    """Hears the feed and goes the rounds."""

    def __init__(
        self,
        client: SemaphoreClient,
        names: Names,
        listing: Listing,
        following: Following,
        telling: Telling,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self._names = names
        self._listing = listing
        self._following = following
        self._telling = telling
        self._clock = clock
        self._rounds: deque[int] = deque()
        self._looks = 0
        self._feed = Feed(client, names.upstream, clock, chance, self)
        self._turned = asyncio.Event()
        self._alive_at = clock.now()

    def news(self) -> AsyncGenerator[News, None]:
        """Yield news until closed; closing takes the connection back."""
        return self._telling.news_of(self._work, f"watch {self._names.upstream}")

    async def _work(self) -> None:
        async with self._following.driven(), asyncio.TaskGroup() as tasks:
            tasks.create_task(self._feed.run())
            tasks.create_task(self._patrol())

    def hurry(self) -> None:
        """Count the time to the next look anew: something may run now, and it answers."""
        self._turned.set()
        self._feed.hurry()

    # What the feed tells.

    def opened(self) -> None:
        """Begin: whoever listed before lists again."""
        self._following.opened(self._feed.mode)
        self._telling.says(WatchBegan())
        self._turned.set()

    def told(self, told: Frame) -> None:
        """Pass on a line, or that a task stands otherwise."""
        now = self._clock.now()
        if now - self._alive_at > timedelta(seconds=ALIVE_S):
            self._alive_at = now
            self._telling.says(StillThere())
        if told.type == "log":
            self._following.told(told)
            return
        run_id = self._names.run_id(told.project_id, told.task_id)
        self._listing.heard(run_id, told.status, now)
        self._telling.changed(run_id)

    def cut(self) -> None:
        """Take note that something may be missed."""
        self._following.cut()
        self._turned.set()

    def lost(self, lost: WatchLost) -> None:
        """Pass on that the server does not answer."""
        self._telling.says(lost)

    # The rounds.

    async def _patrol(self) -> None:
        """Look at a project now and then, for what the socket may not have told."""
        while True:
            if await self._turns_within(self._step_s()) or self._feed.mode is Mode.LOST:
                continue
            try:
                await self._look()
            except TransportError as error:
                why = translate(error, self._names.upstream)
                retry_at = self._clock.now() + timedelta(seconds=self._step_s() or 0)
                self._telling.says(WatchLost(why, 1, retry_at))
            else:
                self._telling.says(StillThere())

    async def _look(self) -> None:
        """Look at what may have changed unheard."""
        if not self._rounds:
            self._rounds.extend(await self._names.projects(anew=True))
        for project in self._due():
            for run_id in await self._listing.look(project, _SEEN):
                self._telling.changed(run_id)

    def _due(self) -> list[int]:
        """Return which projects to look at: one by one, every other time one where a run goes on.

        Where no socket gets through, all those at once.
        """
        busy = sorted({self._names.task_of(one)[0] for one in self._listing.active})
        if self._feed.mode is Mode.POLLED and busy:
            return busy
        self._looks += 1
        if self._looks % 2 and busy:
            return [busy[self._looks // 2 % len(busy)]]
        return [self._rounds.popleft()] if self._rounds else []

    def _step_s(self) -> float | None:
        match self._feed.mode:
            case Mode.LIVE:
                return PATROL_S
            case Mode.POLLED:
                return BUSY_S if self._listing.active else IDLE_S
            case Mode.LOST:
                return None

    async def _turns_within(self, seconds: float | None) -> bool:
        """Wait for so long; return at once, and true, when the feed has turned."""
        if seconds is None:
            await self._turned.wait()
        else:
            await rested(self._clock, seconds, self._turned)
        has_turned = self._turned.is_set()
        self._turned.clear()
        return has_turned
