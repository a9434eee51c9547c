"""A host of projects whose files change when told to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.identity import LOCAL, ProjectId, native_of, upstream_of
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.ports.project_host import ProjectContent, ProjectListing
from tests.fakes.waiting import Gate


class FakeRepositoryHost:
    """Holds projects and templates; files are (path, sha256) and change when told to."""

    def __init__(self, upstream: str = LOCAL) -> None:
        self.upstream = upstream
        self.contents: dict[ProjectId, ProjectContent] = {}
        self.uncovered: set[ProjectId] = set()
        self.unreadable: set[ProjectId] = set()
        self.broken: set[ProjectId] = set()
        """Projects that are listed but cannot be read in depth."""
        self.files: dict[str, str] = {}
        self.down: Unavailable | None = None
        self.reads: list[ProjectId] = []
        self.described: list[ProjectId] = []
        self.pages: dict[ProjectId, str] = {}
        self.slow: dict[ProjectId, Gate] = {}
        self.listing = Gate()
        self.describing = Gate()

    def put(self, project: Project, *templates: Template) -> None:
        """Hold this project with these templates."""
        self.contents[project.id] = ProjectContent(project, templates)
        self.files.update((one.path, one.sha256) for each in templates for one in each.sources)

    def edit(self, path: str, sha256: str) -> None:
        """Change a file, and what every template says of it when it is read again."""
        self.files[path] = sha256
        for key, content in self.contents.items():
            templates = tuple(
                replace(
                    one,
                    sources=tuple(
                        Source(each.path, self.files.get(each.path, each.sha256))
                        for each in one.sources
                    ),
                )
                for one in content.templates
            )
            self.contents[key] = replace(content, templates=templates)

    async def list_projects(self) -> ProjectListing:
        """Return the projects that are readable."""
        await self.listing.pass_through()
        if self.down is not None:
            raise self.down
        shallow = [
            replace(one.project, files=(), file_count=0, manifest=None)
            for key, one in self.contents.items()
            if key not in self.unreadable and key not in self.uncovered
        ]
        return ProjectListing(tuple(shallow), frozenset(self.unreadable))

    def covers(self, project_id: ProjectId) -> bool:
        """Say whether it is of this host and not set apart."""
        return upstream_of(project_id) == self.upstream and project_id not in self.uncovered

    async def page_of(self, project: Project) -> str:
        """Return the page that was put."""
        return self.pages.get(project.id, "")

    async def describe(self, project_id: ProjectId) -> Project:
        """Return what is held, shallow, or a project made up from its path."""
        self.described.append(project_id)
        await self.describing.pass_through()
        held = self.contents.get(project_id)
        if held is not None:
            return replace(held.project, files=(), file_count=0)
        path = native_of(project_id)
        name = path.rpartition("/")[2]
        return Project(project_id, name, name, ProjectKind.FOLDER, path, created_by="ada")

    async def read_project(self, project: Project) -> ProjectContent:
        """Return what is held."""
        self.reads.append(project.id)
        await asyncio.sleep(0)
        if project.id in self.slow:
            await self.slow[project.id].pass_through()
        if project.id in self.broken:
            raise Unavailable("permission denied", upstream=self.upstream)
        if project.id not in self.contents:
            raise NotFound(f"no project {project.id}", upstream=self.upstream)
        return self.contents[project.id]

    async def fingerprint(self, template: Template) -> tuple[Source, ...]:
        """Return the present hashes."""
        await asyncio.sleep(0)
        for one in template.sources:
            if one.path not in self.files:
                raise NotFound(f"{one.path} is gone", upstream=self.upstream)
        return tuple(Source(one.path, self.files[one.path]) for one in template.sources)
