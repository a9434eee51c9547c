"""The manifest of a project: what its repository says that it is, and who is what in it.

It stands in the repository itself, so that it is versioned, and outlives every cache.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.members import Members

PATH: Final = ".skyforge/project.toml"
"""Where it stands in the repository."""
MAX_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class DeclaredPlay:
    """A template that the project's run engine shall have: a playbook of the repository."""

    name: str
    playbook: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredDeployment:
    """A launch with a name of its own: a template, and what it is answered."""

    name: str
    template: str
    """One of the project, of its run engine or of its lab servers, by name."""
    answers: tuple[tuple[str, str], ...] = ()
    destroy: str = ""
    """The template that undoes it; empty where the one that makes it can do that, too."""


@dataclass(frozen=True, slots=True)
class ProjectManifest:
    """What a project says of itself; what it leaves out is empty."""

    name: str = ""
    description: str = ""
    is_public: bool | None = None
    """None: as the repository is."""
    members: Members = field(default_factory=Members)
    engine: str = ""
    """The instance on which its runs run, as the configuration names it."""
    lab_servers: tuple[str, ...] = ()
    blueprint: str = ""
    """The repository that it began from, as `owner/repository` or an address."""
    artifacts: str = ""
    """The prefix below which its artifacts are kept."""
    templates: tuple[DeclaredPlay, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    """What its runs find in their variable group, in order."""
    deployments: tuple[DeclaredDeployment, ...] = ()

    @property
    def names_an_owner(self) -> bool:
        """Whether any person or group owns it by this."""
        return bool(self.members.owners or self.members.owner_groups)

    def role_of(self, username: str, creator: str) -> Role | None:
        """Return what it makes of somebody; None where it names nobody and so says nothing.

        Whoever the repository belongs to is always an owner: nobody can be locked out of what is
        theirs. That it is public is looked at last.
        """
        if not self.members:
            return None
        if username and username.lower() == creator.lower():
            return Role.OWNER
        named = self.members.role_of(username)
        return Role.VIEWER if named is Role.NONE and self.is_public else named
