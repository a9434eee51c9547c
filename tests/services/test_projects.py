"""What one may do with projects and the templates they declare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from skyforge_tui.domain.events import ProjectsChanged, SyncRequested
from skyforge_tui.domain.identity import LOCAL, Principal, ProjectId, Role, TemplateId
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.template import Source
from tests.builders import PROJECT_ID, PROJECT_PATH, a_project, a_template
from tests.fakes.core import Core
from tests.fakes.project_host import FakeRepositoryHost

ADA, EVE, VERA = Principal("ada"), Principal("eve"), Principal("vera")
MINE = Members(viewers=frozenset({"vera"}))
THEIRS = a_project(path="/srv/theirs", created_by="bob")
SITE = a_template(name="site", sources=(Source(f"{PROJECT_PATH}/plays/site.yml", "5" * 64),))
THEIR_SITE = a_template(name="site", project_id=THEIRS.id, sources=(Source("/srv/theirs/s", "6"),))


@pytest.fixture
async def core() -> Core:
    """Return services that know ada's project with two templates, and bob's with one."""
    core = Core()
    core.host.put(a_project(members=MINE), a_template(), SITE)
    core.host.put(THEIRS, THEIR_SITE)
    await core.catalog.read_all()
    core.events.clear()
    return core


async def test_all_shows_roles(core: Core) -> None:
    """Everybody sees that projects exist; their templates only with a role there."""
    views = await core.projects.all(ADA)
    assert [(one.project.slug, one.role, len(one.templates)) for one in views] == [
        ("edge-fabric", Role.OWNER, 2),
        ("theirs", Role.NONE, 0),
    ]
    nobody = await core.projects.all(EVE)
    assert [len(one.templates) for one in nobody] == [0, 0]


async def test_those_of_one_name_stand_by_their_servers() -> None:
    """Which server was heard first does not say which of two namesakes stands first."""
    core = Core(hosts=[FakeRepositoryHost(one) for one in ("zeta", LOCAL, "alpha")])
    for host in core.hosts:
        one = ProjectId(f"{host.upstream}:1")
        host.put(a_project(id=one, slug="edge-fabric", members=MINE))
    await core.catalog.read_all()
    views = await core.projects.all(ADA)
    assert [one.project.full_name for one in views] == [
        "alpha:edge-fabric",
        "local:edge-fabric",
        "zeta:edge-fabric",
    ]


async def test_get_needs_a_role(core: Core) -> None:
    """A viewer reads a project; a stranger does not; an unknown one is not found."""
    assert (await core.projects.get(VERA, PROJECT_ID)).role is Role.VIEWER
    with pytest.raises(Forbidden):
        await core.projects.get(EVE, PROJECT_ID)
    for principal in (ADA, Principal("root", is_admin=True)):
        with pytest.raises(NotFound):
            await core.projects.get(principal, ProjectId("local:/nowhere"))


@pytest.mark.parametrize("name", ["edge-fabric", PROJECT_ID, PROJECT_PATH])
async def test_find(core: Core, name: str) -> None:
    """A project is found by slug, id or path, by those who may see it."""
    assert (await core.projects.find(VERA, name)).project.id == PROJECT_ID
    with pytest.raises(NotFound, match="no project named"):
        await core.projects.find(EVE, name)


async def test_find_says_what_there_is(core: Core) -> None:
    """Whoever looks for a project that is not there is told of those they may see, only."""
    with pytest.raises(NotFound) as missed:
        await core.projects.find(VERA, "edge")
    assert missed.value.advice == "there are: edge-fabric"


async def test_projects_of_one_name_are_told_apart() -> None:
    """By server or by owner each of two namesakes can be meant, and is named so."""
    core = Core(hosts=[FakeRepositoryHost(one) for one in ("zeta", "alpha")])
    for host in core.hosts:
        path = f"https://{host.upstream}.example.net/{host.upstream[:1]}/edge"
        one = ProjectId(f"{host.upstream}:1")
        host.put(a_project(id=one, slug="edge", path=path, members=MINE))
    await core.catalog.read_all()
    for name in ("zeta:edge", "z/edge", "zeta.example.net/z/edge"):
        assert (await core.projects.find(VERA, name)).project.id == "zeta:1"
    with pytest.raises(Conflict):
        await core.projects.find(VERA, "edge")
    with pytest.raises(NotFound) as missed:
        await core.projects.find(VERA, "dge")
    assert missed.value.advice == "there are: alpha:edge, zeta:edge"


async def test_templates_are_filtered(core: Core) -> None:
    """Templates of projects without a role there are not told."""
    assert {one.project_id for one in await core.projects.templates(VERA)} == {PROJECT_ID}
    assert await core.projects.templates(EVE) == []


async def test_find_template(core: Core) -> None:
    """A template is found by name, by project and name, or by id."""
    for name in ("netlab-up", "edge-fabric/netlab-up", a_template().id):
        assert (await core.projects.find_template(ADA, name)).id == a_template().id
    with pytest.raises(NotFound, match="no template named nope"):
        await core.projects.find_template(ADA, "nope")


async def test_ambiguous_template(core: Core) -> None:
    """A name that two visible projects use is refused with both full names, else it is clear."""
    assert (await core.projects.find_template(ADA, "site")).id == SITE.id
    admin = Principal("root", is_admin=True)
    with pytest.raises(Conflict) as refused:
        await core.projects.find_template(admin, "site")
    assert refused.value.advice == "say one of edge-fabric/site, theirs/site"
    assert (await core.projects.find_template(admin, "theirs/site")).id == THEIR_SITE.id


async def test_get_template_needs_a_role(core: Core) -> None:
    """One template is read by those with a role in its project."""
    assert (await core.projects.get_template(VERA, SITE.id)).name == "site"
    with pytest.raises(Forbidden):
        await core.projects.get_template(EVE, SITE.id)
    with pytest.raises(NotFound):
        await core.projects.get_template(ADA, TemplateId("local:/nowhere#x"))


async def test_a_template_is_as_it_is_now(core: Core) -> None:
    """Whoever asks for a template sees that its content changed, though nobody looked again."""
    await core.projects.trust(ADA, PROJECT_ID, SITE.sources)
    assert (await core.projects.get_template(ADA, SITE.id)).is_trusted
    core.host.edit(SITE.sources[0].path, "f" * 64)
    assert not (await core.projects.get_template(ADA, SITE.id)).is_trusted


async def test_only_owners_trust(core: Core) -> None:
    """An owner trusts what a project declares; a viewer does not."""
    with pytest.raises(Forbidden, match="needs owner"):
        await core.projects.trust(VERA, PROJECT_ID, SITE.sources)
    assert core.trust.pairs == {}
    await core.projects.trust(ADA, PROJECT_ID, SITE.sources)
    assert set(core.trust.pairs) == {(one.path, one.sha256) for one in SITE.sources}
    assert core.told(ProjectsChanged) == [ProjectsChanged(frozenset({PROJECT_ID}))]


async def test_trust_stays_at_home(core: Core) -> None:
    """Owning one project trusts nothing that another one declares."""
    with pytest.raises(Invalid, match="declares nothing in this project"):
        await core.projects.trust(ADA, PROJECT_ID, [*SITE.sources, *THEIR_SITE.sources])
    assert core.trust.pairs == {}


async def test_sources_at(core: Core) -> None:
    """The files that declare something at or below a path are read anew and named once."""
    project_id, sources = await core.projects.sources_at(ADA, Path(PROJECT_PATH))
    assert project_id == PROJECT_ID
    assert sources == (*SITE.sources, *a_template().sources)
    core.host.edit(SITE.sources[0].path, "7" * 64)
    _, sources = await core.projects.sources_at(ADA, Path(PROJECT_PATH, "plays"))
    assert sources == (replace(SITE.sources[0], sha256="7" * 64),)


async def test_sources_at_nothing(core: Core) -> None:
    """A path that declares nothing, or that no project holds, is not found; others' is refused."""
    with pytest.raises(NotFound, match="declares nothing"):
        await core.projects.sources_at(ADA, Path(PROJECT_PATH, "docs"))
    with pytest.raises(NotFound, match="no project holds"):
        await core.projects.sources_at(ADA, Path("/etc"))
    with pytest.raises(Forbidden):
        await core.projects.sources_at(EVE, Path(PROJECT_PATH))


async def test_request_sync(core: Core) -> None:
    """Asking for a fresh look is an event; it reads nothing by itself."""
    core.host.reads.clear()
    await core.projects.request_sync(EVE)
    await core.projects.request_sync(EVE, PROJECT_ID)
    assert core.events == [SyncRequested(None), SyncRequested(PROJECT_ID)]
    assert core.host.reads == []


async def test_sync(core: Core) -> None:
    """Reading anew reads one project or all."""
    core.host.reads.clear()
    await core.projects.sync(ADA, PROJECT_ID)
    assert core.host.reads == [PROJECT_ID]
    await core.projects.sync(ADA)
    assert sorted(core.host.reads[1:]) == sorted([PROJECT_ID, THEIRS.id])
    with pytest.raises(NotFound):
        await core.projects.sync(ADA, ProjectId("local:/nowhere"))
