"""What Semaphore's ids are called here, and what its bare answers leave out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import NamedTuple

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import ProjectId, RunId, TemplateId, native_of, upstream_of
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore import wire
from skyforge_tui.providers.runs.semaphore.standing import Standing

_RUN = re.compile(r"(\d{1,18})-(\d{1,18})")


class Person(NamedTuple):
    """An account of the server."""

    login: str
    name: str = ""
    """In full."""


class Names:
    """Turns ids of one instance into ours and back, and remembers what things are called.

    A run is `<instance>:<project>-<task>`: the server finds a task only in its project.
    """

    def __init__(self, upstream: str, standing: Standing) -> None:
        self.upstream = upstream
        self.standing = standing
        self._projects: dict[int, str] = {}
        self.templates: dict[tuple[int, int], str] = {}
        """By project and template."""
        self.people: dict[int, Person] = {}
        self._known_in: set[int] = set()

    def project_id(self, project: int) -> ProjectId:
        """Return our id of a project."""
        return ProjectId(f"{self.upstream}:{project}")

    def template_id(self, project: int, template: int) -> TemplateId:
        """Return our id of a template."""
        return TemplateId(f"{self.upstream}:{project}#{template}")

    def run_id(self, project: int, task: int) -> RunId:
        """Return our id of a task."""
        return RunId(f"{self.upstream}:{project}-{task}")

    def project_of(self, project_id: ProjectId) -> int:
        """Return the server's id of a project.

        Raises:
            NotFound: it is none of this server's.
        """
        native = native_of(project_id)
        if upstream_of(project_id) != self.upstream or not native.isdecimal():
            raise NotFound(f"no project {project_id}", upstream=self.upstream)
        return int(native)

    def template_of(self, template_id: TemplateId) -> tuple[int, int]:
        """Return the server's ids of a project and a template in it.

        Raises:
            NotFound: it is none of this server's.
        """
        project, _, template = native_of(template_id).partition("#")
        is_ours = upstream_of(template_id) == self.upstream
        if not (is_ours and project.isdecimal() and template.isdecimal()):
            raise NotFound(f"no template {template_id}", upstream=self.upstream)
        return int(project), int(template)

    def task_of(self, run_id: RunId) -> tuple[int, int]:
        """Return the server's ids of a project and a task in it.

        Raises:
            NotFound: it is none of this server's.
        """
        found = _RUN.fullmatch(native_of(run_id))
        if upstream_of(run_id) != self.upstream or found is None:
            raise NotFound(f"there is no run {run_id}", upstream=self.upstream)
        return int(found[1]), int(found[2])

    async def know_people(self, project: int) -> None:
        """Know who one is oneself, and who belongs to a project; asked for once.

        Raises:
            TransportError: they cannot be listed.
        """
        if project in self._known_in:
            return
        try:
            user, members = await asyncio.gather(
                self.standing.user(), self.standing.members(project)
            )
        except TransportError as error:
            if error.kind not in ("missing", "forbidden"):
                raise
            return  # then they are called by the names that come with their tasks
        self.meet(project, (user, *members.items))

    def meet(self, project: int, people: Iterable[wire.User | wire.Member]) -> None:
        """Know these people of a project from now on."""
        self._known_in.add(project)
        self.people.update((one.id, Person(one.username, one.name)) for one in people)

    async def projects(self, *, anew: bool = False) -> dict[int, str]:
        """Return the slug of every project by id; asked for once, or `anew`.

        Raises:
            TransportError: they cannot be listed.
        """
        if anew or not self._projects:
            self.learn((await self.standing.projects()).items)
        return self._projects

    def learn(self, projects: tuple[wire.Project, ...]) -> None:
        """Know exactly these projects from now on."""
        self._projects = slugs(projects)

    def slug(self, project: int) -> str:
        """Return what people type for a project."""
        return self._projects.get(project, f"project-{project}")


def slugs(projects: tuple[wire.Project, ...]) -> dict[int, str]:
    """Return a slug for each project, no two alike: the later made of two has its id behind it."""
    taken: set[str] = set()
    found: dict[int, str] = {}
    for one in sorted(projects, key=lambda one: one.id):
        slug = re.sub(r"[^a-z0-9]+", "-", one.name.lower()).strip("-") or "project"
        if slug in taken:
            slug = f"{slug}-{one.id}"
        taken.add(slug)
        found[one.id] = slug
    return found
