"""How long an upstream is waited for by somebody who wants an answer soon, be it a part of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from skyforge_tui.domain.errors import Unavailable

T = TypeVar("T")


async def in_time(work: Awaitable[T], patience: timedelta | None, upstream: str) -> T:
    """Return what `work` returns; with a `patience` it is given up after that.

    Raises:
        Unavailable: it took longer.
    """
    wait_s = None if patience is None else patience.total_seconds()
    limit = asyncio.timeout(wait_s)
    try:
        async with limit:
            return await work
    except TimeoutError:
        if not limit.expired():
            raise
        raise Unavailable(f"no answer within {wait_s:g} s", upstream=upstream) from None
