"""Files below a run's working directory, found by glob or by name and read without following links.

Whoever ran there may have left links to anywhere, pipes that never end, and folders without end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Generator, Iterator, Sequence
from fnmatch import fnmatchcase

from skyforge_tui.domain.collection import Refusal
from skyforge_tui.domain.errors import Invalid
from skyforge_tui.ports.work_files import Finding, WorkFile

MOST_ENTRIES = 100_000
"""Names looked at for one run; what lies beyond is said to be left out."""
_SKIPPED = frozenset({".git"})
"""Folders that no wildcard enters."""
_CHUNK = 1 << 20
_OUTSIDE = "it leads out of the working directory"
_NOT_REGULAR = "it is no regular file"


class LocalWorkFiles:
    """Implements `WorkFiles` on this machine."""

    async def find(self, directory: str, globs: Sequence[str], paths: Sequence[str]) -> Finding:
        """Return the regular files that match a glob, and those named by a path."""
        search = _Search(directory)
        await asyncio.to_thread(search.look, globs, paths)
        return search.finding()

    def read(self, directory: str, file: WorkFile) -> Generator[bytes, None, None]:
        """Yield the bytes of a file that was found, as many as it had then."""
        try:
            descriptor = _open(directory, file.target)
        except OSError as error:
            raise Invalid(f"{file.path}: {_words(error)}") from None
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Invalid(f"{file.path}: {_NOT_REGULAR}")
            left = file.size
            while left > 0:
                chunk = _read(descriptor, min(_CHUNK, left), file.path)
                if not chunk:
                    return
                left -= len(chunk)
                yield chunk
        finally:
            os.close(descriptor)


def _read(descriptor: int, size: int, path: str) -> bytes:
    try:
        return os.read(descriptor, size)
    except OSError as error:
        raise Invalid(f"{path}: {_words(error)}") from None


def _open(directory: str, target: str) -> int:
    """Open a file part by part, so that nobody can slip a link in between."""
    *folders, name = target.split("/")
    here = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for folder in folders:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            inner = os.open(folder, flags, dir_fd=here)
            os.close(here)
            here = inner
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        return os.open(name, flags, dir_fd=here)
    finally:
        os.close(here)


class _Search:
    """One look through a working directory."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._root = os.path.realpath(directory)
        self._files: dict[str, WorkFile] = {}
        self._refusals: dict[str, str] = {}
        self._seen: set[tuple[str, tuple[str, ...]]] = set()
        self._left = MOST_ENTRIES

    def look(self, globs: Sequence[str], paths: Sequence[str]) -> None:
        """Gather what matches."""
        if not os.path.isdir(self._root):  # noqa: PTH112 - paths are texts here
            self._refusals[self._directory] = "the working directory is gone"
            return
        for glob in globs:
            parts = tuple(part for part in glob.split("/") if part not in ("", "."))
            if glob.startswith("/") or ".." in parts:
                self._refusals[glob] = _OUTSIDE
            elif parts:
                self._expand("", parts)
        for path in paths:
            self._name(path)
        if self._left < 0:
            self._refusals["…"] = f"more than {MOST_ENTRIES:,} names; the rest was not looked at"

    def finding(self) -> Finding:
        """Return what was gathered, sorted."""
        return Finding(
            tuple(self._files[path] for path in sorted(self._files)),
            tuple(Refusal(path, why) for path, why in sorted(self._refusals.items())),
        )

    def _expand(self, folder: str, parts: tuple[str, ...]) -> None:
        """Take what matches `parts` below `folder`."""
        if (folder, parts) in self._seen or self._left < 0:
            return
        self._seen.add((folder, parts))
        head, rest = parts[0], parts[1:]
        if head == "**":
            if rest:
                self._expand(folder, rest)
            for entry in self._entries(folder):
                path = _joined(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _SKIPPED:
                        self._expand(path, parts)
                elif not rest:
                    self._take(path, path)
        elif any(sign in head for sign in "*?["):
            for entry in self._entries(folder):
                is_meant = head.startswith(".") or not entry.name.startswith(".")
                if is_meant and fnmatchcase(entry.name, head):
                    self._step(_joined(folder, entry.name), entry, rest)
        else:
            path = _joined(folder, head)
            mode = _mode(os.path.join(self._root, path))  # noqa: PTH118
            if mode is not None and rest:
                if stat.S_ISDIR(mode):
                    self._expand(path, rest)
            elif mode is not None:
                self._take(path, path)

    def _step(self, path: str, entry: os.DirEntry[str], rest: tuple[str, ...]) -> None:
        if not rest:
            self._take(path, path)
        elif entry.is_dir(follow_symlinks=False):
            self._expand(path, rest)

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        with contextlib.suppress(OSError), os.scandir(os.path.join(self._root, folder)) as found:  # noqa: PTH118
            for entry in found:
                self._left -= 1
                if self._left < 0:
                    return
                yield entry

    def _name(self, path: str) -> None:
        """Take what a path names: a file, or all files of a folder."""
        real = os.path.realpath(os.path.join(self._root, path))  # noqa: PTH118
        if not (real == self._root or real.startswith(self._root.rstrip("/") + "/")):
            self._refusals[path] = _OUTSIDE
        elif _mode(real) is None:
            self._refusals[path] = "it is not there"
        else:
            self._take(path, os.path.relpath(real, self._root))

    def _take(self, named: str, path: str) -> None:
        """Take a file, all files of a folder, or what a link inside leads to."""
        real = os.path.realpath(os.path.join(self._root, path))  # noqa: PTH118
        mode = _mode(real)
        if mode is None:
            self._refusals[named] = "it leads nowhere"
        elif not real.startswith(self._root.rstrip("/") + "/") and real != self._root:
            self._refusals[named] = _OUTSIDE
        elif stat.S_ISDIR(mode):
            is_link = os.path.islink(os.path.join(self._root, path))  # noqa: PTH114, PTH118
            if not is_link:
                self._expand("" if path == "." else path, ("**",))
        elif not stat.S_ISREG(mode):
            self._refusals[named] = _NOT_REGULAR
        else:
            target = os.path.relpath(real, self._root)
            self._files[path] = WorkFile(path, target, _size(real))


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _mode(path: str) -> int | None:
    try:
        return os.lstat(path).st_mode
    except (OSError, ValueError):
        return None


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0  # gone meanwhile: reading it says so


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
