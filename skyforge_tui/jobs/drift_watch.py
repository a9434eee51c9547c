"""Looks once in a while how far projects are from being in step; it never writes."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from skyforge_tui.domain.identity import Principal
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.project_care import ProjectCareService

FIRST_S: Final = 20.0
"""Before the first look: whoever starts wants other answers first."""
EVERY_S: Final = 300.0
WITHIN: Final = timedelta(seconds=60)


class DriftWatch:
    """Plans for every project that `principal` may keep in step, and leaves it at that."""

    def __init__(self, care: ProjectCareService, principal: Principal, clock: Clock) -> None:
        self._care = care
        self._principal = principal
        self._clock = clock

    @property
    def name(self) -> str:
        """Return what people call it."""
        return "drift watch"

    async def run(self) -> None:
        """Wait, look, and so on."""
        await self._clock.sleep(FIRST_S)
        while True:
            deadline = self._clock.now() + WITHIN
            await self._care.run_once(self._principal, deadline, applies=False)
            await self._clock.sleep(EVERY_S)
