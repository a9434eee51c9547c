"""What everybody asks at the start is asked once."""

from __future__ import annotations

import asyncio

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.providers.runs.semaphore.standing import FRESH_S, AskedOnce
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import Gate


class Question:
    """Counts how often it is asked, and may fail."""

    def __init__(self) -> None:
        self.asked = 0
        self.gate = Gate()
        self.fails = False

    async def __call__(self) -> int:
        """Return how often it was asked."""
        self.asked += 1
        await self.gate.pass_through()
        if self.fails:
            raise TransportError("timeout", "no answer")
        return self.asked


async def test_many_who_ask_at_once_get_one_answer() -> None:
    """However many ask, and if the first of them gives up, the server is asked as little as can be.

    Later, when the answer is old, it is asked again.
    """
    question, clock = Question(), FakeClock()
    once = AskedOnce(question, clock)
    question.gate.close()
    asking = [asyncio.create_task(once.answer()) for _ in range(5)]
    await question.gate.reached()
    asking[0].cancel()
    question.gate.open()
    answers = await asyncio.gather(*asking[1:])
    assert len(set(answers)) == 1
    assert question.asked == 2
    clock.move(FRESH_S)
    assert await once.answer() == 3


async def test_a_failure_is_shared_and_not_kept() -> None:
    """Those who waited for what failed hear of it without waiting again; the next one asks anew."""
    question, clock = Question(), FakeClock()
    once = AskedOnce(question, clock)
    question.fails = True
    question.gate.close()
    asking = [asyncio.create_task(once.answer()) for _ in range(3)]
    await question.gate.reached()
    clock.move(1)
    question.gate.open()
    failures = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(one) for one in failures] == [TransportError] * 3
    assert question.asked == 1
    question.fails = False
    clock.move(1)
    assert await once.answer() == 2
    question.fails = True
    clock.move(FRESH_S)
    with pytest.raises(TransportError):
        await once.answer()
