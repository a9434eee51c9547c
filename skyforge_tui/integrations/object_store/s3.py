"""A bucket as an object store: bytes go through the library, lists through requests of our own.

The library (obstore 0.12.1) lists a whole prefix before it shows the first object; with a million
of them that is a thousand requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, GenericError
from obstore.store import S3Store

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.bucket import Bucket, Keys
from skyforge_tui.integrations.object_store.client import Hashed, ObjectClient
from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.object_store.wire import Listing, StoredObject

_LAST = "\U0010ffff"
"""Comes after everything that a folder's keys may go on with."""
_PART = 8 << 20
_PARTS_AT_ONCE = 4
_OPTIONS: Any = {
    "connect_timeout": "8s",
    "read_timeout": "20s",
    "timeout": "1day",  # of a whole body, however large; what stalls is found by the one above
}
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=45)}
_WHOLE_INSTEAD = "Received non-partial response"


class S3Client(ObjectClient):
    """An object client on a bucket."""

    def __init__(self, asker: BucketAsker) -> None:
        super().__init__(self._opened, is_sorted=True)
        self.asker = asker
        self._bucket: Bucket = asker.bucket
        self._s3: S3Store | None = None

    def _opened(self) -> S3Store:
        if self._s3 is None:
            raise TransportError("failed", "the bucket was not opened")
        return self._s3

    async def ready(self) -> None:
        """Fetch the keys, unless that was done and they are still accepted."""
        if self._s3 is None:
            keys = await self.asker.keys()
            self._s3 = await aside(lambda: _store(self._bucket, keys), "certificates")
            self.reopen()

    async def explained(self, error: TransportError) -> TransportError:
        """Return a failure with its reason: an answer to HEAD has no words.

        Keys that are not accepted are fetched anew with the next call.
        """
        is_mute = error.kind in ("refused", "forbidden", "missing") and not _code(error)
        if is_mute:
            try:
                await self.asker.page(self._bucket.start, deep=True, limit=1)
            except TransportError as reason:
                error = reason
        if error.kind == "unauthorized":
            self._s3 = None
            self.asker.forget_keys()
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
            objects += [_below(one, start) for one in got.objects if self._is_plain(one.key)]
            token, is_more = got.token, got.is_more
        return Listing(tuple(folders), tuple(objects), is_more)

    def _is_plain(self, key: str) -> bool:
        """Say whether a key of the bucket is one that can be asked for; others are passed over."""
        bare = key[len(self._bucket.start) :]
        parts = bare.split("/")
        is_odd = any(part in ("", ".", "..") for part in parts) or not bare.isprintable()
        return not is_odd and self.is_listed(bare)

    async def url(self, key: str, lasts: timedelta) -> str:
        """Return an address where anybody can read an object for a while; nothing is sent."""
        self.check(key)
        return await self._soon(self._signed, key, lasts)

    async def sweep(self, key: str, since: datetime) -> int:
        """Let go of uploads of a key that were begun since a moment and not ended."""
        self.check(key)
        whole = f"{self._bucket.start}{key}"
        found = await self.asker.uploads(whole)
        left = [one for one in found if one.key == whole and one.begun_at >= since]
        for one in left:
            await self.asker.abort(one)
        return len(left)

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
        at = 0
        for chunk in super()._chunks(key, 0, etag):
            if rest := chunk[max(0, start - at) :]:
                yield rest
            at += len(chunk)

    def _signed(self, key: str, lasts: timedelta) -> str:
        return str(obstore.sign(self._store, "GET", key, lasts))

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
        # Some answer a range with status 200 (rclone 1.75), which the library does not take.
        return self._read_on(key, offset, size)

    def _read_on(self, key: str, offset: int, size: int) -> bytes:
        """Return a range out of the whole object, which is let go of behind it."""
        found, at = bytearray(), 0
        for chunk in self._chunks(key):
            found += chunk[max(0, offset - at) :]
            at += len(chunk)
            if len(found) >= size:
                break
        return bytes(found[:size])

    def _put_whole(self, key: str, data: bytes, overwrite: bool) -> None:
        if not overwrite:
            self._check_free(key)  # not every service knows If-None-Match
        super()._put_whole(key, data, overwrite)

    def _put_large(self, key: str, rest: Hashed, start: list[bytes], overwrite: bool) -> str:
        """Send parts, which become an object at once or never.

        Where nothing may be replaced, that is looked at before the first part and after the last.
        """

        def whole() -> Iterator[bytes]:
            yield from start
            start.clear()
            yield from rest
            if not overwrite:
                # The library asks for parts in a thread of its own, from where it cannot be called.
                with ThreadPoolExecutor(1) as aside_from_it:
                    aside_from_it.submit(self._check_free, key).result()

        if not overwrite:
            self._check_free(key)
        try:
            done = obstore.put(
                self._store, key, whole(), use_multipart=True, chunk_size=_PART,
                max_concurrency=_PARTS_AT_ONCE,
            )  # fmt: skip
        except BaseException as error:  # noqa: BLE001 - raised again
            raise (rest.failure or error) from None
        return done["e_tag"] or ""

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


def _store(bucket: Bucket, keys: Keys) -> S3Store:
    """Open a bucket; reads the file of authorities.

    Everything that the environment could change is said.
    """
    options: Any = dict(_OPTIONS)
    if bucket.root.startswith("http:"):
        options["allow_http"] = True
    trust = bucket.trust
    if trust.ca_file is not None:
        try:
            options["root_certificate"] = trust.ca_file.read_bytes()
        except OSError as error:
            words = f"{trust.ca_file} cannot be read: {(error.strerror or '').lower()}"
            raise StoreError("untrusted", words, "name a file of certificates: --ca FILE") from None
    if not trust.verify:
        options["allow_invalid_certificates"] = True
    if bucket.proxy:
        options["proxy_url"] = bucket.proxy
    token = keys.token.reveal() if keys.token else None
    known: Any = {
        "access_key_id": keys.access,
        "secret_access_key": keys.secret.reveal(),
        "token": token,
        "expires_at": None,
    }
    service = bucket.endpoint.rstrip("/") or f"https://s3.{bucket.place}.amazonaws.com"
    endpoint = service if bucket.is_path_style else bucket.root
    return S3Store(
        bucket.name,
        prefix=bucket.start.rstrip("/") or None,
        endpoint=endpoint,
        aws_endpoint_url_s3=endpoint,
        region=bucket.place,
        virtual_hosted_style_request=not bucket.is_path_style,
        skip_signature=False,
        client_options=options,
        retry_config=_RETRY,
        credential_provider=lambda: known,
    )


def _below(one: StoredObject, start: str) -> StoredObject:
    return StoredObject(one.key[len(start) :], one.size, one.modified_at, etag=one.etag)


def _code(error: TransportError) -> str:
    return error.code if isinstance(error, StoreError) else ""
