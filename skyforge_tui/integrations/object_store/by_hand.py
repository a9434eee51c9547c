"""A bucket that the library cannot get to: through a jump host, or with one certificate pinned.

Everything is asked by requests of our own, which know these ways.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Coroutine, Mapping, Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.wire import Answer
from skyforge_tui.integrations.object_store.answers import told_of
from skyforge_tui.integrations.object_store.refusals import CHANGED, StoreError
from skyforge_tui.integrations.object_store.s3 import S3Client
from skyforge_tui.integrations.object_store.signing import NOTHING
from skyforge_tui.integrations.object_store.skipping import Skip
from skyforge_tui.integrations.object_store.wire import StoredObject
from skyforge_tui.integrations.together import together

T = TypeVar("T")

_PIECE: Final = 1 << 20
"""Bytes that are handed on at once."""
_AT_ONCE: Final = 8
_WHOLE: Final = 200
_BEYOND: Final = 416


class ByHandClient(S3Client):
    """An object client on a bucket that uses nothing but its asker."""

    async def head(self, key: str) -> StoredObject:
        """Return what is known of an object."""
        self.check(key)
        return await self._explained(self._headed(key))

    async def read(self, key: str, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`."""
        self.check(key)
        return await self._explained(self._range(key, offset, size))

    async def stream(self, key: str, start: int = 0, etag: str = "") -> AsyncGenerator[bytes, None]:
        """Yield all bytes from `start` on, of the version that has this `etag`."""
        self.check(key)
        headers = {"range": f"bytes={start}-"} if start else {}
        headers |= {"if-match": etag} if etag else {}
        try:
            async with self.asker.reading(self._path(key), headers) as answer:
                skip = Skip(start if _is_whole(answer) else 0)
                gathered = bytearray()
                async for chunk in answer.chunks():
                    gathered += skip.rest(chunk)
                    if len(gathered) >= _PIECE:
                        yield bytes(gathered)
                        gathered.clear()
                if gathered:
                    yield bytes(gathered)
        except StoreError as error:
            if error.kind != "exists":
                raise await self.explained(error) from None
            raise StoreError("exists", "it was changed meanwhile", code=CHANGED) from None

    async def begun(self, key: str) -> tuple[StoredObject, AsyncGenerator[bytes, None]]:
        """Return what is known of an object, and all its bytes."""
        found = await self.head(key)
        return found, self.stream(key, etag=found.etag)

    async def copy(self, source: str, target: str, *, overwrite: bool) -> None:
        """Store an object a second time."""
        await self.head(source)
        self.check(target)
        if not overwrite:
            await self._check_new(target)
        place = f"/{quote(self._bucket.name, safe='')}/{quote(self._whole(source), safe='/~')}"
        reply = await self._explained(
            self.asker.send(
                "PUT", {}, self._path(target), b"", payload=NOTHING,
                headers={"x-amz-copy-source": place},
            )
        )  # fmt: skip
        told_of(reply.body, "CopyObject", "ETag")  # some say only then that it failed

    async def delete(self, key: str) -> None:
        """Remove an object."""
        await self.head(key)
        await self._explained(self.asker.call("DELETE", {}, self._path(key)))

    async def clear(self, keys: Sequence[str]) -> None:
        """Remove objects; those that are not there are passed over."""
        for key in keys:
            self.check(key)
        for at in range(0, len(keys), _AT_ONCE):
            await together(self._removed(key) for key in keys[at : at + _AT_ONCE])

    # What putting asks for.

    async def _put_at_once(self, key: str, data: bytes, *, overwrite: bool) -> None:
        if not overwrite:
            await self._check_new(key)  # not every service knows If-None-Match
        headers: Mapping[str, str] = {} if overwrite else {"if-none-match": "*"}
        payload = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        await self._explained(
            self.asker.send("PUT", {}, self._path(key), data, payload=payload, headers=headers)
        )

    async def _check_new(self, key: str) -> None:
        try:
            await self.head(key)
        except TransportError as error:
            if error.kind == "missing":
                return
            raise
        raise StoreError("exists", "there is one already", code="PreconditionFailed")

    # What is sent.

    async def _explained(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        except TransportError as error:
            reason = error
        raise await self.explained(reason)

    async def _headed(self, key: str) -> StoredObject:
        reply = await self.asker.call("HEAD", {}, self._path(key))
        return _stored(key, reply.headers)

    async def _range(self, key: str, offset: int, size: int) -> bytes:
        found = bytearray()
        headers = {"range": f"bytes={offset}-{offset + max(1, size) - 1}"}
        try:
            async with self.asker.reading(self._path(key), headers) as answer:
                skip = Skip(offset if _is_whole(answer) else 0)
                async for chunk in answer.chunks():
                    found += skip.rest(chunk)
                    if len(found) >= size:
                        break
        except HttpError as error:
            if error.status != _BEYOND:
                raise
        return bytes(found[:size])

    async def _removed(self, key: str) -> None:
        try:
            await self._explained(self.asker.call("DELETE", {}, self._path(key)))
        except TransportError as error:
            if error.kind != "missing":
                raise

    def _whole(self, key: str) -> str:
        return f"{self._bucket.start}{key}"

    def _path(self, key: str) -> str:
        return self.asker.path_of(self._whole(key))


def _is_whole(answer: Answer) -> bool:
    """Say whether all came where a part was asked for; rclone 1.75 sends parts with status 200."""
    return answer.status == _WHOLE and "content-range" not in answer.headers


def _stored(key: str, headers: Mapping[str, str]) -> StoredObject:
    """Return an object as the headers of an answer tell it."""
    length, stamp = headers.get("content-length", ""), headers.get("last-modified", "")
    try:
        found = StoredObject(key, int(length), parsedate_to_datetime(stamp))
    except ValueError:
        raise TransportError("unreadable", "it tells neither size nor time of an object") from None
    return replace(found, etag=headers.get("etag", ""))
