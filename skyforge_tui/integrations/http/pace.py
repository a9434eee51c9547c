"""How much one server is asked at once and per second, and when it is asked again."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from skyforge_tui.integrations.http.failures import HttpError

LONGEST_WAIT_S: Final = 30.0
"""A server that wants to be left alone for longer is believed: that is told, not waited for."""


class Pace:
    """Bounds what goes to one server, whoever asks: at the same time, and by the second.

    A bucket holds `burst` requests and is refilled with `per_second` of them.
    """

    def __init__(
        self,
        *,
        at_once: int = 8,
        per_second: float = 20.0,
        burst: int = 40,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._per_second = per_second
        self._burst = burst
        self._now = now
        self._sleep = sleep
        self._left = float(burst)
        self._at = now()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn; the place is free again when the block ends."""
        async with self._places:
            if (wait_s := self._take()) > 0:
                await self._sleep(wait_s)
            yield

    def _take(self) -> float:
        """Take one request out of the bucket and return for how many seconds it is owed."""
        now = self._now()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        self._left -= 1
        return max(0.0, -self._left / self._per_second)


@dataclass(frozen=True, slots=True)
class Retry:
    """When a failed request is repeated: few times, each later, by chance not all together."""

    attempts: int = 3
    first_s: float = 0.25
    longest_s: float = 5.0
    chance: Callable[[], float] = field(default=random.random)

    def wait_s(self, error: HttpError, attempt: int, *, is_idempotent: bool) -> float | None:
        """Return the seconds until the next attempt, or None where there must be none.

        `attempt` counts from 1. What is not proven idempotent is repeated only if the server
        cannot have seen it.
        """
        if not error.is_retryable or attempt >= self.attempts:
            return None
        if error.was_sent and not is_idempotent:
            return None
        step_s = min(self.longest_s, self.first_s * float(2 ** (attempt - 1)))
        wait_s = step_s * (0.5 + self.chance() / 2)
        if error.retry_after_s is None:
            return wait_s
        return None if error.retry_after_s > LONGEST_WAIT_S else max(wait_s, error.retry_after_s)
