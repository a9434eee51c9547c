"""Where Ansible is to be started for a playbook, and with which inventory."""

from __future__ import annotations

import configparser
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start

CONFIG = "ansible.cfg"
_MAX_CONFIG_BYTES = 256 * 1024
_INVENTORY_FILES = (
    "hosts", "hosts.yml", "hosts.yaml", "hosts.ini",
    "inventory", "inventory.yml", "inventory.yaml", "inventory.ini",
)  # fmt: skip
_NOT_PLAYBOOKS = frozenset(
    {"roles", "collections", "ansible_collections", "group_vars", "host_vars", "node_modules"}
    | {"venv", "site-packages", "__pycache__"}
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """An `ansible.cfg`: its bytes, and whether it names an inventory."""

    path: Path
    data: bytes
    names_inventory: bool


def may_hold_playbooks(folder: str) -> bool:
    """Return whether a folder of this name may hold playbooks at any depth."""
    return not folder.startswith(".") and folder not in _NOT_PLAYBOOKS


def working_directory(root: Path, playbook: PurePosixPath) -> Path:
    """Return the folder nearest to `playbook` that has an `ansible.cfg`, else the project's root.

    `playbook` is relative to `root`.
    """
    for folder in (root / playbook).parents:
        if _is(stat.S_ISREG, folder / CONFIG) or folder == root:
            return folder
    return root


def configuration(directory: Path, root: Path) -> Configuration | None:
    """Return the `ansible.cfg` that Ansible takes when started in `directory`, or None.

    Raises:
        UnreadableFileError: there is one, and it is not read.
    """
    path = directory / CONFIG
    try:
        start = read_start(path, root, _MAX_CONFIG_BYTES)
    except UnreadableFileError as error:
        if error.is_gone:
            return None
        raise
    if not start.is_whole:
        raise UnreadableFileError(path, f"is larger than {_MAX_CONFIG_BYTES // 1024} KiB")
    parser = configparser.ConfigParser(
        interpolation=None, strict=False, inline_comment_prefixes=(";",)
    )
    try:
        parser.read_string(start.data.decode("utf-8", "replace"))
        named = parser.get("defaults", "inventory", fallback="")
    except configparser.Error:
        named = "unknown"  # Ansible will say itself what is wrong with it; nothing is added
    return Configuration(path, start.data, bool(named))


def inventory(directory: Path, playbook: PurePosixPath) -> str | None:
    """Return the inventory to name when no configuration does, relative to `directory`, or None.

    `playbook` is relative to `directory`; its own folder is looked at after `directory`. Which of
    several inventories in a folder of inventories is meant, nobody can read: none is named then.
    """
    for folder in dict.fromkeys((PurePosixPath(), playbook.parent)):
        for name in _INVENTORY_FILES:
            found = directory / folder / name
            if _is(stat.S_ISREG, found) or (name == "inventory" and _is(stat.S_ISDIR, found)):
                return str(folder / name)
    return None


def _is(kind: Callable[[int], bool], path: Path) -> bool:
    try:
        return kind(path.stat().st_mode)
    except (OSError, RuntimeError):  # not there, not reachable, or a loop of links
        return False
