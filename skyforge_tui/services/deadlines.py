"""Ends what takes longer than somebody wants to wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.ports.clock import Clock

LATE: Final = "the deadline came first"


def left_s(deadline: datetime, clock: Clock) -> float:
    """Return how many seconds are left until then; none afterwards."""
    return max((deadline - clock.now()).total_seconds(), 0.0)


@asynccontextmanager
async def until(deadline: datetime, clock: Clock, operation: str) -> AsyncIterator[None]:
    """Let what is read here take until then.

    Raises:
        Unavailable: it would take longer.
    """
    try:
        async with asyncio.timeout(left_s(deadline, clock)):
            yield
    except TimeoutError:
        raise Unavailable(f"{LATE}: nothing was changed", operation=operation) from None
