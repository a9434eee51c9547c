"""Reading files that strangers put there: regular ones only, bounded, never waiting, never outside.

A pipe that calls itself `site.yml` would wait for a writer for ever, a link may point at somebody's
keys, and a file may be larger than the memory.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

_STEP = 64 * 1024


class UnreadableFileError(Exception):
    """Say in a few words why a file is not read."""

    def __init__(self, path: Path, reason: str, *, is_gone: bool = False) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.is_gone = is_gone
        """Whether it simply is not there."""


@dataclass(frozen=True, slots=True)
class FileStart:
    """The first bytes of a file, and how large it is in bytes."""

    data: bytes
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether `data` is all of it."""
        return len(self.data) >= self.size


def read_start(path: Path, inside: Path, max_bytes: int, head_bytes: int = 0) -> FileStart:
    """Read `path` when it has at most `max_bytes`, else only its first `head_bytes`.

    A symbolic link is followed as long as it ends inside the folder `inside`.

    Raises:
        UnreadableFileError: it is gone, not a regular file, outside, or may not be read.
    """
    try:
        target = path
        if stat.S_ISLNK(path.lstat().st_mode):
            target = path.resolve(strict=True)
            if not target.is_relative_to(inside.resolve()):
                raise UnreadableFileError(path, "is a link to a place outside of the project")
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(target, flags)
    except (OSError, RuntimeError) as error:
        raise _unreadable(path, error) from None
    try:
        return _read(path, descriptor, max_bytes, head_bytes)
    except OSError as error:
        raise _unreadable(path, error) from None
    finally:
        os.close(descriptor)


def _read(path: Path, descriptor: int, max_bytes: int, head_bytes: int) -> FileStart:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableFileError(path, "is not a regular file")
    limit = max_bytes + 1 if found.st_size <= max_bytes else head_bytes
    data = b""
    while len(data) < limit:
        left = max(found.st_size + 1 - len(data), _STEP)
        part = os.read(descriptor, min(left, limit - len(data)))
        if not part:
            break
        data += part
    if len(data) > max_bytes:
        return FileStart(data[:head_bytes], len(data))
    return FileStart(data, max(found.st_size, len(data)))


def _unreadable(path: Path, error: OSError | RuntimeError) -> UnreadableFileError:
    """Put an error of the operating system into words."""
    if isinstance(error, RuntimeError):  # how Python 3.11 reports a loop of links
        return UnreadableFileError(path, "is a link that leads to itself")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return UnreadableFileError(path, "is not there", is_gone=True)
    if error.errno == errno.ELOOP:
        return UnreadableFileError(path, "is a link that leads to itself")
    if error.errno in (errno.ENXIO, errno.EOPNOTSUPP):  # a socket
        return UnreadableFileError(path, "is not a regular file")
    reason = (error.strerror or type(error).__name__).lower()
    return UnreadableFileError(path, f"cannot be read ({reason})")
