"""Uploads in parts to one bucket: begun, sent part by part, completed at once or let go of.

Source: S3 API reference, "Uploading and copying objects using multipart upload".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.wire import Content
from skyforge_tui.integrations.object_store.answers import Part, parts, quoted, told_of
from skyforge_tui.integrations.object_store.asking import BucketAsker
from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.object_store.signing import NOTHING, UNSIGNED

MOST_PARTS: Final = 10_000
_LONG_S: Final = 3600.0
"""Seconds for a part on the slowest line, and for a store that puts many together."""
_ONLY_NEW: Final = {"if-none-match": "*"}


class Uploads:
    """Knows how to upload in parts; every call may raise `TransportError`.

    Keys are whole keys of the bucket.
    """

    def __init__(self, asker: BucketAsker) -> None:
        self._asker = asker
        self.is_protected = asker.bucket.root.startswith("https:")
        """Whether the connection itself keeps bytes from being changed."""

    async def begin(self, key: str) -> str:
        """Begin an upload and return its id."""
        path = self._asker.path_of(key)
        answer = await self._asker.send(
            "POST", {"uploads": ""}, path, b"", payload=NOTHING, is_idempotent=False
        )
        upload = told_of(answer.body, "InitiateMultipartUpload", "UploadId")
        if not upload:
            raise TransportError("unreadable", "it begins an upload and does not say which")
        return upload

    async def send(self, key: str, upload: str, number: int, content: Content, sha256: str) -> str:
        """Send part `number`, from 1, and return its etag.

        The store looks whether the bytes have this SHA-256; empty where the connection is trusted.
        """
        query = {"partNumber": str(number), "uploadId": upload}
        answer = await self._asker.send(
            "PUT", query, self._asker.path_of(key), content, payload=sha256 or UNSIGNED,
            within_s=_LONG_S,
        )  # fmt: skip
        return quoted(answer.headers.get("etag", ""))

    async def parts(self, key: str, upload: str) -> dict[int, Part]:
        """Return the parts that are there, by number."""
        found: dict[int, Part] = {}
        query, is_more = {"uploadId": upload}, True
        while is_more:
            answer = await self._asker.call("GET", query, self._asker.path_of(key))
            page = parts(answer.body)
            found |= page.found
            is_more = page.is_more and bool(page.found)
            query = {**query, "part-number-marker": page.after}
        return found

    async def complete(
        self, key: str, upload: str, etags: Mapping[int, str], *, only_new: bool
    ) -> str:
        """Make an object of the parts, at once, and return its etag.

        With `only_new` a service that knows how refuses to replace an object; one that does not
        goes on as if it had not been said.
        """
        rows = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(etags[number])}</ETag></Part>"
            for number in sorted(etags)
        )
        body = f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>".encode()
        try:
            return await self._completed(key, upload, body, _ONLY_NEW if only_new else {})
        except StoreError as error:
            if error.code != "NotImplemented" or not only_new:
                raise
        return await self._completed(key, upload, body, {})

    async def _completed(
        self, key: str, upload: str, body: bytes, headers: Mapping[str, str]
    ) -> str:
        answer = await self._asker.send(
            "POST", {"uploadId": upload}, self._asker.path_of(key), body,
            payload=hashlib.sha256(body).hexdigest(), headers=headers, within_s=_LONG_S,
        )  # fmt: skip
        return quoted(told_of(answer.body, "CompleteMultipartUpload", "ETag"))

    async def abort(self, key: str, upload: str) -> None:
        """Let go of an upload and of its parts; one that is gone already is let go of."""
        try:
            await self._asker.call("DELETE", {"uploadId": upload}, self._asker.path_of(key))
        except StoreError as error:
            if error.code != "NoSuchUpload":
                raise
