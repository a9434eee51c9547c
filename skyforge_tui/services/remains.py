"""What remains of projects that are gone: whose they were, for the sake of their runs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.ports.project_host import ProjectHost


def is_there(project: Project) -> bool:
    """Say whether there is more of a project than its name."""
    return project.kind is not ProjectKind.UNKNOWN


async def remains_of(
    gone: Collection[ProjectId], host_of: Callable[[ProjectId], ProjectHost]
) -> list[Project]:
    """Return what their hosts still say of projects that are gone; nothing where they do not."""
    remains: list[Project] = []
    for one in gone:
        try:
            project = await host_of(one).describe(one)
        except SkyforgeError:
            # A host that does not even tell whose it was forgets its runs as well.
            continue
        remains.append(replace(project, kind=ProjectKind.UNKNOWN, files=(), notices=()))
    return remains
