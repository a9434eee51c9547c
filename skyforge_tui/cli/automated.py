"""Finds the projects whose servers do things by themselves."""

from __future__ import annotations

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal, Role, upstream_of
from skyforge_tui.domain.project import Project
from skyforge_tui.services.contract import Services


async def automated(services: Services, principal: Principal, name: str = "") -> list[Project]:
    """Read all projects anew, and return those with schedules; of `name` alone if that is given.

    Others may be called the same: they are not meant.

    Raises:
        NotFound: none is called so.
    """
    await services.projects.sync(principal)
    found = [
        view.project
        for view in await services.projects.all(principal)
        if view.role > Role.NONE and upstream_of(view.project.id) in services.automation.upstreams
    ]
    if not name:
        return found
    hits = [one for one in found if name in (one.slug, one.id, one.path)]
    if not hits:
        known = ", ".join(one.slug for one in found[:8]) or "none"
        raise NotFound(f"no server has a project named {name}", advice=f"there are: {known}")
    return hits
