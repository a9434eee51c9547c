"""The estate's clock: everything that happens in the pretend world happens on it.

Instants are whole nanoseconds since 1970 (UTC), because the servers that are played here tell
times that finely.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import Final, Protocol

SECOND: Final = 1_000_000_000
MONDAY: Final = int(datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()) * SECOND
"""Where a clock that is moved by hand begins: an ordinary Monday morning."""

Cancel = Callable[[], None]


class Clock(Protocol):
    """Tells the time of the pretend world and calls back when some of it has passed."""

    def now(self) -> int:
        """Return the present instant; never less than what was returned before."""
        ...

    def after(self, seconds: float, call: Callable[[], None]) -> Cancel:
        """Call `call` when `seconds` have passed; return what calls it off."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait until `seconds` have passed."""
        ...

    def passed(self) -> int:
        """Return the nanoseconds that have passed since some beginning, as waits count them."""
        ...


class LiveClock:
    """Tells this machine's time; waiting goes `speed` times as fast, telling the time does not."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._last = 0
        self._passed, self._counted_at = 0, time.monotonic_ns()

    @property
    def speed(self) -> float:
        """How fast waits go that begin from now on."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self.passed()
        self._speed = speed

    def now(self) -> int:
        """Return the present instant."""
        self._last = max(self._last, time.time_ns())
        return self._last

    def after(self, seconds: float, call: Callable[[], None]) -> Cancel:
        """Call `call` when `seconds` have passed; needs a running event loop."""
        return asyncio.get_running_loop().call_later(seconds / self.speed, call).cancel

    async def sleep(self, seconds: float) -> None:
        """Wait until `seconds` have passed."""
        await asyncio.sleep(seconds / self.speed)

    def passed(self) -> int:
        """Return the nanoseconds that have passed since some beginning, as waits count them."""
        now = time.monotonic_ns()
        self._passed += round((now - self._counted_at) * self._speed)
        self._counted_at = now
        return self._passed


class HandClock:
    """Stands still until it is moved; what falls due is called in order, at its own instant."""

    def __init__(self, start: int = MONDAY) -> None:
        self._now = start
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._awaited: set[int] = set()
        self._numbers = count()

    def now(self) -> int:
        """Return the present instant."""
        return self._now

    def after(self, seconds: float, call: Callable[[], None]) -> Cancel:
        """Call `call` when the clock has been moved on by `seconds`."""
        number = next(self._numbers)
        self._awaited.add(number)
        heapq.heappush(self._due, (self._now + round(max(seconds, 0) * SECOND), number, call))
        return lambda: self._awaited.discard(number)

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved on by `seconds`."""
        moved = asyncio.Event()
        cancel = self.after(seconds, moved.set)
        try:
            await moved.wait()
        finally:
            cancel()

    def passed(self) -> int:
        """Return the nanoseconds that have passed since some beginning, as waits count them."""
        return self._now

    async def advance(self, seconds: float) -> None:
        """Move on, letting everybody who is called work before the next one is called."""
        end = self._now + round(seconds * SECOND)
        while self._due and self._due[0][0] <= end:
            await self._call_next()
        self._now = end
        await asyncio.sleep(0)

    async def until(self, happened: Callable[[], bool], *, within_s: float = 3600) -> None:
        """Move on by no more than it takes until `happened()`, and at most by `within_s`.

        Raises:
            TimeoutError: it did not happen.
        """
        end = self._now + round(within_s * SECOND)
        while not happened():
            if not self._due or self._due[0][0] > end:
                raise TimeoutError(f"nothing more happens within {within_s} s")
            await self._call_next()

    async def _call_next(self) -> None:
        instant, number, call = heapq.heappop(self._due)
        self._now = max(self._now, instant)
        if number in self._awaited:
            self._awaited.discard(number)
            call()
            await asyncio.sleep(0)


def instant(text: str) -> int:
    """Read an ISO 8601 time, to the microsecond."""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return int(moment.replace(microsecond=0).timestamp()) * SECOND + moment.microsecond * 1000


def written(instant_ns: int, digits: int = 9, zone_min: int = 0) -> str:
    """Write an instant as Go's RFC3339Nano does: `digits` of a second, no zeros at their end.

    `zone_min` is how many minutes east of Greenwich it is told.
    """
    seconds, fraction = divmod(instant_ns, SECOND)
    tail = f"{fraction:09d}"[:digits].rstrip("0")
    second, zone = _written_second(seconds, zone_min)
    return f"{second}.{tail}{zone}" if tail else second + zone


@lru_cache(maxsize=4096)
def _written_second(seconds: int, zone_min: int) -> tuple[str, str]:
    """Return a whole second and the zone: many lines are written within one."""
    moment = datetime.fromtimestamp(seconds + 60 * zone_min, UTC)
    hours, minutes = divmod(abs(zone_min), 60)
    zone = f"{'-' if zone_min < 0 else '+'}{hours:02d}:{minutes:02d}" if zone_min else "Z"
    return f"{moment:%Y-%m-%dT%H:%M:%S}", zone
