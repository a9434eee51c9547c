"""Connections to one server by one way: the only room that knows httpx.

What httpx raises is translated here, once, and nothing of a request stays on the error: its headers
hold secrets.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final, TypeVar, cast

import anyio
import httpcore
import httpx

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http import tls
from skyforge_tui.integrations.http.breakage import broken, late
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.jumped import JumpedBackend
from skyforge_tui.integrations.http.way import Proxy, Way, proxy_for

_POOL: Final = httpx.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=30)
_WRITES: Final = httpx.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=2)
"""A server ends what was idle, Apache after 5 seconds: a write that comes by it at that moment is
cut, nobody knows whether it was done, and unlike what only reads it is not sent again."""
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

ERRORS: Final = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    TransportError,
    # What TLS says of a cut while it writes is not translated by what lies between (httpcore 1.0).
    anyio.EndOfStream,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    OSError,
)
"""What goes wrong in httpx, and on the ways below it."""
T = TypeVar("T")
Content = bytes | Sequence[bytes | memoryview]
"""A body, whole or in pieces; it may have to be sent more than once."""
_SLICE: Final = 512 * 1024
"""Bytes that are handed over at once: `Patience.write_s` is for each of them."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds each phase of a request may take; `read_s` counts from byte to byte."""

    connect_s: float = 8.0
    read_s: float = 20.0
    write_s: float = 20.0
    place_s: float = 30.0
    """Until a connection is free."""


@dataclass(slots=True)
class Answer:
    """An answer whose body is still to come; `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    url: str
    chunks: Callable[[], AsyncIterator[bytes]]


class Wire:
    """Holds the connections to one server; opened when first used.

    Follows no redirect and keeps no cookie: both are for who speaks with the server.
    """

    def __init__(
        self,
        base_url: str,
        way: Way,
        patience: Patience,
        look: Callable[[bytes], None] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._way = way
        self.patience = patience
        self._look = look
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: Content | None
    ) -> AsyncIterator[Answer]:
        """Send a request and give the answer, whatever its status.

        Raises:
            HttpError: no answer came, or it broke off; also from `chunks`.
        """
        client = await self.client()
        response = await self._spoken(_sent(client, method, url, headers, content), url)
        try:
            yield Answer(
                response.status_code,
                {name.lower(): value for name, value in response.headers.items()},
                _cookies(response),
                str(response.url),
                lambda: self._chunks(response, url),
            )
        finally:
            await response.aclose()

    async def _chunks(self, response: httpx.Response, url: str) -> AsyncIterator[bytes]:
        chunks = response.aiter_bytes()
        while True:
            chunk = await self._spoken(anext(chunks, None), url, began=True)
            if chunk is None:
                return
            yield chunk

    async def _spoken(self, work: Awaitable[T], url: str, *, began: bool = False) -> T:
        try:
            return await work
        except ERRORS as error:
            failure = in_words(error, url, self.patience, began=began)
        # Outside of the handler: what is raised in there would carry the request along.
        raise failure

    async def client(self) -> httpx.AsyncClient:
        """Return the client, which is made at its first use.

        Raises:
            TransportError: the certificates cannot be read, or the proxy is of an unknown kind.
        """
        async with self._opening:
            if self._client is None:
                self._client = await self._made()
            return self._client

    async def aclose(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()
        if self._way.jump is not None:
            await self._way.jump.aclose()

    async def _made(self) -> httpx.AsyncClient:
        trust = self._way.trust
        try:
            checking = await aside(lambda: tls.context(trust, self._look), "certificates")
        except (OSError, ssl.SSLError) as error:
            reason = getattr(error, "strerror", "") or getattr(error, "reason", "") or "unreadable"
            message = f"the certificates in {trust.ca_file} cannot be used ({reason})"
            raise HttpError("invalid", message, was_sent=False) from None
        phases = self.patience
        return httpx.AsyncClient(
            transport=_Transport(checking, proxy_for(self.base_url, self._way), self._way),
            timeout=httpx.Timeout(
                connect=phases.connect_s, read=phases.read_s, write=phases.write_s,
                pool=phases.place_s,
            ),
            follow_redirects=False,
            trust_env=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"user-agent": "skyforge", "accept": "application/json, */*;q=0.5"},
        )  # fmt: skip


class _Transport(httpx.AsyncBaseTransport):
    """Sends what only reads by connections kept for long, and what writes by fresh ones."""

    def __init__(self, checking: ssl.SSLContext, proxy: Proxy | None, way: Way) -> None:
        self._reads = _Pooled(checking, proxy, way, _POOL)
        self._writes = _Pooled(checking, proxy, way, _WRITES)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pooled = self._reads if request.method in _READS else self._writes
        return await pooled.handle_async_request(request)

    async def aclose(self) -> None:
        await self._reads.aclose()
        await self._writes.aclose()


class _Pooled(httpx.AsyncHTTPTransport):
    """Connects through a jump host where there is one; httpx itself offers no place for that."""

    def __init__(
        self, checking: ssl.SSLContext, proxy: Proxy | None, way: Way, limits: httpx.Limits
    ) -> None:
        through = None if proxy is None else httpx.Proxy(proxy.url, auth=proxy.auth)
        super().__init__(verify=checking, proxy=through, trust_env=False, limits=limits)
        if way.jump is None:
            return
        chosen = None
        if proxy is not None:
            raw = None if proxy.auth is None else tuple(one.encode() for one in proxy.auth)
            chosen = httpcore.Proxy(proxy.url, auth=(raw[0], raw[1]) if raw else None)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=checking,
            proxy=chosen,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=JumpedBackend(way.jump),
        )


def _cookies(response: httpx.Response) -> dict[str, str]:
    """Read what is set by name and value alone: some servers name a domain nobody is in."""
    pairs = (one.partition(";")[0] for one in response.headers.get_list("set-cookie"))
    split = (pair.partition("=") for pair in pairs)
    return {name.strip(): value.strip() for name, _, value in split if name.strip()}


async def _sent(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: Content | None,
) -> httpx.Response:
    check_sendable(headers)
    body: bytes | AsyncIterator[bytes] | None
    if content is None or isinstance(content, bytes):
        said, body = dict(headers), content
    else:
        said = {**headers, "content-length": str(sum(len(one) for one in content))}
        body = _sliced(content)
    request = client.build_request(method, url, headers=said, content=body)
    return await client.send(request, stream=True)


async def _sliced(pieces: Sequence[bytes | memoryview]) -> AsyncIterator[bytes]:
    """Yield a body in slices, none of which is copied before it is sent."""
    for piece in pieces:
        view = memoryview(piece)
        for at in range(0, len(view), _SLICE):
            yield cast("bytes", view[at : at + _SLICE])


def check_sendable(headers: Mapping[str, str]) -> None:
    """Make sure that headers can be sent: what the layers below say of one that cannot shows it.

    Raises:
        HttpError: unauthorized, as only what signs a request comes from elsewhere.
    """
    if not all(one.isascii() and one.isprintable() for one in headers.values()):
        message = "a token or cookie holds characters that cannot be sent"
        raise HttpError("unauthorized", message, was_sent=False)


def in_words(error: Exception, url: str, patience: Patience, *, began: bool = False) -> HttpError:
    """Say of one of `ERRORS` what happened; `began` when an answer had begun."""
    match error:
        case httpx.ConnectTimeout():
            return late(url, patience.connect_s, "could not be reached", was_sent=False)
        case httpx.PoolTimeout():
            return late(url, patience.place_s, "left no connection free", was_sent=False)
        case httpx.WriteTimeout():
            return late(url, patience.write_s, "took nothing in", was_sent=True)
        case httpx.TimeoutException():
            what = "sent nothing more" if began else "did not answer"
            return late(url, patience.read_s, what, was_sent=True)
        case httpx.ConnectError():
            return broken(error, url, "connect")
        case httpx.ProxyError():
            return broken(error, url, "proxy")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return broken(error, url, "address")
        case httpx.DecodingError():
            return broken(error, url, "encoding")
        case _:
            return broken(error, url, "exchange")
