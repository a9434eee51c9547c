"""Following a run's output: every byte, once, in order, to the end, however events come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.events import LogGrew, RunsChanged
from skyforge_tui.domain.identity import Principal, RunId
from skyforge_tui.domain.run import RunState
from tests.builders import a_detail
from tests.fakes.core import Core
from tests.fakes.waiting import under_way, until

ROOT = Principal("root", is_admin=True)
RUN = RunId("local:1")
PATIENCE_S = 60


def a_core(first: bytes | None = b"") -> Core:
    """Return services with one running run; None for an output without a first byte."""
    core = Core()
    core.run_cache.held[RUN] = a_detail(number=1, state=RunState.RUNNING)
    core.logs.outputs["1"] = first
    return core


def end(core: Core) -> None:
    """Let the run have ended; telling is another thing."""
    core.run_cache.held[RUN] = a_detail(number=1)


async def gathered(core: Core, chunks: list[bytes]) -> None:
    """Follow to the end."""
    async with aclosing(await core.runs.follow(ROOT, RUN)) as following:
        async for chunk in following:
            chunks.append(chunk)  # noqa: PERF401 - seen one by one from outside


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    """Return services with one running run that wrote nothing yet, and look for open readers."""
    core = a_core()
    yield core
    assert all(reader.is_closed for reader in core.logs.readers)


async def test_ended_run(core: Core) -> None:
    """The output of a run that has ended is yielded whole, and that is all."""
    core.logs.grow("1", b"one\ntwo\n")
    end(core)
    chunks: list[bytes] = []
    await asyncio.wait_for(gathered(core, chunks), PATIENCE_S)
    assert b"".join(chunks) == b"one\ntwo\n"


async def test_silent_run(core: Core) -> None:
    """A run that wrote nothing and has ended yields nothing."""
    end(core)
    chunks: list[bytes] = []
    await asyncio.wait_for(gathered(core, chunks), PATIENCE_S)
    assert chunks == []


async def test_large_output_comes_in_pieces(core: Core) -> None:
    """A large output comes in pieces of bounded size."""
    core.logs.grow("1", bytes(range(256)) * 12_000)
    end(core)
    chunks: list[bytes] = []
    await asyncio.wait_for(gathered(core, chunks), PATIENCE_S)
    assert b"".join(chunks) == bytes(range(256)) * 12_000
    assert max(map(len, chunks)) <= 1 << 20


def ends_with(chunks: list[bytes], word: bytes) -> bool:
    """Say whether what came ends with a word."""
    return b"".join(chunks).endswith(word)


async def test_growing_run(core: Core) -> None:
    """Bytes are yielded as they come, and the end ends it."""
    chunks: list[bytes] = []
    async with under_way(gathered(core, chunks)) as (following,):
        for word in (b"one\n", b"two\n", b"three\n"):
            core.logs.grow("1", word)
            core.bus.publish(LogGrew(RUN, 0))
            await until(partial(ends_with, chunks, word))
        end(core)
        core.bus.publish(RunsChanged(frozenset({RUN})))
        await asyncio.wait_for(following, PATIENCE_S)
    assert b"".join(chunks) == b"one\ntwo\nthree\n"


async def test_first_byte_comes_later() -> None:
    """An output that had no first byte when it was opened is followed from that byte on."""
    core = a_core(first=None)
    chunks: list[bytes] = []
    async with under_way(gathered(core, chunks)) as (following,):
        await until(lambda: core.logs.readers)
        core.logs.grow("1", b"at last\n")
        core.bus.publish(LogGrew(RUN, 8))
        await until(lambda: b"".join(chunks) == b"at last\n")
        end(core)
        core.bus.publish(RunsChanged(frozenset({RUN})))
        await asyncio.wait_for(following, PATIENCE_S)
    assert b"".join(chunks) == b"at last\n"
    assert all(reader.is_closed for reader in core.logs.readers)


async def test_end_while_asking(core: Core) -> None:
    """An end that is told while the state is being asked for is not missed."""
    chunks: list[bytes] = []
    async with under_way(gathered(core, chunks)) as (following,):
        await until(lambda: core.logs.readers)
        core.run_cache.getting.close()
        core.bus.publish(LogGrew(RUN, 0))
        await core.run_cache.getting.reached()
        core.logs.grow("1", b"the end\n")
        end(core)
        core.bus.publish(RunsChanged(frozenset({RUN})))
        core.run_cache.getting.open()
        await asyncio.wait_for(following, PATIENCE_S)
    assert b"".join(chunks) == b"the end\n"


async def test_others_do_not_disturb(core: Core) -> None:
    """What happens to other runs wakes nobody."""
    chunks: list[bytes] = []
    async with under_way(gathered(core, chunks)) as (following,):
        await until(lambda: core.logs.readers)
        core.bus.publish(LogGrew(RunId("local:2"), 10))
        core.bus.publish(RunsChanged(frozenset({RunId("local:2")})))
        assert not following.done()
        end(core)
        core.bus.publish(RunsChanged(frozenset({RUN})))
        await asyncio.wait_for(following, PATIENCE_S)
    assert chunks == []


async def test_vanishing_run(core: Core) -> None:
    """A run that is forgotten while it is followed is said to be gone, not over."""
    chunks: list[bytes] = []
    async with under_way(gathered(core, chunks)) as (following,):
        await until(lambda: core.logs.readers)
        del core.run_cache.held[RUN]
        core.bus.publish(RunsChanged(frozenset({RUN})))
        with pytest.raises(NotFound):
            await asyncio.wait_for(following, PATIENCE_S)


async def test_leaving_early(core: Core) -> None:
    """Who stops following is not told any more, and holds nothing open."""
    core.logs.grow("1", b"one\n")
    async with aclosing(await core.runs.follow(ROOT, RUN)) as following:
        assert await anext(following) == b"one\n"
    assert all(reader.is_closed for reader in core.logs.readers)
    core.bus.publish(LogGrew(RUN, 4))


async def test_unknown_run(core: Core) -> None:
    """A run that nobody knows cannot be followed."""
    with pytest.raises(NotFound):
        async for _ in await core.runs.follow(ROOT, RunId("local:9")):
            pass


STEPS = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=9),  # bytes are written
        st.sampled_from(["grew", "changed", "turn", "end"]),
    ),
    max_size=30,
)


@given(steps=STEPS, has_first=st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_order(steps: list[bytes | str], has_first: bool) -> None:
    """Whatever happens in whatever order, all bytes written before the end come out, and it ends.

    Events may be late, doubled or missing; only the last one, after the end, is sure to come.
    """

    async def play() -> None:
        core = a_core(first=b"" if has_first else None)
        chunks: list[bytes] = []
        is_over = False
        async with under_way(gathered(core, chunks)) as (following,):
            for step in steps:
                match step:
                    case bytes():
                        if not is_over:  # nothing is written after the end
                            core.logs.grow("1", step)
                    case "grew":
                        core.bus.publish(LogGrew(RUN, 0))
                    case "changed":
                        core.bus.publish(RunsChanged(frozenset({RUN})))
                    case "end":
                        is_over = True
                        end(core)
                    case _:
                        await asyncio.sleep(0)
            end(core)
            core.bus.publish(RunsChanged(frozenset({RUN})))
            await asyncio.wait_for(following, PATIENCE_S)
        assert b"".join(chunks) == (core.logs.outputs["1"] or b"")
        assert all(reader.is_closed for reader in core.logs.readers)

    asyncio.run(play())
