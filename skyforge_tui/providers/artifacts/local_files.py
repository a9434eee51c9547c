"""Files of this machine: read as they are, and written so that half a file never has their name.

What comes is written beside its place, under a hidden name that tells which version of what it is;
whoever asks for the same again goes on from there. In its place it is put by one link or rename.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Unavailable
from skyforge_tui.integrations.object_store.hashed import SideHash
from skyforge_tui.integrations.placing import is_there, kept_from_files, place

_CHUNK = 1 << 20
"""Bytes read at once: what a processor's cache holds is hashed and written twice as fast."""
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
"""Some folders may be written in, and not be listed: on Linux that is enough."""
_NAME = 80
_IN_THE_WAY = (errno.ELOOP, errno.ENOTDIR)
"""What the system says where a folder is to be opened and there is a link or a file."""
_OF_THE_NAME = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)
"""What the system says of a name that it does not take."""
_OPERATION = "artifact.save"
_KEPT = "nothing is overwritten: move it away, save elsewhere, or say --overwrite"


class LocalPartFile:
    """Implements `PartFile`; made by `LocalArtifactFiles.begin`.

    `folder` is the descriptor of the folder that was chosen: whatever comes to be at its path
    meanwhile, nothing is written anywhere else.
    """

    def __init__(
        self, folder: int, name: str, target: Path, descriptor: int, *, overwrite: bool
    ) -> None:
        self._folder = folder
        self._name = name
        self._target = target
        self._descriptor = descriptor
        self._overwrite = overwrite
        self._hash = SideHash()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self._size

    @property
    def sha256(self) -> str:
        """Hash of the bytes that are there, in hex."""
        return self._hash.hexdigest()

    def take_stock(self) -> None:
        """Hash what an earlier try has left; in a thread."""
        while chunk := os.read(self._descriptor, _CHUNK):
            self._hash.update(chunk)
            self._size += len(chunk)

    async def write(self, chunk: bytes) -> None:
        """Add bytes."""
        await asyncio.to_thread(self._write, chunk)

    async def finish(self) -> None:
        """Put the file in its place, at once."""
        await asyncio.to_thread(self._finish)

    async def discard(self) -> None:
        """Remove what is there."""
        await asyncio.to_thread(self._discard)

    async def aclose(self) -> None:
        """Let go of it."""
        self._hash.close()
        os.close(self._descriptor)
        os.close(self._folder)

    def _discard(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._name, dir_fd=self._folder)

    def _write(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        left = memoryview(chunk)
        try:
            while left:
                count = os.write(self._descriptor, left)
                self._size += count
                left = left[count:]
        except OSError as error:
            _fail(error, self._target)

    def _finish(self) -> None:
        try:
            os.fsync(self._descriptor)
            place(
                self._name, self._folder, self._target.name, self._folder,
                overwrite=self._overwrite,
            )  # fmt: skip
        except FileExistsError:
            raise _there_is_one(self._target) from None
        except OSError as error:
            _fail(error, self._target)


class LocalArtifactFiles:
    """Implements `LocalFiles`."""

    async def begin(self, target: Path, version: str, *, overwrite: bool) -> LocalPartFile:
        """Begin to write a file, or go on with the same version of it."""
        return await asyncio.to_thread(self._begin, target, version, overwrite)

    async def inside(self, folder: Path, names: Sequence[str]) -> Path:
        """Return a folder inside of one, made where it is missing, by its way without links."""
        return await asyncio.to_thread(_inside, folder, names)

    async def size(self, path: Path) -> int:
        """Return the bytes of a regular file."""
        return await asyncio.to_thread(self._size, path)

    def read(self, path: Path) -> Generator[bytes, None, None]:
        """Yield the bytes of a regular file."""
        descriptor = _opened(path)
        try:
            while chunk := _read(descriptor, path):
                yield chunk
        finally:
            os.close(descriptor)

    def _size(self, path: Path) -> int:
        descriptor = _opened(path)
        try:
            return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    def _begin(self, target: Path, version: str, overwrite: bool) -> LocalPartFile:
        if why := kept_from_files(target):
            advice = "name a file; - is standard output"
            raise Conflict(f"{target} is {why}", operation=_OPERATION, advice=advice)
        mark = hashlib.sha256(version.encode()).hexdigest()[:16]
        stem = os.fsencode(target.name)[:_NAME].decode(errors="ignore")
        name = f".{stem}.{mark}.part"
        with ExitStack() as opened:
            try:
                folder = _reached(target.parent)
                opened.callback(os.close, folder)
                is_taken = is_there(target.name, folder)
                if is_taken and not overwrite:
                    _tidy(name, target.name, folder)
                    raise _there_is_one(target)
                flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
                descriptor = os.open(name, flags, 0o666, dir_fd=folder)
                opened.callback(os.close, descriptor)
            except OSError as error:
                if error.errno in _IN_THE_WAY:
                    raise _blocked(target.parent) from None
                _fail(error, target)
            self._claim(descriptor, target.parent / name, target)
            part = LocalPartFile(folder, name, target, descriptor, overwrite=overwrite)
            part.take_stock()
            opened.pop_all()
        return part

    def _claim(self, descriptor: int, path: Path, target: Path) -> None:
        """Make sure that what was opened is ours alone, and still has its name."""
        here = os.fstat(descriptor)
        if not stat.S_ISREG(here.st_mode) or here.st_nlink != 1 or here.st_uid != os.geteuid():
            raise Conflict(f"{path} is not what was left there", operation=_OPERATION)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            words = f"{target} is being brought by another program"
            raise Conflict(words, operation=_OPERATION, advice="let it end") from None


def _tidy(part: str, name: str, folder: int) -> None:
    """Take away the first name of what has its own: a program was killed in between."""
    with contextlib.suppress(FileNotFoundError):
        found = [os.stat(one, dir_fd=folder, follow_symlinks=False) for one in (part, name)]
        if os.path.samestat(*found):
            os.unlink(part, dir_fd=folder)


def _inside(folder: Path, names: Sequence[str]) -> Path:
    """Go down name by name, so that nobody can slip a link in between."""
    at = Path(os.path.realpath(folder))
    try:
        here = _reached(at)
    except OSError as error:
        if error.errno in (errno.ENOENT, *_IN_THE_WAY):
            words, advice = f"there is no folder {folder}", "make it, or choose another"
            raise NotFound(words, operation=_OPERATION, advice=advice) from None
        _fail(error, folder)
    try:
        for name in names:
            at /= name
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, dir_fd=here)
            here = _entered(here, name)
    except OSError as error:
        if error.errno in _IN_THE_WAY:
            raise _blocked(at) from None
        _fail(error, at)
    finally:
        os.close(here)
    return at


def _reached(way: Path) -> int:
    """Return the descriptor of a folder that no link leads to.

    Raises:
        OSError: one of `_IN_THE_WAY`, if one does by now.
    """
    here = os.open(way.anchor, _FOLDER)
    try:
        for name in way.parts[1:]:
            here = _entered(here, name)
    except BaseException:
        os.close(here)
        raise
    return here


def _entered(here: int, name: str) -> int:
    """Return the descriptor of a folder in one, which is closed then."""
    inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
    os.close(here)
    return inner


def _blocked(at: Path) -> Conflict:
    words = f"{at} is a link or a file"
    return Conflict(words, operation=_OPERATION, advice="move it away")


def _opened(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound(f"no file {path}", operation="artifact.put") from None
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        failure = Unavailable(f"{path} cannot be read: {words.lower()}", operation="artifact.put")
        raise failure from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Invalid(f"{path} is no regular file", operation="artifact.put")
    return descriptor


def _read(descriptor: int, path: Path) -> bytes:
    try:
        return os.read(descriptor, _CHUNK)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        failure = Unavailable(f"{path} cannot be read: {words}", operation="artifact.put")
    raise failure


def _there_is_one(target: Path) -> Conflict:
    words = f"there is a {target.name} already in {target.parent}"
    return Conflict(words, operation=_OPERATION, advice=_KEPT)


def _fail(error: OSError, target: Path) -> NoReturn:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise Unavailable(
            f"there is no room left for {target}", operation=_OPERATION,
            advice="make room there, then try again: it goes on from where it stopped",
        ) from None  # fmt: skip
    words = (error.strerror or str(error)).lower()
    if error.errno in _OF_THE_NAME:  # another file may well be written there
        raise Invalid(
            f"a file of that name cannot be written: {words}: {target.name[:_NAME]}",
            operation=_OPERATION, advice="save it alone, under another name",
        ) from None  # fmt: skip
    raise Unavailable(
        f"{target} cannot be written: {words}", operation=_OPERATION,
        advice="choose a place where you may write",
    ) from None  # fmt: skip
