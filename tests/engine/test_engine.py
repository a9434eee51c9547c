"""The engine with and without a thread: one face, one set of truths."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import pytest

from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.engine.thread import ThreadEngine

PATIENCE_S = 60
WHOSE: ContextVar[str] = ContextVar("WHOSE", default="nobody's")


async def until(is_so: Callable[[], bool]) -> None:
    """Let both loops go on until it is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - across threads, on whatever loop
            await asyncio.sleep(0)


class Room:
    """What the engine opens: remembers where it was opened, and whether it is open."""

    def __init__(self) -> None:
        self.thread = threading.current_thread()
        self.is_open = True


class House:
    """Opens rooms, late or never if told so, and keeps what was reported as unheard."""

    def __init__(self) -> None:
        self.rooms: list[Room] = []
        self.may_open = threading.Event()
        self.may_open.set()
        self.opening_fails: BaseException | None = None
        self.closing_fails: BaseException | None = None
        self.unheard: list[BaseException] = []
        self.heard = threading.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Room]:
        """Open a room when told to."""
        await until(self.may_open.is_set)
        if self.opening_fails is not None:
            raise self.opening_fails
        room = Room()
        self.rooms.append(room)
        async with asyncio.TaskGroup():  # must be left in the task that entered it
            yield room
        room.is_open = False
        if self.closing_fails is not None:
            raise self.closing_fails

    def hear(self, error: BaseException) -> None:
        """Keep what nobody waited for."""
        self.unheard.append(error)
        self.heard.set()


Engine = ThreadEngine[Room] | InlineEngine[Room]


@pytest.fixture
def house() -> House:
    """Return a house whose doors open at once."""
    return House()


@pytest.fixture(params=[ThreadEngine, InlineEngine], ids=["thread", "inline"])
async def engine(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Engine]:
    """Return an engine that was not started yet."""
    made: Engine = request.param(house.open, house.hear)
    yield made
    house.may_open.set()
    await asyncio.wait_for(made.stop(), PATIENCE_S)


async def test_work_answers(engine: Engine, house: House) -> None:
    """Work is given the open room, and its answer comes back."""
    engine.start()

    async def work(room: Room) -> tuple[Room, bool]:
        return room, room.is_open

    assert await engine.call(work) == (house.rooms[0], True)
    assert len(house.rooms) == 1


async def test_work_fails(engine: Engine, house: House) -> None:
    """A failure reaches whoever asked, and nobody else."""
    engine.start()

    async def work(room: Room) -> None:
        raise LookupError("no such lab")

    with pytest.raises(LookupError, match="no such lab"):
        await engine.call(work)
    assert house.unheard == []


async def test_pieces_run_side_by_side(engine: Engine) -> None:
    """A piece of work that waits does not hold up another one."""
    engine.start()
    gate: list[asyncio.Event] = []

    async def waits(room: Room) -> str:
        gate.append(asyncio.Event())
        await gate[0].wait()
        return "waited"

    async def opens(room: Room) -> str:
        await until(lambda: bool(gate))
        gate[0].set()
        return "opened"

    waited, opened = await asyncio.gather(engine.call(waits), engine.call(opens))
    assert (waited, opened) == ("waited", "opened")


async def test_cancelled_waiting(engine: Engine, house: House) -> None:
    """Cancelling the waiting leaves the work running to its end."""
    engine.start()
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    async def work(room: Room) -> None:
        began.set()
        await until(go_on.is_set)
        ended.set()

    waiting = asyncio.ensure_future(engine.call(work))
    await until(began.is_set)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert engine.pending == 1
    go_on.set()
    await until(ended.is_set)
    await until(lambda: engine.pending == 0)
    assert house.unheard == []


async def test_unheard_failure(engine: Engine, house: House) -> None:
    """A failure for which nobody waits any more is reported, once."""
    engine.start()
    began, go_on = threading.Event(), threading.Event()

    async def work(room: Room) -> None:
        began.set()
        await until(go_on.is_set)
        raise LookupError("too late")

    waiting = asyncio.ensure_future(engine.call(work))
    await until(began.is_set)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    await until(house.heard.is_set)
    assert [str(error) for error in house.unheard] == ["too late"]


async def test_context_does_not_leak(engine: Engine) -> None:
    """The caller's context variables mean nothing inside."""
    WHOSE.set("the screen's")
    engine.start()

    async def work(room: Room) -> str:
        await asyncio.sleep(0)
        return WHOSE.get()

    assert await engine.call(work) == "nobody's"
    assert WHOSE.get() == "the screen's"


async def test_opening_fails(engine: Engine, house: House) -> None:
    """When the room cannot be opened, every caller hears why, early and late ones."""
    house.may_open.clear()
    house.opening_fails = PermissionError("the state directory is somebody else's")
    engine.start()

    async def work(room: Room) -> None:
        raise AssertionError("there is no room")

    early = [asyncio.ensure_future(engine.call(work)) for _ in range(3)]
    await asyncio.sleep(0)
    house.may_open.set()
    for one in early:
        with pytest.raises(PermissionError, match="somebody else's"):
            await one
    with pytest.raises(PermissionError, match="somebody else's"):
        await engine.call(work)


async def test_opening_fails_unasked(engine: Engine, house: House) -> None:
    """A room that cannot be opened and that nobody asks for does no harm."""
    house.opening_fails = PermissionError("unasked")
    engine.start()
    await asyncio.wait_for(engine.stop(), PATIENCE_S)
    gc.collect()


async def test_calls_wait_for_the_room(engine: Engine, house: House) -> None:
    """Work handed over while the room opens waits for it."""
    house.may_open.clear()
    engine.start()

    async def work(room: Room) -> bool:
        return room.is_open

    waiting = [asyncio.ensure_future(engine.call(work)) for _ in range(5)]
    await asyncio.sleep(0)
    assert house.rooms == []
    house.may_open.set()
    assert await asyncio.gather(*waiting) == [True] * 5


async def test_stop_closes(engine: Engine, house: House) -> None:
    """Stopping closes the room and leaves no thread behind."""
    engine.start()

    async def work(room: Room) -> threading.Thread:
        return threading.current_thread()

    worker = await engine.call(work)
    await asyncio.wait_for(engine.stop(), PATIENCE_S)
    assert not house.rooms[0].is_open
    assert worker is threading.current_thread() or not worker.is_alive()
    await asyncio.wait_for(engine.stop(), PATIENCE_S)


async def test_stop_cancels(engine: Engine, house: House) -> None:
    """Work under way at the stop is cancelled while the room is still open."""
    engine.start()
    began = threading.Event()
    was_open: list[bool] = []

    async def work(room: Room) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            was_open.append(room.is_open)

    waiting = asyncio.ensure_future(engine.call(work))
    await until(began.is_set)
    await asyncio.wait_for(engine.stop(), PATIENCE_S)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, PATIENCE_S)
    assert was_open == [True]
    assert house.unheard == []


async def test_stop_while_opening(engine: Engine, house: House) -> None:
    """Stopping does not wait for a room that never opens; whoever waits for it is let go."""
    house.may_open.clear()
    engine.start()

    async def work(room: Room) -> None:
        raise AssertionError("there is no room")

    waiting = asyncio.ensure_future(engine.call(work))
    await asyncio.sleep(0)
    await asyncio.wait_for(engine.stop(), PATIENCE_S)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, PATIENCE_S)
    assert house.rooms == []


async def test_call_after_stop(engine: Engine) -> None:
    """A stopped engine refuses work instead of losing it."""
    engine.start()
    await asyncio.wait_for(engine.stop(), PATIENCE_S)

    async def work(room: Room) -> None:
        raise AssertionError("the room is closed")

    with pytest.raises(RuntimeError, match="stopped"):
        await asyncio.wait_for(engine.call(work), PATIENCE_S)


async def test_calls_race_with_stop(engine: Engine) -> None:
    """Every call that races with the stop ends: answered, cancelled or refused."""
    engine.start()

    async def work(room: Room) -> str:
        await asyncio.sleep(0)
        return "done"

    async def ask() -> Any:
        return await engine.call(work)

    asked = [asyncio.ensure_future(ask()) for _ in range(50)]
    stopping = asyncio.ensure_future(engine.stop())
    while not stopping.done():
        asked.append(asyncio.ensure_future(ask()))
        await asyncio.sleep(0)
    await stopping
    outcomes = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), PATIENCE_S)
    kinds = {type(one) for one in outcomes}
    assert kinds <= {str, asyncio.CancelledError, RuntimeError}


async def test_stop_before_start(engine: Engine) -> None:
    """An engine that was never started stops without a trace."""
    await asyncio.wait_for(engine.stop(), PATIENCE_S)
    gc.collect()


async def test_closing_fails(engine: Engine, house: House) -> None:
    """A failure while the room closes is reported, and the stop ends all the same."""
    house.closing_fails = OSError("disk full")
    engine.start()

    async def work(room: Room) -> None:
        return None

    await engine.call(work)
    await asyncio.wait_for(engine.stop(), PATIENCE_S)
    assert [str(error) for error in house.unheard] == ["disk full"]


async def test_nothing_is_left(engine: Engine, house: House) -> None:
    """Many pieces of work leave no task, no loop and no warning behind."""
    engine.start()

    async def work(room: Room) -> None:
        await asyncio.sleep(0)

    await asyncio.gather(*(engine.call(work) for _ in range(200)))
    await until(lambda: engine.pending == 0)
    await asyncio.wait_for(engine.stop(), PATIENCE_S)
    house.rooms.clear()
    gc.collect()


async def test_thread_is_another(house: House) -> None:
    """The threaded engine works beside the caller, never on its thread."""
    engine = ThreadEngine(house.open, house.hear)
    engine.start()

    async def work(room: Room) -> bool:
        return threading.current_thread() is room.thread is not threading.main_thread()

    try:
        assert await engine.call(work)
    finally:
        await asyncio.wait_for(engine.stop(), PATIENCE_S)
