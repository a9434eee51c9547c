"""Finds the projects whose servers do things by themselves."""

from __future__ import annotations

from skyforge_tui.cli.refreshing import read_projects
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal, Role, upstream_of
from skyforge_tui.domain.project import Project
from skyforge_tui.services.contract import Services


async def automated(services: Services, principal: Principal, name: str = "") -> list[Project]:
    """Read all projects anew, and return those with schedules; of `name` alone if that is given.

    Others may be called the same: they are not meant. Those of a server that could not be read are
    left out: it would not tell of them either.

    Raises:
        NotFound: none is called so.
        Unavailable, Refused: none was found, and a server that may have it could not be read.
    """
    await read_projects(services, principal)
    unread = services.catalog.unread
    able = {one for one in services.automation.upstreams if one not in unread}
    found = [
        view.project
        for view in await services.projects.all(principal)
        if view.role > Role.NONE and upstream_of(view.project.id) in able
    ]
    hits = [one for one in found if not name or name in (one.slug, one.full_name, one.id, one.path)]
    if not hits:
        for one in services.automation.upstreams:
            if one in unread:
                raise unread[one]
    if name and not hits:
        known = ", ".join(one.slug for one in found[:8]) or "none"
        raise NotFound(f"no server has a project named {name}", advice=f"there are: {known}")
    return hits
