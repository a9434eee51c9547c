"""Trusted content, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from skyforge_tui.domain.template import Source


class MemoryTrustStore:
    """Trusted content."""

    def __init__(self) -> None:
        self.pairs: dict[tuple[str, str], tuple[str, datetime]] = {}

    async def trusted(self) -> frozenset[tuple[str, str]]:
        """Return all pairs."""
        return frozenset(self.pairs)

    async def trust(self, sources: Sequence[Source], by: str, at: datetime) -> None:
        """Remember them."""
        await asyncio.sleep(0)
        self.pairs.update(((one.path, one.sha256), (by, at)) for one in sources)
