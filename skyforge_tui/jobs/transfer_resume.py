"""Goes on with transfers whose program has ended before they did."""

from __future__ import annotations

from skyforge_tui.domain.identity import SYSTEM
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.transfers import TransferService

_EVERY_S = 30.0
"""Seconds between two looks: a program beside this one may end at any time."""


class TransferResume:
    """Looks at once, and now and then."""

    name = "transfers"

    def __init__(self, transfers: TransferService, clock: Clock) -> None:
        self._transfers = transfers
        self._clock = clock

    async def run(self) -> None:
        """Take over what nobody carries on, for ever; let go of what nobody will, at first."""
        await self.run_once()
        await self._transfers.sweep(SYSTEM)
        while True:
            await self._clock.sleep(_EVERY_S)
            await self.run_once()

    async def run_once(self) -> None:
        """Take over what nobody carries on."""
        await self._transfers.take_over(SYSTEM)
