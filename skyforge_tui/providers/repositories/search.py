"""Finding the folders below a root that are projects, bounded and without following links."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from skyforge_tui.integrations.ansible.layout import CONFIG
from skyforge_tui.integrations.ansible.playbook import begins_as_playbook
from skyforge_tui.integrations.make import makefile
from skyforge_tui.integrations.manifest import FILE_NAMES
from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start
from skyforge_tui.integrations.terraform.configuration import SUFFIXES
from skyforge_tui.providers.repositories.file_work import Leash
from skyforge_tui.providers.repositories.recognition import begins_as_topology

MAX_DEPTH = 3
"""How many levels below a root git repositories are looked for."""
MAX_FOLDERS = 20_000
"""How many folders below a root are looked into at most."""
_MAX_HEADS = 2_000
_HEAD_BYTES = 64 * 1024
_NEVER = frozenset({"node_modules", "__pycache__"})
_SIGNS = frozenset({*FILE_NAMES, CONFIG, *makefile.FILE_NAMES})
_FOLDER_SIGNS = frozenset({"group_vars", "host_vars", "playbooks", "roles"})
_BARE = frozenset({"HEAD", "objects", "refs"})


@dataclass(frozen=True, slots=True)
class Entries:
    """What is in a folder: names of folders, and of everything else; links are never folders."""

    folders: tuple[str, ...]
    others: frozenset[str]

    @property
    def is_repository(self) -> bool:
        """Whether git would find its data here; a work tree's may be a file that says where."""
        return ".git" in self.others or ".git" in self.folders

    @property
    def is_bare(self) -> bool:
        """Whether this is git's data without files."""
        return not self.is_repository and _BARE.issubset(self.others.union(self.folders))

    @property
    def is_virtual_environment(self) -> bool:
        """Whether this holds somebody else's code."""
        return "pyvenv.cfg" in self.others


@dataclass(slots=True)
class Found:
    """What a search below one root found."""

    repositories: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    unreadable: dict[Path, str] = field(default_factory=dict)
    """Folders that could not be looked into, and why."""
    is_cut: bool = False
    """Whether there was more than `MAX_FOLDERS`."""


def look_into(folder: Path) -> Entries:
    """Return what is directly in `folder`.

    Raises:
        OSError: it is gone or may not be read.
    """
    folders: list[str] = []
    others: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            (folders if entry.is_dir(follow_symlinks=False) else others).append(entry.name)
    return Entries(tuple(sorted(folders)), frozenset(others))


def may_hold_work(folder: str) -> bool:
    """Return whether a folder of this name is worth looking into."""
    return not folder.startswith(".") and folder not in _NEVER


def repository_above(folder: Path) -> Path | None:
    """Return `folder` or the nearest one above it that looks like a git work tree, or None."""
    for above in (folder, *folder.parents):
        try:
            (above / ".git").lstat()
        except OSError:
            continue
        return above
    return None


def search(leash: Leash, root: Path) -> Found:
    """Return the projects at and below `root`, which is in no git work tree.

    The git repositories below; and `root` itself when it directly holds something to launch or
    what goes with it, else its child folders without a repository in them; and `root` when there
    is nothing else.

    Raises:
        OSError: `root` is gone or may not be read.
    """
    found = Found()
    top = look_into(root)
    children = {name: False for name in top.folders if may_hold_work(name)}
    queue = deque((root / name, name, 1) for name in children)
    looked = 0
    while queue:
        leash.check()
        folder, child, depth = queue.popleft()
        looked += 1
        if looked > MAX_FOLDERS:
            found.is_cut = True
            break
        try:
            entries = look_into(folder)
        except FileNotFoundError:
            children[child] |= depth == 1
            continue
        except OSError as error:
            found.unreadable[folder] = (error.strerror or type(error).__name__).lower()
            children[child] |= depth == 1
            continue
        if entries.is_repository:
            found.repositories.append(folder)
        if entries.is_repository or entries.is_bare or entries.is_virtual_environment:
            children[child] |= depth == 1 or entries.is_repository
        elif depth < MAX_DEPTH:
            queue.extend(
                (folder / name, child, depth + 1) for name in entries.folders if may_hold_work(name)
            )
    if _holds_templates(leash, root, top):
        found.folders = [root]
    else:
        found.folders = [
            root / name for name, is_spoken_for in children.items() if not is_spoken_for
        ]
    if not found.folders and not found.repositories:
        found.folders = [root]
    return found


def _holds_templates(leash: Leash, root: Path, top: Entries) -> bool:
    """Return whether something directly in `root` can be launched, or serves launching."""
    if not _SIGNS.isdisjoint(top.others) or not _FOLDER_SIGNS.isdisjoint(top.folders):
        return True
    if any(name.endswith(SUFFIXES) for name in top.others):
        return True
    yaml = sorted(name for name in top.others if name.endswith((".yml", ".yaml")))
    for name in yaml[:_MAX_HEADS]:
        leash.check()
        try:
            start = read_start(root / name, root, _HEAD_BYTES, _HEAD_BYTES)
        except UnreadableFileError:
            continue  # said when the project it belongs to is read
        if begins_as_playbook(start.data) or begins_as_topology(start.data):
            return True
    return False
