"""What every way of assembling stands on: the time as it is, and where the index lies."""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

from skyforge_tui.settings.frame import FrameSettings


class SystemClock:
    """The time as it is."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def cache_path(frame: FrameSettings) -> Path:
    """Return where the index of this state directory is kept.

    Every state directory has its own: two that shared one would each forget the other's runs.
    """
    digest = hashlib.sha256(os.fsencode(frame.state_dir)).hexdigest()[:12]
    return frame.cache_dir / digest / "cache.db"
