"""Projects are read anew without losing, inventing or retelling anything."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable, Untrusted
from skyforge_tui.domain.events import HealthChanged, ProjectsChanged
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import Principal, ProjectId, Role
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import Grant, ProjectKind, RepositoryFile
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.ports.project_host import ProjectListing
from tests.builders import NOON, PROJECT_ID, PROJECT_PATH, a_project, a_template
from tests.fakes.core import Core
from tests.fakes.project_host import FakeRepositoryHost
from tests.fakes.waiting import Gate, under_way, until

MANIFEST = f"{PROJECT_PATH}/skyforge.toml"
OTHER = a_project(path="/srv/other")


@pytest.fixture
def core() -> Core:
    """Return services on fakes, whose host holds one project with one template."""
    core = Core()
    core.host.put(a_project(), a_template())
    return core


async def test_first_reading_adds(core: Core) -> None:
    """What is found for the first time is written, remembered and told, in that order."""
    committed: list[int] = []
    core.bus.subscribe(lambda _: committed.append(core.project_cache.writes))
    await core.catalog.read_all()
    assert core.told(ProjectsChanged) == [ProjectsChanged(frozenset({PROJECT_ID}))]
    assert committed[0] == 1
    assert core.project_cache.held[PROJECT_ID].seen_at == NOON
    assert core.catalog.templates_of(PROJECT_ID) == (a_template(),)
    assert core.health.lights()[0].state is UpstreamState.LIVE


async def test_same_again_is_silent(core: Core) -> None:
    """A second reading without a difference writes nothing and tells nobody."""
    core.host.put(a_project(), a_template(name="zulu"), a_template(name="alpha"))
    await core.catalog.read_all()
    core.events.clear()
    await core.catalog.read_all()
    assert core.project_cache.writes == 1
    assert core.told(ProjectsChanged) == []


async def test_change_is_told(core: Core) -> None:
    """A different project and a different template are each a change of the project."""
    await core.catalog.read_all()
    core.events.clear()
    core.host.put(a_project(description="spine and leaf"), a_template())
    await core.catalog.read_all()
    core.host.put(a_project(description="spine and leaf"), a_template(description="up"))
    await core.catalog.read_all()
    assert core.told(ProjectsChanged) == [ProjectsChanged(frozenset({PROJECT_ID}))] * 2
    assert core.catalog.templates_of(PROJECT_ID)[0].description == "up"


async def test_gone_leaves_its_name(core: Core) -> None:
    """Of a project that is gone only whose it was is kept, for its runs; that is told once."""
    core.host.put(OTHER)
    await core.catalog.read_all()
    core.events.clear()
    del core.host.contents[PROJECT_ID]
    await core.catalog.read_all()
    await core.catalog.read_all()
    assert core.told(ProjectsChanged) == [ProjectsChanged(frozenset({PROJECT_ID}))]
    assert [one.id for one in core.catalog.covered()] == [OTHER.id]
    assert core.catalog.template(a_template().id) is None
    assert core.project_cache.declared.get(PROJECT_ID) == ()
    left = core.project_cache.held[PROJECT_ID]
    assert (left.kind, left.created_by, left.files) == (ProjectKind.UNKNOWN, "ada", ())
    assert core.access.role(Principal("ada"), PROJECT_ID) is Role.OWNER
    core.host.put(a_project(), a_template())
    await core.catalog.read_all()
    assert core.catalog.templates_of(PROJECT_ID) == (a_template(),)


async def test_reconnect_finds_all(core: Core) -> None:
    """What was added, changed and deleted while a host was away is found when it is back."""
    core.host.put(OTHER)
    await core.catalog.read_all()
    core.host.down = Unavailable("no route")
    with pytest.raises(Unavailable):
        await core.catalog.read_all()
    new = a_project(path="/srv/new")
    core.host.put(new)
    core.host.put(a_project(description="changed"), a_template())
    del core.host.contents[OTHER.id]
    core.host.down = None
    await core.catalog.read_all()
    assert {one.id for one in core.catalog.covered()} == {PROJECT_ID, new.id}
    changed = core.access.project(PROJECT_ID)
    assert changed is not None
    assert changed.description == "changed"


async def test_unavailable_deletes_nothing(core: Core) -> None:
    """A host that does not answer loses nothing; its light says so."""
    await core.catalog.read_all()
    core.events.clear()
    core.host.down = Unavailable("no route")
    with pytest.raises(Unavailable, match="no route"):
        await core.catalog.read_all()
    assert core.access.project(PROJECT_ID) is not None
    assert core.catalog.template(a_template().id) is not None
    assert core.events == [HealthChanged("local")]


async def test_unreadable_is_kept(core: Core) -> None:
    """A project that is there but cannot be listed in full stays as it was."""
    await core.catalog.read_all()
    core.host.unreadable.add(PROJECT_ID)
    await core.catalog.read_all()
    assert core.access.project(PROJECT_ID) is not None
    assert core.catalog.template(a_template().id) is not None


async def test_broken_project_says_so(core: Core) -> None:
    """A project that cannot be read in depth keeps its templates and says what is wrong."""
    core.host.put(OTHER)
    await core.catalog.read_all()
    core.host.broken.add(PROJECT_ID)
    await core.catalog.read_all()
    broken = core.access.project(PROJECT_ID)
    assert broken is not None
    assert [one.title for one in broken.notices] == ["edge-fabric cannot be read"]
    assert broken.notices[0].where == PROJECT_PATH
    assert core.catalog.template(a_template().id) is not None
    healthy = core.access.project(OTHER.id)
    assert healthy is not None
    assert healthy.notices == ()


async def test_a_manifest_that_cannot_be_read_now_still_counts(core: Core) -> None:
    """Who is less by a manifest than by its server is so too while nobody can read it."""
    grant = Grant("ada", "admin", Role.OWNER)
    members = Members(frozenset({"olga"}), viewers=frozenset({"ada"}))
    said = ProjectManifest("Edge", members=members)
    core.host.put(replace(OTHER, created_by="olga", grant=grant, manifest=said))
    await core.catalog.read_all()
    assert core.access.role(Principal("ada"), OTHER.id) is Role.VIEWER
    core.host.broken.add(OTHER.id)
    await core.catalog.read_all()
    assert core.access.known(OTHER.id).notices
    assert core.access.role(Principal("ada"), OTHER.id) is Role.VIEWER
    assert core.access.known(OTHER.id).manifest == said


async def test_dead_host_harms_no_other() -> None:
    """A host that does not answer keeps no other one from being read."""
    dead, alive = FakeRepositoryHost("gitea"), FakeRepositoryHost("local")
    dead.down = Unavailable("no route", upstream="gitea")
    alive.put(a_project(), a_template())
    core = Core(hosts=[dead, alive])
    with pytest.raises(Unavailable, match="gitea: no route"):
        await core.catalog.read_all()
    assert core.access.project(PROJECT_ID) is not None
    assert [one.state for one in core.health.lights()] == [UpstreamState.ERROR, UpstreamState.LIVE]
    ada = Principal("ada")
    assert await core.projects.try_sync(ada) == {"gitea": dead.down}
    assert (await core.projects.find(ada, "edge-fabric")).project.id == PROJECT_ID
    for find in (core.projects.find, core.projects.find_template):
        with pytest.raises(Unavailable, match="nothing is known; gitea: no route"):
            await find(ada, "nothing")
    dead.down = None
    assert await core.projects.try_sync(ada) == {}
    with pytest.raises(NotFound):
        await core.projects.find(ada, "nothing")


async def test_vanishing_while_read(core: Core) -> None:
    """A project that vanishes between listing and reading is gone."""
    await core.catalog.read_all()
    listed = await core.host.list_projects()
    del core.host.contents[PROJECT_ID]

    async def as_before() -> ProjectListing:
        return listed

    core.host.list_projects = as_before  # type: ignore[method-assign]
    await core.catalog.read_all()
    assert core.catalog.covered() == []


async def test_memory_survives(core: Core) -> None:
    """After a restart everything is known from the cache before anybody asks a host."""
    await core.catalog.read_all()
    await core.catalog.trust(PROJECT_ID, a_template().sources, "ada")
    again = Core(hosts=[FakeRepositoryHost()], project_cache=core.project_cache, trust=core.trust)
    await again.catalog.open()
    assert again.access.project(PROJECT_ID) is not None
    template = again.catalog.template(a_template().id)
    assert template is not None
    assert template.is_trusted


async def test_two_readings_at_once(core: Core) -> None:
    """Two readings at once lose nothing, and tell once of each: that it is there, what it holds."""
    for number in range(40):
        path = f"/srv/{number}"
        core.host.put(a_project(path=path), a_template(project_id=ProjectId(f"local:{path}")))
    await asyncio.gather(core.catalog.read_all(), core.catalog.read_all())
    assert len(core.access.projects()) == 41
    told = [one for event in core.told(ProjectsChanged) for one in event.project_ids]
    assert Counter(told) == dict.fromkeys((one.id for one in core.access.projects()), 2)
    assert set(core.project_cache.held) == {one.id for one in core.access.projects()}


async def test_reading_one_among_all(core: Core) -> None:
    """Reading one project and all at once leaves both in step."""
    core.host.put(OTHER)
    await core.catalog.read_all()
    core.host.put(replace(OTHER, description="new"))
    core.host.put(a_project(description="new too"), a_template())
    await asyncio.gather(core.catalog.read(OTHER.id), core.catalog.read_all())
    assert {one.description for one in core.access.projects()} == {"new", "new too"}


async def test_knowing_what_runs_name(core: Core) -> None:
    """A project named by a run is known by name even when it is nowhere to be listed."""
    elsewhere = ProjectId("local:/gone/lab")
    await core.catalog.know({elsewhere, ProjectId("semaphore:7")})
    known = core.access.project(elsewhere)
    assert known is not None
    assert known.slug == "lab"
    assert core.host.described == [elsewhere]
    await core.catalog.know({elsewhere})
    assert core.host.described == [elsewhere]


async def test_knowing_does_not_flatten(core: Core) -> None:
    """A glance at a project never replaces what was read of it in depth meanwhile."""
    files = (RepositoryFile("site.yml", 120),)
    core.host.put(a_project(files=files, file_count=1), a_template())
    core.host.describing.close()
    async with under_way(core.catalog.know({PROJECT_ID})) as (knowing,):
        await core.host.describing.reached()
        await core.catalog.read_all()
        core.host.describing.open()
        await knowing
    project = core.access.project(PROJECT_ID)
    assert project is not None
    assert project.files == files
    assert core.project_cache.held[PROJECT_ID].files == files


async def test_knowing_waits_for_writing(core: Core) -> None:
    """A glance that ends while the depth is being written does not replace it either."""
    files = (RepositoryFile("site.yml", 120),)
    core.host.put(a_project(files=files, file_count=1), a_template())
    core.host.describing.close()
    core.project_cache.writing.close()
    async with under_way(core.catalog.know({PROJECT_ID}), core.catalog.read_all()) as tasks:
        await core.host.describing.reached()
        await core.project_cache.writing.reached()
        core.host.describing.open()
        await until(lambda: core.host.described)
        core.project_cache.writing.open()
        await asyncio.gather(*tasks)
    assert core.project_cache.held[PROJECT_ID].files == files


async def test_covered_hides_elsewhere(core: Core) -> None:
    """Projects outside the workspaces are known by their people, but not listed."""
    elsewhere = ProjectId("local:/gone/lab")
    core.host.uncovered.add(elsewhere)
    await core.catalog.read_all()
    await core.catalog.know({elsewhere})
    assert {one.id for one in core.catalog.covered()} == {PROJECT_ID}
    await core.catalog.read_all()
    assert core.access.project(elsewhere) is not None


async def test_unconfigured_host(core: Core) -> None:
    """What was cached of a host that is no longer configured is not found, not a crash."""
    project = a_project(id=ProjectId("gitea:7"))
    template = a_template(project_id=project.id)
    await core.project_cache.write([project], {project.id: [template]}, frozenset())
    await core.catalog.open()
    assert core.catalog.covered() == []
    with pytest.raises(NotFound, match="gitea"):
        await core.catalog.fresh(template.id)


async def test_innermost_project(core: Core) -> None:
    """A path belongs to the innermost project around it, and to none beside them."""
    inner = a_project(path=f"{PROJECT_PATH}/labs/inner")
    core.host.put(inner)
    await core.catalog.read_all()
    at = core.catalog.project_at
    assert at(Path(PROJECT_PATH)).id == PROJECT_ID
    assert at(Path(PROJECT_PATH, "labs")).id == PROJECT_ID
    assert at(Path(inner.path, "site.yml")).id == inner.id
    for outside in ("/srv", f"{PROJECT_PATH}-2/x", "/"):
        with pytest.raises(NotFound, match="no project holds"):
            at(Path(outside))


async def test_trust_is_for_content(core: Core) -> None:
    """Trust is for one content: another content of the same file has none."""
    await core.catalog.read_all()
    await core.catalog.trust(PROJECT_ID, a_template().sources, "ada")
    assert core.catalog.templates_of(PROJECT_ID)[0].is_trusted
    core.host.edit(MANIFEST, "1" * 64)
    await core.catalog.read_all()
    assert not core.catalog.templates_of(PROJECT_ID)[0].is_trusted
    core.host.edit(MANIFEST, "0" * 64)
    await core.catalog.read_all()
    assert core.catalog.templates_of(PROJECT_ID)[0].is_trusted
    assert core.trust.pairs[(MANIFEST, "0" * 64)] == ("ada", NOON)


async def test_trust_given_elsewhere_is_heard(core: Core) -> None:
    """What another process trusted, or forgot, holds from the next look on, and is told once."""
    await core.catalog.read_all()
    core.events.clear()
    await core.trust.trust(a_template().sources, "ada", NOON)
    await core.catalog.read_all()
    await core.catalog.read_all()
    assert core.catalog.templates_of(PROJECT_ID)[0].is_trusted
    assert core.told(ProjectsChanged) == [ProjectsChanged(frozenset({PROJECT_ID}))]
    core.trust.pairs.clear()
    with pytest.raises(Untrusted):
        await core.catalog.fresh(a_template().id)
    await core.trust.trust(a_template().sources, "ada", NOON)
    assert (await core.catalog.fresh(a_template().id)).is_trusted


async def test_sourceless_is_never_trusted(core: Core) -> None:
    """A template that comes from no file cannot be trusted."""
    core.host.put(a_project(), a_template(sources=()))
    await core.catalog.read_all()
    with pytest.raises(Untrusted):
        await core.catalog.fresh(a_template().id)


async def test_fresh_refuses_unread_change(core: Core) -> None:
    """Trusted content that changed and cannot be read again is refused, not run as remembered."""
    await core.catalog.read_all()
    await core.catalog.trust(PROJECT_ID, a_template().sources, "ada")
    assert (await core.catalog.fresh(a_template().id)).is_trusted
    core.host.edit(MANIFEST, "1" * 64)
    core.host.broken.add(PROJECT_ID)
    with pytest.raises(Conflict, match="could not be read again"):
        await core.catalog.fresh(a_template().id)


async def test_fresh_reads_again(core: Core) -> None:
    """A template whose file changed is read again before anything is decided."""
    await core.catalog.read_all()
    changed = a_template(
        command=("netlab", "up", "--fast"), sources=(replace(a_template().sources[0], sha256="2"),)
    )
    core.host.put(a_project(), changed)
    await core.catalog.trust(PROJECT_ID, changed.sources, "ada")
    assert (await core.catalog.fresh(changed.id)).command == ("netlab", "up", "--fast")
    core.host.files.clear()
    with pytest.raises(NotFound, match="is gone"):
        await core.catalog.fresh(changed.id)


async def test_what_is_read_is_shown_while_others_are_read(core: Core) -> None:
    """A project that is slow to read keeps none of the others from being known."""
    slow = a_project(path="/srv/slow")
    core.host.put(slow, a_template(project_id=slow.id, name="slow"))
    core.host.slow[slow.id] = gate = Gate()
    gate.close()
    async with under_way(core.catalog.read_all()) as (reading,):
        await until(lambda: core.catalog.templates_of(PROJECT_ID))
        assert core.catalog.templates_of(slow.id) == ()
        assert core.health.lights()[0].state is UpstreamState.UNKNOWN
        gate.open()
        await reading
    assert core.catalog.templates_of(slow.id) != ()
    assert core.health.lights()[0].state is UpstreamState.LIVE


async def test_many_are_told_of_before_they_are_read(core: Core) -> None:
    """Of many projects one hears at once that they are there; what they hold comes later."""
    many = [a_project(path=f"/srv/p{number}") for number in range(40)]
    for one in many:
        core.host.put(one)
    core.host.slow[many[7].id] = gate = Gate()
    gate.close()
    async with under_way(core.catalog.read_all()) as (reading,):
        await until(lambda: len(core.access.projects()) == 41)
        assert {one.id for one in many} <= {one.id for one in core.access.projects()}
        await until(lambda: sum(one.seen_at is not None for one in core.access.projects()) == 40)
        (waiting,) = (one for one in core.access.projects() if one.seen_at is None)
        assert waiting.id == many[7].id
        gate.open()
        await reading
    assert all(one.seen_at is not None for one in core.access.projects())
