"""Time that passes as a test says."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tests.builders import NOON


class FakeClock:
    """Time that moves only when somebody sleeps or moves it; remembers every sleep."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the pretended time."""
        return self.time

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once, and the others have their turn."""
        self.slept.append(seconds)
        self.move(seconds)
        await asyncio.sleep(0)
