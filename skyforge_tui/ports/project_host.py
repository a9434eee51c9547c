"""Something that holds projects and what can be launched in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.notice import Notice
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.template import Template


@dataclass(frozen=True, slots=True)
class ProjectListing:
    """Projects that were found, and ids that are there but could not be read."""

    projects: tuple[Project, ...]
    unreadable: frozenset[ProjectId] = frozenset()
    notices: tuple[Notice, ...] = ()
    """What was not looked at, and why; each with where and what next."""


@dataclass(frozen=True, slots=True)
class ProjectContent:
    """A project read in depth: itself with files and notices, and its templates."""

    project: Project
    templates: tuple[Template, ...]


class ProjectHost(Protocol):
    """Lists projects of one upstream instance and reads what can be launched in them."""

    @property
    def upstream(self) -> str:
        """The instance's name."""
        ...

    async def list_projects(self) -> ProjectListing:
        """Return the projects, shallow: no files, no templates.

        Raises:
            Unavailable: they cannot be listed. A partial list is never returned.
        """
        ...

    def covers(self, project_id: ProjectId) -> bool:
        """Say whether `list_projects` lists this project for as long as it exists."""
        ...

    async def describe(self, project_id: ProjectId) -> Project:
        """Return one project, shallow, whether it is covered or not, even if it is gone by now.

        A run outlives its project: somebody must still be able to say whose it was.
        """
        ...

    async def read_project(self, project: Project) -> ProjectContent:
        """Read files and templates of a project; what cannot be read becomes a notice in it.

        `is_trusted` of the templates is False: trust is decided above.

        Raises:
            NotFound: it is gone.
            Unavailable: it cannot be read at all.
        """
        ...

    async def page_of(self, project: Project) -> str:
        """Return the address of the project's web page; empty when it has none."""
        ...
