"""Files below a root, opened folder by folder so that no link leads out, even one swapped in.

A path that was looked at may be another one when it is opened; a descriptor stays what it is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from skyforge_tui.integrations.object_store.drafts import Draft
from skyforge_tui.integrations.object_store.system_words import is_folder, no_file, told_of
from skyforge_tui.integrations.placing import is_there

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


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
        with self._folder(key) as (folder, name), told_of(name):
            descriptor = os.open(name, _FILE, dir_fd=folder)
        try:
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISDIR(mode):
                raise is_folder(name)
            if not stat.S_ISREG(mode):
                raise no_file(name)
            yield descriptor
        finally:
            os.close(descriptor)

    def write(
        self,
        key: str,
        pieces: Iterable[bytes],
        *,
        overwrite: bool,
        ticket: str = "",
        kept: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Make a file of these bytes, which has its name only when all are there.

        What breaks off stays hidden under its `ticket`, and the next to write with the same goes
        on from there, as far as the bytes are the same; `kept` hears how many they are.

        Raises:
            FileExistsError: there is one, and it is not to be replaced.
            TransportError: there is no room, the key leads through a link, or another program
                writes with the same ticket.
        """
        name = ticket or uuid4().hex
        if not overwrite:
            self._check_free(key)
        with self._folder(f"{self._staging}/{name}", is_made=True) as (staging, _):
            with told_of(self._staging):
                draft = Draft(staging, name)
            try:
                draft.fill(pieces, kept)
                with self._folder(key, is_made=True) as (folder, last), told_of(last):
                    draft.place(folder, last, overwrite=overwrite)
            except BaseException:
                if not ticket:
                    draft.discard()
                raise
            finally:
                draft.close()

    def _check_free(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError), self._folder(key) as (folder, name):
            if is_there(name, folder):
                raise FileExistsError(errno.EEXIST, "exists")

    def drafts(self) -> list[tuple[str, os.stat_result]]:
        """Return what was begun and is written by nobody just now, by ticket."""
        found: list[tuple[str, os.stat_result]] = []
        with contextlib.suppress(FileNotFoundError), self.folder(self._staging) as at:
            with os.scandir(at) as names:
                tickets = sorted(one.name for one in names)
            for ticket in tickets:
                with Draft.free(at, ticket) as draft:
                    if draft is not None:
                        found.append((ticket, draft.stat))
        return found

    def discard(self, ticket: str) -> None:
        """Remove what was begun with a ticket, unless somebody writes it just now."""
        with (
            contextlib.suppress(FileNotFoundError),
            self.folder(self._staging) as at,
            Draft.free(at, ticket) as draft,
        ):
            if draft is not None:
                draft.discard()

    def remove(self, key: str) -> None:
        """Remove a file, and the folders that are empty then.

        Raises:
            FileNotFoundError: there is none.
        """
        with self._folder(key) as (folder, name), told_of(name):
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
    def folder(self, key: str) -> Iterator[int]:
        """Give the descriptor of a folder; the empty key is the root.

        Raises:
            FileNotFoundError: there is none.
            TransportError: the key leads through a link, or to something that is no folder.
        """
        with self._folder(f"{key}/-" if key else "-") as (folder, _):
            yield folder

    @contextmanager
    def _folder(self, key: str, *, is_made: bool = False) -> Iterator[tuple[int, str]]:
        """Give the descriptor of a key's folder, and the last part of the key."""
        *folders, name = key.split("/")
        with told_of(str(self._root)):
            here = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in folders:
                with told_of(part):
                    if is_made:
                        with contextlib.suppress(FileExistsError):
                            os.mkdir(part, 0o777, dir_fd=here)
                    inner = os.open(part, _FOLDER, dir_fd=here)
                os.close(here)
                here = inner
            yield here, name
        finally:
            os.close(here)
