"""Lists a directory page by page in the order of keys, and opens no more folders than it takes.

A folder with a million names is read once for a page, and never held in memory: a page needs the
first thousand names only, and only of those the system is asked for size and time.
"""

from __future__ import annotations

import errno
import heapq
import os
import re
import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import closing

from skyforge_tui.integrations.object_store.guarded_files import GuardedFiles
from skyforge_tui.integrations.object_store.system_words import told_of
from skyforge_tui.integrations.object_store.wire import Listing, StoredObject

_LONGEST = 1024
"""Bytes of a key; what lies deeper cannot be asked for."""
_ODD = re.compile(r"#\d+$")
"""How keys of files end that no store takes."""
Tell = Callable[[str, os.stat_result], StoredObject]


class FolderPages:
    """Lists the files below a root; links, pipes and names that are no keys are passed over."""

    def __init__(self, files: GuardedFiles, hidden: frozenset[str], tell: Tell) -> None:
        """Take the files; `hidden` are names at the root, `tell` makes an object of what is known.

        What is listed was opened folder by folder, so that no link leads out of the root.
        """
        self._files = files
        self._hidden = hidden
        self._tell = tell

    def page(self, prefix: str, *, deep: bool, after: str, limit: int) -> Listing:
        """Return what is below `prefix`, sorted, from behind `after`, at most `limit`."""
        start = f"{prefix}/" if prefix else ""
        behind = after[len(start) :] if after.startswith(start) else ""
        if not behind and after > start:
            return Listing((), (), False)
        try:
            with self._files.folder(prefix) as folder:
                walk = self._deep if deep else self._level
                with closing(walk(folder, start, behind, limit + 1)) as found:
                    return _listing(found, limit)
        except FileNotFoundError:
            return Listing((), (), False)

    def _level(
        self, folder: int, start: str, after: str, count: int
    ) -> Generator[tuple[str, StoredObject | None], None, None]:
        """Yield folders with their slash, and files, of one folder."""
        for name in self._names(folder, start, after, count):
            if name.endswith("/"):
                if name > after:
                    yield f"{start}{name}", None
            elif (one := self._file(folder, start, name)) is not None:
                yield one.key, one

    def _deep(
        self, folder: int, start: str, after: str, count: int
    ) -> Generator[tuple[str, StoredObject | None], None, None]:
        """Yield all files below a folder."""
        for name in self._names(folder, start, after, count):
            if name.endswith("/"):
                inner = self._inner(folder, name[:-1])
                if inner is None:
                    continue
                rest = after[len(name) :] if after.startswith(name) else ""
                try:
                    yield from self._deep(inner, f"{start}{name}", rest, count)
                finally:
                    os.close(inner)
            elif (one := self._file(folder, start, name)) is not None:
                yield one.key, one

    def _names(self, folder: int, start: str, after: str, count: int) -> Iterator[str]:
        """Yield the names in a folder that may have something behind `after`, in batches."""
        last = ""
        while True:
            with told_of(start or "the store"), os.scandir(folder) as entries:
                names = (_spelled(one) for one in entries)
                shown = (
                    one
                    for one in names
                    if one > last and _reaches(one, after) and self._is_shown(start, one)
                )
                batch = heapq.nsmallest(count, shown)
            yield from batch
            if len(batch) < count:
                return
            last = batch[-1]

    def _is_shown(self, start: str, name: str) -> bool:
        """Say whether a name, spelled, is one that can be part of a key."""
        bare = name.removesuffix("/")
        if not bare or not bare.isprintable() or (not start and bare in self._hidden):
            return False
        is_odd = bare == name and _ODD.search(bare) is not None
        return not is_odd and len(start.encode()) + len(bare.encode()) <= _LONGEST

    def _file(self, folder: int, start: str, name: str) -> StoredObject | None:
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            return None  # gone meanwhile
        return self._tell(f"{start}{name}", found) if stat.S_ISREG(found.st_mode) else None

    def _inner(self, folder: int, name: str) -> int | None:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        with told_of(name):
            try:
                return os.open(name, flags, dir_fd=folder)
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                    return None  # another thing by now
                raise


def _reaches(name: str, after: str) -> bool:
    """Say whether a file, or something in a folder, comes behind `after`."""
    return name > after or (name.endswith("/") and after.startswith(name))


def _spelled(entry: os.DirEntry[str]) -> str:
    """Return a name as it stands in keys; empty for what is neither a folder nor a file."""
    if entry.is_dir(follow_symlinks=False):
        return f"{entry.name}/"
    return entry.name if entry.is_file(follow_symlinks=False) else ""


def _listing(found: Iterator[tuple[str, StoredObject | None]], limit: int) -> Listing:
    folders: list[str] = []
    objects: list[StoredObject] = []
    for name, one in found:
        if len(folders) + len(objects) == limit:
            return Listing(tuple(folders), tuple(objects), True)
        if one is None:
            folders.append(name[:-1])
        else:
            objects.append(one)
    return Listing(tuple(folders), tuple(objects), False)
