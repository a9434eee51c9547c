"""Asking for many things side by side: the first that fails ends the others."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def together(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return what each work returns, in their order.

    Raises: what the first work raises that fails; the others have ended then.
    """
    failure: BaseException
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in works]
    except BaseExceptionGroup as several:
        failure = several.exceptions[0]
    else:
        return [one.result() for one in tasks]
    raise failure
