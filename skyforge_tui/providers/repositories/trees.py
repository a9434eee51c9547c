"""What git says about a folder, in the words of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Commit, ProjectKind
from skyforge_tui.integrations import git
from skyforge_tui.integrations.errors import TransportError


@dataclass(frozen=True, slots=True)
class Tree:
    """How a project is kept."""

    kind: ProjectKind
    branch: str = ""
    commit: Commit | None = None
    is_read_by_git: bool = False
    """Whether git names its files."""
    notices: tuple[Notice, ...] = ()


async def ask_git(folder: Path) -> git.WorkTree | git.Absence:
    """Return what git says about `folder`; not answering counts as broken."""
    try:
        return await git.look(folder)
    except TransportError as error:
        return git.Absence(git.NoTree.BROKEN, error.message)


def tree_of(folder: Path, answer: git.WorkTree | git.Absence, has_git_data: bool) -> Tree:
    """Return how the project at `folder` is kept, by git's answer for it.

    `has_git_data` says whether a `.git` stands directly in the folder.
    """
    if isinstance(answer, git.WorkTree):
        if answer.top != folder:
            return Tree(ProjectKind.FOLDER)
        head = answer.head
        return Tree(
            ProjectKind.GIT,
            answer.branch,
            Commit(head.sha, head.subject, head.author, head.at) if head else None,
            is_read_by_git=True,
            notices=(_warning(folder, f"the newest commit cannot be read: {answer.complaint}"),)
            if answer.complaint
            else (),
        )
    if answer.reason is git.NoTree.BARE:
        what = "a bare git repository: no files are checked out here"
        return Tree(ProjectKind.FOLDER, notices=(_warning(folder, what),))
    if not has_git_data:
        return Tree(ProjectKind.FOLDER)
    return Tree(ProjectKind.GIT, notices=(_complaint(folder, answer),))


def _complaint(folder: Path, absence: git.Absence) -> Notice:
    match absence.reason:
        case git.NoTree.NO_GIT:
            return _warning(
                folder, "git is not installed: branch and commit are unknown", "install git"
            )
        case git.NoTree.FOREIGN:
            return _warning(
                folder,
                "git does not read this repository, because somebody else owns it",
                f"if you trust it: git config --global --add safe.directory {folder}",
            )
    return _warning(
        folder, f"git cannot read this repository: {absence.message}", f"try: git -C {folder} log"
    )


def _warning(folder: Path, title: str, advice: str = "") -> Notice:
    return Notice(Severity.WARNING, title, where=str(folder), advice=advice)
