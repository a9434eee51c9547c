"""Projects of a Semaphore server, what one may do in them, and what can be launched there.

Source: Semaphore UI 2.8 to 2.18, `/api/projects` and `/api/project/P/…`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from skyforge_tui.domain.identity import ProjectId, Role, upstream_of
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant, Project, ProjectKind
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore import wire
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.ports.project_host import ProjectContent, ProjectListing
from skyforge_tui.providers.runs.semaphore.names import Names, slugs
from skyforge_tui.providers.runs.semaphore.options import survey_of
from skyforge_tui.providers.runs.semaphore.trouble import translated

_RUN, _UPDATE, _MANAGE, _USERS = 1, 2, 4, 8
_PERMITS: Final = {
    _RUN: frozenset(
        {
            Permission.RUN_ANSWER,
            Permission.RUN_CONFIRM,
            Permission.RUN_START,
            Permission.RUN_STOP,
        }
    ),
    _MANAGE: frozenset(
        {Permission.ARTIFACT_DELETE, Permission.ARTIFACT_WRITE, Permission.SCHEDULE_WRITE}
    ),
}
_EVERYTHING = _RUN | _UPDATE | _MANAGE | _USERS
_ROLES: Final = {"owner": Role.OWNER, "manager": Role.EDITOR, "task_runner": Role.EDITOR}
_KINDS: Final = {
    "": TemplateKind.PLAYBOOK,
    "ansible": TemplateKind.PLAYBOOK,
    "terraform": TemplateKind.TERRAFORM,
    "tofu": TemplateKind.TERRAFORM,
    "terragrunt": TemplateKind.TERRAFORM,
    "bash": TemplateKind.COMMAND,
    "python": TemplateKind.COMMAND,
    "powershell": TemplateKind.COMMAND,
}


@dataclass(frozen=True, slots=True)
class _Things:
    """What the ids in templates stand for."""

    inventories: Mapping[int, str] = field(default_factory=dict)
    repositories: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)


class SemaphoreProjects:
    """Implements `ProjectHost` for one server."""

    def __init__(self, client: SemaphoreClient, names: Names, web_url: str) -> None:
        """Read from `client`; `web_url` is where a browser finds the server."""
        self._client = client
        self._names = names
        self._web_url = web_url.rstrip("/")

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._names.upstream

    async def list_projects(self) -> ProjectListing:
        """Return the projects one belongs to there."""
        with translated(self.upstream, "project.sync"):
            listed = await self._names.standing.projects()
        self._names.learn(listed.items)
        named = slugs(listed.items)
        unreadable = frozenset(self._names.project_id(one) for one in listed.unreadable)
        return ProjectListing(
            tuple(self._project(one.id, one.name, named[one.id]) for one in listed.items),
            unreadable,
        )

    def covers(self, project_id: ProjectId) -> bool:
        """Say whether it is a project of this server."""
        return upstream_of(project_id) == self.upstream

    async def describe(self, project_id: ProjectId) -> Project:
        """Return a project as its id says, with what one may do there; even if it is gone."""
        number = self._names.project_of(project_id)
        slug = self._names.slug(number)
        project, standing = self._project(number, slug, slug), self._names.standing
        with translated(self.upstream, "project.sync"):
            try:
                user, granted = await asyncio.gather(standing.user(), standing.role(number))
            except TransportError as error:
                if error.kind != "missing":
                    raise
                return project
        return replace(project, grant=_grant(user, granted))

    async def read_project(self, project: Project) -> ProjectContent:
        """Read role, members and templates of a project."""
        number = self._names.project_of(project.id)
        client, standing = self._client, self._names.standing
        with translated(self.upstream, "project.sync"):
            user, granted, members, templates, things = await asyncio.gather(
                standing.user(), standing.role(number), standing.members(number),
                client.templates(number), self._things(number),
            )  # fmt: skip
        self._names.meet(number, (user, *members.items))
        for one in templates.items:
            self._names.templates[number, one.id] = one.name
        notices = _unread(project.slug, templates.unreadable)
        read = replace(
            project,
            grant=_grant(user, granted),
            members=_members(members.items),
            notices=notices,
        )
        named = _unique_names(templates.items)
        return ProjectContent(
            read,
            tuple(self._template(number, one, named[one.id], things) for one in templates.items),
        )

    async def page_of(self, project: Project) -> str:
        """Return the address of the project's page."""
        return project.path

    async def _things(self, project: int) -> _Things:
        inventories, repositories, groups = await asyncio.gather(
            self._client.inventories(project),
            self._client.repositories(project),
            self._client.environments(project),
        )
        return _Things(
            {one.id: one.name for one in inventories.items},
            {one.id: one.name for one in repositories.items},
            {one.id: one.name for one in groups.items},
        )

    def _project(self, number: int, name: str, slug: str) -> Project:
        return Project(
            self._names.project_id(number), slug, name, ProjectKind.HOSTED,
            f"{self._web_url}/project/{number}",
        )  # fmt: skip

    def _template(
        self, project: int, template: wire.Template, name: str, things: _Things
    ) -> Template:
        groups = (things.groups.get(one, str(one)) for one in template.variable_group_ids)
        facts = {
            "playbook": template.playbook or "",
            "inventory": things.inventories.get(template.inventory_id or 0, ""),
            "variables": ", ".join(groups),
            "repository": things.repositories.get(template.repository_id or 0, ""),
            "branch": template.git_branch or "",
            "type": template.type,
        }
        return Template(
            self._names.template_id(project, template.id),
            self._names.project_id(project),
            name,
            _KINDS.get(template.app, TemplateKind.UNKNOWN),
            (),
            "",
            (template.description or "").strip(),
            survey=survey_of(template),
            is_hosted=True,
            run_count=max(template.tasks, 0),
            facts=tuple((label, words) for label, words in facts.items() if words),
        )


def _grant(user: wire.User, granted: wire.Granted) -> Grant:
    """Return what the server allows; a global admin may everything, a member or not."""
    if user.admin:
        permits = frozenset().union(*_PERMITS.values())
        return Grant(user.username, "admin", Role.ADMIN, permits)
    bits = granted.permissions & _EVERYTHING
    permits = frozenset().union(*(some for bit, some in _PERMITS.items() if bits & bit))
    role = _ROLES.get(granted.role)
    if role is None:  # one of the server's own making
        role = Role.OWNER if bits == _EVERYTHING else Role.EDITOR if bits else Role.VIEWER
    return Grant(user.username, granted.role.replace("_", " ") or "member", role, permits)


def _members(members: Iterable[wire.Member]) -> Members:
    by_role: dict[Role, set[str]] = {Role.OWNER: set(), Role.EDITOR: set(), Role.VIEWER: set()}
    for one in members:
        by_role[_ROLES.get(one.role, Role.VIEWER)].add(one.username)
    return Members(
        owners=frozenset(by_role[Role.OWNER]),
        editors=frozenset(by_role[Role.EDITOR]),
        viewers=frozenset(by_role[Role.VIEWER]),
    )


def _unique_names(templates: Iterable[wire.Template]) -> dict[int, str]:
    """Return a name for each template, no two alike: the server takes the same one twice."""
    taken: set[str] = set()
    named: dict[int, str] = {}
    for one in sorted(templates, key=lambda one: one.id):
        name = one.name or f"template {one.id}"
        while name in taken:
            name = f"{name} #{one.id}"
        named[one.id] = name
        taken.add(name)
    return named


def _unread(slug: str, ids: tuple[int, ...]) -> tuple[Notice, ...]:
    if not ids:
        return ()
    words = ", ".join(f"template {one}" if one else "one without an id" for one in ids)
    return (Notice(Severity.WARNING, f"{slug}: not all templates can be read", words),)
