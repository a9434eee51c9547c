"""Which files a project has: as git names them, or walked when git has nothing to say."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from skyforge_tui.domain.project import RepositoryFile
from skyforge_tui.integrations.make.makefile import FILE_NAMES
from skyforge_tui.integrations.terraform.configuration import SUFFIXES
from skyforge_tui.providers.repositories.file_work import Leash
from skyforge_tui.providers.repositories.search import look_into, may_hold_work

MAX_ENTRIES = 20_000
"""How many entries of a plain folder are looked at."""
CANDIDATE_ENDINGS = (".yml", ".yaml", *SUFFIXES, *FILE_NAMES)
"""How the names of files end that may hold something to launch."""
SHOWN = 200
"""How many files a project carries along."""


@dataclass(slots=True)
class Listing:
    """The files of a project."""

    first: tuple[RepositoryFile, ...] = ()
    """The first `SHOWN` by path, readable as text."""
    count: int = 0
    candidates: list[str] = field(default_factory=list)
    """Sorted paths of whatever is called like something to launch, relative to the project."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Folders that could not be looked into, and why."""
    is_capped: bool = False
    """Whether there is more than was looked at."""


def listing_of(leash: Leash, root: Path, names: Iterable[str]) -> Listing:
    """Return the listing of these paths; those that are gone, or folders, do not count."""
    result = Listing()
    files: list[RepositoryFile] = []
    base = os.fspath(root) + os.sep
    for name in sorted(names):
        leash.check()
        try:
            found = os.lstat(base + name)
        except (OSError, ValueError):
            continue
        if stat.S_ISDIR(found.st_mode):
            continue  # a submodule, or a repository within this one
        if name.endswith(CANDIDATE_ENDINGS):
            result.candidates.append(name)
        if stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
            result.count += 1
            if len(files) < SHOWN:
                files.append(RepositoryFile(as_text(name), found.st_size))
    result.first = tuple(files)
    return result


def walk(leash: Leash, root: Path) -> Listing:
    """Return the listing of a plain folder; repositories in it, and hidden folders, stay out.

    Raises:
        OSError: `root` is gone or may not be read.
    """
    names: list[str] = []
    unreadable: dict[str, str] = {}
    queue = deque([""])
    is_capped = False
    while queue and not is_capped:
        leash.check()
        prefix = queue.popleft()
        try:
            entries = look_into(root / prefix)
        except OSError as error:
            if not prefix:
                raise
            if not isinstance(error, FileNotFoundError):
                unreadable[prefix.rstrip("/")] = (error.strerror or type(error).__name__).lower()
            continue
        if prefix and (entries.is_repository or entries.is_virtual_environment):
            continue
        names += [prefix + name for name in sorted(entries.others)]
        queue += [f"{prefix}{name}/" for name in entries.folders if may_hold_work(name)]
        is_capped = len(names) > MAX_ENTRIES or len(queue) > MAX_ENTRIES
    result = listing_of(leash, root, names[:MAX_ENTRIES])
    result.unreadable = unreadable
    result.is_capped = is_capped
    return result


def as_text(name: str) -> str:
    """Return a file's name with a mark in place of bytes that are not UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


def is_text(name: str) -> bool:
    """Return whether a file's name is UTF-8, so that it can be stored and typed."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
