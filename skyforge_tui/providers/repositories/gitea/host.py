"""Repositories of a Gitea server as projects.

Source: Gitea 1.15 to 1.27, `/api/v1`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from skyforge_tui.domain.identity import ProjectId, upstream_of
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Commit, Project, ProjectKind, RepositoryFile
from skyforge_tui.domain.project_manifest import MAX_BYTES, PATH
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.project_toml import ManifestReading, read_project
from skyforge_tui.ports.project_host import ProjectContent, ProjectListing
from skyforge_tui.providers.repositories.gitea import words
from skyforge_tui.providers.repositories.gitea.keeping import GiteaKeeping
from skyforge_tui.providers.repositories.gitea.names import Names
from skyforge_tui.providers.repositories.gitea.trouble import translated
from skyforge_tui.providers.repositories.manifest import with_manifest

SYNC: Final = "project.sync"
SHOWN: Final = 200
"""How many files a project carries along."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read of a repository when it was last written to at `updated`."""

    updated: str
    commit: Commit | None
    files: tuple[RepositoryFile, ...]
    count: int
    manifest: ManifestReading | None = None


class GiteaRepositoryHost(GiteaKeeping):
    """Implements `RepositoryHost` and `RepositoryKeeper` for one server."""

    def __init__(self, client: GiteaClient, names: Names) -> None:
        super().__init__(client, names)
        self._seen: dict[ProjectId, _Seen] = {}
        self._updated: dict[ProjectId, str] = {}

    async def list_projects(self) -> ProjectListing:
        """Return the repositories one owns or was let into: one request for fifty of them."""
        with translated(self.upstream, SYNC):
            listed = await self._client.repos.mine()
            self._names.learn_all(listed.items)
            projects = tuple([await self._learned(one) for one in listed.items])
        unreadable = frozenset(ProjectId(f"{self.upstream}:{one}") for one in listed.unreadable)
        return ProjectListing(projects, unreadable)

    def covers(self, project_id: ProjectId) -> bool:
        """Say whether it is a repository of this server."""
        return upstream_of(project_id) == self.upstream

    async def describe(self, project_id: ProjectId) -> Project:
        """Return a project as its number says, even if it is gone."""
        with translated(self.upstream, SYNC):
            try:
                found = await self._names.repository(project_id)
            except TransportError as error:
                if error.kind != "missing":
                    raise
                return Project(project_id, project_id, project_id, ProjectKind.UNKNOWN, "")
            return await self._learned(found)

    async def read_project(self, project: Project) -> ProjectContent:
        """Read the newest commit and the first files; nothing is launched from here.

        A repository that was not written to since it was read costs no request.
        """
        updated = self._updated.get(project.id, "")
        seen = self._seen.get(project.id)
        if seen is None or not updated or seen.updated != updated:
            with translated(self.upstream, SYNC):
                seen = await self._look(project, updated)
            self._seen[project.id] = seen
        notices = () if seen.count <= SHOWN or seen.files else (_unread(project),)
        read = replace(
            project, commit=seen.commit, files=seen.files, file_count=seen.count, notices=notices
        )
        return ProjectContent(with_manifest(read, seen.manifest), ())

    async def write_files(
        self, project: Project, changes: Sequence[FileChange], message: str, *, branch: str
    ) -> str:
        """Write files; what was read before counts no more, however soon after it this is."""
        try:
            return await super().write_files(project, changes, message, branch=branch)
        finally:
            self._seen.pop(project.id, None)

    async def page_of(self, project: Project) -> str:
        """Return the address of the repository's page."""
        return project.path

    async def _look(self, project: Project, updated: str) -> _Seen:
        name = await self._names.of(project)
        page = await self._client.history.commits(name, project.branch, size=1)
        if not page.items:
            return _Seen(updated, None, (), 0)
        commit = words.commit_of(page.items[0])
        tree = await self._client.files.tree(name, commit.sha, recursive=True)
        blobs = [one for one in tree.tree or () if one.type == "blob"]
        count = max(tree.total_count, len(blobs)) if tree.truncated else len(blobs)
        files = tuple(RepositoryFile(one.path, one.size) for one in blobs[:SHOWN])
        has_manifest = tree.truncated or any(one.path == PATH for one in blobs)
        manifest = await self._manifest(name, commit.sha) if has_manifest else None
        return _Seen(updated, commit, files, count, manifest)

    async def _manifest(self, name: str, sha: str) -> ManifestReading | None:
        try:
            part = await self._client.files.bytes_of(name, PATH, sha, MAX_BYTES + 1)
        except TransportError as error:
            if error.kind != "missing":
                raise
            return None
        return read_project(part.data)

    async def _learned(self, repo: wire.Repository) -> Project:
        project = await self._names.project(repo)
        self._updated[project.id] = repo.updated_at
        return project


def _unread(project: Project) -> Notice:
    return Notice(Severity.WARNING, f"{project.slug}: its files cannot be listed")
