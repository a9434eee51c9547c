"""Reading git work trees through the git binary, so that nothing a repository configures may run.

A repository's own configuration may name programs (file monitor, hooks, pager, signature checker,
transports that fetch what is missing). Every call turns them off; `status`, which needs most of
them, is avoided.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import Completed, run

_TIMEOUT_S = 20.0
_MAX_BYTES = 64 << 20
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=keep",
    "log.showSignature=false",
    "i18n.logOutputEncoding=UTF-8",
    "safe.bareRepository=explicit",
)
_KEPT = frozenset(
    {"GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"}
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C",
}


class NoTree(StrEnum):
    """Why a folder is not a work tree that git reads."""

    NOT_A_REPOSITORY = "not a repository"
    BARE = "a repository without files (bare)"
    FOREIGN = "owned by somebody else"
    NO_GIT = "git is not installed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest commit of the checked-out branch."""

    sha: str
    subject: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkTree:
    """A folder that git manages."""

    top: Path
    branch: str
    """Short name; empty when no branch is checked out."""
    head: Head | None
    """None before the first commit, and when the commit cannot be read."""
    complaint: str = ""
    """What git said when it could not read the commit."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Why there is no work tree at a folder, and what git said."""

    reason: NoTree
    message: str = ""


async def look(folder: Path) -> WorkTree | Absence:
    """Return the work tree that `folder` is in.

    Raises:
        TransportError: git did not answer in time, or in more words than are read.
    """
    try:
        done = await call(
            folder,
            *("rev-parse", "--is-bare-repository", "--is-inside-work-tree"),
            *("--symbolic-full-name", "HEAD", "--show-toplevel"),
        )
    except TransportError as error:
        if error.kind != "missing":
            raise
        return Absence(NoTree.NO_GIT, error.message)
    lines = done.stdout.split(b"\n")
    if done.exit_code != 0 and lines[:2] != [b"false", b"true"]:
        return _absence(lines, said(done))
    if done.exit_code != 0:  # in a work tree, but there is no HEAD yet
        return await _unborn(folder)
    if lines[:2] != [b"false", b"true"] or len(lines) < 4:
        return _absence(lines, "the folder is not part of the work tree")
    branch = os.fsdecode(lines[2]).removeprefix("refs/heads/")
    top = Path(os.fsdecode(b"\n".join(lines[3:]).removesuffix(b"\n")))
    head, complaint = await _head(folder)
    return WorkTree(top, "" if branch == "HEAD" else branch, head, complaint)


async def files(top: Path) -> frozenset[str]:
    """Return the paths, relative to `top`, of tracked files and of others that are not ignored.

    Tracked files that were deleted, and submodules, are named too.

    Raises:
        TransportError: git failed, did not answer in time, or named more than 64 MiB of paths.
    """
    done = await call(top, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if done.exit_code != 0:
        raise TransportError("failed", said(done))
    return frozenset(os.fsdecode(name) for name in done.stdout.split(b"\0") if name)


async def remote_of(top: Path, name: str = "origin") -> str:
    """Return where a remote is, as it is written; empty when there is no such remote.

    Raises:
        TransportError: git is missing, or did not answer in time.
    """
    done = await call(top, "config", "--get", f"remote.{name}.url")
    return done.stdout.decode("utf-8", "replace").strip() if done.exit_code == 0 else ""


async def begin(folder: Path, subject: str) -> bool:
    """Make `folder` a repository and commit all that is in it; return whether that was possible.

    Without a name and an address in the person's own configuration there is no commit: git would
    make them up.

    Raises:
        TransportError: missing; timeout; or failed: it could not become a repository.
    """
    for words in (("init", "-q", "--template="), ("add", "-A")):
        done = await call(folder, *words)
        if done.exit_code != 0:
            raise TransportError("failed", said(done))
    settings = ("-c", "user.useConfigOnly=true", "-c", "commit.gpgSign=false")
    return (await call(folder, *settings, "commit", "-q", "-m", subject)).exit_code == 0


async def _unborn(folder: Path) -> WorkTree | Absence:
    top = await call(folder, "rev-parse", "--show-toplevel")
    if top.exit_code != 0:
        return Absence(NoTree.BROKEN, said(top))
    branch = await call(folder, "symbolic-ref", "--short", "-q", "HEAD")
    return WorkTree(
        Path(os.fsdecode(top.stdout.removesuffix(b"\n"))),
        os.fsdecode(branch.stdout.removesuffix(b"\n")),
        None,
        "" if branch.exit_code == 0 else "the commit that is checked out cannot be found",
    )


async def _head(folder: Path) -> tuple[Head | None, str]:
    done = await call(
        folder, "log", "-1", "--no-show-signature", "--no-color", "--format=%H%x00%ct%x00%an%x00%s"
    )
    parts = done.stdout.decode("utf-8", "replace").rstrip("\n").split("\0")
    if done.exit_code != 0 or len(parts) != 4:
        return None, said(done)
    sha, seconds, author, subject = parts
    try:
        at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None, f"commit {sha[:12]} carries no readable time"
    return Head(sha, subject, author, at), ""


def _absence(lines: list[bytes], said: str) -> Absence:
    lower = said.lower()
    if "dubious ownership" in lower:
        return Absence(NoTree.FOREIGN, said)
    if lines[:1] == [b"true"] or "bare repository" in lower:
        return Absence(NoTree.BARE, said)
    if "not a git repository (or any" in lower or lines[:2] == [b"false", b"false"]:
        return Absence(NoTree.NOT_A_REPOSITORY, said)
    return Absence(NoTree.BROKEN, said)


def said(done: Completed) -> str:
    """Return git's last complaint in one line."""
    text = done.stderr.decode("utf-8", "replace").strip()
    fatal = [line for line in text.splitlines() if line.startswith("fatal: ")]
    last = (fatal or text.splitlines() or [f"git ended with code {done.exit_code}"])[-1]
    return last.removeprefix("fatal: ").strip()


async def call(
    folder: Path,
    *words: str,
    stdin: bytes | None = None,
    more: Mapping[str, str] | None = None,
    max_bytes: int = _MAX_BYTES,
    is_cut: bool = False,
) -> Completed:
    """Run git in a folder with all turned off that a repository might have run; see `process.run`.

    `more` is added to its environment.

    Raises:
        TransportError: git is missing, late, or says too much.
    """
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return await run(
        ["git", "--no-pager", *settings, "-C", str(folder), *words],
        cwd="/",
        env=_clean(os.environ) | dict(more or {}),
        timeout_s=_TIMEOUT_S,
        max_bytes=max_bytes,
        stdin=stdin,
        is_cut=is_cut,
    )


def _clean(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without what would point git at another repository or make it talk."""
    kept = {
        name: value
        for name, value in environ.items()
        if name in _KEPT or not name.startswith("GIT_")
    }
    return kept | _ENVIRONMENT
