"""Sends to an object store and receives from it, whatever vendor keeps it.

The library's blocking calls are made in threads of ours: its own threads (obstore 0.12.1) take the
interpreter's lock to wake a coroutine, and a program that ends at that moment is aborted.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar, cast
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError, PreconditionError
from obstore.store import ObjectStore

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.hashed import Hashed
from skyforge_tui.integrations.object_store.refusals import CHANGED, StoreError
from skyforge_tui.integrations.object_store.wire import Left, Listing, StoredObject, failure, stored

T = TypeVar("T")

STAGING = ".staging"
"""Where large objects are until all their bytes are there; never listed."""
HIDDEN = frozenset({STAGING, ".sums"})
"""First parts of keys that are never listed."""
CHUNK = 1 << 20
"""Bytes of the pieces that objects are read in: few enough to stay in a processor's cache."""
_AT_ONCE = 8 << 20
"""Bytes up to which an object is put in one request, from memory."""
_LATEST_S = 60.0
"""Seconds for an answer that needs no bytes to be moved."""
Kept = Callable[[int], None]
"""Hears of so many bytes."""


def nobody_hears(count: int) -> None:
    """Do nothing: nobody asked how many bytes were there already."""
    del count


class ObjectClient:
    """Reads and writes the objects of one store; every call may raise `TransportError`.

    A store that is handed over as a function is opened with the first call.
    """

    def __init__(
        self, store: ObjectStore | Callable[[], ObjectStore], *, is_sorted: bool = False
    ) -> None:
        self._given = store
        self._is_sorted = is_sorted
        """Whether the store lists by key; a directory does not."""

    @cached_property
    def _store(self) -> Any:
        return self._given() if callable(self._given) else self._given

    def reopen(self) -> None:
        """Open the store anew with the next call."""
        self.__dict__.pop("_store", None)

    async def page(self, prefix: str, *, deep: bool, after: str, limit: int) -> Listing:
        """Return what is below `prefix`, sorted, from behind `after`, at most `limit`.

        `after` is a key, or a folder with its slash.
        """
        return await self._soon(self._page, prefix, deep, after, limit)

    async def head(self, key: str) -> StoredObject:
        """Return what is known of an object."""
        return await self._soon(self._head, key)

    async def read(self, key: str, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`."""
        return await self._soon(self._read, key, offset, size)

    async def stream(self, key: str, start: int = 0, etag: str = "") -> AsyncGenerator[bytes, None]:
        """Yield all bytes from `start` on, of the version that has this `etag`."""
        chunks = await self._soon(self._chunks, key, start, etag)
        async for chunk in self._following(chunks):
            yield chunk

    async def begun(self, key: str) -> tuple[StoredObject, AsyncGenerator[bytes, None]]:
        """Return what is known of an object, and all its bytes: asked for at once."""
        found, chunks = await self._soon(self._begun, key)
        return found, self._following(chunks)

    async def _following(self, chunks: Iterator[bytes]) -> AsyncGenerator[bytes, None]:
        while (chunk := await self._in_thread(next, chunks, None)) is not None:
            yield chunk

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
        """Store an object whole or not at all; what `source` raises goes through.

        What breaks off stays under its `ticket`, where the store can, and is gone on with by the
        next put of the same; `size` is that of all bytes, where it is known. `kept` hears of bytes
        that need not be sent, `ahead` of those that are read and not there yet, and are then.
        """
        del ticket, size, kept, ahead  # a store in memory has nothing that could break off
        return await self._in_thread(self._put, key, source, overwrite)

    async def left(self) -> list[Left]:
        """Return what puts that broke off left, and that nobody carries on just now."""
        return []

    async def drop(self, ticket: str) -> None:
        """Let go of what a put left that nobody carries on."""

    async def copy(self, source: str, target: str, *, overwrite: bool) -> None:
        """Store an object a second time."""
        await self._in_thread(self._copy, source, target, overwrite)

    async def delete(self, key: str) -> None:
        """Remove an object; a missing one is a failure everywhere, as in a directory."""
        await self._soon(self._delete, key)

    async def clear(self, keys: Sequence[str]) -> None:
        """Remove objects; those that are not there are passed over."""
        await self._in_thread(self._clear, keys)

    # For subclasses that know more about their store.

    async def ready(self) -> None:
        """Prepare what the store needs before it is opened; called before everything else."""

    async def explained(self, error: TransportError) -> TransportError:
        """Return a failure with what else can be found out about it."""
        return error

    def check(self, key: str) -> None:
        """Raise TransportError when `key` may not be touched."""
        if key.split("/")[0] == STAGING:
            raise TransportError("invalid", f"{STAGING} is the store's own")

    def is_listed(self, key: str) -> bool:
        """Say whether a key, or a folder, is shown in listings."""
        return key.split("/")[0] not in HIDDEN

    async def _soon(self, work: Callable[..., T], *arguments: object) -> T:
        try:
            async with asyncio.timeout(_LATEST_S):
                return await self._in_thread(work, *arguments)
        except TimeoutError:
            raise TransportError("timeout", f"no answer for {_LATEST_S:.0f} s") from None

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        await self.ready()
        try:
            return await asyncio.to_thread(work, *arguments)
        except (BaseError, FileNotFoundError, FileExistsError, ValueError) as error:
            reason = failure(error)
        raise await self.explained(reason)

    # In a thread.

    def _page(self, prefix: str, deep: bool, after: str, limit: int) -> Listing:
        if prefix:
            self.check(prefix)
        if deep:
            found = heapq.nsmallest if not self._is_sorted else _first
            objects = found(limit + 1, self._below(prefix, after), key=lambda one: one.key)
            return Listing((), tuple(objects[:limit]), len(objects) > limit)
        answer = obstore.list_with_delimiter(self._store, prefix or None)
        names: list[tuple[str, StoredObject | None]] = [
            (f"{folder}/", None) for folder in answer["common_prefixes"] if self.is_listed(folder)
        ]
        names += [
            (meta["path"], stored(meta))
            for meta in answer["objects"]
            if self.is_listed(meta["path"])
        ]
        rest = sorted((one for one in names if one[0] > after), key=lambda one: one[0])
        return Listing(
            tuple(name[:-1] for name, one in rest[:limit] if one is None),
            tuple(one for _, one in rest[:limit] if one is not None),
            len(rest) > limit,
        )

    def _below(self, prefix: str, after: str) -> Iterator[StoredObject]:
        batches = obstore.list(self._store, prefix or None, offset=after or None)
        for batch in batches:
            yield from (stored(one) for one in batch if self.is_listed(one["path"]))

    def _head(self, key: str) -> StoredObject:
        self.check(key)
        return stored(obstore.head(self._store, key))

    def _read(self, key: str, offset: int, size: int) -> bytes:
        end = min(offset + size, self._head(key).size)
        if offset >= end:
            return b""
        return bytes(obstore.get_range(self._store, key, start=offset, end=end))

    def _chunks(self, key: str, start: int = 0, etag: str = "") -> Iterator[bytes]:
        self.check(key)
        options: Any = {"range": {"offset": start}} if start else {}
        if etag:
            options["if_match"] = etag
        try:
            answer = obstore.get(self._store, key, options=options)
        except PreconditionError:
            raise StoreError("exists", "it was changed meanwhile", code=CHANGED) from None
        # A view is as good as bytes to whoever writes, hashes or joins them, and nothing is copied.
        return (cast("bytes", memoryview(one)) for one in answer.stream(min_chunk_size=CHUNK))

    def _begun(self, key: str) -> tuple[StoredObject, Iterator[bytes]]:
        self.check(key)
        answer = obstore.get(self._store, key)
        chunks = answer.stream(min_chunk_size=CHUNK)
        return stored(answer.meta), (cast("bytes", memoryview(one)) for one in chunks)

    def _put(self, key: str, source: bytes | Iterable[bytes], overwrite: bool) -> StoredObject:
        self.check(key)
        with contextlib.closing(
            Hashed([source] if isinstance(source, bytes) else source)
        ) as chunks:
            return self._put_chunks(key, chunks, overwrite)

    def _put_chunks(self, key: str, chunks: Hashed, overwrite: bool) -> StoredObject:
        start, used = [], 0
        for chunk in chunks:
            start.append(chunk)
            used += len(chunk)
            if used > _AT_ONCE:
                etag = self._put_large(key, chunks, start, overwrite)
                # Not asked for again: some read all of a large object to tell of it (rclone 1.75).
                return StoredObject(key, chunks.size, datetime.now(UTC), chunks.sha256, etag)
        self._put_whole(key, b"".join(start), overwrite)
        return replace(self._head(key), sha256=chunks.sha256)

    def _put_whole(self, key: str, data: bytes, overwrite: bool) -> None:
        mode: Any = "overwrite" if overwrite else "create"
        obstore.put(self._store, key, data, mode=mode, use_multipart=False)

    def _put_large(self, key: str, rest: Hashed, start: list[bytes], overwrite: bool) -> str:
        """Gather all bytes elsewhere first: then they appear at once, or never.

        Returns: the etag.
        """
        staged = f"{STAGING}/{uuid4().hex}"
        try:
            whole = iter(itertools.chain(start, rest))
            obstore.put(self._store, staged, whole, use_multipart=True)
            obstore.rename(self._store, staged, key, overwrite=overwrite)
        except BaseException as error:  # noqa: BLE001 - raised again below
            with contextlib.suppress(BaseError, FileNotFoundError):
                obstore.delete(self._store, staged)
            raise (rest.failure or error) from None
        return self._head(key).etag

    def _copy(self, source: str, target: str, overwrite: bool) -> None:
        self._head(source)
        self.check(target)
        obstore.copy(self._store, source, target, overwrite=overwrite)

    def _delete(self, key: str) -> None:
        self._head(key)
        obstore.delete(self._store, key)

    def _clear(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.check(key)
            with contextlib.suppress(FileNotFoundError):
                obstore.delete(self._store, key)


def _first(count: int, things: Iterable[T], *, key: Callable[[T], str]) -> list[T]:  # noqa: ARG001
    return list(itertools.islice(things, count))
