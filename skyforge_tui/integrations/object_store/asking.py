"""Asks a bucket what the library cannot ask: one page of a list, and all about uploads in parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Pace
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.http.way import Tunnel, Way
from skyforge_tui.integrations.http.wire import Answer, Content, Patience
from skyforge_tui.integrations.object_store.answers import Answered, listed
from skyforge_tui.integrations.object_store.bucket import Bucket, Keys
from skyforge_tui.integrations.object_store.keys import KeyRing
from skyforge_tui.integrations.object_store.refusals import from_http
from skyforge_tui.integrations.object_store.signing import NOTHING, signed, spelled

MOST: Final = 1000
"""Rows of one answer, by S3's own rule."""
_LARGEST: Final = 16 << 20
_SLOW: Final = Patience(read_s=120.0, write_s=60.0)
"""For requests with many bytes: a store may think for a while about what it got."""


class BucketAsker:
    """Sends signed requests to one bucket; every call may raise `TransportError`."""

    def __init__(
        self,
        bucket: Bucket,
        *,
        keys: Keys | None = None,
        look: Callable[[bytes], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jump: Tunnel | None = None,
    ) -> None:
        """Take the bucket, and the jump host on the way there, which is ours from now on."""
        self._jump = jump
        self.bucket = bucket
        self._now = now
        self._ring = KeyRing(bucket, keys, now)
        parts = urlsplit(bucket.root)
        self._path = parts.path or "/"
        way = Way(bucket.trust, bucket.proxy, jump)
        service = f"{parts.scheme}://{parts.netloc}"
        self.http = HttpClient(service, way, look=look)
        # Nobody who sends parts is asked to wait for what was sent a second ago.
        fast = Pace(at_once=16, per_second=1000, burst=1000)
        self.bulk = HttpClient(service, way, look=look, pace=fast, patience=_SLOW)

    async def aclose(self) -> None:
        """Close every connection."""
        await self.http.aclose()
        await self.bulk.aclose()
        if self._jump is not None:
            await self._jump.aclose()

    async def keys(self) -> Keys:
        """Return keys that count now; see `KeyRing`."""
        return await self._ring.keys()

    def forget_keys(self, refused: Keys) -> None:
        """Fetch the keys again next time: these are not accepted."""
        self._ring.forget(refused)

    async def page(
        self, prefix: str, *, deep: bool, after: str = "", token: str = "", limit: int = MOST
    ) -> Answered:
        """Return one answer of ListObjectsV2; `prefix` and `after` are whole keys of the bucket."""
        query = {
            "list-type": "2",
            "max-keys": str(min(limit, MOST)),
            "encoding-type": "url",
            "prefix": prefix,
        }
        if not deep:
            query["delimiter"] = "/"
        if token:
            query["continuation-token"] = token
        elif after:
            query["start-after"] = after
        return listed((await self.call("GET", query)).body)

    def path_of(self, key: str) -> str:
        """Return the path of a whole key of the bucket, as it is sent and signed."""
        return f"{self._path.rstrip('/')}/{quote(key, safe='/~')}"

    async def call(self, method: str, query: Mapping[str, str], path: str = "") -> Reply:
        """Send one signed request without a body, by default to the bucket itself."""
        return await self._send(self.http, method, query, path)

    @asynccontextmanager
    async def reading(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[Answer]:
        """Give the answer to a signed GET while it arrives; `headers` have lower-case names."""
        keys = await self.keys()
        url = self.bulk.base_url + path
        proof = signed("GET", url, {}, keys, self.bucket.place, self._now(), more=headers)
        try:
            async with self.bulk.stream(path, headers={**headers, **proof}) as answer:
                yield answer
                return
        except HttpError as error:
            failure = from_http(error)
        if failure.kind == "unauthorized":
            self.forget_keys(keys)
        raise failure

    async def send(
        self,
        method: str,
        query: Mapping[str, str],
        path: str,
        content: Content,
        *,
        payload: str,
        headers: Mapping[str, str] | None = None,
        is_idempotent: bool = True,
        within_s: float | None = None,
    ) -> Reply:
        """Send one signed request with a body, whose SHA-256 is `payload`.

        `headers` have lower-case names.
        """
        return await self._send(
            self.bulk, method, query, path, content, payload=payload, headers=headers,
            is_idempotent=is_idempotent, within_s=within_s,
        )  # fmt: skip

    async def _send(
        self,
        http: HttpClient,
        method: str,
        query: Mapping[str, str],
        path: str,
        content: Content | None = None,
        *,
        payload: str = NOTHING,
        headers: Mapping[str, str] | None = None,
        is_idempotent: bool = True,
        within_s: float | None = None,
    ) -> Reply:
        path = path or self._path
        keys = await self.keys()
        url = http.base_url + path
        proof = signed(
            method, url, query, keys, self.bucket.place, self._now(), payload=payload, more=headers
        )
        asked = f"{path}?{spelled(query)}" if query else path
        try:
            return await http.call(
                method, asked, headers={**(headers or {}), **proof}, is_signed=False,
                is_idempotent=is_idempotent, max_bytes=_LARGEST, content=content,
                within_s=within_s,
            )  # fmt: skip
        except HttpError as error:
            # An answer to HEAD has no words: what is missing is the object, until somebody asks.
            is_missing = method == "HEAD" and error.status == 404
            gone = TransportError("missing", "there is no such object")
            failure = gone if is_missing else from_http(error)
        if failure.kind == "unauthorized":
            self.forget_keys(keys)
        raise failure
