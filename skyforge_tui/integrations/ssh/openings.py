"""Channels that are being opened: none stays open that nobody waited for to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncssh

Ends = TypeVar("Ends", bound="tuple[asyncssh.SSHReader[bytes] | asyncssh.SSHWriter[bytes], ...]")
"""What a channel is read and written by."""


class Openings:
    """The openings of one host.

    asyncssh 2.x forgets an opening that is cancelled, but the other side does not: its channel
    would stay for as long as the connection, with its command, and is one of the few allowed.
    """

    def __init__(self) -> None:
        self._left: set[asyncio.Task[Any]] = set()

    async def opened(self, opening: Coroutine[Any, Any, Ends]) -> Ends:
        """Wait for a channel; one that is given up before closes as soon as it is open."""
        task = asyncio.create_task(opening, name="open a channel")
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self._left.add(task)
            task.add_done_callback(self._close)
            raise

    async def aclose(self) -> None:
        """Wait for those that were given up; the connection has been closed."""
        await asyncio.gather(*self._left, return_exceptions=True)

    def _close(self, task: asyncio.Task[Ends]) -> None:
        self._left.discard(task)
        if not task.cancelled() and task.exception() is None:
            task.result()[0].channel.close()
