"""Projects are read at the start, and when somebody asks."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.jobs.project_sync import ProjectSync
from tests.builders import PROJECT_ID, a_project, a_template
from tests.fakes.core import Core
from tests.fakes.waiting import under_way, until

EVE = Principal("eve")
OTHER = a_project(path="/srv/other")


@pytest.fixture
def core() -> Core:
    """Return services whose host holds two projects."""
    core = Core()
    core.host.put(a_project(), a_template())
    core.host.put(OTHER)
    return core


async def test_reads_all_at_the_start(core: Core) -> None:
    """Everything is read once at the start, without being asked."""
    job = ProjectSync(core.projects, core.bus)
    async with under_way(job.run()):
        await until(lambda: len(core.access.projects()) == 2)
    assert sorted(core.host.reads) == sorted([PROJECT_ID, OTHER.id])


async def test_reads_one_when_asked(core: Core) -> None:
    """Who asks for one project has one project read."""
    async with under_way(ProjectSync(core.projects, core.bus).run()):
        await until(lambda: len(core.access.projects()) == 2)
        core.host.put(a_project(description="new"), a_template())
        await core.projects.request_sync(EVE, PROJECT_ID)
        await until(lambda: core.project_cache.held[PROJECT_ID].description == "new")
    assert core.host.reads[2:] == [PROJECT_ID]


async def test_many_wishes_are_one(core: Core) -> None:
    """Wishes that come while everything is read are fulfilled together, each project once."""
    core.host.listing.close()
    async with under_way(ProjectSync(core.projects, core.bus).run()):
        await core.host.listing.reached()
        for _ in range(20):
            await core.projects.request_sync(EVE, PROJECT_ID)
        core.host.listing.open()
        await until(lambda: len(core.host.reads) == 3)
        await core.projects.request_sync(EVE, OTHER.id)
        await until(lambda: core.host.reads[-1] == OTHER.id and len(core.host.reads) > 3)
    assert core.host.reads[2:] == [PROJECT_ID, OTHER.id]


async def test_all_holds_each(core: Core) -> None:
    """A wish for everything fulfils the wishes for single projects beside it."""
    core.host.listing.close()
    async with under_way(ProjectSync(core.projects, core.bus).run()):
        await core.host.listing.reached()
        await core.projects.request_sync(EVE, PROJECT_ID)
        await core.projects.request_sync(EVE)
        await core.projects.request_sync(EVE, OTHER.id)
        core.host.listing.open()
        await until(lambda: len(core.host.reads) == 4)
        await core.projects.request_sync(EVE, OTHER.id)
        await until(lambda: len(core.host.reads) == 5)
    assert sorted(core.host.reads[2:4]) == sorted([PROJECT_ID, OTHER.id])


async def test_failure_is_the_runners(core: Core) -> None:
    """A host that does not answer ends the pass with its reason; nobody listens any more."""
    core.host.down = Unavailable("no route", upstream="local")
    job = ProjectSync(core.projects, core.bus)
    with pytest.raises(Unavailable, match="local: no route"):
        await job.run()
    core.host.down = None
    await core.projects.request_sync(EVE)
    assert core.host.reads == []


async def test_unknown_project_is_said(core: Core) -> None:
    """A wish for a project that is not there ends the pass with its reason."""
    async with under_way(ProjectSync(core.projects, core.bus).run()) as (syncing,):
        await until(lambda: len(core.host.reads) == 2)
        await core.projects.request_sync(EVE, ProjectId("local:/nowhere"))
        with pytest.raises(NotFound):
            await syncing
