"""A server asks once, one person answers, and everybody who waits goes on."""

from __future__ import annotations

import asyncio

import pytest

from skyforge_tui.domain.errors import NotFound, NotSignedIn
from skyforge_tui.domain.events import Event, SignInChanged
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.sign_in import Proof, Question
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.sign_in import Desk, SignInService

ADA = Principal("ada")


def asked(upstream: str = "prod") -> Question:
    """Return a question of a server."""
    return Question(upstream, "semaphore", Proof.TOKEN, "the token is old", "ada")


async def settled() -> None:
    """Let everybody who can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_an_answer_reaches_who_asked() -> None:
    """A question is seen, answered and gone; each change is told."""
    bus, heard = Bus(), list[Event]()
    bus.subscribe(heard.append)
    desk = Desk(bus, is_attended=True)
    service = SignInService(desk, Access())
    waiting = asyncio.create_task(desk.ask(asked()))
    await settled()
    assert await service.questions(ADA) == (asked(),)
    await service.answer(ADA, "prod", Hidden("new-token"))
    assert (await waiting).reveal() == "new-token"
    assert await service.questions(ADA) == ()
    assert heard == [SignInChanged("prod")] * 2
    with pytest.raises(NotFound):
        await service.answer(ADA, "prod", Hidden("late"))


async def test_who_would_rather_not_is_left_alone() -> None:
    """After a refusal the server asks no more, until the person reconsiders."""
    desk = Desk(Bus(), is_attended=True)
    service = SignInService(desk, Access())
    several = [asyncio.create_task(desk.ask(asked())) for _ in range(3)]
    other = asyncio.create_task(desk.ask(asked("lab")))
    await settled()
    assert [one.upstream for one in desk.questions] == ["prod", "lab"]
    await service.decline(ADA, "prod")
    for task in several:
        with pytest.raises(NotSignedIn, match="the token is old") as caught:
            await task
        assert caught.value.advice == "run: skyforge connect semaphore --name prod"
    assert await service.declined(ADA) == {"prod"}
    with pytest.raises(NotSignedIn):
        await desk.ask(asked())
    await service.reconsider(ADA, "prod")
    again = asyncio.create_task(desk.ask(asked()))
    await settled()
    await service.answer(ADA, "prod", Hidden("x"))
    await service.answer(ADA, "lab", Hidden("y"))
    assert [(await again).reveal(), (await other).reveal()] == ["x", "y"]


async def test_who_no_longer_waits_asks_no_longer() -> None:
    """When the call that asked is given up, its question goes with it, and the next one comes."""
    desk = Desk(Bus(), is_attended=True)
    first = asyncio.create_task(desk.ask(asked()))
    second = asyncio.create_task(desk.ask(asked()))
    await settled()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await settled()
    assert desk.questions == (asked(),)
    desk.answer("prod", Hidden("x"))
    assert (await second).reveal() == "x"


async def test_a_script_is_not_asked() -> None:
    """Unattended, every question is refused at once, with the command to run."""
    desk = Desk(Bus(), is_attended=False)
    with pytest.raises(NotSignedIn) as caught:
        await desk.ask(asked())
    assert "skyforge connect semaphore --name prod" in caught.value.advice
    assert desk.questions == ()
