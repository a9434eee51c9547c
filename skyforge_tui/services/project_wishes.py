"""What a project's upstreams shall hold, as its manifest and its repository say."""

from __future__ import annotations

from collections.abc import Mapping

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import Part, Thing
from skyforge_tui.ports.project_secrets import ProjectSecrets

KEY, INVENTORY = "none", "localhost"
CLONE_KEY = "gitea-http"
"""What a repository is fetched with that is not public."""


def people_of(project: Project, manifest: ProjectManifest) -> Mapping[str, Role]:
    """Return who shall be in by name; whoever the repository belongs to is in anyway."""
    owner = project.created_by.lower()
    named = manifest.members.by_name()
    return {name: role for name, role in named.items() if name.lower() != owner}


def things_of(
    project: Project,
    manifest: ProjectManifest,
    address: str,
    secrets: ProjectSecrets,
    actual: Mapping[tuple[Part, str], Thing],
) -> list[Thing]:
    """Return what the run engine shall keep for a project cloned from `address`.

    What a person gave these beyond the fields named here is theirs: so is a key of their own that
    they gave the repository in `actual`.
    """
    group = f"{project.name} variables"
    repository = {"url": address, "branch": project.branch}
    things = [Thing(Part.KEY, KEY, {"type": "none"})]
    if secrets.clone is not None:
        hidden = ("login", "password")
        things.append(Thing(Part.KEY, CLONE_KEY, {"type": "login_password"}, hidden))
        there = actual.get((Part.REPOSITORY, project.name))
        if there is None or there.fields.get("key") in ("", KEY, CLONE_KEY):
            repository["key"] = CLONE_KEY
    things += [
        Thing(Part.REPOSITORY, project.name, repository),
        Thing(Part.INVENTORY, INVENTORY, {"type": "static"}),
        Thing(Part.VARIABLES, group, dict(manifest.variables), tuple(sorted(secrets.variables))),
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


def secrets_of(thing: Thing, secrets: ProjectSecrets) -> Mapping[str, str]:
    """Return the values of what is secret of a thing, by name."""
    if thing.part is Part.VARIABLES:
        values = secrets.variables
    elif secrets.clone is not None:
        values = {"login": secrets.clone.user, "password": secrets.clone.password}
    else:
        values = {}
    return {name: values[name] for name in thing.secrets}


BEGINNINGS: Mapping[Part, Mapping[str, str]] = {
    Part.REPOSITORY: {"key": KEY},
    Part.INVENTORY: {"key": KEY, "content": "localhost ansible_connection=local\n"},
}
"""What a new thing begins with, and nobody minds when it is changed later."""
