"""A host of projects that are git repositories: read in bounded pieces, written by commits.

Everything is asked for with the project as last seen. A commit is named by its SHA, a folder by
the name of its tree (which a commit's SHA stands for, too), so that what is browsed stays what it
was while others push.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from skyforge_tui.domain.project import Project
from skyforge_tui.domain.repository import (
    Branch,
    CommitPage,
    FileChange,
    FileContent,
    FolderPage,
    Patch,
)
from skyforge_tui.ports.project_host import ProjectHost

FOLDER_PAGE = 1000
"""How many entries of a folder come at a time at most."""
COMMIT_PAGE = 50
"""How many commits come at a time at most."""


@runtime_checkable
class RepositoryHost(ProjectHost, Protocol):
    """Reads and writes the repositories behind its projects.

    All methods raise:
        NotFound: the project, or what is asked for in it, is not there, or one may not see it.
        Unavailable: the host does not answer, or cannot be understood.
        NotSignedIn, Forbidden: it answers somebody else.
    """

    async def branches(self, project: Project) -> tuple[Branch, ...]:
        """Return the branches, the default one first, then by name; an empty repository has none.

        A local project's default branch is the one that is checked out.
        """
        ...

    async def commits(
        self, project: Project, ref: str, *, path: str = "", start: int = 0
    ) -> CommitPage:
        """Return commits of a branch or before a commit, at most `COMMIT_PAGE` from `start` on.

        With a `path`, only those that changed it. `start` is a multiple of `COMMIT_PAGE`.
        """
        ...

    async def patch(self, project: Project, commit: str, most: int) -> Patch:
        """Return what a commit changed, at most `most` bytes of it."""
        ...

    async def folder(self, project: Project, tree: str, start: int = 0) -> FolderPage:
        """Return entries of a folder, at most `FOLDER_PAGE` from `start` on.

        `tree` is the `object_id` of a folder, or a commit for the topmost one. `start` is a
        multiple of `FOLDER_PAGE`.
        """
        ...

    async def read_file(
        self, project: Project, commit: str, path: str, most: int
    ) -> FileContent | None:
        """Return at most `most` bytes of a file as it is in a commit or branch, and its true size.

        None where there is no file. What follows the first bytes is not fetched.
        """
        ...

    async def write_files(
        self, project: Project, changes: Sequence[FileChange], message: str, *, branch: str
    ) -> str:
        """Write files to a branch by one commit where the host can, and return its SHA.

        An empty repository gets that branch. A new file is executable where it shall be and the
        host can make it so.

        Raises:
            Stale: a file is not what its change replaces; it is named. By one commit nothing was
                written then.
            Invalid: it can never be written so.
        """
        ...
