"""Asks a bucket what the library cannot ask: one page of a list, and for uploads left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.reply import Reply
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.object_store.answers import Answered, Upload, listed, uploads
from skyforge_tui.integrations.object_store.bucket import Bucket, Keys, keys_of
from skyforge_tui.integrations.object_store.refusals import from_http
from skyforge_tui.integrations.object_store.signing import signed, spelled

MOST: Final = 1000
"""Rows of one answer, by S3's own rule."""
_LARGEST: Final = 16 << 20


class BucketAsker:
    """Sends signed requests to one bucket; every call may raise `TransportError`."""

    def __init__(
        self,
        bucket: Bucket,
        *,
        keys: Keys | None = None,
        look: Callable[[bytes], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.bucket = bucket
        self._now = now
        self._given = keys
        self._keys = keys
        parts = urlsplit(bucket.root)
        self._path = parts.path or "/"
        way = Way(bucket.trust, bucket.proxy)
        self.http = HttpClient(f"{parts.scheme}://{parts.netloc}", way, look=look)

    async def aclose(self) -> None:
        """Close every connection."""
        await self.http.aclose()

    async def keys(self) -> Keys:
        """Return the keys, fetched when they are first needed."""
        if self._keys is None:
            self._keys = await keys_of(self.bucket)
        return self._keys

    def forget_keys(self) -> None:
        """Fetch the keys again next time: those that are known are not accepted."""
        self._keys = self._given

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

    async def uploads(self, prefix: str) -> list[Upload]:
        """Return up to 1,000 uploads in parts that were begun below a prefix and not ended."""
        return uploads((await self.call("GET", {"uploads": "", "prefix": prefix})).body)

    async def abort(self, upload: Upload) -> None:
        """Let go of an upload and of what came of it."""
        path = f"{self._path.rstrip('/')}/{quote(upload.key, safe='/~')}"
        await self.call("DELETE", {"uploadId": upload.id}, path=path)

    async def call(self, method: str, query: Mapping[str, str], path: str = "") -> Reply:
        """Send one signed request without a body, by default to the bucket itself."""
        path = path or self._path
        keys = await self.keys()
        url = self.http.base_url + path
        headers = signed(method, url, query, keys, self.bucket.place, self._now())
        asked = f"{path}?{spelled(query)}" if query else path
        try:
            return await self.http.call(
                method, asked, headers=headers, is_signed=False, is_idempotent=True,
                max_bytes=_LARGEST,
            )  # fmt: skip
        except HttpError as error:
            failure = from_http(error)
        if failure.kind == "unauthorized":
            self.forget_keys()
        raise failure
