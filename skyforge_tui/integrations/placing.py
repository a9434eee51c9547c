"""Gives a file that is whole the name it is to have: in one step, so that half of it never has it.

Folders are descriptors: whatever comes to be at a path meanwhile, the file goes where it was meant.
"""

from __future__ import annotations

import contextlib
import errno
import os

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
