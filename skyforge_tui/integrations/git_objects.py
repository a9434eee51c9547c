"""Reads and writes what git holds, by the git binary; nothing that a repository configures runs.

Commits are made of objects and a reference, not by `git commit`: filters, hooks and signing that a
repository sets up would run there.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
import tempfile
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.git import call, said
from skyforge_tui.integrations.process import Completed

_LOG: Final = "%H%x00%ct%x00%an%x00%s"
_REFS: Final = "%(refname:lstrip=2)%00%(objectname)%00%(committerdate:unix)%00%(authorname)%00"
_OBJECT = re.compile(rb"[0-9a-f]{40,64}")
_FILE: Final = "100644"
_PROGRAM: Final = "100755"
_BIG: Final = ("-c", "core.bigFileThreshold=1m")
"""Larger files are given as they are read, not held whole."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A commit in a list; `seconds` since 1970."""

    sha: str
    seconds: int
    author: str
    subject: str
    ref: str = ""
    """The branch that ends in it, in a list of branches."""


@dataclass(frozen=True, slots=True)
class Row:
    """Something in a tree; `size` is 0 of what is no file."""

    mode: str
    kind: str
    sha: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as it shall be; `data` None deletes it. `replaces` names what it must be now."""

    path: str
    data: bytes | None
    replaces: str = ""
    is_executable: bool = False
    """Of a new file; one that is there keeps its mode."""


class StaleEditError(Exception):
    """A file is not what its edit replaces; `has_edits` when that is so in the work tree only."""

    def __init__(self, path: str, *, has_edits: bool = False) -> None:
        super().__init__(path)
        self.path = path
        self.has_edits = has_edits


async def resolve(top: Path, ref: str) -> str:
    """Return the commit of a branch or commit; empty where there is none.

    Raises:
        TransportError: as `git.call`; invalid, if that can be no name.
    """
    if ref.startswith("-") or "\n" in ref or "\0" in ref:
        raise TransportError("invalid", "that can be no branch")
    names = f"refs/heads/{ref}^{{commit}}\n{ref}^{{commit}}\n".encode()
    done = await call(top, "cat-file", "--batch-check=%(objectname)", stdin=names)
    found = [line for line in done.stdout.splitlines() if _OBJECT.fullmatch(line)]
    return found[0].decode() if found else ""


async def branches(top: Path) -> list[Logged]:
    """Return the branches by name.

    Raises:
        TransportError: git failed.
    """
    words = f"--format={_REFS}%(contents:subject)"
    told = await _told(call(top, "for-each-ref", words, "refs/heads"))
    rows = (line.split("\0") for line in told.decode("utf-8", "replace").splitlines())
    return [Logged(sha, int(at), who, what, name) for name, sha, at, who, what in rows]


async def log(top: Path, ref: str, path: str, skip: int, count: int) -> list[Logged]:
    """Return commits before and with `ref`, the newest first; of a path, if one is named.

    Raises:
        TransportError: git failed.
    """
    words = ["--literal-pathspecs", "log", "-z", f"--format={_LOG}", f"--skip={skip}"]
    words += [f"--max-count={count}", "--no-show-signature", "--no-color", "--end-of-options", ref]
    told = await _told(call(top, *words, "--", *([path] if path else [])))
    parts = told.decode("utf-8", "replace").split("\0")
    rows = (parts[place : place + 4] for place in range(0, len(parts) - 3, 4))
    return [Logged(sha, int(at), who, what) for sha, at, who, what in rows]


async def count(top: Path, ref: str, path: str) -> int:
    """Return how many commits `log` would return.

    Raises:
        TransportError: git failed.
    """
    words = ("--literal-pathspecs", "rev-list", "--count", "--end-of-options", ref, "--")
    return int(await _told(call(top, *words, *([path] if path else []))))


async def tree(top: Path, name: str) -> list[Row]:
    """Return what is in a tree, or in a commit's topmost folder, in git's order.

    Raises:
        TransportError: missing, if there is no such tree.
    """
    done = await call(top, "ls-tree", "-z", "-l", "--end-of-options", name)
    if done.exit_code != 0:
        raise TransportError("missing", said(done))
    return [_row(one) for one in done.stdout.split(b"\0") if one]


async def entry(top: Path, commit: str, path: str) -> Row | None:
    """Return what is at a path of a commit; None where there is nothing.

    Raises:
        TransportError: git failed.
    """
    words = ("--literal-pathspecs", "ls-tree", "-z", "-l", "--end-of-options", commit, "--", path)
    rows = [_row(one) for one in (await _told(call(top, *words))).split(b"\0") if one]
    return rows[0] if len(rows) == 1 and rows[0].path == path else None


async def blob(top: Path, sha: str, most: int) -> bytes:
    """Return at most `most` bytes of a file.

    Raises:
        TransportError: git failed.
    """
    words = (*_BIG, "cat-file", "blob", sha)
    done = await call(top, *words, max_bytes=max(most, 1), is_cut=True)
    if done.exit_code > 0:
        raise TransportError("missing", said(done))
    return done.stdout[:most]


async def patch(top: Path, sha: str, most: int) -> bytes:
    """Return at most `most` bytes of what a commit changed.

    Raises:
        TransportError: missing, if there is no such commit.
    """
    words = ("diff-tree", "-p", "--root", "--no-commit-id", "--no-ext-diff", "--no-textconv")
    done = await call(top, *words, "--no-color", "--end-of-options", sha, max_bytes=most,
                      is_cut=True)  # fmt: skip
    if done.exit_code > 0:
        raise TransportError("missing", said(done))
    return done.stdout


async def commit(top: Path, branch: str, message: str, edits: Sequence[Edit]) -> str:
    """Put a commit on a branch and return its SHA; the work tree follows where it is checked out.

    Files of the work tree that were edited otherwise are left alone, and nothing is written then.

    Raises:
        StaleEditError: a file is not what its edit replaces; nothing was written.
        TransportError: git failed; invalid, if nobody is named who commits.
    """
    old = await resolve(top, branch)
    modes: dict[str, str] = {}
    for one in edits:
        found = await entry(top, old, one.path) if old else None
        if one.replaces != ("" if found is None else found.sha):
            raise StaleEditError(one.path)
        new = _PROGRAM if one.is_executable else _FILE
        modes[one.path] = new if found is None else found.mode
    head = await call(top, "symbolic-ref", "--short", "-q", "HEAD")
    is_out = os.fsdecode(head.stdout.removesuffix(b"\n")) == branch
    if is_out:
        await aside(lambda: _check_untouched(top, edits), "work tree")
        await _check_same(top, edits)
    shas = {one.path: await _stored(top, one.data) for one in edits if one.data is not None}
    index = b"".join(_indexed(one.path, modes[one.path], shas.get(one.path)) for one in edits)
    sha = await _committed(top, old, message, index)
    done = await call(top, "update-ref", f"refs/heads/{branch}", sha, old or "0" * 40)
    if done.exit_code != 0:
        raise StaleEditError(edits[0].path)
    if is_out:
        await aside(lambda: _write_out(top, edits, modes), "work tree")
        await _told(call(top, "update-index", "-z", "--index-info", stdin=index))
    return sha


async def _committed(top: Path, old: str, message: str, index: bytes) -> str:
    with tempfile.TemporaryDirectory(prefix="sky-index-") as folder:
        more = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        if old:
            await _told(call(top, "read-tree", old, more=more))
        words = ("update-index", "-z", "--index-info")
        await _told(call(top, *words, stdin=index, more=more))
        made = (await _told(call(top, "write-tree", more=more))).decode().strip()
    parents = ("-p", old) if old else ()
    done = await call(top, "-c", "user.useConfigOnly=true", "commit-tree", made, *parents,
                      stdin=message.encode())  # fmt: skip
    if done.exit_code != 0:
        raise TransportError("invalid", said(done))
    return done.stdout.decode().strip()


async def _stored(top: Path, data: bytes) -> str:
    words = ("hash-object", "-w", "--stdin", "--no-filters")
    return (await _told(call(top, *words, stdin=data))).decode().strip()


async def _check_same(top: Path, edits: Sequence[Edit]) -> None:
    """Make sure that the work tree has no edits of its own in these files.

    Raises:
        StaleEditError: it has.
    """

    async def same(one: Edit) -> bool:
        target = top / one.path
        words = ("hash-object", "--no-filters", "--", str(target))
        done = await call(top, *words)
        return done.exit_code == 0 and done.stdout.decode().strip() == one.replaces

    held = [one for one in edits if one.replaces]
    for one, is_same in zip(held, await asyncio.gather(*map(same, held)), strict=True):
        if not is_same:
            raise StaleEditError(one.path, has_edits=True)


def _check_untouched(top: Path, edits: Sequence[Edit]) -> None:
    """Make sure that new files are new, and that no link leads out of the work tree.

    Raises:
        StaleEditError: something is there.
    """
    for one in edits:
        target = top / one.path
        if not target.parent.resolve().is_relative_to(top.resolve()):
            raise StaleEditError(one.path, has_edits=True)
        is_there = os.path.lexists(target)
        if is_there and (not one.replaces or not stat.S_ISREG(target.lstat().st_mode)):
            raise StaleEditError(one.path, has_edits=True)


def _write_out(top: Path, edits: Sequence[Edit], modes: Mapping[str, str]) -> None:
    for one in edits:
        target = top / one.path
        if one.data is None:
            target.unlink(missing_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as spare:
            spare.write(one.data)
        place = Path(spare.name)
        place.chmod(0o755 if modes[one.path] == _PROGRAM else 0o644)
        place.replace(target)


def _indexed(path: str, mode: str, sha: str | None) -> bytes:
    name = os.fsencode(path)
    if sha is None:
        return b"0 " + b"0" * 40 + b"\t" + name + b"\0"
    return f"{mode} {sha}\t".encode() + name + b"\0"


def _row(text: bytes) -> Row:
    facts, _, path = text.partition(b"\t")
    mode, kind, sha, size = facts.decode().split()
    return Row(mode, kind, sha, 0 if size == "-" else int(size), os.fsdecode(path))


async def _told(asked: Awaitable[Completed]) -> bytes:
    done = await asked
    if done.exit_code != 0:
        raise TransportError("failed", said(done))
    return done.stdout
