"""What cannot be done with a project says why, and what leads on."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.identity import LOCAL, ProjectId, Role
from skyforge_tui.domain.project import ProjectKind
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.services.projects import ProjectView
from skyforge_tui.tui.presenters.project_needs import lacking
from tests.builders import a_project

HERE, THERE, ENGINE = ProjectId(f"{LOCAL}:/srv/edge"), ProjectId("git:7"), ProjectId("runs:3")


@pytest.mark.parametrize(
    ("command", "where", "kind", "has_manifest", "said"),
    [
        ("create", THERE, ProjectKind.GIT, True, ""),
        ("sync", THERE, ProjectKind.GIT, True, ""),
        ("sync", THERE, ProjectKind.GIT, False, "has no .skyforge/project.toml; a writes one"),
        ("sync", HERE, ProjectKind.GIT, True, "is kept here, and needs no step"),
        ("adopt", THERE, ProjectKind.GIT, False, ""),
        ("adopt", HERE, ProjectKind.GIT, False, ""),
        ("adopt", THERE, ProjectKind.GIT, True, "has a manifest already"),
        ("adopt", HERE, ProjectKind.FOLDER, False, "is no git repository"),
        ("delete", THERE, ProjectKind.GIT, False, ""),
        ("delete", HERE, ProjectKind.GIT, True, "is kept in this folder: it is deleted there"),
        ("delete", ENGINE, ProjectKind.HOSTED, False, "is kept by runs: it is deleted there"),
    ],
)
def test_what_is_missing_is_said(
    command: str, where: ProjectId, kind: ProjectKind, has_manifest: bool, said: str
) -> None:
    """Each refusal names the project and its reason; what can be done is not refused."""
    manifest = ProjectManifest("Edge") if has_manifest else None
    project = a_project(id=where, kind=kind, manifest=manifest)
    view = ProjectView(project, Role.OWNER, ())
    told = lacking(f"project.{command}", view, is_automated=False)
    assert told == (f"{project.slug} {said}" if said else "")


def test_where_no_project_is_one_can_be_made() -> None:
    """On an empty list everything is refused but making one."""
    commands = ("open", "sync", "adopt", "delete")
    assert {lacking(f"project.{one}", None, is_automated=False) for one in commands} == {
        "no project here"
    }
    assert lacking("project.create", None, is_automated=False) == ""
