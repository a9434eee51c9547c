"""Projects and their templates: listing, reading anew, and trusting what they declare."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Refused, Unavailable, there_are
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.identity import LOCAL, Principal, ProjectId, Role, TemplateId, upstream_of
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project, is_at_or_below
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.deadlines import in_time
from skyforge_tui.services.standings import Standing, Standings


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project with what the asking person is in it; templates only if that is something."""

    project: Project
    role: Role
    templates: tuple[Template, ...]
    standing: Standing | None = None
    """How far it was from being in step with its manifest; None where nobody looked."""


class ProjectService:
    """What one may do with projects."""

    def __init__(
        self, catalog: Catalog, access: Access, bus: Bus, standings: Standings | None = None
    ) -> None:
        self._catalog = catalog
        self._standings = standings or Standings(bus)
        self.access = access
        self._bus = bus

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of a project id, a template id or a path."""
        if isinstance(target, Path):
            return self._catalog.project_at(target).id
        if self.access.project(ProjectId(str(target))):
            return ProjectId(str(target))
        template = self._catalog.template(TemplateId(str(target)))
        if template is None:
            raise NotFound(f"no project or template {target}", advice="list them with projects ls")
        return template.project_id

    # What one may ask.

    @requires(Permission.PROJECT_LIST)
    async def all(self, principal: Principal) -> list[ProjectView]:
        """Return the projects of the current workspaces, by name; those without a role too.

        Those of one name stand by their servers, whichever was heard first.
        """
        views = [self._view(principal, project) for project in self._catalog.covered()]

        def place(view: ProjectView) -> tuple[bool, str, str]:
            return view.role is Role.NONE, view.project.slug, view.project.full_name

        return sorted(views, key=place)

    @requires(Permission.PROJECT_READ, of="project_id")
    async def get(self, principal: Principal, project_id: ProjectId) -> ProjectView:
        """Return one project with its templates."""
        project = self.access.known(project_id)
        return self._view(principal, project)

    @requires(Permission.PROJECT_LIST)
    async def find(
        self, principal: Principal, name: str, upstreams: Collection[str] = ()
    ) -> ProjectView:
        """Return the project people call `name`: its slug, id, path, `SERVER:SLUG`, `OWNER/SLUG`.

        Of several of one name those of `upstreams` count, which can do what is wanted.

        Raises:
            NotFound: there is none, or none the person may see.
            Unavailable, Refused: none is known, and a host that may have it was not read.
            Conflict: several are called so.
        """
        views = [one for one in await self.all(principal) if one.role > Role.NONE]
        exact = [one for one in views if name in (one.project.id, one.project.path)]
        hits = exact or [one for one in views if _is_called(one.project, name)]
        able = [one for one in hits if upstream_of(one.project.id) in upstreams] or hits
        if len(able) > 1:
            names = " or ".join(one.project.full_name for one in able)
            raise Conflict(f"several projects are called {name}", advice=f"say {names}")
        if not able:
            self._demand_all_read(f"no project named {name} is known")
            often = Counter(one.project.slug for one in views)
            told = (one.project for one in views)
            words = [one.slug if often[one.slug] == 1 else one.full_name for one in told]
            raise NotFound(f"no project named {name}", advice=there_are(words))
        return able[0]

    @requires(Permission.TEMPLATE_LIST)
    async def templates(self, principal: Principal) -> list[Template]:
        """Return every template of the projects the person may see, by project and name."""
        return [
            template
            for view in await self.all(principal)
            if view.role > Role.NONE
            for template in view.templates
        ]

    @requires(Permission.TEMPLATE_LIST)
    async def find_template(self, principal: Principal, name: str) -> Template:
        """Return the template people call `name`, or `project/name` where a name is taken twice.

        The project may be told as `SERVER:SLUG`, where there are several of its name.

        Raises:
            NotFound: there is none.
            Unavailable, Refused: none is known, and a host that may have it was not read.
            Conflict: several projects have one.
        """
        hits: list[tuple[str, Template]] = []
        full: list[Template] = []
        for template in await self.templates(principal):
            project = self.access.project(template.project_id)
            slug = project.slug if project else ""
            if name == template.id:
                return template
            full_name = project.full_name if project else slug
            if name == f"{full_name}/{template.name}":
                return template
            if name == f"{slug}/{template.name}":
                full.append(template)
            elif name == template.name:
                hits.append((slug, template))
        if len(full) > 1:
            names = ", ".join(one.id for one in full)
            raise Conflict(f"several servers have {name}", advice=f"say one of {names}")
        if full:
            return full[0]
        if not hits:
            self._demand_all_read(f"no template named {name} is known")
            raise NotFound(f"no template named {name}", advice="list them with templates ls")
        if len(hits) > 1:
            names = ", ".join(f"{slug}/{name}" for slug, _ in hits)
            raise Conflict(f"several projects have a template {name}", advice=f"say one of {names}")
        return hits[0][1]

    @requires(Permission.PROJECT_READ, of="template_id")
    async def get_template(self, principal: Principal, template_id: TemplateId) -> Template:
        """Return one template as it is now, with its trust.

        Raises:
            NotFound: it is gone.
            Conflict: what is there now cannot be read as a template.
        """
        return await self._catalog.current(template_id)

    @requires(Permission.PROJECT_TRUST, of="project_id")
    async def trust(
        self, principal: Principal, project_id: ProjectId, sources: Sequence[Source]
    ) -> None:
        """Remember that this person trusts exactly this content.

        Raises:
            Invalid: a file declares nothing in this project.
        """
        declaring = {
            source.path
            for template in self._catalog.templates_of(project_id)
            for source in template.sources
        }
        for source in sources:
            if source.path not in declaring:
                raise Invalid(f"{source.path} declares nothing in this project")
        await self._catalog.trust(project_id, sources, principal.username)

    @requires(Permission.PROJECT_READ, of="path")
    async def sources_at(
        self, principal: Principal, path: Path
    ) -> tuple[ProjectId, tuple[Source, ...]]:
        """Read a project anew and return its files that declare templates at or below `path`.

        Raises:
            NotFound: no project covers the path, or nothing there declares a template.
        """
        project = self._catalog.project_at(path)
        await self._catalog.read(project.id)
        found = {
            source
            for template in self._catalog.templates_of(project.id)
            if any(is_at_or_below(one.path, str(path)) for one in template.sources)
            for source in template.sources
        }
        if not found:
            raise NotFound(
                f"{path} declares nothing that could be launched",
                advice="templates come from Ansible playbooks and skyforge.toml",
            )
        return project.id, tuple(sorted(found, key=lambda source: source.path))

    # Reading anew.

    @requires(Permission.PROJECT_SYNC)
    async def request_sync(self, principal: Principal, project_id: ProjectId | None = None) -> None:
        """Ask for a fresh look; whoever syncs hears it."""
        self._bus.publish(SyncRequested(project_id))

    @requires(Permission.PROJECT_SYNC)
    async def sync(
        self,
        principal: Principal,
        project_id: ProjectId | None = None,
        upstream: str | None = None,
    ) -> None:
        """Read one project, or all of one host or of every one, and write what differs.

        Raises:
            Unavailable, Refused: a host did not answer, or not to us; what was known stays.
        """
        if project_id is not None:
            await self._catalog.read(project_id)
        else:
            await self._catalog.read_all(upstream)

    @requires(Permission.PROJECT_SYNC)
    async def try_sync(
        self,
        principal: Principal,
        patience: timedelta | None = None,
        only: Collection[str] | None = None,
    ) -> dict[str, Unavailable | Refused]:
        """Read what hosts have, of all or `only` these; return why some were not read, by name.

        What was known of these stays. With `patience` no server may take longer.
        """
        unread = self._catalog.unread

        async def read(host: str) -> None:
            wait = None if host == LOCAL else patience  # this machine waits for no network
            try:
                await in_time(self._catalog.read_all(host), wait, host)
            except (Unavailable, Refused) as error:
                unread[host] = error

        wanted = self._catalog.upstreams if only is None else only
        await asyncio.gather(*map(read, wanted))
        return {one: unread[one] for one in wanted if one in unread}

    def _demand_all_read(self, said: str) -> None:
        """Raise why a host was not read, if one was not: what is looked for may be there."""
        for error in self._catalog.unread.values():
            if isinstance(error, Refused):
                raise error
            raise Unavailable(f"{said}; {error}", operation=error.operation, advice=error.advice)

    def _view(self, principal: Principal, project: Project) -> ProjectView:
        role = self.access.role(principal, project.id)
        templates = self._catalog.templates_of(project.id) if role > Role.NONE else ()
        standing = self._standings.of(project.id) if role > Role.NONE else None
        return ProjectView(project, role, templates, standing)


def _is_called(project: Project, name: str) -> bool:
    is_of_owner = "/" in name and project.path.endswith(f"/{name}")
    return is_of_owner or name in (project.slug, project.full_name)
