"""Whoever waits for a bell wakes when it is rung or when it is time, and not before either."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.providers.runs.semaphore.bell import Bell


class OurClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.hand = HandClock()
        self.sleeps = 0

    def now(self) -> datetime:
        """Return its time."""
        return datetime.fromtimestamp(self.hand.now() / 1e9, UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait until it was moved on."""
        self.sleeps += 1
        await self.hand.sleep(seconds)


async def turns(count: int = 5) -> None:
    """Let everybody work."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_bell_rings_when_it_is_rung_or_due() -> None:
    """What is earlier wakes: somebody who rings, or the time."""
    clock = OurClock()
    bell = Bell(clock)
    bell.ring()
    await bell.wait(None)
    waiting = asyncio.create_task(bell.wait(10))
    await turns()
    await clock.hand.advance(9)
    await turns()
    assert not waiting.done()
    await clock.hand.advance(1)
    await waiting
    waiting = asyncio.create_task(bell.wait(10))
    await turns()
    bell.ring()
    await waiting
    await bell.aclose()


async def test_a_thousand_news_set_one_alarm() -> None:
    """An alarm that is set is left alone by later ones, and moved by an earlier one."""
    clock = OurClock()
    bell = Bell(clock)
    for _ in range(1000):
        bell.ring()
        await bell.wait(10)
    await turns()
    assert clock.sleeps == 1
    waiting = asyncio.create_task(bell.wait(3))
    await turns()
    await clock.hand.advance(3)
    await waiting
    assert clock.sleeps == 2
    await bell.aclose()


async def test_who_waits_can_be_called_off() -> None:
    """A cancelled wait ends at once, and nothing of the bell goes on after it was closed."""
    bell = Bell(OurClock())
    for seconds in (None, 10, 3):
        waiting = asyncio.create_task(bell.wait(seconds))
        await turns(2)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
    await bell.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
