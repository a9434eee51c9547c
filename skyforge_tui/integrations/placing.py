"""Gives a file that is whole the name it is to have: in one step, so that half of it never has it.

Folders are descriptors: whatever comes to be at a path meanwhile, the file goes where it was meant.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS)
"""What file systems without hard links say."""


def place(hidden: str, where: int, name: str, folder: int, *, overwrite: bool) -> None:
    """Give the file that is called `hidden` in `where` a name in `folder`, in place of its own.

    Raises:
        FileExistsError: there is one, and it is not to be replaced.
    """
    ways = {"src_dir_fd": where, "dst_dir_fd": folder}
    if overwrite:
        os.rename(hidden, name, **ways)  # noqa: PTH104 - below descriptors
        return
    try:
        os.link(hidden, name, **ways, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if is_there(name, folder):
            raise FileExistsError(errno.EEXIST, "exists") from None
        os.rename(hidden, name, **ways)  # noqa: PTH104
        return
    with contextlib.suppress(FileNotFoundError):
        os.unlink(hidden, dir_fd=where)


def is_there(name: str, folder: int) -> bool:
    """Say whether something has this name in a folder, be it a link to nowhere."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def kept_from_files(target: Path) -> str:
    """Return what something is whose place no file takes, whatever was said; empty if one may.

    Files and links may be replaced. In the place of a device or a pipe, all who use it would find
    a file.
    """
    with contextlib.suppress(OSError):  # what cannot be looked at is told when it is written
        mode = os.lstat(target).st_mode
        if stat.S_ISDIR(mode) or (stat.S_ISLNK(mode) and target.is_dir()):
            return "a folder"
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            return "no regular file"
    return ""
