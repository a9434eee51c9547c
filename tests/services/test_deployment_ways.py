"""What a deployment launches is found in its project, on its run engine, and on its lab servers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from skyforge_tui.domain.deployment import Move
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.project_manifest import DeclaredDeployment, ProjectManifest
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.domain.tool_actions import NETLAB_SURVEY
from skyforge_tui.ports.sync_book import SyncMemory
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.deployment_ways import DeploymentWays
from tests.builders import a_template
from tests.fakes.sync_book import MemorySyncBook


def a_place(project_id: str, name: str) -> Project:
    """Return something that has templates, on some server."""
    return Project(ProjectId(project_id), name, name, ProjectKind.HOSTED, "")


def hosted(project_id: str, name: str, **over: Any) -> Template:
    """Return a template that a server keeps."""
    more = {"is_hosted": True, "survey": (), **over}
    return a_template(project_id=ProjectId(project_id), name=name, **more)


def a_topology(host: str, name: str) -> Template:
    """Return a topology on a lab server."""
    return hosted(f"{host}:1", name, kind=TemplateKind.NETLAB, survey=NETLAB_SURVEY)


@dataclass
class Known:
    """A catalogue that holds what the test says."""

    projects: list[Project]
    bare_templates: Collection[Template]

    def covered(self) -> list[Project]:
        """Return the projects."""
        return self.projects

    def templates_of(self, project_id: ProjectId) -> tuple[Template, ...]:
        """Return what one declares."""
        return tuple(one for one in self.bare_templates if one.project_id == project_id)


EDGE = Project(ProjectId("git:7"), "edge", "edge", ProjectKind.GIT, "http://git/net/edge")
PLACES = [
    EDGE, a_place("runs:3", "edge"), a_place("runs:4", "core"), a_place("hall:1", "hall"),
    a_place("lab:1", "lab"),
]  # fmt: skip
TEMPLATES = [
    hosted("runs:3", "Deploy"), hosted("runs:4", "Deploy"), hosted("runs:4", "Only core"),
    a_topology("hall", "dc1"), a_topology("lab", "dc1"), a_topology("hall", "wan"),
]  # fmt: skip


async def found(template: str, book: MemorySyncBook | None = None, **manifest: Any) -> str:
    """Return which template is launched, or why none is."""
    ways = DeploymentWays(cast(Catalog, Known(PLACES, TEMPLATES)), book or MemorySyncBook())
    told = ProjectManifest(**manifest)
    some, why = await ways.ways(EDGE, told, DeclaredDeployment("north", template))
    return some[Move.START].template.id if Move.START in some else why


async def test_the_run_engine_has_the_projects_own_room() -> None:
    """The room that the sync made counts; else the one project there of the same name."""
    assert await found("Deploy", engine="runs") == "runs:3#skyforge.toml:Deploy"
    book = MemorySyncBook()
    await book.change(EDGE.id, lambda _: SyncMemory(engine="runs", room="4"))
    assert await found("Only core", book, engine="runs") == "runs:4#skyforge.toml:Only core"
    assert await found("Only core", engine="runs") == "no template Only core in edge, runs"
    assert await found("Deploy") == "no template Deploy in edge"


async def test_lab_servers_are_asked_in_their_order() -> None:
    """A topology is taken from the first of the project's lab servers that has it, and no other."""
    for servers, host in ((("lab", "hall"), "lab"), (("hall", "lab"), "hall")):
        assert await found("dc1", lab_servers=servers) == f"{host}:1#skyforge.toml:dc1"
    assert await found("wan", lab_servers=("lab",)) == "no template wan in edge, lab"
    assert await found("wan") == "hall:1#skyforge.toml:wan"
    assert await found("dc1") == "hall, lab have a topology dc1: say which by lab_servers"


async def test_homes_are_what_the_manifest_says() -> None:
    """What is offered first over a project is its own, its engine's and its lab servers'."""
    ways = DeploymentWays(cast(Catalog, Known(PLACES, TEMPLATES)), MemorySyncBook())
    manifest = ProjectManifest(engine="runs", lab_servers=("lab",))
    edge = Project(EDGE.id, "edge", "edge", ProjectKind.GIT, "", manifest=manifest)
    assert await ways.homes(edge) == ["git:7", "runs:3", "lab:1"]
    assert await ways.homes(EDGE) == ["git:7"]
