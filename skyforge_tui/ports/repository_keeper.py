"""A host on which repositories are made, shared and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project import Project


@runtime_checkable
class RepositoryKeeper(Protocol):
    """Makes, changes and deletes repositories, and says who may what in them.

    All methods raise as `RepositoryHost`'s do. Roles are VIEWER, EDITOR and OWNER: reading,
    writing, ruling.
    """

    @property
    def upstream(self) -> str:
        """The host's name."""
        ...

    async def create_repository(
        self, name: str, *, owner: str = "", description: str = "", is_private: bool = True
    ) -> Project:
        """Make an empty repository of one's own, or of an organisation, and return its project.

        Raises:
            Conflict: there is one of that name.
            Invalid: it can be no name.
        """
        ...

    async def find_repository(self, full_name: str) -> Project | None:
        """Return the project of `OWNER/NAME`, also by a name it once had; None where there is none.

        One that one may not see is none.
        """
        ...

    async def find_own(self, name: str) -> Project | None:
        """Return the project of one's own repository of a name; None where there is none."""
        ...

    async def change_repository(
        self, project: Project, *, description: str | None = None, is_private: bool | None = None,
        default_branch: str | None = None, is_archived: bool | None = None,
    ) -> Project:  # fmt: skip
        """Change what is not None, and return the project as it is then."""
        ...

    async def delete_repository(self, project: Project) -> None:
        """Delete a repository with everything in it; one that is gone is no error."""
        ...

    async def collaborators(self, project: Project) -> Mapping[str, Role]:
        """Return who was let in by name, with what they may; costs a request for each.

        Neither the owner nor who is let in by a team is among them.
        """
        ...

    async def collaborator_names(self, project: Project) -> frozenset[str]:
        """Return who was let in by name, for the price of a list."""
        ...

    async def collaborator_role(self, project: Project, username: str) -> Role:
        """Return what somebody may, by whatever way they were let in; NONE if they were not."""
        ...

    async def let_in(self, project: Project, username: str, role: Role) -> None:
        """Let somebody in, or change what they may.

        Raises:
            NotFound: there is no such person.
        """
        ...

    async def put_out(self, project: Project, username: str) -> None:
        """Let somebody in no more; nothing happens to who was not."""
        ...

    async def find_people(self, text: str) -> tuple[str, ...]:
        """Return the user names of people whose names hold a text."""
        ...
