"""What is in repositories of this machine: the reading and writing half of the local host."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from skyforge_tui.domain.errors import (
    Conflict,
    Invalid,
    NotFound,
    SkyforgeError,
    Stale,
    Unavailable,
)
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.project import Commit, Project, ProjectKind
from skyforge_tui.domain.repository import (
    Branch,
    CommitPage,
    Entry,
    EntryKind,
    FileChange,
    FileContent,
    FolderPage,
    Patch,
)
from skyforge_tui.integrations import git_objects
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.ports.repository_host import COMMIT_PAGE, FOLDER_PAGE
from skyforge_tui.providers.repositories.listing import as_text

READ: Final = "repository.read"
WRITE: Final = "repository.write"
_KINDS: Final = {
    "blob": EntryKind.FILE, "tree": EntryKind.FOLDER, "commit": EntryKind.SUBMODULE,
}  # fmt: skip
_LINK: Final = "120000"
_FOLDERS_KEPT: Final = 16


class LocalGit:
    """Reads and writes repositories of this machine by git; see `RepositoryHost`."""

    def __init__(self) -> None:
        self._folders: OrderedDict[tuple[str, str], tuple[Entry, ...]] = OrderedDict()

    async def branches(self, project: Project) -> tuple[Branch, ...]:
        """Return the branches, the one that is checked out first."""
        with _translated(READ):
            told = await git_objects.branches(_top(project))
        found = (Branch(one.ref, _commit(one), one.ref == project.branch) for one in told)
        return tuple(sorted(found, key=lambda one: (not one.is_default, one.name)))

    async def commits(
        self, project: Project, ref: str, *, path: str = "", start: int = 0
    ) -> CommitPage:
        """Return a page of commits."""
        top = _top(project)
        with _translated(READ):
            found = await git_objects.resolve(top, ref)
            if not found:
                if not await git_objects.branches(top):
                    return CommitPage((), 0, 0, has_more=False)
                raise _missing(project, f"branch or commit {ref}")
            told = await git_objects.log(top, found, path, start, COMMIT_PAGE)
            total = await git_objects.count(top, found, path)
        commits = tuple(_commit(one) for one in told)
        return CommitPage(commits, start, total, start + len(commits) < total)

    async def patch(self, project: Project, commit: str, most: int) -> Patch:
        """Return what a commit changed."""
        with _translated(READ):
            data = await git_objects.patch(_top(project), commit, most + 1)
        return Patch(data[:most].decode("utf-8", "replace"), len(data) <= most)

    async def folder(self, project: Project, tree: str, start: int = 0) -> FolderPage:
        """Return a page of a folder; git tells the whole of it, which is kept for a while."""
        key = (project.path, tree)
        if (entries := self._folders.get(key)) is None:
            with _translated(READ):
                entries = tuple(_entry(one) for one in await git_objects.tree(_top(project), tree))
            self._folders[key] = entries
            while len(self._folders) > _FOLDERS_KEPT:
                self._folders.popitem(last=False)
        self._folders.move_to_end(key)
        return FolderPage(entries[start : start + FOLDER_PAGE], start, len(entries))

    async def read_file(
        self, project: Project, commit: str, path: str, most: int
    ) -> FileContent | None:
        """Return the first bytes of a file."""
        top = _top(project)
        with _translated(READ):
            found = await git_objects.resolve(top, commit)
            row = await git_objects.entry(top, found, path) if found else None
            if row is None or row.kind != "blob":
                return None
            data = await git_objects.blob(top, row.sha, most)
        return FileContent(data, row.size, row.sha)

    async def write_files(
        self, project: Project, changes: Sequence[FileChange], message: str, *, branch: str
    ) -> str:
        """Write files by one commit; where that branch is checked out, its files follow."""
        edits = [
            git_objects.Edit(one.path, one.data, one.replaces, one.is_executable) for one in changes
        ]
        with _translated(WRITE):
            return await git_objects.commit(_top(project), branch, message, edits)


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    said = {"upstream": LOCAL, "operation": operation}
    try:
        yield
    except git_objects.StaleEditError as error:
        if error.has_edits:
            raise Conflict(
                f"{error.path} has changes in the work tree that are in no commit",
                advice="commit or stash them first", **said,
            ) from error  # fmt: skip
        raise Stale(error.path, **said) from error
    except TransportError as error:
        kinds: dict[str, type[SkyforgeError]] = {"missing": NotFound, "invalid": Invalid}
        raise kinds.get(error.kind, Unavailable)(error.message, **said) from error


def _top(project: Project) -> Path:
    if project.kind is not ProjectKind.GIT:
        raise Invalid(
            f"{project.slug} is a folder without a repository", operation=READ,
            advice="git init makes it one",
        )  # fmt: skip
    return Path(project.path)


def _missing(project: Project, what: str) -> NotFound:
    return NotFound(f"{project.slug} has no {what}", upstream=LOCAL, operation=READ)


def _commit(logged: git_objects.Logged) -> Commit:
    try:
        at = datetime.fromtimestamp(logged.seconds, UTC)
    except (ValueError, OverflowError, OSError):
        at = datetime.fromtimestamp(0, UTC)
    return Commit(logged.sha, logged.subject, logged.author, at)


def _entry(row: git_objects.Row) -> Entry:
    kind = EntryKind.LINK if row.mode == _LINK else _KINDS.get(row.kind, EntryKind.UNKNOWN)
    return Entry(as_text(row.path), kind, row.sha, row.size, row.mode == "100755")
