"""What every host of repositories keeps: the same assertions against each implementation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, NotFound, Stale
from skyforge_tui.domain.identity import LOCAL, Principal, Role
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import ProjectKind, access_level
from skyforge_tui.domain.project_manifest import PATH
from skyforge_tui.domain.repository import EntryKind, FileChange, FolderPage
from skyforge_tui.ports.repository_host import COMMIT_PAGE, FOLDER_PAGE, RepositoryHost
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from tests.contract.repository_worlds import (
    FILES,
    WORLDS,
    World,
    estate_world,
    local_world,
    make_large,
)

ODD = "lab/ospf # 100%/Übersicht & <x>?\nzwei.yml"
MIB = 1024 * 1024


@pytest.fixture(params=list(WORLDS))
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Give a host with one repository in it."""
    async with WORLDS[request.param](tmp_path) as made:
        yield made


async def top_of(world: World, ref: str = "main") -> FolderPage:
    """Return the topmost folder of a branch."""
    newest = (await world.host.commits(world.project, ref)).commits[0]
    return await world.host.folder(world.project, newest.sha)


async def object_of(world: World, path: str) -> str:
    """Return what the content of a file is called now."""
    found = await world.host.read_file(world.project, "main", path, MIB)
    assert found is not None
    return found.object_id


async def test_a_repository_is_a_project(world: World) -> None:
    """It is listed with its branch, and read with its newest commit and its files."""
    assert isinstance(world.host, RepositoryHost)
    listing = await world.host.list_projects()
    (listed,) = [one for one in listing.projects if one.id == world.project.id]
    assert (listed.kind, listed.branch) == (ProjectKind.GIT, "main")
    assert access_level(listed, Principal("ada")) is Role.OWNER
    read = (await world.host.read_project(listed)).project
    assert read.commit is not None
    assert read.commit.subject == "First light"
    assert [one.path for one in read.files] == sorted(FILES)
    assert read.file_count == len(FILES)
    assert world.host.covers(listed.id)
    assert (await world.host.describe(listed.id)).slug == listed.slug


async def test_folders_lead_to_files(world: World) -> None:
    """From the topmost folder every file is reached by names of contents, with its true size."""
    found: dict[str, int] = {}

    async def walk(tree: str, above: str) -> None:
        page = await world.host.folder(world.project, tree)
        assert page.total == len(page.entries)
        for entry in page.entries:
            if entry.kind is EntryKind.FOLDER:
                await walk(entry.object_id, f"{above}{entry.name}/")
            else:
                found[above + entry.name] = entry.size

    newest = (await world.host.commits(world.project, "main")).commits[0]
    await walk(newest.sha, "")
    assert found == {path: len(data) for path, data in FILES.items()}


async def test_files_are_read_as_far_as_wanted(world: World) -> None:
    """The first bytes come with the true size; what is no file is none."""
    host, project = world.host, world.project
    part = await host.read_file(project, "main", "README.md", 3)
    assert part is not None
    assert (part.data, part.size, part.is_whole) == (b"# E", 8, False)
    whole = await host.read_file(project, "main", "README.md", MIB)
    assert whole is not None
    assert (whole.data, whole.is_whole) == (FILES["README.md"], True)
    names = {one.name: one.object_id for one in (await top_of(world)).entries}
    assert whole.object_id == names["README.md"]
    assert await host.read_file(project, "main", "nothing", MIB) is None
    assert await host.read_file(project, "main", "lab", MIB) is None


async def test_files_are_written_by_one_commit(world: World) -> None:
    """Made, changed and deleted files are one commit, which names them in its patch."""
    host, project = world.host, world.project
    changes = [
        FileChange(ODD, b"odd\n"),
        FileChange("README.md", b"new\n", await object_of(world, "README.md")),
        FileChange("lab/a b.yml", None, await object_of(world, "lab/a b.yml")),
    ]
    made = await host.write_files(project, changes, "Three at once", branch="main")
    page = await host.commits(project, "main")
    assert (page.commits[0].sha, page.commits[0].subject) == (made, "Three at once")
    assert page.total == 2
    odd = await host.read_file(project, made, ODD, MIB)
    assert odd is not None
    assert odd.data == b"odd\n"
    assert await host.read_file(project, "main", "lab/a b.yml", MIB) is None
    assert [one.sha for one in (await host.commits(project, "main", path=ODD)).commits] == [made]
    patch = await host.patch(project, made, MIB)
    assert patch.is_whole
    assert "-# Edges" in patch.text
    cut = await host.patch(project, made, 20)
    assert (len(cut.text), cut.is_whole) == (20, False)


async def test_what_changed_meanwhile_is_stale(world: World) -> None:
    """Who writes against an old content is told which file, and nothing of theirs is written."""
    host, project = world.host, world.project
    old = await object_of(world, "README.md")
    theirs = [FileChange("README.md", b"theirs\n", old)]
    await host.write_files(project, theirs, "Theirs", branch="main")
    mine = [FileChange("new.txt", b"x"), FileChange("README.md", b"mine\n", old)]
    with pytest.raises(Stale) as caught:
        await host.write_files(project, mine, "Mine", branch="main")
    assert caught.value.path == "README.md"
    with pytest.raises(Stale):
        await host.write_files(project, [FileChange("README.md", b"m")], "Mine", branch="main")
    assert await host.read_file(project, "main", "new.txt", MIB) is None
    now = await host.read_file(project, "main", "README.md", MIB)
    assert now is not None
    assert now.data == b"theirs\n"
    assert (await host.commits(project, "main")).total == 2


async def test_branches_may_have_slashes(world: World) -> None:
    """A branch with slashes is listed behind the default one, read and written like any other."""
    host, project = world.host, world.project
    name = "feature/evpn/phase-2"
    await world.branch(name)
    made = await host.write_files(project, [FileChange("on.txt", b"it")], "On it", branch=name)
    branches = await host.branches(project)
    assert [(one.name, one.is_default) for one in branches] == [("main", True), (name, False)]
    assert branches[1].commit.sha == made
    assert await host.read_file(project, "main", "on.txt", MIB) is None
    assert await host.read_file(project, name, "on.txt", MIB) is not None
    assert "on.txt" in {one.name for one in (await top_of(world, name)).entries}


async def test_a_program_is_one_where_the_host_can_make_it_so(world: World) -> None:
    """A new file is executable where that can be had; a change of what is in it leaves it so."""
    host, project = world.host, world.project
    held = [FileChange("go.sh", b"one", is_executable=True)]
    for data in (b"two", b"three"):
        await host.write_files(project, held, "Go", branch="main")
        modes = {one.name: one.is_executable for one in (await top_of(world)).entries}
        assert (modes["go.sh"], modes["README.md"]) == (host.upstream == LOCAL, False)
        held = [FileChange("go.sh", data, await object_of(world, "go.sh"))]


async def test_an_empty_repository_begins_with_a_write(world: World) -> None:
    """Without a commit there are no branches and no commits; the first write makes both."""
    project = await world.empty()
    host = world.host
    assert await host.branches(project) == ()
    assert (await host.commits(project, "main")).commits == ()
    await host.write_files(project, [FileChange("first.txt", b"x")], "First", branch="main")
    assert [one.name for one in await host.branches(project)] == ["main"]
    assert [one.subject for one in (await host.commits(project, "main")).commits] == ["First"]


async def test_what_is_gone_is_not_found(world: World) -> None:
    """A commit that never was, and a repository that is gone, are not found; a branch by name."""
    with pytest.raises(NotFound):
        await world.host.folder(world.project, "0" * 40)
    with pytest.raises(NotFound, match="no branch or commit nope"):
        await world.host.commits(world.project, "nope")
    await world.remove()
    with pytest.raises(NotFound):
        await world.host.read_project(world.project)


async def test_a_large_repository_is_read_in_pieces(tmp_path: Path) -> None:
    """50,000 files, a file of 200 MB and a long history come in pages, and cost what is shown."""
    files, size = 50_000, 200 * MIB
    async with local_world(tmp_path) as world:
        spare = tmp_path / "hollow"
        await asyncio.to_thread(make_large, world.folder(), spare, files, size, COMMIT_PAGE + 2)
        host, project = world.host, world.project
        page = await host.commits(project, "main")
        assert (len(page.commits), page.total, page.has_more) == (COMMIT_PAGE, 53, True)
        rest = await host.commits(project, "main", start=COMMIT_PAGE)
        assert [one.subject for one in rest.commits] == ["c001", "c000", "First light"]
        assert not rest.has_more
        (flat,) = [one for one in (await top_of(world)).entries if one.name == "flat"]
        first = await host.folder(project, flat.object_id)
        assert (len(first.entries), first.total) == (FOLDER_PAGE, files)
        last = await host.folder(project, flat.object_id, files - FOLDER_PAGE)
        assert last.entries[-1].name == f"file {files - 1:05d}.yml"
        part = await host.read_file(project, "main", "big.bin", 64 * 1024)
        assert part is not None
        assert (len(part.data), part.size, part.is_whole) == (64 * 1024, size, False)


async def test_a_name_that_is_taken_is_told_with_its_owner(tmp_path: Path) -> None:
    """Repositories are typed by their names, and by owner and name where there are two."""
    async with estate_world(tmp_path) as world:
        host = world.host
        assert isinstance(host, RepositoryKeeper)
        await host.create_repository("campus")
        slugs = {one.slug for one in (await host.list_projects()).projects}
        assert {"edge-fabric", "net/campus", "mika/campus"} <= slugs
        found = await host.find_repository("net/edge")
        assert found is not None
        assert found.slug == "edge-fabric"
        assert await host.find_repository("net/nothing") is None


async def test_people_are_let_in(tmp_path: Path) -> None:
    """Who is let in may what was said; who is unknown is not found; settings are changed."""
    async with estate_world(tmp_path) as world:
        host, project = world.host, world.project
        assert isinstance(host, RepositoryKeeper)
        await host.let_in(project, "gus", Role.EDITOR)
        await host.let_in(project, "rosa", Role.VIEWER)
        await host.let_in(project, "rosa", Role.OWNER)
        told = dict(await host.collaborators(project))
        assert told == {"gus": Role.EDITOR, "rosa": Role.OWNER}
        await host.put_out(project, "gus")
        await host.put_out(project, "nobody")
        assert await host.collaborator_names(project) == {"rosa"}
        with pytest.raises(NotFound, match="nobody is called nobody"):
            await host.let_in(project, "nobody", Role.VIEWER)
        changed = await host.change_repository(project, description="D", is_private=False)
        assert (changed.description, changed.is_public) == ("D", True)
        archived = await host.change_repository(project, is_archived=True)
        assert archived.grant is not None
        rules = {Permission.REPOSITORY_WRITE, Permission.PROJECT_SHARE, Permission.PROJECT_DELETE}
        assert archived.grant.permits.isdisjoint(rules)
        with pytest.raises(Conflict, match="archived"):
            await host.write_files(project, [FileChange("x", b"x")], "m", branch="main")
        assert "gus" in await host.find_people("gus")
        await host.delete_repository(project)
        await host.delete_repository(project)


async def test_shorter_pages_of_a_server_fill_ours(tmp_path: Path) -> None:
    """A server that gives a folder in pages of its own size still fills a page of ours."""
    async with estate_world(tmp_path) as world:
        changes = [FileChange(f"f/{number:04d}", b"") for number in range(12)]
        await world.host.write_files(world.project, changes, "Many", branch="main")
        (found,) = [one for one in (await top_of(world)).entries if one.name == "f"]
        world.server.habits.tree_page = 5  # type: ignore[attr-defined]
        page = await world.host.folder(world.project, found.object_id)
        assert [one.name for one in page.entries] == [f"{number:04d}" for number in range(12)]


async def test_a_manifest_tells_of_its_project(world: World) -> None:
    """Name, people and mistakes of `.skyforge/project.toml` are the project's."""
    (project,) = [one for one in (await world.host.list_projects()).projects
                  if one.id == world.project.id]  # fmt: skip
    text = b'[project]\nname = "North"\nodd = 1\n[members]\neditors = ["ines"]\n'
    await world.host.write_files(project, [FileChange(PATH, text)], "Say who", branch="main")
    (project,) = [one for one in (await world.host.list_projects()).projects
                  if one.id == world.project.id]  # fmt: skip
    read = (await world.host.read_project(project)).project
    assert (read.name, read.members.editors) == ("North", frozenset({"ines"}))
    assert [(one.title, one.where) for one in read.notices] == [
        ('project: unknown key "odd"', f"{PATH}:3")
    ]
