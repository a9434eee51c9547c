"""How often a host has answered: what was cut goes on when it has done so since."""

from __future__ import annotations

import asyncio


class Answers:
    """Counts the answers of one host; who waits for one misses none that came meanwhile."""

    def __init__(self) -> None:
        self.count = 0
        self._counted = asyncio.Condition()

    async def note(self) -> None:
        """Take note that the host has answered."""
        async with self._counted:
            self.count += 1
            self._counted.notify_all()

    async def after(self, count: int) -> None:
        """Wait until there have been more than `count`."""
        async with self._counted:
            await self._counted.wait_for(lambda: self.count > count)
