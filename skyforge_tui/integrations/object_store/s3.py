"""A bucket as an object store: bytes go through the library, lists through requests of our own.

The library (obstore 0.12.1) lists a whole prefix before it shows the first object; with a million
of them that is a thousand requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, GenericError
from obstore.store import S3Store

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket, Keys
from skyforge_tui.integrations.object_store.client import HIDDEN, Kept, ObjectClient, nobody_hears
from skyforge_tui.integrations.object_store.cutting import Cutter
from skyforge_tui.integrations.object_store.journal import Entry, Journal
from skyforge_tui.integrations.object_store.opening import opened
from skyforge_tui.integrations.object_store.parted import PART, PartedPut, part_bytes_for
from skyforge_tui.integrations.object_store.refusals import StoreError, code_of
from skyforge_tui.integrations.object_store.signing import presigned
from skyforge_tui.integrations.object_store.skipping import Skip
from skyforge_tui.integrations.object_store.uploads import Uploads
from skyforge_tui.integrations.object_store.wire import Left, Listing, StoredObject

_LAST = "\U0010ffff"
"""Comes after everything that a folder's keys may go on with."""
_ODD = re.compile(r"(?:^|/)\.{0,2}(?:/|$)")
"""A part of a key that is empty, or leads elsewhere."""
_LATEST_ABORT_S = 10.0
"""Seconds for letting go of an upload that failed: what is not done by then is swept later."""
_WHOLE_INSTEAD = "Received non-partial response"


class S3Client(ObjectClient):
    """An object client on a bucket."""

    def __init__(
        self, asker: BucketAsker, journal: Journal | None = None, *, part_bytes: int = PART
    ) -> None:
        """Take what asks the bucket, and where uploads on their way are noted."""
        super().__init__(self._opened, is_sorted=True)
        self.asker = asker
        self._uploads = Uploads(asker)
        self._journal = journal
        self._part_bytes = part_bytes
        self._bucket: Bucket = asker.bucket
        self._s3: S3Store | None = None
        self._keys: Keys | None = None
        """With which the library has the bucket open."""

    def _opened(self) -> S3Store:
        if self._s3 is not None:
            return self._s3
        raise TransportError("failed", "the bucket was not opened")

    async def ready(self) -> None:
        """Open the bucket with the keys that count now, unless that was done."""
        keys = await self.asker.keys()
        if keys is not self._keys:
            self._s3 = await aside(lambda: opened(self._bucket, keys), "certificates")
            self._keys = keys
            self.reopen()

    async def explained(self, error: TransportError) -> TransportError:
        """Return a failure with its reason: an answer to HEAD has no words.

        Keys that are not accepted are fetched anew with the next call.
        """
        is_mute = error.kind in ("refused", "forbidden", "missing") and not code_of(error)
        if is_mute:
            try:
                await self.asker.page(self._bucket.start, deep=True, limit=1)
            except TransportError as reason:
                error = reason
        if error.kind == "unauthorized" and self._keys is not None:
            self.asker.forget_keys(self._keys)
            self._keys = None
        return error

    async def page(self, prefix: str, *, deep: bool, after: str, limit: int) -> Listing:
        """Return what is below `prefix`, sorted, from behind `after`, at most `limit`."""
        if prefix:
            self.check(prefix)
        start = self._bucket.start
        below = f"{start}{prefix}/" if prefix else start
        behind = f"{start}{after}{_LAST if after.endswith('/') else ''}" if after else ""
        folders: list[str] = []
        objects: list[StoredObject] = []
        token, is_more = "", True
        while is_more and len(folders) + len(objects) < limit:
            room = limit - len(folders) - len(objects)
            got = await self.asker.page(below, deep=deep, after=behind, token=token, limit=room)
            folders += [one[len(start) : -1] for one in got.folders if self._is_plain(one[:-1])]
            objects += [one.below(start) for one in got.objects if self._is_plain(one.key)]
            token, is_more = got.token, got.is_more
            if is_more and (hidden := self._hidden_in(got.objects[-1:])):
                # Notes for every object may lie there: stepped over at once.
                behind, token = f"{start}{hidden}/{_LAST}", ""
        return Listing(tuple(folders), tuple(objects), is_more)

    def _hidden_in(self, last: Sequence[StoredObject]) -> str:
        """Return the hidden folder that a list has come to; empty if it is in none."""
        first = last[0].key[len(self._bucket.start) :].partition("/")[0] if last else ""
        return first if first in HIDDEN else ""

    def _is_plain(self, key: str) -> bool:
        """Say whether a key of the bucket is one that can be asked for; others are passed over."""
        bare = key[len(self._bucket.start) :]
        return bare.isprintable() and _ODD.search(bare) is None and self.is_listed(bare)

    async def url(self, key: str, lasts: timedelta) -> str:
        """Return an address where anybody can read an object for a while; nothing is sent."""
        self.check(key)
        url = self.asker.http.base_url + self.asker.path_of(f"{self._bucket.start}{key}")
        keys = await self.asker.keys()
        return presigned(url, keys, self._bucket.place, datetime.now(UTC), lasts)

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
        """Store an object whole or not at all: in one request, or in parts that come together."""
        self.check(key)
        cutter = Cutter([source] if isinstance(source, bytes) else source)
        async with AsyncExitStack() as stack:
            entry = await self._entry(stack, ticket) if ticket else Entry()
            usual = entry.begun.part_bytes if entry.begun else self._part_bytes
            part_bytes = part_bytes_for(size, usual)
            cuts = [await asyncio.to_thread(cutter.take, part_bytes)]
            cuts.append(await asyncio.to_thread(cutter.take, part_bytes))
            if not cuts[1].size:
                ahead(cutter.size)
                await self._put_at_once(key, b"".join(cuts[0].pieces), overwrite=overwrite)
                ahead(-cutter.size)
                return replace(await self.head(key), sha256=cutter.sha256)
            if not ticket:
                entry = await self._entry(stack, uuid4().hex)
            whole, root = f"{self._bucket.start}{key}", self._bucket.root
            parted = PartedPut(self._uploads, root, whole, entry, part_bytes, kept, ahead)
            if not overwrite:
                await self._check_new(key)
            try:
                await parted.open(cuts[0])
                await parted.send(cuts, cutter)
                if not overwrite:
                    await self._check_new(key)
                etag = await self._completed(key, parted, cutter, only_new=not overwrite)
            except TransportError as error:
                reason = error
            except BaseException:
                if not ticket:
                    await self._let_go(parted)
                raise
            else:
                return StoredObject(key, cutter.size, datetime.now(UTC), cutter.sha256, etag)
            if not ticket:
                await self._let_go(parted)
        raise await self.explained(reason)

    async def _put_at_once(self, key: str, data: bytes, *, overwrite: bool) -> None:
        await self._in_thread(self._put_whole, key, data, overwrite)

    async def _check_new(self, key: str) -> None:
        await self._soon(self._check_free, key)

    async def _completed(
        self, key: str, parted: PartedPut, cutter: Cutter, *, only_new: bool
    ) -> str:
        """Complete an upload and return the etag; where that is told the object is not asked for.

        Some read all of a large object to tell of it (rclone 1.75), some do not tell (Ceph 16.2).
        """
        try:
            etag = await parted.complete(only_new=only_new)
        except StoreError as error:
            # The answer to an earlier request may have been lost: then the bytes are there.
            if error.code != "NoSuchUpload" or not await self._holds(key, cutter):
                raise
            etag = ""
        return etag or (await self.head(key)).etag

    async def _holds(self, key: str, cutter: Cutter) -> bool:
        """Say whether the object has the bytes that were cut; all of it is read."""
        try:
            if (await self.head(key)).size != cutter.size:
                return False
        except TransportError:
            return False
        digest = hashlib.sha256()
        async with aclosing(self.stream(key)) as chunks:
            async for chunk in chunks:
                digest.update(chunk)
        return digest.hexdigest() == cutter.sha256

    async def left(self) -> list[Left]:
        """Return the uploads of ours that were begun, and that nobody carries on just now."""
        if self._journal is None:
            return []
        return await asyncio.to_thread(self._journal.left, self._bucket.start)

    async def drop(self, ticket: str) -> None:
        """Let go of an upload that nobody carries on, and of its parts."""
        if self._journal is None:
            return
        async with AsyncExitStack() as stack:
            free = self._journal.free(ticket)
            entry = await asyncio.to_thread(stack.enter_context, free)
            if entry is None or entry.begun is None:
                return
            if entry.begun.root == self._bucket.root:
                await self._uploads.abort(entry.begun.key, entry.begun.id)
            await asyncio.to_thread(entry.drop)

    async def _entry(self, stack: AsyncExitStack, ticket: str) -> Entry:
        """Return the notes of an upload, ours until the stack is closed."""
        if self._journal is None:
            return Entry()
        return await asyncio.to_thread(stack.enter_context, self._journal.held(ticket))

    async def _let_go(self, parted: PartedPut) -> None:
        """Abort an upload that failed; where that fails as well its notes stay, and are swept."""
        with contextlib.suppress(TransportError, TimeoutError):
            async with asyncio.timeout(_LATEST_ABORT_S):
                await parted.abort()

    # In a thread.

    def _chunks(self, key: str, start: int = 0, etag: str = "") -> Iterator[bytes]:
        try:
            return super()._chunks(key, start, etag)
        except GenericError as error:
            if _WHOLE_INSTEAD not in str(error):
                raise
        return self._chunks_from(key, start, etag)

    def _chunks_from(self, key: str, start: int, etag: str) -> Iterator[bytes]:
        """Yield the whole object but its beginning: for services that answer ranges oddly."""
        skip = Skip(start)
        yield from filter(len, map(skip.rest, super()._chunks(key, 0, etag)))

    def _clear(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.check(key)
        obstore.delete(self._store, list(keys))

    def _read(self, key: str, offset: int, size: int) -> bytes:
        try:
            return super()._read(key, offset, size)
        except GenericError as error:
            if _WHOLE_INSTEAD not in str(error):
                raise
        # Some answer a range with status 200 (rclone 1.75), which the library does not take: then
        # the whole object is let go of behind it.
        found = bytearray()
        for chunk in self._chunks_from(key, offset, ""):
            found += chunk
            if len(found) >= size:
                break
        return bytes(found[:size])

    def _put_whole(self, key: str, data: bytes, overwrite: bool) -> None:
        if not overwrite:
            self._check_free(key)  # not every service knows If-None-Match
        super()._put_whole(key, data, overwrite)

    def _copy(self, source: str, target: str, overwrite: bool) -> None:
        self._head(source)
        self.check(target)
        if not overwrite:
            self._check_free(target)
        obstore.copy(self._store, source, target, overwrite=True)

    def _check_free(self, key: str) -> None:
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return
        raise AlreadyExistsError(key)
