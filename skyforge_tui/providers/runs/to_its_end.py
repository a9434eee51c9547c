"""Work on files in a thread, which is not left alone with them when it is given up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def to_its_end(work: Callable[[], T]) -> T:
    """Run short blocking `work` beside the loop; cancelled, wait for its end before giving up.

    A thread cannot be stopped: what it opens would stay open for ever, and what is closed under it
    may be another file by the time it writes.
    """
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        while not working.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([working])
        if not working.cancelled():
            working.exception()  # nobody asks for it any more
        raise
