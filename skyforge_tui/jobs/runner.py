"""Names, starts, backs off and stops jobs; a failing job never takes a sibling with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.events import NoticeRaised
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.bus import Bus

log = logging.getLogger(__name__)

_LONGEST_PAUSE = timedelta(seconds=60)


class Job(Protocol):
    """Something that happens unasked, for as long as the program runs."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    async def run(self) -> None:
        """Do it until cancelled; returning means that it is done for good."""
        ...


@asynccontextmanager
async def running(jobs: Iterable[Job], bus: Bus, clock: Clock) -> AsyncIterator[None]:
    """Run jobs side by side while the block lasts, then cancel them and wait for their end."""
    tasks = [asyncio.create_task(_keep_running(job, bus, clock), name=job.name) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_running(job: Job, bus: Bus, clock: Clock) -> None:
    """Run a job; on failure say so once per outage, pause, and run it again."""
    pause_s, last = 1.0, ""
    while True:
        began = clock.now()
        try:
            await job.run()
        except Exception as failure:
            error = _cause(failure)
            if clock.now() - began > _LONGEST_PAUSE:
                pause_s, last = 1.0, ""  # it worked meanwhile: this outage is another one
            words = str(error) or type(error).__name__
            if words != last:
                last = words
                advice = ""
                if isinstance(error, SkyforgeError):  # understood: the notice says it all
                    advice = error.advice
                    log.info("job %s failed: %s", job.name, words)
                else:
                    log.warning("job %s failed: %s", job.name, words, exc_info=error)
                notice = Notice(
                    Severity.ERROR, f"{job.name} failed", words,
                    advice=advice or "it tries again by itself",
                )  # fmt: skip
                bus.publish(NoticeRaised(notice))
        else:
            return
        await clock.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_PAUSE.total_seconds())


def _cause(error: Exception) -> Exception:
    """Return what really happened: a task group wraps even a single failure."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
