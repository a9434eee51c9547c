"""The lines that Semaphore itself adds to a run's output."""

from __future__ import annotations

from collections.abc import Iterator

from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.state import Room
from skyforge_tui.demo.servers.semaphore.things import Template
from skyforge_tui.demo.servers.semaphore.versions import Version


def directory_of(room: Room, template: Template) -> str:
    """Return where a template's repository is fetched to; a local one stays where it is."""
    repository = room.repositories.get(template.repository_id)
    if repository is None or repository.git_url.startswith("/"):
        return "/tmp/semaphore" if repository is None else repository.git_url  # noqa: S108
    return (
        f"/tmp/semaphore/project_{room.project.id}"  # noqa: S108
        f"/repository_{repository.id}_template_{template.id}"
    )


def queued(run: Run) -> str:
    """Return the first line of all."""
    return f"Task {run.id} added to queue"


def beginning(run: Run, template: Template) -> tuple[str, str]:
    """Return what is written before a run is called running."""
    return f"Started: {run.id}", f"Run TaskRunner with template: {template.name}\n"


def preparing(run: Run, room: Room, template: Template) -> Iterator[str]:
    """Yield what is written while the repository and the inventory are put in place."""
    yield f"Preparing: {run.id}"
    repository = room.repositories.get(template.repository_id)
    directory = directory_of(room, template)
    if repository is not None and not repository.git_url.startswith("/"):
        yield f"Updating Repository {repository.git_url}"
        yield f"From {repository.git_url.removesuffix('.git')}"
        yield f" * branch            {repository.git_branch:<10} -> FETCH_HEAD"
        yield "Already up to date."
        yield "Get current commit hash"
        yield "Get current commit message"
    if template.app != "ansible":
        return
    inventory = room.inventory.get(run.inventory_id or template.inventory_id or 0)
    if inventory is not None and inventory.type.startswith("static"):
        yield "installing static inventory"
    for place in ("collections/", "", "roles/", ""):
        yield (f"No {directory}/{place}requirements.yml file found. Skip galaxy install process.\n")


def failed(version: Version, reason: str) -> str:
    """Return the last line of a run that failed: `exit status 2`, `signal: killed`."""
    if version.minor <= 9:
        return f"Running playbook failed: {reason}"
    if version.minor == 10:
        return f"Running app failed: {reason}"
    return f"Failed to run task: {reason}"
