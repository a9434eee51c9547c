"""Watches the runs of a lab host: one look after the other, quicker while something runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Final

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.ports.clock import Clock, rested
from skyforge_tui.ports.run_engine import News, StillThere, WatchBegan, WatchLost
from skyforge_tui.providers.runs.lab_host.following import Following
from skyforge_tui.providers.runs.lab_host.listing import Listing
from skyforge_tui.providers.runs.lab_host.trouble import translate
from skyforge_tui.providers.runs.telling import Telling

BUSY_S: Final = 2.0
"""Between two looks while something runs."""
IDLE_S: Final = 20.0
"""The same while nothing runs."""
_LOST_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Between tries to get a host back, the last again and again."""


class Watching:
    """Looks again and again, and lets outputs that were cut go on once the host answers."""

    def __init__(
        self,
        listing: Listing,
        following: Following,
        telling: Telling,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        """`chance` gives numbers from 0 to 1, so that not everybody comes at the same time."""
        self._listing = listing
        self._following = following
        self._telling = telling
        self._clock = clock
        self._chance = chance
        self._hurried = asyncio.Event()

    def hurry(self) -> None:
        """Look at once: something may run now."""
        self._hurried.set()

    def news(self) -> AsyncGenerator[News, None]:
        """Yield news until closed."""
        return self._telling.news_of(self._work, f"watch {self._listing.upstream}")

    async def _work(self) -> None:
        self._telling.says(WatchBegan())
        async with self._following.driven():
            failures = 0
            while True:
                self._hurried.clear()
                try:
                    changed = await self._listing.look()
                except TransportError as error:
                    failures += 1
                    pause = self._lost(error, failures)
                else:
                    if failures:
                        self._telling.says(WatchBegan())
                    failures = 0
                    self._telling.says(StillThere())
                    for run_id in changed:
                        self._telling.changed(run_id)
                    await self._following.answered()
                    pause = BUSY_S if self._listing.is_busy else IDLE_S
                await rested(self._clock, pause, self._hurried)

    def _lost(self, error: TransportError, attempt: int) -> float:
        pause = _LOST_S[min(attempt, len(_LOST_S)) - 1] * (0.75 + self._chance() / 2)
        retry_at = self._clock.now() + timedelta(seconds=pause)
        told = translate(error, self._listing.upstream, "run.list")
        self._telling.says(WatchLost(told, attempt, retry_at))
        return pause
