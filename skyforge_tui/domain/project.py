"""A project: a repository or folder with people, and the one rule that says who is what in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from skyforge_tui.domain.identity import Principal, ProjectId, Role, upstream_of
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.notice import Notice
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project_manifest import PATH, ProjectManifest


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
    """What its upstream allows, where it decides that."""
    manifest: ProjectManifest | None = None
    """What its repository says of it, where it has a manifest that can be read."""

    @property
    def full_name(self) -> str:
        """What tells it from a project of the same name elsewhere: `SERVER:SLUG`."""
        return f"{upstream_of(self.id)}:{self.slug}"

    @property
    def mistakes(self) -> tuple[str, ...]:
        """What is wrong in its manifest, each with its place."""
        return tuple(
            f"{one.where}: {one.title}" for one in self.notices if one.where.startswith(PATH)
        )


def access_level(project: Project, principal: Principal, *, is_appointed: bool = False) -> Role:
    """Return what `principal` is in `project`: the highest role found, public tested last.

    Where an upstream decides, its word counts, for everybody who uses its sign-in from here, and
    a manifest can only take from it: whoever may write the manifest cannot make an owner of
    himself by it. From whom is appointed administrator of the upstream no manifest takes anything;
    but nobody is more than the upstream grants them.

    Source: the original system's access rule with its public-project bug fixed (there an owner of
    a public project became a viewer).
    """
    if principal.is_admin:
        return Role.ADMIN
    if project.grant is not None:
        granted = project.grant.role
        if is_appointed:
            return Role.ADMIN if granted >= Role.OWNER else granted
        declared = declared_role(project)
        return granted if declared is None else min(granted, declared)
    if principal.username and principal.username.lower() == project.created_by.lower():
        return Role.OWNER
    named = project.members.role_of(principal.username, principal.groups)
    return Role.VIEWER if named is Role.NONE and project.is_public else named


def declared_role(project: Project) -> Role | None:
    """Return what the manifest of a granted project makes of whoever is signed in there.

    None where no manifest says anything of anybody.
    """
    manifest, grant = project.manifest, project.grant
    if manifest is None or grant is None:
        return None
    declared = manifest.role_of(grant.user, project.created_by)
    if grant.role >= Role.OWNER and not manifest.names_an_owner:
        return None if declared is None else Role.OWNER  # somebody must be able to mend it
    return declared


def is_at_or_below(path: str, folder: str) -> bool:
    """Say whether `path` is `folder` or something in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
