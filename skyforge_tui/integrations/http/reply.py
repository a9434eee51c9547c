"""What a web service answered, and what its body means; or what came instead."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import msgspec

from skyforge_tui.integrations.http.failures import HttpError, oversized, plain
from skyforge_tui.integrations.http.rows import Rows, UnreadableRowsError, decoder
from skyforge_tui.integrations.http.wire import Answer

T = TypeVar("T")

_TITLE = re.compile(rb"<title[^>]*>([^<]{0,200})", re.IGNORECASE)
MAX_ROWS_BYTES: Final = 512 * 1024 * 1024
_START_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer; `headers` have lower-case names, `asked` is method and path."""

    asked: str
    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def read(self, shape: type[T]) -> T:
        """Decode the body as JSON of this type; for lists that may be long see `HttpClient.rows`.

        Raises:
            HttpError: unreadable, with what came instead.
        """
        if not self.body or self.is_page:
            raise self.unreadable("")
        try:
            value: T = decoder(cast("Hashable", shape)).decode(self.body)
        except msgspec.DecodeError as error:
            reason = str(error)
        else:
            return value
        raise self.unreadable(reason)

    @property
    def is_page(self) -> bool:
        """Whether this is a web page for people, whatever it calls itself."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind == "text/html" or self.body[:64].lstrip().startswith(b"<")

    def unreadable(self, reason: str) -> HttpError:
        """Make an error that says what came instead of the expected JSON."""
        return HttpError(
            "unreadable",
            f"{self.asked}: expected JSON, got {instead(self, reason)}",
            status=self.status,
            body=self.body[:_START_BYTES],
        )


def instead(reply: Reply, reason: str) -> str:
    """Say in a few words what a body is that could not be read."""
    if not reply.body:
        return "an empty answer"
    if reply.is_page:
        title = page_title(reply.body)
        return f'a web page, "{title}"' if title else "a web page"
    if "truncated" in reason:
        return f"JSON that breaks off after {len(reply.body)} bytes"
    if reason.startswith("JSON is malformed"):
        return f"what is not JSON ({plain(reason, 80)})"
    return f"JSON of another shape ({plain(reason, 120)})"


def page_title(body: bytes) -> str:
    """Return the title of a web page, or nothing."""
    found = _TITLE.search(body[: 16 * 1024])
    return plain(found[1].decode("utf-8", "replace"), 60) if found else ""


async def read_rows(answer: Answer, asked: str, shape: type[T]) -> AsyncIterator[list[T]]:
    """Give the elements of the list that an answer brings, in slices, as they arrive.

    Raises:
        HttpError: it is something else, is longer than 512 MiB, or broke off.
    """
    rows, size, start = Rows(shape), 0, b""
    try:
        async for chunk in answer.chunks():
            start = start or chunk[:_START_BYTES]
            size += len(chunk)
            if size > MAX_ROWS_BYTES:
                raise oversized(asked, MAX_ROWS_BYTES)
            part = rows.feed(chunk)
            while part:
                yield part
                await asyncio.sleep(0)
                part = rows.more() if rows.has_more else []
        if part := rows.finish():
            yield part
    except UnreadableRowsError as error:
        reply = Reply(asked, answer.status, answer.headers, {}, start)
        failure = reply.unreadable(str(error))
    else:
        return
    raise failure


async def read_body(answer: Answer, max_bytes: int, asked: str, *, is_cut: bool = False) -> bytes:
    """Return the whole body, or when `is_cut` its first `max_bytes`.

    Raises:
        HttpError: it is longer, or broke off.
    """
    data = bytearray()
    async for chunk in answer.chunks():
        data += chunk
        if len(data) > max_bytes:
            if is_cut:
                break
            raise oversized(asked, max_bytes)
    return bytes(data[:max_bytes])


def known_json(value: Any) -> bytes:
    """Encode what is sent."""
    return msgspec.json.encode(value)
