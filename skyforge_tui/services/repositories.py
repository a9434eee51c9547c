"""Repositories: what is in them, read in bounded pieces, and changed by commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import LOOK_AGAIN, Invalid, NotFound
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.identity import Principal, ProjectId, upstream_of
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.repository import (
    Branch,
    CommitPage,
    EntryKind,
    FileChange,
    FileContent,
    FolderPage,
    Patch,
)
from skyforge_tui.ports.repository_host import FOLDER_PAGE, RepositoryHost
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.record import Doing, Record, recorded

_MOST_NAMED: Final = 5
"""Files of a write that the record names."""


def _written(_: RepositoryService, call: Mapping[str, Any], result: Any) -> Iterator[Doing]:
    paths = [
        one.path if one.data is not None else f"{one.path} (deleted)" for one in call["changes"]
    ]
    more = len(paths) - _MOST_NAMED
    words = ", ".join(paths[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    commit = f", commit {result[:10]}" if result else ""
    yield Doing(Deed.WRITE, f"{words} on {call['branch']}{commit}", call["project_id"])


class RepositoryService:
    """What one may do with what is in repositories; see `RepositoryHost` for what is raised."""

    def __init__(
        self, hosts: Iterable[RepositoryHost], access: Access, record: Record, bus: Bus
    ) -> None:
        self._hosts = {one.upstream: one for one in hosts}
        self.access = access
        self.record = record
        self._bus = bus

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whose projects have repositories."""
        return tuple(self._hosts)

    async def project_of(self, target: object) -> ProjectId:
        """Return the project, which is what has a repository."""
        return ProjectId(str(target))

    @requires(Permission.PROJECT_READ, of="project_id")
    async def branches(self, principal: Principal, project_id: ProjectId) -> tuple[Branch, ...]:
        """Return the branches, the default one first."""
        host, project = self._held(project_id)
        return await host.branches(project)

    @requires(Permission.PROJECT_READ, of="project_id")
    async def commits(
        self, principal: Principal, project_id: ProjectId, ref: str, path: str = "", start: int = 0
    ) -> CommitPage:
        """Return a page of commits of a branch, or of those that changed a path."""
        host, project = self._held(project_id)
        return await host.commits(project, ref, path=path, start=start)

    @requires(Permission.PROJECT_READ, of="project_id")
    async def patch(
        self, principal: Principal, project_id: ProjectId, commit: str, most: int
    ) -> Patch:
        """Return what a commit changed, at most `most` bytes of it."""
        host, project = self._held(project_id)
        return await host.patch(project, commit, most)

    @requires(Permission.PROJECT_READ, of="project_id")
    async def folder(
        self, principal: Principal, project_id: ProjectId, tree: str, start: int = 0
    ) -> FolderPage:
        """Return a page of a folder, by the name of its tree or a commit."""
        host, project = self._held(project_id)
        return await host.folder(project, tree, start)

    @requires(Permission.PROJECT_READ, of="project_id")
    async def tree_of(
        self, principal: Principal, project_id: ProjectId, ref: str, path: str
    ) -> str:
        """Return the tree of a folder of a branch or commit; empty before the first commit.

        Raises:
            NotFound: there is no such folder.
        """
        host, project = self._held(project_id)
        newest = (await host.commits(project, ref)).commits
        if not newest:
            return ""
        tree = newest[0].sha
        for name in filter(None, path.split("/")):
            tree = await self._below(host, project, tree, name)
        return tree

    async def _below(self, host: RepositoryHost, project: Project, tree: str, name: str) -> str:
        start, total = 0, 1
        while start < total:
            page = await host.folder(project, tree, start)
            for one in page.entries:
                if one.name == name and one.kind is EntryKind.FOLDER:
                    return one.object_id
            start, total = start + FOLDER_PAGE, page.total
        raise NotFound(f"{project.slug} has no folder {name} there", operation="repository.read")

    @requires(Permission.PROJECT_READ, of="project_id")
    async def read_file(
        self, principal: Principal, project_id: ProjectId, commit: str, path: str, most: int
    ) -> FileContent:
        """Return at most `most` bytes of a file.

        Raises:
            NotFound: there is no such file.
        """
        host, project = self._held(project_id)
        found = await host.read_file(project, commit, path, most)
        if found is None:
            raise NotFound(
                f"{project.slug} has no file {path} there", upstream=host.upstream,
                operation="repository.read", advice=LOOK_AGAIN,
            )  # fmt: skip
        return found

    @recorded(_written)
    @requires(Permission.REPOSITORY_WRITE, of="project_id")
    async def write_files(
        self,
        principal: Principal,
        project_id: ProjectId,
        changes: Sequence[FileChange],
        message: str,
        branch: str,
    ) -> str:
        """Write files to a branch and return the commit's SHA.

        Raises:
            Stale: a file is not what its change replaces.
            Invalid: the message is empty.
        """
        if not message.strip():
            raise Invalid("a commit needs a message", operation="repository.write")
        host, project = self._held(project_id)
        made = await host.write_files(project, changes, message, branch=branch)
        self._bus.publish(SyncRequested(project_id))
        return made

    def _held(self, project_id: ProjectId) -> tuple[RepositoryHost, Project]:
        project = self.access.known(project_id)
        host = self._hosts.get(upstream_of(project_id))
        if host is None:
            raise Invalid(
                f"{project.slug} is kept at {upstream_of(project_id)}, which shows no files",
                operation="repository.read",
            )
        return host, project
