"""What is missing for what can be done with a project: the project, or something it has. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL, upstream_of
from skyforge_tui.domain.project import ProjectKind

if TYPE_CHECKING:
    from skyforge_tui.services.projects import ProjectView


def lacking(command_id: str, view: ProjectView | None, *, is_automated: bool) -> str:
    """Say why a command cannot be carried out on a project; empty when it can."""
    if not command_id.startswith("project.") or command_id == "project.create":
        return ""
    if view is None:
        return "no project here"
    project, upstream = view.project, upstream_of(view.project.id)
    is_git, manifest = project.kind is ProjectKind.GIT, project.manifest
    match command_id:
        case "project.automation":
            return "" if is_automated else f"{upstream} has no schedules"
        case "project.files":
            return "" if is_git else f"{project.slug} is no git repository"
        case "project.sync" | "project.servers" | "project.deployments" if manifest is None:
            if not is_git:
                return f"a repository has a manifest, and {project.full_name} is none"
            return f"{project.slug} has no .skyforge/project.toml; a writes one"
        case "project.sync" if upstream == LOCAL:
            return f"{project.slug} is kept here, and needs no step"
        case "project.deployments" if manifest is not None and not manifest.deployments:
            return f"the manifest of {project.slug} deploys nothing"
        case "project.adopt" if manifest is not None:
            return f"{project.slug} has a manifest already"
        case "project.adopt":
            return "" if is_git else f"{project.slug} is no git repository"
        case "project.delete" if not is_git or upstream == LOCAL:
            where = "in this folder" if upstream == LOCAL else f"by {upstream}"
            return f"{project.slug} is kept {where}: it is deleted there"
        case _:
            return ""
