"""Files below a root, opened folder by folder so that no link leads out, even one swapped in.

A path that was looked at may be another one when it is opened; a descriptor stays what it is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.refusals import StoreError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS)
"""What file systems without hard links say."""


class GuardedFiles:
    """Opens, makes and removes files by keys below `root`."""

    def __init__(self, root: Path, staging: str) -> None:
        self._root = root
        self._staging = staging

    @contextmanager
    def reading(self, key: str) -> Iterator[int]:
        """Give the descriptor of a regular file.

        Raises:
            FileNotFoundError: there is none.
            TransportError: the key leads through a link, or to something that is no file.
        """
        with self._folder(key) as (folder, name), _told(name):
            descriptor = os.open(name, _FILE, dir_fd=folder)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _no_file(name)
            yield descriptor
        finally:
            os.close(descriptor)

    def write(self, key: str, pieces: Iterable[bytes], *, overwrite: bool) -> None:
        """Make a file of these bytes, which has its name only when all are there.

        Raises:
            FileExistsError: there is one, and it is not to be replaced.
            TransportError: there is no room, or the key leads through a link.
        """
        draft = uuid4().hex
        with self._folder(f"{self._staging}/{draft}", is_made=True) as (staging, _):
            try:
                with _told(draft):
                    descriptor = os.open(draft, _NEW, 0o666, dir_fd=staging)
                _fill(descriptor, pieces)
                with self._folder(key, is_made=True) as (folder, name), _told(name):
                    _put(staging, draft, folder, name, overwrite=overwrite)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(draft, dir_fd=staging)

    def remove(self, key: str) -> None:
        """Remove a file, and the folders that are empty then.

        Raises:
            FileNotFoundError: there is none.
        """
        with self._folder(key) as (folder, name), _told(name):
            os.unlink(name, dir_fd=folder)
        parent = key.rpartition("/")[0]
        while parent:
            try:
                with self._folder(parent) as (folder, name):
                    os.rmdir(name, dir_fd=folder)
            except OSError:
                return  # something is in it, or came to be in it
            parent = parent.rpartition("/")[0]

    @contextmanager
    def _folder(self, key: str, *, is_made: bool = False) -> Iterator[tuple[int, str]]:
        """Give the descriptor of a key's folder, and the last part of the key."""
        *folders, name = key.split("/")
        with _told(str(self._root)):
            here = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in folders:
                with _told(part):
                    if is_made:
                        with contextlib.suppress(FileExistsError):
                            os.mkdir(part, 0o777, dir_fd=here)
                    inner = os.open(part, _FOLDER, dir_fd=here)
                os.close(here)
                here = inner
            yield here, name
        finally:
            os.close(here)


def _fill(descriptor: int, pieces: Iterable[bytes]) -> None:
    try:
        for piece in pieces:
            left = memoryview(piece)
            while left:
                with _told("the store"):
                    left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)


def _put(staging: int, draft: str, folder: int, name: str, *, overwrite: bool) -> None:
    """Give a draft its name, at once."""
    if overwrite:
        os.rename(draft, name, src_dir_fd=staging, dst_dir_fd=folder)
        return
    try:
        os.link(draft, name, src_dir_fd=staging, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with contextlib.suppress(FileNotFoundError):
            os.stat(name, dir_fd=folder, follow_symlinks=False)
            raise FileExistsError(errno.EEXIST, "exists") from None
        os.rename(draft, name, src_dir_fd=staging, dst_dir_fd=folder)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Put what the system says into words; whether something is there is left as it is."""
    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError as error:
        failure = _failure(error, name)
    else:
        return
    raise failure


def _failure(error: OSError, name: str) -> TransportError:
    words = (error.strerror or str(error)).lower()
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO):
        return _no_file(name)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            "failed", "there is no room left in it", "make room there, then try again"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError("refused", f"{name[:80]}: {words}", "see who may write there")
    return StoreError("failed", f"{name[:80]}: {words}")


def _no_file(name: str) -> TransportError:
    return TransportError("invalid", f"{name[:80]} is a link, or no file of this store")
