"""Which folders are projects, root by root, and what could not be looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.integrations import git
from skyforge_tui.providers.repositories.file_work import Leash, in_thread
from skyforge_tui.providers.repositories.listing import as_text, is_text
from skyforge_tui.providers.repositories.search import (
    MAX_FOLDERS,
    Found,
    repository_above,
    search,
)
from skyforge_tui.providers.repositories.trees import ask_git

MAX_PROJECTS = 2_000


@dataclass(slots=True)
class Places:
    """What looking at the roots brings together."""

    projects: list[Path] = field(default_factory=list)
    """Absolute and resolved, each once, sorted, at most `MAX_PROJECTS`."""
    unreadable: set[Path] = field(default_factory=set)
    unreadable_roots: list[Path] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def say(self, where: Path, title: str, advice: str = "") -> None:
        """Note something that was not looked at."""
        self.notices.append(
            Notice(Severity.WARNING, title, where=as_text(str(where)), advice=advice)
        )


async def find_places(roots: tuple[Path, ...]) -> Places:
    """Return the folders at and below `roots` that are projects."""
    places = Places()
    found: set[Path] = set()
    for root in roots:
        found |= await _projects_of(root, places)
    projects = []
    for path in sorted(found):
        if is_text(str(path)):
            projects.append(path)
        else:
            places.say(path, "a project whose path is not UTF-8 is left out")
    if len(projects) > MAX_PROJECTS:
        title = f"{len(projects):,} projects, only the first {MAX_PROJECTS:,} are shown"
        places.say(projects[MAX_PROJECTS], title, "name narrower roots in the configuration")
    places.projects = projects[:MAX_PROJECTS]
    return places


async def _projects_of(root: Path, places: Places) -> set[Path]:
    try:
        folder = await in_thread(_resolved, root)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links in Python 3.11
        _say_unreadable_root(root, error, places)
        return set()
    answer = await ask_git(folder)
    if isinstance(answer, git.WorkTree):
        if folder.is_relative_to(answer.top):
            return {answer.top}
    elif answer.reason is not git.NoTree.NOT_A_REPOSITORY:
        # Git does not read it. It is there all the same.
        above = await in_thread(_repository_above, folder)
        if above is not None and answer.reason is not git.NoTree.BARE:
            return {above}
    try:
        found = await in_thread(search, folder)
    except OSError as error:
        _say_unreadable_root(folder, error, places)
        return set()
    _say_what_was_missed(folder, found, places)
    return {*found.repositories, *found.folders}


def _resolved(_: Leash, root: Path) -> Path:
    return root.expanduser().resolve(strict=True)


def _repository_above(_: Leash, folder: Path) -> Path | None:
    return repository_above(folder)


def _say_unreadable_root(root: Path, error: OSError | RuntimeError, places: Places) -> None:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        places.say(root, "the folder is not there", "correct the roots of the workspace")
        return
    why = (getattr(error, "strerror", None) or "a loop of links, or no home folder").lower()
    places.say(root, f"the folder cannot be read ({why})")
    places.unreadable.add(root)
    places.unreadable_roots.append(root)


def _say_what_was_missed(root: Path, found: Found, places: Places) -> None:
    for path, why in sorted(found.unreadable.items()):
        places.say(path, f"the folder cannot be read ({why})")
        places.unreadable.add(path)
    if found.is_cut:
        title = f"only {MAX_FOLDERS:,} folders below it were looked into for projects"
        places.say(root, title, "name narrower roots in the configuration")
