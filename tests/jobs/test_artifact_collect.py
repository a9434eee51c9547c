"""What runs made is kept as they end, also of those that ended while nobody looked."""

from __future__ import annotations

import asyncio

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import LOCAL, SYSTEM, RunId
from skyforge_tui.domain.run import RunState
from skyforge_tui.jobs.artifact_collect import ArtifactCollect
from skyforge_tui.jobs.runner import running
from skyforge_tui.services.collector import CLAIM
from tests.builders import a_detail, a_project, a_spec
from tests.fakes.core import Core
from tests.fakes.waiting import under_way, until


def local(number: int) -> RunId:
    """Return the id of a local run."""
    return RunId(f"local:{number}")


def ends(core: Core, *numbers: int) -> None:
    """Let these runs have ended, each leaving a file."""
    for number in numbers:
        core.engine.put(a_detail(number=number, spec=a_spec(artifacts=("*",))))
        core.logs.outputs[str(number)] = b"SKYFORGE_OUTPUT lab=up\n"
    core.shelf.cache.ended = [local(number) for number in sorted(numbers, reverse=True)]


@pytest.fixture
async def core() -> Core:
    """Return services with two runs that ended while nobody looked."""
    core = Core()
    core.host.put(a_project())
    await core.catalog.read_all()
    core.shelf.files.held = {"a.cfg": b"x"}
    ends(core, 1, 2)
    await core.runs.refresh(SYSTEM, LOCAL)
    return core


@pytest.fixture
def job(core: Core) -> ArtifactCollect:
    """Return the job."""
    return ArtifactCollect(core.artifacts, core.bus, core.clock)


async def stored(core: Core) -> list[str]:
    """Return the keys in the store."""
    return [one.key for one in (await core.shelf.store.page("", deep=True)).artifacts]


async def test_catches_up(core: Core, job: ArtifactCollect) -> None:
    """What ended before the program began is kept, the newest first."""
    async with under_way(job.run()):
        await until(lambda: len(core.shelf.cache.held) == 2)
    assert list(core.shelf.cache.held) == [local(2), local(1)]
    assert "artifacts/edge-fabric/1/a.cfg" in await stored(core)


async def test_hears_of_ends(core: Core, job: ArtifactCollect) -> None:
    """A run that ends while the program is open is kept without anybody asking."""
    async with under_way(job.run()):
        await until(lambda: len(core.shelf.cache.held) == 2)
        ends(core, 1, 2, 3)
        await core.runs.refresh(SYSTEM, LOCAL)
        await until(lambda: local(3) in core.shelf.cache.held)


async def test_comes_back(core: Core, job: ArtifactCollect) -> None:
    """What another program is at is looked at again after a while."""
    core.shelf.claims.taken.add(CLAIM)
    async with under_way(job.run()):
        await until(lambda: len(core.clock.slept) >= 3)
        assert core.shelf.cache.held == {}
        core.shelf.claims.taken.clear()
        await until(lambda: len(core.shelf.cache.held) == 2)


async def test_one_does_not_keep_the_others(
    core: Core, job: ArtifactCollect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that cannot be kept is said; the others are kept, and it is tried again."""
    original = core.shelf.files.find
    broken = {"is": True}

    async def find(directory: str, globs: object, paths: object) -> object:
        if (
            broken["is"]
            and local(1) not in core.shelf.cache.held
            and local(2) in core.shelf.cache.held
        ):
            raise Unavailable("the disk is full")
        return await original(directory, globs, paths)  # type: ignore[arg-type]

    monkeypatch.setattr(core.shelf.files, "find", find)
    with pytest.raises(Unavailable, match="full"):
        await job.run_once()
    assert set(core.shelf.cache.held) == {local(2)}
    async with running([job], core.bus, core.clock):
        await until(lambda: core.clock.slept)
        broken["is"] = False
        await until(lambda: local(1) in core.shelf.cache.held)


async def test_runs_that_live_again(core: Core, job: ArtifactCollect) -> None:
    """A run that is gone, or not over after all, ends nobody's patience."""
    core.shelf.cache.ended = [local(9), local(2), local(1)]
    core.engine.put(a_detail(number=2, state=RunState.RUNNING))
    await core.runs.refresh(SYSTEM, LOCAL, [local(2)])
    async with asyncio.timeout(60):
        await job.run_once()
    assert set(core.shelf.cache.held) == {local(1)}


async def test_two_programs(core: Core, job: ArtifactCollect) -> None:
    """Two programs at once keep everything once."""
    other = ArtifactCollect(core.artifacts, core.bus, core.clock)
    async with asyncio.timeout(60):
        await asyncio.gather(job.run_once(), other.run_once())
    assert len(core.shelf.files.asked) == 2
    assert len(await stored(core)) == 4
