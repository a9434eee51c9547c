"""Doing many things side by side, and handing on what is through while the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def as_they_come(
    works: Iterable[Callable[[], Coroutine[Any, Any, T]]], at_once: int
) -> AsyncGenerator[list[T], None]:
    """Yield the results of all works in lists: whatever is through by the time it is asked for.

    At most `at_once` go on at a time. Close it (`aclosing`) to end those that are under way.

    Raises: what the first work raises that fails; the others end.
    """
    turns = asyncio.Semaphore(at_once)

    async def in_turn(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        async with turns:
            return await work()

    left = {asyncio.ensure_future(in_turn(work)) for work in works}
    try:
        while left:
            through, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
            yield [one.result() for one in through]
    finally:
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)
