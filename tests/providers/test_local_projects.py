"""Which folders of this machine are projects."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import Principal, Role
from skyforge_tui.domain.project import ProjectKind, access_level
from skyforge_tui.ports.project_host import ProjectListing
from skyforge_tui.providers.repositories import file_work, places, search
from skyforge_tui.providers.repositories.local import LocalRepositoryHost
from tests.worktrees import a_repository, git, write

PLAYBOOK = "- hosts: all\n"


async def _list(*roots: Path) -> ProjectListing:
    return await LocalRepositoryHost(roots, "ada").list_projects()


async def _slugs(*roots: Path) -> dict[str, ProjectKind]:
    return {one.slug: one.kind for one in (await _list(*roots)).projects}


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Return a function that makes a folder unreadable, for the superuser too."""
    refused: set[str] = set()
    scan = os.scandir

    def scandir(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if os.fspath(path) in refused:
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    return lambda folder: refused.add(os.fspath(folder))


async def test_inside_of_a_work_tree_its_top_is_the_project(tmp_path: Path) -> None:
    """Wherever one stands in a repository, the repository is the project."""
    top = a_repository(tmp_path / "fabric", {"deep/down/a": "x"})
    (project,) = (await _list(top / "deep" / "down")).projects
    assert (project.path, project.kind) == (str(top), ProjectKind.GIT)


async def test_repositories_and_plain_folders_below_are_projects(tmp_path: Path) -> None:
    """Repositories three levels down, and child folders without any, hidden ones not."""
    a_repository(tmp_path / "one", {"a": "x"})
    a_repository(tmp_path / "group" / "sub" / "two", {"a": "x"})
    a_repository(tmp_path / "deep" / "b" / "c" / "too-deep", {"a": "x"})
    write(tmp_path, {"plain/notes.txt": "x", ".hidden/a": "x", "node_modules/a": "x"})
    write(tmp_path, {"venv3/pyvenv.cfg": "x", "file.txt": "x"})
    (tmp_path / "bare.git").mkdir()
    git(tmp_path / "bare.git", "init", "-q", "--bare")
    assert await _slugs(tmp_path) == {
        "one": ProjectKind.GIT,
        "two": ProjectKind.GIT,
        "deep": ProjectKind.FOLDER,
        "plain": ProjectKind.FOLDER,
    }


async def test_repositories_within_repositories_are_not_looked_for(tmp_path: Path) -> None:
    """A repository is not searched for others."""
    outer = a_repository(tmp_path / "outer", {"a": "x"})
    a_repository(outer / "inner", {"a": "x"})
    assert list(await _slugs(tmp_path)) == ["outer"]


@pytest.mark.parametrize(
    "name", ["skyforge.toml", ".skyforge.toml", "site.yaml", "ansible.cfg", "playbooks/site.yml"]
)
async def test_a_root_that_can_launch_something_is_itself_a_project(
    tmp_path: Path, name: str
) -> None:
    """Its child folders belong to it; repositories below it are their own."""
    root = tmp_path / "root"
    write(root, {name: PLAYBOOK if name == "site.yaml" else "", "child/a": "x"})
    a_repository(root / "repo", {"a": "x"})
    assert await _slugs(root) == {"root": ProjectKind.FOLDER, "repo": ProjectKind.GIT}


async def test_an_empty_folder_is_one_project(tmp_path: Path) -> None:
    """Where there is nothing, there is the folder one stands in."""
    root = tmp_path / "empty"
    write(root, {"vars.yml": "hosts: none\n"})
    assert await _slugs(root) == {"empty": ProjectKind.FOLDER}


async def test_slugs_are_unique(tmp_path: Path) -> None:
    """Folders of one name carry their parent's name too; nested roots count once."""
    a_repository(tmp_path / "a" / "lab", {"a": "x"})
    a_repository(tmp_path / "b" / "lab", {"a": "x"})
    assert set(await _slugs(tmp_path, tmp_path / "a", tmp_path)) == {"a-lab", "b-lab"}


async def test_links_are_not_followed_while_searching(tmp_path: Path) -> None:
    """A loop of links is no loop of work, and a link to a repository is not a second one."""
    a_repository(tmp_path / "repo", {"a": "x"})
    (tmp_path / "repo-link").symlink_to("repo")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "up").symlink_to("..")
    (tmp_path / "plain" / "self").symlink_to("self")
    assert set(await _slugs(tmp_path)) == {"repo", "plain"}


async def test_a_linked_root_is_where_it_leads(tmp_path: Path) -> None:
    """A root may be a link; the project has one path however it is reached."""
    repo = a_repository(tmp_path / "repo", {"a": "x"})
    (tmp_path / "link").symlink_to("repo")
    (project,) = (await _list(tmp_path / "link", repo)).projects
    assert project.path == str(repo)


async def test_a_host_covers_what_it_lists(tmp_path: Path) -> None:
    """Projects at, below and around its roots are covered, however a root is reached."""
    repo = a_repository(tmp_path / "repo", {"sub/a": "x"})
    other = a_repository(tmp_path / "other", {"a": "x"})
    (tmp_path / "link").symlink_to("repo")
    (other_project,) = (await _list(other)).projects
    for root in (repo, repo / "sub", tmp_path / "link"):
        host = LocalRepositoryHost([root], "ada")
        (project,) = (await host.list_projects()).projects
        assert host.covers(project.id)
        assert not host.covers(other_project.id)


async def test_a_project_is_described_also_when_it_is_gone(tmp_path: Path) -> None:
    """Whose runs these were can be said after the folder is removed."""
    repo = a_repository(tmp_path / "repo", {"a": "x"})
    host = LocalRepositoryHost([tmp_path], "ada")
    (project,) = (await host.list_projects()).projects
    assert await host.describe(project.id) == project
    shutil.rmtree(repo)
    gone = await host.describe(project.id)
    assert (gone.id, gone.name, gone.kind) == (project.id, "repo", ProjectKind.UNKNOWN)
    assert access_level(gone, Principal("ada")) is Role.OWNER


async def test_who_may_not_write_is_a_viewer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locally one owns what one may write and views the rest."""
    a_repository(tmp_path / "repo", {"a": "x"})
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))
    (project,) = (await _list(tmp_path)).projects
    assert access_level(project, Principal("ada")) is Role.VIEWER


async def test_a_repository_git_cannot_read_is_a_project_with_a_notice(tmp_path: Path) -> None:
    """A broken repository is there, with its name and what git said."""
    write(tmp_path, {"broken/.git": "gitdir: /nowhere\n", "broken/a": "x"})
    for root in (tmp_path, tmp_path / "broken"):
        (project,) = (await _list(root)).projects
        assert (project.slug, project.kind) == ("broken", ProjectKind.GIT)
        (notice,) = project.notices
        assert "/nowhere" in notice.title
        assert notice.where == str(tmp_path / "broken")


async def test_a_repository_whose_files_lie_elsewhere_does_not_lead_there(tmp_path: Path) -> None:
    """A configured work tree outside of the folder is not read as the project's."""
    repo = a_repository(tmp_path / "repo", {"a": "x"})
    git(repo, "config", "core.worktree", "/etc")
    (project,) = (await _list(tmp_path)).projects
    content = await LocalRepositoryHost([tmp_path], "ada").read_project(project)
    assert [one.path for one in content.project.files] == ["a"]
    assert content.project.notices


async def test_without_git_repositories_are_projects_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without git shows the same projects and says what is missing."""
    repo = a_repository(tmp_path / "repo", {"site.yml": PLAYBOOK})
    monkeypatch.setenv("PATH", str(tmp_path))
    for root in (tmp_path, repo):
        (project,) = (await _list(root)).projects
        assert (project.path, project.kind) == (str(repo), ProjectKind.GIT)
        assert [one.advice for one in project.notices] == ["install git"]
        content = await LocalRepositoryHost([root], "ada").read_project(project)
        assert [one.name for one in content.templates] == ["site.yml"]


async def test_a_missing_root_is_a_notice(tmp_path: Path) -> None:
    """One root that is gone does not hide the other."""
    a_repository(tmp_path / "repo", {"a": "x"})
    listing = await _list(tmp_path / "gone", tmp_path / "repo")
    assert [one.slug for one in listing.projects] == ["repo"]
    assert [one.where for one in listing.notices] == [str(tmp_path / "gone")]


async def test_an_unreadable_folder_is_told_and_not_forgotten(
    tmp_path: Path, refuse: Callable[[Path], None]
) -> None:
    """What may not be looked into is an unreadable id with a notice; the rest is listed."""
    a_repository(tmp_path / "repo", {"a": "x"})
    (tmp_path / "locked").mkdir()
    refuse(tmp_path / "locked")
    listing = await _list(tmp_path)
    assert [one.slug for one in listing.projects] == ["repo"]
    assert listing.unreadable == {f"local:{tmp_path / 'locked'}"}
    assert "permission denied" in listing.notices[0].title


async def test_a_list_is_never_made_of_unreadable_roots_alone(
    tmp_path: Path, refuse: Callable[[Path], None]
) -> None:
    """One unreadable root of two is a notice; all of them are a failure, not an empty list."""
    locked, other = tmp_path / "locked", tmp_path / "other"
    locked.mkdir()
    other.mkdir()
    refuse(locked)
    listing = await _list(locked, other)
    assert [one.slug for one in listing.projects] == ["other"]
    assert listing.unreadable == {f"local:{locked}"}
    with pytest.raises(Unavailable, match="locked"):
        await _list(locked)


async def test_more_projects_than_are_shown_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cut list says how many there are."""
    monkeypatch.setattr(places, "MAX_PROJECTS", 3)
    for number in range(5):
        (tmp_path / f"p{number}").mkdir()
    listing = await _list(tmp_path)
    assert len(listing.projects) == 3
    assert "5 projects" in listing.notices[0].title


async def test_a_search_that_would_not_end_is_cut_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enormous trees are looked into so far and no further."""
    monkeypatch.setattr(search, "MAX_FOLDERS", 10)
    for number in range(20):
        (tmp_path / f"p{number:02}" / "sub").mkdir(parents=True)
    listing = await _list(tmp_path)
    assert len(listing.projects) == 20
    assert "folders" in listing.notices[0].title


async def test_a_path_that_is_not_utf8_is_left_out_and_said(tmp_path: Path) -> None:
    """What cannot be stored as text is named in a notice."""
    odd = os.fsencode(tmp_path) + b"/odd\xff"
    try:
        os.mkdir(odd)  # noqa: PTH102
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (tmp_path / "even").mkdir()
    listing = await _list(tmp_path)
    assert [one.slug for one in listing.projects] == ["even"]
    assert "UTF-8" in listing.notices[0].title
    listing.notices[0].where.encode()


async def test_cancelled_work_stops_at_its_next_check() -> None:
    """Nobody waits, nobody works."""
    begun, ended = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def work(leash: file_work.Leash) -> None:
        loop.call_soon_threadsafe(begun.set)
        try:
            while True:
                leash.check()
        finally:
            loop.call_soon_threadsafe(ended.set)

    task = asyncio.create_task(file_work.in_thread(work))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(ended.wait(), 60)
