"""What repositories of a server are called now, by the numbers that never change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import ProjectId, native_of
from skyforge_tui.domain.project import Project
from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.asking import lacks_scope
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.providers.repositories.gitea import words


class Names:
    """Knows who asks, and how repositories are called in addresses."""

    def __init__(self, upstream: str, client: GiteaClient) -> None:
        self.upstream = upstream
        self._client = client
        self._known: dict[ProjectId, str] = {}
        self._slugs: dict[int, str] = {}
        self._user = ""
        self._asking = asyncio.Lock()

    def learn_all(self, repos: Iterable[wire.Repository]) -> None:
        """Know what people type for each of all repositories."""
        self._slugs = words.slugs(repos)

    async def project(self, repo: wire.Repository) -> Project:
        """Return a repository as a project, and know it by its present name.

        Raises:
            TransportError: who asks cannot be told.
        """
        slug = self._slugs.get(repo.id, repo.name)
        project = words.project_of(self.upstream, repo, await self.user(), slug)
        self._known[project.id] = words.full_name_of(repo)
        return project

    async def user(self) -> str:
        """Return who asks, by login; empty of a token that may not say.

        Raises:
            TransportError: it cannot be told.
        """
        async with self._asking:
            if not self._user:
                try:
                    self._user = (await self._client.user()).login
                except HttpError as error:
                    if not lacks_scope(error):
                        raise
            return self._user

    async def of(self, project: Project) -> str:
        """Return `OWNER/NAME` of a project: as last listed, else as the server says.

        Raises:
            TransportError: missing, if it is not there.
        """
        return self._known.get(project.id) or await self.ask(project.id)

    async def ask(self, project_id: ProjectId) -> str:
        """Return `OWNER/NAME` as the server says now.

        Raises:
            NotFound: that can be no project of the server.
            TransportError: missing, if it is not there.
        """
        return words.full_name_of(await self.repository(project_id))

    async def repository(self, project_id: ProjectId) -> wire.Repository:
        """Return a repository by its number.

        Raises: as `ask`.
        """
        native = native_of(project_id)
        if not (native.isascii() and native.isdecimal()):
            raise NotFound(f"no project {project_id}", upstream=self.upstream)
        found = await self._client.repos.by_id(int(native))
        self._known[project_id] = words.full_name_of(found)
        return found
