"""File work in a thread of its own, that ends soon after nobody waits for it any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class AbandonedError(Exception):
    """Nobody waits for this work any more."""


class Leash:
    """What long file work asks between two files whether to go on."""

    def __init__(self) -> None:
        self._is_cut = threading.Event()

    def cut(self) -> None:
        """Make the next `check` fail."""
        self._is_cut.set()

    def check(self) -> None:
        """Return, or give up.

        Raises:
            AbandonedError: the caller was cancelled.
        """
        if self._is_cut.is_set():
            raise AbandonedError


async def in_thread(
    work: Callable[Concatenate[Leash, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Return what `work` returns; when cancelled, it stops at its next check."""
    leash = Leash()
    try:
        return await asyncio.to_thread(work, leash, *args, **kwargs)
    finally:
        leash.cut()
