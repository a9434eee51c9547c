"""A directory as an object store: for one person only, and never followed out of by a link.

The library (obstore 0.12.1) follows links and opens pipes like any other file, and lists all before
the first; files are opened and listed here by descriptors of our own.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from obstore.store import LocalStore

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.client import (
    CHUNK,
    HIDDEN,
    STAGING,
    Kept,
    ObjectClient,
    nobody_hears,
)
from skyforge_tui.integrations.object_store.folder_pages import FolderPages
from skyforge_tui.integrations.object_store.guarded_files import GuardedFiles
from skyforge_tui.integrations.object_store.hashed import Hashed
from skyforge_tui.integrations.object_store.refusals import CHANGED, StoreError
from skyforge_tui.integrations.object_store.system_words import no_file
from skyforge_tui.integrations.object_store.wire import Left, Listing, StoredObject

_LONGEST_PART = 240
"""Bytes of a file's name, with room for what marks one under way."""
_STALE_S = 7 * 24 * 3600.0
"""Seconds after which nobody goes on with what stands in the staging folder."""


class DirectoryClient(ObjectClient):
    """An object client whose keys are files below `root`, which is made when it is first needed."""

    def __init__(self, root: Path) -> None:
        # A key has no links to go through, but the way to the root may have some.
        self._root = Path(os.path.realpath(root))
        super().__init__(self._open)
        self._files = GuardedFiles(self._root, STAGING)
        self._pages = FolderPages(self._files, HIDDEN, _told_of)

    def _open(self) -> LocalStore:
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._sweep()
        except OSError as error:
            words = f"{self._root} cannot be written: {(error.strerror or str(error)).lower()}"
            advice = "let yourself write there, or set artifacts.directory elsewhere"
            raise StoreError("failed", words, advice) from None
        return LocalStore(self._root, automatic_cleanup=True)

    def check(self, key: str) -> None:
        """Raise TransportError when a key leads through a link or to something that is no file."""
        super().check(key)
        here = self._root
        parts = key.split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise TransportError("invalid", "it leads out of the store")
        if any(len(part.encode()) > _LONGEST_PART for part in parts):
            words = f"a part of it is longer than {_LONGEST_PART} bytes"
            raise TransportError("invalid", words)
        for index, part in enumerate(parts):
            here = here / part
            try:
                mode = here.lstat().st_mode
            except FileNotFoundError:
                return
            except OSError as error:
                reason = error.strerror or str(error)
                raise TransportError("invalid", f"{part[:80]}: {reason.lower()}") from None
            is_last = index == len(parts) - 1
            if not (stat.S_ISDIR(mode) or (is_last and stat.S_ISREG(mode))):
                raise no_file(part)

    async def put(
        self,
        key: str,
        source: bytes | Iterable[bytes],
        *,
        overwrite: bool,
        ticket: str = "",
        size: int = 0,
        kept: Kept = nobody_hears,
        ahead: Kept = nobody_hears,
    ) -> StoredObject:
        """Store an object whole or not at all; what breaks off lies hidden under its ticket."""
        del size, ahead  # what is read is written at once
        return await self._in_thread(self._put_file, key, source, overwrite, ticket, kept)

    async def left(self) -> list[Left]:
        """Return what puts that broke off left, and that nobody carries on just now."""
        return await self._in_thread(self._left)

    async def drop(self, ticket: str) -> None:
        """Remove what a put left that nobody carries on."""
        await self._in_thread(self._files.discard, ticket)

    # In a thread.

    def _page(self, prefix: str, deep: bool, after: str, limit: int) -> Listing:
        _ = self._store
        if prefix:
            self.check(prefix)
        return self._pages.page(prefix, deep=deep, after=after, limit=limit)

    def _head(self, key: str) -> StoredObject:
        self._prepare(key)
        with self._files.reading(key) as descriptor:
            return _told_of(key, os.fstat(descriptor))

    def _read(self, key: str, offset: int, size: int) -> bytes:
        self._prepare(key)
        found = bytearray()
        with self._files.reading(key) as descriptor:
            while len(found) < size:
                piece = os.pread(descriptor, size - len(found), offset + len(found))
                if not piece:
                    break
                found += piece
        return bytes(found)

    def _chunks(self, key: str, start: int = 0, etag: str = "") -> Iterator[bytes]:
        if etag and self._head(key).etag != etag:
            raise StoreError("exists", "it was changed meanwhile", code=CHANGED)
        self._prepare(key)
        opened = ExitStack()
        descriptor = opened.enter_context(self._files.reading(key))
        return _pieces(opened, descriptor, start)

    def _begun(self, key: str) -> tuple[StoredObject, Iterator[bytes]]:
        found = self._head(key)
        return found, self._chunks(key, etag=found.etag)

    def _put_file(
        self, key: str, source: bytes | Iterable[bytes], overwrite: bool, ticket: str, kept: Kept
    ) -> StoredObject:
        self._prepare(key)
        with contextlib.closing(
            Hashed([source] if isinstance(source, bytes) else source)
        ) as pieces:
            self._files.write(key, pieces, overwrite=overwrite, ticket=ticket, kept=kept)
            return replace(self._head(key), sha256=pieces.sha256)

    def _left(self) -> list[Left]:
        _ = self._store
        return [
            Left(ticket, "", found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
            for ticket, found in self._files.drafts()
        ]

    def _copy(self, source: str, target: str, overwrite: bool) -> None:
        self.check(target)
        self._files.write(target, self._chunks(source), overwrite=overwrite)

    def _delete(self, key: str) -> None:
        self._prepare(key)
        self._files.remove(key)

    def _clear(self, keys: Sequence[str]) -> None:
        for key in keys:
            with contextlib.suppress(FileNotFoundError):
                self._delete(key)

    def _prepare(self, key: str) -> None:
        """Look at a key, and see that the directory is there."""
        self.check(key)
        _ = self._store

    def _sweep(self) -> None:
        """Remove what killed programs left half written, and nobody has gone on with for long."""
        latest = time.time() - _STALE_S
        for ticket, found in self._files.drafts():
            if found.st_mtime < latest:
                self._files.discard(ticket)


def _told_of(key: str, found: os.stat_result) -> StoredObject:
    """Return what is known of a file; its etag is the one of the library's lists."""
    etag = f'"{found.st_ino:x}-{found.st_mtime_ns // 1000:x}-{found.st_size:x}"'
    at = datetime.fromtimestamp(found.st_mtime_ns // 1000 / 1e6, UTC)
    return StoredObject(key, found.st_size, at, etag=etag)


def _pieces(opened: ExitStack, descriptor: int, start: int) -> Iterator[bytes]:
    """Yield a file from `start`, and close it."""
    with opened:
        at = start
        while piece := os.pread(descriptor, CHUNK, at):
            at += len(piece)
            yield piece
