"""The commands of a repository's page: walking through it, reading, editing; pure data."""

from __future__ import annotations

from skyforge_tui.domain.permission import Permission
from skyforge_tui.tui.command import Command, Place

_HERE = frozenset({Place.REPOSITORY})

REPOSITORY_COMMANDS: tuple[Command, ...] = (
    Command(
        "repository.open", ("enter", "l", "right"), "open",
        "into the folder, the file, the commit, the branch", "This", _HERE,
        footer=1,
    ),
    Command(
        "repository.up", ("h", "left", "backspace"), "up", "one folder up, or back", "This",
        _HERE, footer=7,
    ),
    Command(
        "repository.edit", ("e",), "edit", "edit it in your editor, and commit", "This",
        _HERE, Permission.REPOSITORY_WRITE, asks=True, footer=2,
    ),
    Command(
        "repository.history", ("c",), "commits", "the commits that changed it", "This",
        _HERE, footer=3,
    ),
    Command(
        "repository.branches", ("b",), "branches", "the branches, to look at another one", "This",
        _HERE, footer=4,
    ),
    Command(
        "repository.find", ("slash",), "find", "find a name in what is listed", "This", _HERE,
        footer=6,
    ),
    Command(
        "repository.again", ("n",), "next found", "the next one that is called so", "This", _HERE
    ),
    Command(
        "repository.next", ("tab",), "next part", "files, commits and branches in turn", "This",
        _HERE, footer=5,
    ),
    Command(
        "repository.previous", ("shift+tab",), "part before", "the part before", "This",
        _HERE,
    ),
)  # fmt: skip
