"""What every host keeps whose files declare what can be launched in its projects."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal, Role
from skyforge_tui.domain.project import ProjectKind, access_level
from skyforge_tui.domain.template import TemplateKind
from skyforge_tui.ports.declaring_host import DeclaringHost
from skyforge_tui.providers.repositories.local import LocalRepositoryHost
from tests.worktrees import a_repository, git, write

FILES = {
    "skyforge.toml": '[project]\ndescription = "Edges"\n[[templates]]\nname = "up"\n'
    'command = ["netlab", "up", "{topology}"]\n[[templates.survey]]\nname = "topology"\n',
    "site.yml": "- hosts: all\n  name: Configure everything\n",
    "README.md": "hello\n",
}


@dataclass
class LocalWorld:
    """One repository, `edge-fabric`, of user ada on this machine."""

    folder: Path

    def __post_init__(self) -> None:
        self.repository = a_repository(self.folder / "edge-fabric", FILES)
        self.host: DeclaringHost = LocalRepositoryHost([self.folder], "ada")

    def change(self, files: dict[str, str]) -> None:
        """Write files and make them the newest commit."""
        write(self.repository, files)
        git(self.repository, "add", "-A")
        git(self.repository, "commit", "-q", "-m", "Second thoughts")

    def clone_from(self, remote: str) -> None:
        """Say where the repository came from."""
        git(self.repository, "remote", "add", "origin", remote)

    def remove(self, name: str) -> None:
        """Remove one file."""
        (self.repository / name).unlink()

    def remove_project(self) -> None:
        """Remove the whole project."""
        shutil.rmtree(self.repository)


@pytest.fixture(params=[LocalWorld], ids=["local"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> LocalWorld:
    """Return a host with one project in it."""
    made: LocalWorld = request.param(tmp_path)
    return made


async def test_a_listing_is_shallow_and_complete(world: LocalWorld) -> None:
    """Every project is listed with branch, commit and description, without files."""
    listing = await world.host.list_projects()
    (project,) = listing.projects
    assert project.id.startswith(f"{world.host.upstream}:")
    assert (project.slug, project.name, project.kind) == (
        "edge-fabric",
        "edge-fabric",
        ProjectKind.GIT,
    )
    assert (project.branch, project.description) == ("main", "Edges")
    assert project.commit is not None
    assert project.commit.subject == "First light"
    assert (project.files, project.file_count) == ((), 0)
    assert listing.unreadable == frozenset()


async def test_listing_and_reading_agree(world: LocalWorld) -> None:
    """A project is the same in both, but for files and notices."""
    (listed,) = (await world.host.list_projects()).projects
    read = (await world.host.read_project(listed)).project
    for name in ("id", "slug", "name", "kind", "path", "description", "branch", "commit"):
        assert getattr(read, name) == getattr(listed, name)


async def test_the_person_of_the_host_is_somebody_in_the_project(world: LocalWorld) -> None:
    """Who may write it owns it; a stranger is nobody."""
    (project,) = (await world.host.list_projects()).projects
    assert access_level(project, Principal("ada")) is Role.OWNER
    assert access_level(project, Principal("eve")) is Role.NONE


async def test_files_and_templates_are_read(world: LocalWorld) -> None:
    """Files are sorted and counted; declared templates and playbooks are found, none trusted."""
    (project,) = (await world.host.list_projects()).projects
    content = await world.host.read_project(project)
    assert [one.path for one in content.project.files] == sorted(FILES)
    assert content.project.files[0].size == len(FILES["README.md"])
    assert content.project.file_count == len(FILES)
    assert {one.name: one.kind for one in content.templates} == {
        "up": TemplateKind.COMMAND,
        "site.yml": TemplateKind.PLAYBOOK,
    }
    for template in content.templates:
        assert template.id.startswith(f"{project.id}#")
        assert template.project_id == project.id
        assert not template.is_trusted
        assert template.sources


async def test_a_new_commit_is_seen(world: LocalWorld) -> None:
    """Reading again tells what is there now."""
    (project,) = (await world.host.list_projects()).projects
    world.change({"second.yml": "- hosts: all\n"})
    content = await world.host.read_project(project)
    assert content.project.commit is not None
    assert content.project.commit.subject == "Second thoughts"
    assert "second.yml" in {one.name for one in content.templates}


async def test_a_fingerprint_is_what_was_read_until_the_content_changes(
    world: LocalWorld,
) -> None:
    """One changed byte in the declaring file is another fingerprint."""
    (project,) = (await world.host.list_projects()).projects
    templates = {one.name: one for one in (await world.host.read_project(project)).templates}
    for template in templates.values():
        assert await world.host.fingerprint(template) == template.sources
    world.change({"site.yml": FILES["site.yml"] + "\n"})
    assert await world.host.fingerprint(templates["site.yml"]) != templates["site.yml"].sources
    assert await world.host.fingerprint(templates["up"]) == templates["up"].sources


async def test_what_is_gone_is_not_found(world: LocalWorld) -> None:
    """A vanished source file, and a vanished project, are told as such."""
    (project,) = (await world.host.list_projects()).projects
    templates = {one.name: one for one in (await world.host.read_project(project)).templates}
    world.remove("site.yml")
    with pytest.raises(NotFound):
        await world.host.fingerprint(templates["site.yml"])
    world.remove_project()
    with pytest.raises(NotFound):
        await world.host.read_project(project)


async def test_a_broken_file_is_a_notice_and_hides_nothing_else(world: LocalWorld) -> None:
    """What cannot be read is told with its place; the rest of the project is there."""
    (project,) = (await world.host.list_projects()).projects
    world.change({"skyforge.toml": "[[templates]]\nname = \n", "bad.yml": "- hosts: all\n  x: [\n"})
    content = await world.host.read_project(project)
    assert {one.name for one in content.templates} == {"site.yml"}
    places = [notice.where.rpartition("/")[2] for notice in content.project.notices]
    assert places == ["skyforge.toml:2", "bad.yml:3"]


async def test_a_page_is_where_it_was_cloned_from(world: LocalWorld) -> None:
    """A project's page is that of the repository it came from, without names or passwords."""
    (project,) = (await world.host.list_projects()).projects
    assert await world.host.page_of(project) == ""
    world.clone_from("https://mara:geheim@git.example.net/net/edge-fabric.git")
    assert await world.host.page_of(project) == "https://git.example.net/net/edge-fabric"
