"""What a project's upstreams shall hold, as its manifest and its repository say."""

from __future__ import annotations

from collections.abc import Mapping

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Part, Thing

KEY, INVENTORY = "none", "localhost"


def people_of(project: Project, manifest: ProjectManifest) -> Mapping[str, Role]:
    """Return who shall be in by name; whoever the repository belongs to is in anyway."""
    owner = project.created_by.lower()
    named = manifest.members.by_name()
    return {name: role for name, role in named.items() if name.lower() != owner}


def things_of(project: Project, manifest: ProjectManifest, address: str) -> list[Thing]:
    """Return what the run engine shall keep for a project cloned from `address`.

    What a person gave these beyond the fields named here is theirs: the key of a private
    repository, say.
    """
    group = f"{project.name} variables"
    variables = dict(manifest.variables)
    things = [
        Thing(Part.KEY, KEY, {"type": "none"}),
        Thing(Part.REPOSITORY, project.name, {"url": address, "branch": project.branch}),
        Thing(Part.INVENTORY, INVENTORY, {"type": "static"}),
        Thing(Part.VARIABLES, group, variables),
    ]
    things += [
        Thing(
            Part.TEMPLATE, one.name,
            {
                "playbook": one.playbook, "description": one.description, "app": "ansible",
                "repository": project.name, "inventory": INVENTORY, "variables": group,
            },
        )
        for one in manifest.templates
    ]  # fmt: skip
    return things


BEGINNINGS: Mapping[Part, Mapping[str, str]] = {
    Part.REPOSITORY: {"key": KEY},
    Part.INVENTORY: {"key": KEY, "content": "localhost ansible_connection=local\n"},
}
"""What a new thing begins with, and nobody minds when it is changed later."""
