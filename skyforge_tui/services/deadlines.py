"""Ends what takes longer than somebody wants to wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, TypeVar

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.ports.clock import Clock

LATE: Final = "the deadline came first"
T = TypeVar("T")


def left_s(deadline: datetime, clock: Clock) -> float:
    """Return how many seconds are left until then; none afterwards."""
    return max((deadline - clock.now()).total_seconds(), 0.0)


@asynccontextmanager
async def within(seconds: float, late: Unavailable) -> AsyncIterator[None]:
    """Let what is awaited here take so long.

    Raises:
        Unavailable: `late`, if it would take longer.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError:
        if not limit.expired():
            raise
        raise late from None


@asynccontextmanager
async def until(deadline: datetime, clock: Clock, operation: str) -> AsyncIterator[None]:
    """Let what is read here take until then.

    Raises:
        Unavailable: it would take longer.
    """
    late = Unavailable(f"{LATE}: nothing was changed", operation=operation)
    async with within(left_s(deadline, clock), late):
        yield


async def in_time(work: Awaitable[T], patience: timedelta | None, upstream: str) -> T:
    """Return what `work` returns; with a `patience` it is given up after that.

    Raises:
        Unavailable: it took longer.
    """
    if patience is None:
        return await work
    wait_s = patience.total_seconds()
    async with within(wait_s, Unavailable(f"no answer within {wait_s:g} s", upstream=upstream)):
        return await work
