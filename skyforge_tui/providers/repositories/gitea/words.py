"""What Gitea tells, in the words of the domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from skyforge_tui.domain.identity import ProjectId, Role
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Commit, Grant, Project, ProjectKind
from skyforge_tui.domain.repository import Branch, Entry, EntryKind
from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.moments import moment

RIGHTS: Final = {Role.VIEWER: "read", Role.EDITOR: "write", Role.OWNER: "admin"}
ROLES: Final = {
    "none": Role.NONE, "read": Role.VIEWER, "write": Role.EDITOR, "admin": Role.OWNER,
    "owner": Role.OWNER,
}  # fmt: skip
_WRITES: Final = frozenset(
    {Permission.ARTIFACT_DELETE, Permission.ARTIFACT_WRITE, Permission.REPOSITORY_WRITE}
)
_LAUNCHES: Final = frozenset(
    {Permission.DEPLOYMENT_DESTROY, Permission.DEPLOYMENT_START, Permission.DEPLOYMENT_STOP}
)
"""Where what is deployed runs, somebody else grants it once more."""
_RULES: Final = frozenset(
    {Permission.PROJECT_DELETE, Permission.PROJECT_RECONCILE, Permission.PROJECT_SHARE}
)
_KINDS: Final = {
    "blob": EntryKind.FILE, "tree": EntryKind.FOLDER, "commit": EntryKind.SUBMODULE,
}  # fmt: skip
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def full_name_of(repo: wire.Repository) -> str:
    """Return `OWNER/NAME`."""
    return repo.full_name or f"{repo.owner.login}/{repo.name}"


def slugs(repos: Iterable[wire.Repository]) -> dict[int, str]:
    """Return what people type for each repository: its name, with the owner's where it is taken."""
    several = list(repos)
    count = Counter(one.name.lower() for one in several)
    return {
        one.id: one.name if count[one.name.lower()] == 1 else full_name_of(one) for one in several
    }


def project_of(upstream: str, repo: wire.Repository, user: str, slug: str) -> Project:
    """Return a repository as a project; `user` is who asks."""
    return Project(
        ProjectId(f"{upstream}:{repo.id}"),
        slug,
        repo.name,
        ProjectKind.GIT,
        repo.html_url,
        created_by=repo.owner.login,
        description=repo.description,
        is_public=not (repo.private or repo.internal),
        branch=repo.default_branch,
        grant=grant_of(repo, user),
    )


def grant_of(repo: wire.Repository, user: str) -> Grant:
    """Return what the server allows who asks."""
    may = repo.permissions or wire.Permissions(pull=True)
    if may.admin:
        word, role = "owner", Role.OWNER
    elif may.push:
        word, role = "writer", Role.EDITOR
    else:
        word, role = "reader", Role.VIEWER
    writes = role >= Role.EDITOR and not (repo.archived or repo.mirror)
    if repo.archived:
        word = f"{word} (archived)"
    permits = _LAUNCHES if role >= Role.EDITOR else frozenset()
    if writes:
        permits |= _WRITES
    if may.admin and writes:
        permits |= _RULES
    return Grant(user, word, role, permits)


def commit_of(told: wire.Commit) -> Commit:
    """Return a commit: who wrote it, when it was put where it is."""
    words = told.commit
    hand = words.author or words.committer or wire.Hand()
    at = moment((words.committer or hand).date) or moment(told.created) or _NEVER
    return Commit(told.sha, _subject(words.message), hand.name, at)


def branch_of(told: wire.Branch, default: str) -> Branch:
    """Return a branch."""
    commit = told.commit
    at = moment(commit.timestamp) or _NEVER
    author = commit.author.name if commit.author else ""
    return Branch(
        told.name, Commit(commit.id, _subject(commit.message), author, at),
        is_default=told.name == default, is_protected=told.protected and not told.user_can_push,
    )  # fmt: skip


def entry_of(told: wire.TreeEntry) -> Entry:
    """Return something in a folder."""
    kind = _KINDS.get(told.type, EntryKind.UNKNOWN)
    if told.mode == "120000":
        kind = EntryKind.LINK
    return Entry(told.path, kind, told.sha, told.size, told.mode == "100755")


def _subject(message: str) -> str:
    return message.strip().partition("\n")[0]
