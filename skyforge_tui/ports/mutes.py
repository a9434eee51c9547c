"""Which concerns this person does not want to hear of any more. Exists only here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class MuteStore(Protocol):
    """Keys of muted concerns; bounded, the oldest are forgotten."""

    async def muted(self) -> frozenset[str]:
        """Return all muted keys."""
        ...

    async def mute(self, keys: Sequence[str], at: datetime) -> None:
        """Keep these keys as muted from now on."""
        ...

    async def unmute(self, keys: Sequence[str]) -> None:
        """Forget these keys."""
        ...
