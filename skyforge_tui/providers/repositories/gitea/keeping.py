"""Making, sharing and deleting repositories of a Gitea server; see `RepositoryKeeper`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project import Project
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.providers.repositories.gitea import words
from skyforge_tui.providers.repositories.gitea.contents import GiteaContents
from skyforge_tui.providers.repositories.gitea.trouble import translated

KEEP, SHARE = "repository.keep", "repository.share"


class GiteaKeeping(GiteaContents):
    """Makes, changes and deletes repositories too, and lets people in."""

    def counting(self) -> AbstractContextManager[Mapping[str, int]]:
        """Count what is sent on somebody's behalf."""
        return self._client.http.counting()

    async def create_repository(
        self, name: str, *, owner: str = "", description: str = "", is_private: bool = True
    ) -> Project:
        """Make an empty repository."""
        with translated(self.upstream, KEEP):
            org = "" if owner == await self._names.user() else owner
            made = await self._client.repos.create(
                name, org=org, description=description, private=is_private
            )
            return await self._names.project(made)

    async def find_repository(self, full_name: str) -> Project | None:
        """Return the project of `OWNER/NAME`."""
        with translated(self.upstream, KEEP):
            try:
                found = await self._client.repos.get(full_name)
            except TransportError as error:
                if error.kind == "missing":
                    return None
                raise
            return await self._names.project(found)

    async def find_own(self, name: str) -> Project | None:
        """Return the project of one's own repository."""
        with translated(self.upstream, KEEP):
            user = await self._names.user()
        return await self.find_repository(f"{user}/{name}") if user else None

    async def change_repository(
        self, project: Project, *, description: str | None = None, is_private: bool | None = None,
        default_branch: str | None = None, is_archived: bool | None = None,
    ) -> Project:  # fmt: skip
        """Change what is not None."""
        fields: dict[str, Any] = {
            "description": description, "private": is_private, "default_branch": default_branch,
            "archived": is_archived,
        }  # fmt: skip
        wanted = {name: value for name, value in fields.items() if value is not None}
        with translated(self.upstream, KEEP):
            name = await self._names.of(project)
            return await self._names.project(await self._client.repos.change(name, **wanted))

    async def delete_repository(self, project: Project) -> None:
        """Delete a repository; one that is gone is no error."""
        with translated(self.upstream, KEEP):
            try:
                # By its number: another one may have its old name by now.
                name = await self._names.ask(project.id)
                await self._client.repos.delete(name)
            except TransportError as error:
                if error.kind != "missing":
                    raise

    async def collaborators(self, project: Project) -> Mapping[str, Role]:
        """Return who was let in, with what they may."""
        names = sorted(await self.collaborator_names(project))
        with translated(self.upstream, SHARE):
            name = await self._names.of(project)
            told = await asyncio.gather(
                *(self._client.people.permission(name, one) for one in names)
            )
        return {one: words.ROLES.get(may, Role.NONE) for one, may in zip(names, told, strict=True)}

    async def collaborator_names(self, project: Project) -> frozenset[str]:
        """Return who was let in."""
        with translated(self.upstream, SHARE):
            name = await self._names.of(project)
            return frozenset(
                one.login for one in (await self._client.people.collaborators(name)).items
            )

    async def collaborator_role(self, project: Project, username: str) -> Role:
        """Return what somebody may."""
        with translated(self.upstream, SHARE):
            name = await self._names.of(project)
            return words.ROLES.get(await self._client.people.permission(name, username), Role.NONE)

    async def let_in(self, project: Project, username: str, role: Role) -> None:
        """Let somebody in, or change what they may."""
        with translated(self.upstream, SHARE):
            name = await self._names.of(project)
            try:
                await self._client.people.let_in(name, username, words.RIGHTS[role])
            except TransportError as error:
                if error.kind != "invalid":
                    raise
                message = f"nobody is called {username} there"
                raise NotFound(message, upstream=self.upstream, operation=SHARE) from error

    async def put_out(self, project: Project, username: str) -> None:
        """Let somebody in no more."""
        with translated(self.upstream, SHARE):
            name = await self._names.of(project)
            try:
                await self._client.people.put_out(name, username)
            except TransportError as error:
                if error.kind != "invalid":  # whom nobody knows cannot be in
                    raise

    async def find_people(self, text: str) -> tuple[str, ...]:
        """Return people whose names hold some words."""
        with translated(self.upstream, SHARE):
            return tuple(one.login for one in (await self._client.people.search(text)).items)
