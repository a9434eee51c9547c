"""A project: a repository or folder with people, and the one rule that says who is what in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from skyforge_tui.domain.identity import Principal, ProjectId, Role
from skyforge_tui.domain.notice import Notice
from skyforge_tui.domain.permission import Permission


class ProjectKind(StrEnum):
    """What a project is kept in."""

    GIT = "git"
    FOLDER = "folder"
    HOSTED = "hosted"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> ProjectKind:  # noqa: ARG003
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Members:
    """Who holds which role, by user name and by group name."""

    owners: frozenset[str] = frozenset()
    editors: frozenset[str] = frozenset()
    viewers: frozenset[str] = frozenset()
    owner_groups: frozenset[str] = frozenset()
    editor_groups: frozenset[str] = frozenset()
    viewer_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grant:
    """What an upstream allows whoever this program is signed in as there."""

    user: str
    """Who that is, by user name."""
    word: str
    """What the upstream calls the role."""
    role: Role
    """The nearest of our roles."""
    permits: frozenset[Permission] = frozenset()
    """What that one may do beside looking."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The newest commit of a project's branch."""

    sha: str
    subject: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """One file of a project worth showing: path relative to the project, size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project as last seen at its upstream."""

    id: ProjectId
    slug: str
    """Unique within a listing; what people type."""
    name: str
    kind: ProjectKind
    path: str
    """Where it is: an absolute folder for a local one, else a URL."""
    created_by: str = ""
    description: str = ""
    is_public: bool = False
    members: Members = field(default_factory=Members)
    branch: str = ""
    commit: Commit | None = None
    files: tuple[RepositoryFile, ...] = ()
    """The first files, sorted by path; `file_count` is the true total."""
    file_count: int = 0
    notices: tuple[Notice, ...] = ()
    """What could not be read here, each with where and what next."""
    seen_at: datetime | None = None
    grant: Grant | None = None
    """What its upstream decides, where it does; then members are told for information only."""


def access_level(project: Project, principal: Principal) -> Role:
    """Return what `principal` is in `project`: the highest role found, public tested last.

    Where an upstream decides, its word counts, for everybody who uses its sign-in from here.

    Source: the original system's access rule with its public-project bug fixed (there an owner of
    a public project became a viewer).
    """
    if principal.is_admin:
        return Role.ADMIN
    if project.grant is not None:
        return project.grant.role
    user, groups, members = principal.username.lower(), principal.groups, project.members

    def named(names: frozenset[str], group_names: frozenset[str]) -> bool:
        is_named = bool(user) and user in {name.lower() for name in names}
        return is_named or bool(groups & group_names)

    if named(frozenset({project.created_by}), frozenset()) or named(
        members.owners, members.owner_groups
    ):
        return Role.OWNER
    if named(members.editors, members.editor_groups):
        return Role.EDITOR
    if named(members.viewers, members.viewer_groups):
        return Role.VIEWER
    return Role.VIEWER if project.is_public else Role.NONE


def is_at_or_below(path: str, folder: str) -> bool:
    """Say whether `path` is `folder` or something in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
