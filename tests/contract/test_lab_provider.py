"""What every lab provider keeps: all of them on what stands behind them, and the real netlab."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import SYSTEM, LabId, native_of, upstream_of
from skyforge_tui.domain.lab import LabState
from skyforge_tui.ports.lab_provider import GraphSource, LabQuery, Reporter
from tests.contract import lab_worlds
from tests.contract.lab_worlds import ENDS, NODES, WORLDS, World
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab

SIMULATED = [*WORLDS]


@pytest.fixture(params=[*SIMULATED, pytest.param("real", marks=[pytest.mark.real])])
async def world(
    request: pytest.FixtureRequest, tmp_path: Path, real_program: Callable[[str], Path]
) -> AsyncIterator[World]:
    """Give a provider that holds no lab yet."""
    if request.param == "real":
        yield lab_worlds.real(tmp_path, real_program("netlab"))
        return
    async with WORLDS[request.param](tmp_path) as one:
        yield one


async def done(work: object) -> LabId:
    """Return what a part of a world comes to, at once or later."""
    found = await work if inspect.isawaitable(work) else work
    return LabId(str(found))


@pytest.mark.timeout(400)
async def test_the_life_of_a_lab(world: World) -> None:
    """A lab is not there, is there with all that belongs to it, and is gone again."""
    provider = world.provider
    nothing = await provider.list_for_user()
    assert nothing.labs == ()
    assert await provider.list_metadata() == ()
    with pytest.raises(NotFound):
        await provider.detail(LabId(f"{provider.upstream}:nowhere"))

    lab_id = await done(world.start())
    assert upstream_of(lab_id) == provider.upstream
    assert native_of(lab_id)
    (lab,) = (await provider.list_for_user()).labs
    assert (lab.id, lab.name, lab.state) == (lab_id, "still", world.state)
    assert (lab.owner, lab.provider, lab.kind) == (world.owner, provider.upstream, provider.kind)
    assert lab.nodes_total == (3 if "nodes" in world.tells else None)
    running = (await provider.list_running()).labs
    assert running == ((lab,) if world.state is LabState.RUNNING else ())
    await _everything_of(world, lab_id)

    await done(world.stop())
    assert (await provider.list_for_user()).labs == ()
    with pytest.raises(NotFound):
        await provider.get_metadata(lab_id)


async def _everything_of(world: World, lab_id: LabId) -> None:
    """Look at one lab in every way there is."""
    provider = world.provider
    detail = await provider.detail(lab_id)
    assert detail.lab.id == lab_id
    assert [one.name for one in detail.nodes] == [*NODES] * ("nodes" in world.tells)
    wires = [sorted(end.node for end in one.ends) for one in detail.links]
    assert wires == [sorted(one) for one in ENDS] * ("links" in world.tells)
    # What it does not tell it says, and nothing else is missing.
    known = {word for word in ("nodes", "links") if word not in world.tells}
    unsaid = [one for one in detail.missing if "watch" not in one and "pod" not in one]
    assert all(known & set(one.replace(":", "").split()) for one in unsaid)
    moments = [step.at for step in detail.steps if step.at is not None]
    assert moments == sorted(moments)

    assert (await provider.get_metadata(lab_id))["lab_id"] == lab_id
    (metadata,) = await provider.list_metadata()
    assert {"lab_id", "name"} <= metadata.keys()

    somebody_else = LabQuery(owner="grace")
    assert (await provider.list_for_user(somebody_else)).labs == ()
    if world.owner:
        assert len((await provider.list_for_user(LabQuery(owner=world.owner))).labs) == 1
    if isinstance(provider, Reporter):
        assert "LINKS" in await provider.report(lab_id, "wiring") or "r1-r2" in (
            await provider.report(lab_id, "wiring")
        )
    if isinstance(provider, GraphSource):
        assert "--" in await provider.graph(lab_id)


async def test_a_source_says_how_its_labs_were_heard_of(world: World) -> None:
    """Every listing names its provider, its mode, how it was asked, where, and when."""
    for listing in (await world.provider.list_for_user(), await world.provider.list_running()):
        (source,) = listing.sources
        assert (source.provider, source.kind) == (world.provider.upstream, world.provider.kind)
        assert (source.mode, source.error) == (UpstreamState.LIVE, "")
        assert source.transport == (world.transport or source.transport)
        assert source.as_of is not None
        assert source.endpoint or source.transport == "output of runs"


@pytest.mark.parametrize("world", SIMULATED, indirect=True)
async def test_a_provider_that_is_not_there(world: World) -> None:
    """Without its program or server a provider says why, and invents no labs."""
    lab_id = await done(world.start())
    await done(world.take_away())
    if world.gone is None:
        return  # what it tells was brought here before
    for listing in (await world.provider.list_for_user(), await world.provider.list_running()):
        (source,) = listing.sources
        assert (listing.labs, source.mode, source.as_of) == ((), world.gone[0], None)
        assert world.gone[1] in source.error
        assert source.advice
    for asking in (world.provider.get_metadata(lab_id), world.provider.list_metadata(),
                   world.provider.detail(lab_id)):  # fmt: skip
        with pytest.raises(Unavailable):
            await asking


@pytest.mark.parametrize("world", SIMULATED, indirect=True)
async def test_one_that_fails_hides_no_other(world: World) -> None:
    """Any provider can take another's place: what is wired differs in one line, nothing else.

    While it fails, its labs stay as known, and those of another one are as they are.
    """
    steady = FakeLabProvider(upstream="steady")
    elsewhere = {"directory": "/s", "topology": "", "provider": "steady"}
    steady.put(a_lab(id=LabId("steady:1"), name="steady", **elsewhere))
    providers: list[Any] = [world.provider, steady]  # the line that is changed
    core = Core(lab_providers=providers)
    await core.labs.sync(SYSTEM)
    assert [one.name for one in (await core.labs.all(SYSTEM)).labs] == ["steady"]
    lab_id = await done(world.start())
    await core.labs.sync(SYSTEM)
    labs = {one.name: one for one in (await core.labs.all(SYSTEM)).labs}
    assert labs.keys() == {"steady", "still"}
    assert (await core.labs.get(SYSTEM, lab_id)).lab.name == "still"
    assert (await core.labs.find(SYSTEM, "still")).id == lab_id
    assert (await core.labs.metadata(SYSTEM, lab_id))["lab_id"] == lab_id
    await done(world.take_away())
    await core.labs.sync(SYSTEM)
    view = await core.labs.all(SYSTEM)
    assert {one.name for one in view.labs} == {"steady", "still"}
    modes = {one.provider: one.mode for one in view.sources}
    assert modes["steady"] is UpstreamState.LIVE
    assert modes[world.provider.upstream] is (world.gone or (UpstreamState.LIVE, ""))[0]
