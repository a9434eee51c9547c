"""What was cut goes on with the next answer of its host, and misses none."""

from __future__ import annotations

import asyncio

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.providers.runs.lab_host.answers import Answers
from skyforge_tui.providers.runs.lab_host.output import Output


class CutOutput(Output):
    """An output that is cut a few times; meanwhile the host has answered somebody else, or not."""

    def __init__(self, answers: Answers, answered: list[bool]) -> None:
        self._host = answers
        self._answered = answered
        self.waits = asyncio.Event()

    async def brought(self, *, is_live: bool = False) -> bool:
        """Fail as often as there is something left to say of the host."""
        if not self._answered:
            return is_live
        if self._answered.pop(0):
            await self._host.note()
        else:
            self.waits.set()
        raise TransportError("unreachable", "cut")


async def test_an_answer_during_a_try_counts() -> None:
    """The host answered somebody while a try failed: nobody waits for the next answer."""
    answers = Answers()
    output = CutOutput(answers, [True, True])
    await output.follow(answers)
    assert answers.count == 2


async def test_a_silent_host_is_waited_for() -> None:
    """Where nothing was answered since, the next answer lets it go on."""
    answers = Answers()
    output = CutOutput(answers, [True, False])
    following = asyncio.create_task(output.follow(answers))
    await output.waits.wait()
    assert not following.done()
    await answers.note()
    await following
