"""Names things as git does, so that a history can be known before any repository holds it.

Source: git's object format: SHA-1 over `kind size NUL body`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def blob_id(data: bytes) -> str:
    """Return the name of a file's content."""
    return _named("blob", data).hex()


def tree_id(files: Mapping[str, bytes]) -> str:
    """Return the name of the tree that holds exactly these files, by path."""
    return _tree({tuple(path.split("/")): data for path, data in files.items()}).hex()


def commit_id(tree: str, parent: str, person: str, seconds: int, message: str) -> str:
    """Return the name of a commit; `person` is `Name <address>`, who wrote and committed it."""
    lines = [f"tree {tree}", *([f"parent {parent}"] if parent else [])]
    lines += [f"{role} {person} {seconds} +0000" for role in ("author", "committer")]
    return _named("commit", "\n".join([*lines, "", message]).encode()).hex()


def _tree(files: Mapping[tuple[str, ...], bytes]) -> bytes:
    below: dict[str, dict[tuple[str, ...], bytes]] = {}
    entries: list[tuple[bytes, bytes, bytes]] = []
    for path, data in files.items():
        if len(path) == 1:
            entries.append((path[0].encode(), b"100644", _named("blob", data)))
        else:
            below.setdefault(path[0], {})[path[1:]] = data
    entries += [(name.encode(), b"40000", _tree(inner)) for name, inner in below.items()]
    # git sorts as if the name of a tree ended in a slash.
    entries.sort(key=lambda one: one[0] + (b"/" if one[1] == b"40000" else b""))
    body = b"".join(mode + b" " + name + b"\0" + found for name, mode, found in entries)
    return _named("tree", body)


def _named(kind: str, body: bytes) -> bytes:
    return hashlib.sha1(f"{kind} {len(body)}\0".encode() + body).digest()  # noqa: S324
