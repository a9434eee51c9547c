"""Lists a directory page by page in the order of keys, and opens no more folders than it takes.

A folder with a million names is read once for a page, and never held in memory: a page needs the
first thousand names only, and only of those the system is asked for size and time.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
import stat
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from operator import attrgetter, itemgetter

from skyforge_tui.integrations.object_store.guarded_files import GuardedFiles
from skyforge_tui.integrations.object_store.system_words import told_of
from skyforge_tui.integrations.object_store.wire import Listing, StoredObject

_LONGEST = 1024
"""Bytes of a key; what lies deeper cannot be asked for."""
_ODD = re.compile(r"#\d+$")
"""How keys of files end that no store takes."""
_AT_ONCE = 1 << 14
"""Names that are held at once."""
_NAME = attrgetter("name")
_FIRST = itemgetter(0)
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
        for name, found in self._names(folder, start, after, count):
            if name > after:
                key = f"{start}{name}"
                yield key, None if name.endswith("/") else self._tell(key, found)

    def _deep(
        self, folder: int, start: str, after: str, count: int
    ) -> Generator[tuple[str, StoredObject | None], None, None]:
        """Yield all files below a folder."""
        for name, found in self._names(folder, start, after, count):
            key = f"{start}{name}"
            if not name.endswith("/"):
                if name > after:
                    yield key, self._tell(key, found)
                continue
            inner = self._inner(folder, name[:-1])
            if inner is None:
                continue
            try:
                rest = after[len(name) :] if after.startswith(name) else ""
                yield from self._deep(inner, key, rest, count)
            finally:
                os.close(inner)

    def _names(
        self, folder: int, start: str, after: str, count: int
    ) -> Iterator[tuple[str, os.stat_result]]:
        """Yield what may have something behind `after` in a folder, in the order of keys.

        Folders have their slash. So many names are taken at a time, by a pass over all of them:
        in the order of plain names, where a folder may stand before what its key stands behind.
        """
        waiting = self._looked_at(folder, start, _beginnings(after))
        low, is_more = after, True
        while is_more:
            with told_of(start or "the store"), os.scandir(folder) as entries:
                names = _smallest(map(_NAME, entries), low, count)
            is_more = len(names) == count
            low = names[-1] if names else low
            waiting += self._looked_at(folder, start, names)
            waiting.sort(key=_FIRST)
            ready = [one for one in waiting if not is_more or one[0] <= low]
            waiting = waiting[len(ready) :]
            yield from (one for one in ready if _reaches(one[0], after))

    def _looked_at(
        self, folder: int, start: str, names: Iterable[str]
    ) -> list[tuple[str, os.stat_result]]:
        """Return folders, with their slash, and files of some names, with what is known of them."""
        looked_at: list[tuple[str, os.stat_result]] = []
        for name in names:
            if not self._is_shown(start, name):
                continue
            try:
                found = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except OSError:
                continue  # gone meanwhile
            if stat.S_ISDIR(found.st_mode):
                looked_at.append((f"{name}/", found))
            elif stat.S_ISREG(found.st_mode) and not _ODD.search(name):
                looked_at.append((name, found))
        return looked_at

    def _is_shown(self, start: str, name: str) -> bool:
        """Say whether a name is one that can be part of a key."""
        if name in (".", "..") or not name.isprintable() or (not start and name in self._hidden):
            return False
        return len(start.encode()) + len(name.encode()) <= _LONGEST

    def _inner(self, folder: int, name: str) -> int | None:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        with told_of(name):
            try:
                return os.open(name, flags, dir_fd=folder)
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                    return None  # another thing by now
                raise


def _smallest(names: Iterator[str], low: str, count: int) -> list[str]:
    """Return the first so many names behind `low`, sorted; only some of all are held at a time.

    Directories come in any order: sorting part by part is quick in each of them, a heap is not.
    """
    best: list[str] = []
    while part := list(itertools.islice(names, _AT_ONCE)):
        if len(best) == count:
            high = best[-1]
            part = [name for name in part if low < name < high]
        else:
            part = [name for name in part if low < name]
        if part:
            best = sorted(best + part)[:count]
    return best


def _reaches(name: str, after: str) -> bool:
    """Say whether a file, or something in a folder, comes behind `after`."""
    return name > after or (name.endswith("/") and after.startswith(name))


def _beginnings(after: str) -> list[str]:
    """Return the plain names up to `after` whose folders may reach behind it."""
    first = after.partition("/")[0]
    return [first[:end] for end in range(1, len(first) + 1) if after[end : end + 1] <= "/"]


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
