"""Muted keys, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


class MemoryMuteStore:
    """Muted keys."""

    def __init__(self) -> None:
        self.held: dict[str, datetime] = {}

    async def muted(self) -> frozenset[str]:
        """Return all."""
        return frozenset(self.held)

    async def mute(self, keys: Sequence[str], at: datetime) -> None:
        """Keep some."""
        self.held.update(dict.fromkeys(keys, at))

    async def unmute(self, keys: Sequence[str]) -> None:
        """Forget some."""
        for key in keys:
            self.held.pop(key, None)
