"""One bare git repository, read and written by git itself."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Final, cast

from skyforge_tui.demo.child import child

_FORMAT: Final = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00%x01"
_SHA = re.compile(r"[0-9a-f]{40}")
_CHUNK: Final = 1 << 16
_HOOK: Final = """#!/bin/sh
while read -r old new ref; do
  for one in $PROTECTED; do
    if [ "$ref" = "refs/heads/$one" ]; then
      echo "Gitea: Not allowed to push to protected branch $one" >&2
      exit 1
    fi
  done
done
"""


class GitError(Exception):
    """Git refused; says what it said."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a tree; `size` is 0 of what is no file."""

    mode: str
    kind: str
    sha: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; times in seconds since 1970."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: str
    author_email: str
    authored: int
    committer: str
    committer_email: str
    committed: int
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it shall be: `data` None deletes it; `source` is the path it is moved from."""

    path: str
    data: bytes | None
    source: str = ""


class Bare:
    """The repository in `path`, which is made when first used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._making = asyncio.Lock()

    async def made(self) -> None:
        """Make the repository unless it is there; pushes are taken, but not to what is protected.

        `PROTECTED` in the environment of a push names branches.
        """
        async with self._making:
            if not (self.path / "HEAD").is_file():
                self.path.mkdir(parents=True, exist_ok=True)
                await self._git("init", "-q", "--bare", "-b", "main", "--template=", ".")
                await self._git("config", "http.receivepack", "true")
                hook = self.path / "hooks" / "pre-receive"
                hook.parent.mkdir(exist_ok=True)
                hook.write_text(_HOOK, encoding="utf-8")
                hook.chmod(0o755)

    async def git(self, *words: str, given: bytes = b"") -> bytes:
        """Run git and return what it wrote.

        Raises:
            GitError: it refused.
        """
        await self.made()
        return await self._git(*words, given=given)

    async def resolve(self, ref: str) -> str:
        """Return the commit that a branch, a tag or a commit is; empty where there is none."""
        names = (f"refs/heads/{ref}", f"refs/tags/{ref}", *([ref] if _SHA.fullmatch(ref) else []))
        asked = "".join(f"{name}^{{commit}}\n" for name in names)
        told = await self.git("cat-file", "--batch-check=%(objectname)", given=asked.encode())
        found = (line for line in told.decode("utf-8", "replace").splitlines())
        return next((line for line in found if _SHA.fullmatch(line)), "")

    async def kind(self, sha: str) -> str:
        """Return what an object is; empty where there is none."""
        told = await self.git("cat-file", "--batch-check=%(objecttype)", given=f"{sha}\n".encode())
        word = told.decode().split()
        return word[0] if len(word) == 1 else ""

    async def entries(self, tree: str, *, deep: bool = False) -> list[Entry]:
        """Return what is in a tree or commit, as git orders it."""
        words = ("ls-tree", "-z", "-l", *(("-r", "-t") if deep else ()), tree)
        return [_entry(row) for row in (await self.git(*words)).split(b"\0") if row]

    async def entry(self, commit: str, path: str) -> Entry | None:
        """Return what is at a path of a commit; None where there is nothing."""
        told = await self.git("--literal-pathspecs", "ls-tree", "-z", "-l", commit, "--", path)
        found = [_entry(row) for row in told.split(b"\0") if row]
        return found[0] if len(found) == 1 and found[0].path == path else None

    async def blob(self, sha: str) -> bytes:
        """Return the whole content of a file."""
        return await self.git("cat-file", "blob", sha)

    async def stream(self, sha: str, first: int, count: int) -> AsyncIterator[bytes]:
        """Give `count` bytes of a file from `first` on, without holding the whole of it."""
        async with child(
            "git", "-c", "core.bigFileThreshold=1m", "cat-file", "blob", sha,
            cwd=self.path, env=_environment(), stdout=PIPE, stderr=DEVNULL,
        ) as process:  # fmt: skip
            output = cast("asyncio.StreamReader", process.stdout)
            left, skipped = count, first
            while left > 0 and (chunk := await output.read(_CHUNK)):
                part = chunk[skipped:][:left]
                skipped = max(0, skipped - len(chunk))
                left -= len(part)
                if part:
                    yield part

    async def log(
        self, revisions: Sequence[str], *, path: str = "", skip: int = 0, count: int = -1
    ) -> list[Commit]:
        """Return commits, the newest first."""
        words = ["--literal-pathspecs", "log", f"--format={_FORMAT}", f"--skip={skip}"]
        words += [f"--max-count={count}", *revisions, "--", *([path] if path else [])]
        told = (await self.git(*words)).decode("utf-8", "replace")
        return [_commit(one.lstrip("\n")) for one in told.split("\0\x01") if one.strip("\n")]

    async def count(self, revisions: Sequence[str], path: str = "") -> int:
        """Return how many commits there are."""
        words = ["--literal-pathspecs", "rev-list", "--count", *revisions, "--"]
        return int(await self.git(*words, *([path] if path else [])))

    async def changed(self, sha: str) -> list[tuple[str, str]]:
        """Return what a commit did to which files: letter and path."""
        words = ("diff-tree", "-z", "--no-commit-id", "--name-status", "-r", "--root", sha)
        parts = [one.decode("utf-8", "replace") for one in (await self.git(*words)).split(b"\0")]
        return list(zip(parts[0:-1:2], parts[1::2], strict=False))

    async def branches(self) -> list[tuple[str, str]]:
        """Return name and commit of every branch, by name."""
        told = await self.git(
            "for-each-ref", "--format=%(refname:lstrip=2)%00%(objectname)", "refs/heads"
        )
        rows = (line.split("\0") for line in told.decode("utf-8", "replace").splitlines())
        return [(name, sha) for name, sha in rows]

    async def write(
        self, branch: str, parent: str, person: str, seconds: int, message: str,
        changes: Sequence[Change],
    ) -> str:  # fmt: skip
        """Make one commit on a branch and return its name; `parent` empty begins a history.

        Raises:
            GitError: the branch has moved on meanwhile, or a path cannot be one.
        """
        text = f"{message}\n" if not message.endswith("\n") else message
        stream = bytearray(f"commit refs/heads/{branch}\nmark :1\n".encode())
        for role in ("author", "committer"):
            stream += f"{role} {person} {seconds} +0000\n".encode()
        stream += _data(text.encode())
        stream += f"from {parent}\n".encode() if parent else b""
        for one in changes:
            stream += _changing(one)
        stream += b"get-mark :1\n"
        told = await self.git("fast-import", "--quiet", "--date-format=raw", given=bytes(stream))
        return told.decode().strip()

    async def _git(self, *words: str, given: bytes = b"") -> bytes:
        async with child(
            "git", *words, cwd=self.path, env=_environment(), stdin=PIPE, stdout=PIPE, stderr=PIPE
        ) as process:
            out, complaints = await process.communicate(given)
        if process.returncode:
            raise GitError(complaints.decode("utf-8", "replace").strip())
        return out


def _environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return surroundings in which nobody's own configuration counts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    return kept | quiet | dict(more or {})


async def serve_git(folder: Path, given: bytes, asked: Mapping[str, str]) -> bytes:
    """Answer a request of a git client by `git http-backend`; `asked` are its CGI variables."""
    async with child(
        "git", "http-backend", cwd=folder,
        env=_environment({"GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1", **asked}),
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
    ) as process:  # fmt: skip
        out, _ = await process.communicate(given)
    return out


def _entry(row: bytes) -> Entry:
    facts, _, path = row.decode("utf-8", "surrogateescape").partition("\t")
    mode, kind, sha, size = facts.split()
    return Entry(mode, kind, sha, 0 if size == "-" else int(size), path)


def _commit(text: str) -> Commit:
    parts = text.split("\0")
    return Commit(
        parts[0], parts[1], tuple(parts[2].split()), parts[3], parts[4], int(parts[5]), parts[6],
        parts[7], int(parts[8]), parts[9],
    )  # fmt: skip


def _changing(change: Change) -> bytes:
    path = _quoted(change.path)
    moved = f"R {_quoted(change.source)} {path}\n".encode() if change.source else b""
    if change.data is None:
        return f"D {path}\n".encode()
    return moved + f"M 100644 inline {path}\n".encode() + _data(change.data)


def _data(data: bytes) -> bytes:
    return f"data {len(data)}\n".encode() + data + b"\n"


def _quoted(path: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
    return '"' + "".join(escapes.get(one, one) for one in path) + '"'
