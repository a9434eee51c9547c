"""Time, so that tests can hold it still."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        ...


async def rested(clock: Clock, seconds: float, reason: asyncio.Event) -> None:
    """Wait for `seconds`, or until there is a `reason` not to."""
    waiting = [asyncio.ensure_future(clock.sleep(seconds)), asyncio.ensure_future(reason.wait())]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
