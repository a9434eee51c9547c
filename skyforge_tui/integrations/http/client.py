"""A web service as one identity: signed requests, paced, repeated only where that is proven safe.

A server that no longer accepts the sign-in is answered by renewing it, once for all that wait, and
the request goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlencode

from skyforge_tui.integrations.http.failures import HttpError, refusal
from skyforge_tui.integrations.http.pace import Pace, Retry
from skyforge_tui.integrations.http.reply import Reply, known_json, read_body, read_rows
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.http.websocket import WebSocket, connected
from skyforge_tui.integrations.http.wire import Answer, Content, Patience, Wire

T = TypeVar("T")
Once = Callable[[Mapping[str, str]], Awaitable[T]]
"""Sends a request with these headers."""

MAX_BYTES: Final = 8 * 1024 * 1024
WHOLE_S: Final = 60.0
"""Within which a whole answer is here: a server may drip bytes for ever."""
_REPEATABLE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_JSON: Final = {"content-type": "application/json"}
_REFUSAL_BYTES: Final = 64 * 1024


_COUNTING: ContextVar[Mapping[int, Counter[str]]] = ContextVar("_COUNTING", default={})  # noqa: B039 - never changed
"""What the present task counts of whom: by the client's identity."""


class Session(Protocol):
    """Proves who one is; shared by all requests of a client."""

    async def headers(self) -> Mapping[str, str]:
        """Return what every request carries now; may sign in first.

        Raises:
            TransportError: nobody can be signed in.
        """
        ...

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Make new headers, as the server did not accept the `refused` ones.

        Called by many at once; who finds the headers renewed already returns at once.

        Raises:
            TransportError: they cannot be renewed; `error` itself where nothing is wrong with them.
        """
        ...


class Nobody:
    """No sign-in at all."""

    async def headers(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Raise `error`: there is nothing to renew."""
        del refused
        raise error


class HttpClient:
    """Speaks with the service at `base_url`; paths begin with a slash and are put behind it.

    `look` is shown every certificate (DER) that a handshake brings, trusted or not.
    `counts` says how often each method was sent, and `repeat`, `renew` and `socket` happened.
    `signs_out` are statuses that say, beside 401, that the sign-in is not accepted any more.
    """

    def __init__(
        self,
        base_url: str,
        way: Way | None = None,
        *,
        session: Session | None = None,
        pace: Pace | None = None,
        retry: Retry | None = None,
        patience: Patience | None = None,
        look: Callable[[bytes], None] | None = None,
        signs_out: frozenset[int] = frozenset(),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.session: Session = session or Nobody()
        self.counts: Counter[str] = Counter()
        self._wire = Wire(self.base_url, way or Way(), patience or Patience(), look)
        self._pace = pace or Pace()
        self._retry = retry or Retry()
        self._signs_out = signs_out
        self._sleep = sleep

    @contextmanager
    def counting(self) -> Iterator[Counter[str]]:
        """Count by method what this task, and those it starts, send while the block lasts."""
        counted: Counter[str] = Counter()
        token = _COUNTING.set({**_COUNTING.get(), id(self): counted})
        try:
            yield counted
        finally:
            _COUNTING.reset(token)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()

    async def get(self, path: str, shape: type[T], query: Mapping[str, Any] | None = None) -> T:
        """Return what is at `path`, decoded.

        Raises:
            HttpError: it was refused, did not come, or is something else.
        """
        return (await self.call("GET", path, query=query)).read(shape)

    async def get_list(
        self, path: str, shape: type[T], query: Mapping[str, Any] | None = None
    ) -> list[T]:
        """Return the whole list at `path`, decoded in slices; `null` is an empty one."""
        found: list[T] = []
        async for rows in self.rows(path, shape, query):
            found += rows
        return found

    async def rows(
        self, path: str, shape: type[T], query: Mapping[str, Any] | None = None
    ) -> AsyncIterator[list[T]]:
        """Give the elements of the list at `path` in slices, as they arrive.

        Raises:
            HttpError: as `get`; also in the middle, when the connection breaks.
        """
        async with self.stream(path, query) as answer:
            async for part in read_rows(answer, f"GET {path}", shape):
                yield part

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        is_signed: bool = True,
        is_idempotent: bool | None = None,
        max_bytes: int = MAX_BYTES,
        content: Content | None = None,
        within_s: float | None = None,
    ) -> Reply:
        """Send a request, with `body` as JSON unless it is None, and return the whole answer.

        `content` is sent as it is, in place of a body. All is over `within_s`, usually a minute.

        `is_idempotent` says of other methods than GET that a repetition changes nothing: only then
        are they repeated after the server may have seen them.

        Raises:
            HttpError: the answer is 300 or above, is too long, or did not come.
        """
        more = {**(headers or {}), **({} if body is None else _JSON)}
        content = content if body is None else known_json(body)
        url = self._url(path, query)
        asked = _Asked(method, path, url, more, content, is_signed, within_s)
        repeats = method in _REPEATABLE if is_idempotent is None else is_idempotent

        async def whole(signed: Mapping[str, str]) -> Reply:
            async with self._sent(asked, signed) as answer, _within(asked):
                data = await read_body(answer, max_bytes, asked.name)
                return Reply(asked.name, answer.status, answer.headers, answer.cookies, data)

        return await self._insist(asked, repeats, whole)

    @asynccontextmanager
    async def stream(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Answer]:
        """Give the answer to a GET while it arrives; it is repeated until it begins.

        With `headers` of its own it is not signed by the session.

        Raises:
            HttpError: as `call`; also from its chunks.
        """
        is_signed = headers is None
        asked = _Asked("GET", path, self._url(path, query), headers or {}, is_signed=is_signed)
        async with AsyncExitStack() as stack:

            def begun(signed: Mapping[str, str]) -> Awaitable[Answer]:
                return stack.enter_async_context(self._sent(asked, signed))

            yield await self._insist(asked, True, begun)

    @asynccontextmanager
    async def socket(self, path: str) -> AsyncIterator[WebSocket]:
        """Open a WebSocket at `path`, signed as requests are; it belongs to the calling task.

        Raises:
            HttpError: it cannot be opened.
        """
        url = "ws" + self.base_url.removeprefix("http") + path
        signed = await self.session.headers()
        self.counts["socket"] += 1
        async with connected(self._wire, url, signed) as socket:
            yield socket

    def _url(self, path: str, query: Mapping[str, Any] | None) -> str:
        return self.base_url + path + (f"?{urlencode(query)}" if query else "")

    async def _insist(self, asked: _Asked, repeats: bool, once: Once[T]) -> T:
        """Do `once`, and again as often as it makes sense and is safe."""
        attempt, is_renewed = 1, False
        while True:
            signed = await self.session.headers() if asked.is_signed else {}
            try:
                return await once(signed)
            except HttpError as error:
                failure = error
            is_out = failure.kind == "unauthorized" or failure.status in self._signs_out
            if is_out and asked.is_signed and not is_renewed:
                is_renewed = True
                self.counts["renew"] += 1
                await self.session.renew(signed, failure)
                continue
            wait_s = self._retry.wait_s(failure, attempt, is_idempotent=repeats)
            if wait_s is None:
                raise failure
            attempt += 1
            self.counts["repeat"] += 1
            await self._sleep(wait_s)

    @asynccontextmanager
    async def _sent(self, asked: _Asked, signed: Mapping[str, str]) -> AsyncIterator[Answer]:
        headers = {**signed, **asked.headers}
        async with self._pace.turn(), AsyncExitStack() as stack:
            self.counts[asked.method] += 1
            if (counted := _COUNTING.get().get(id(self))) is not None:
                counted[asked.method] += 1
            sending = self._wire.exchange(asked.method, asked.url, headers, asked.content)
            async with _within(asked):
                answer = await stack.enter_async_context(sending)
                if answer.status < 300:
                    said = None
                else:
                    said = await read_body(answer, _REFUSAL_BYTES, asked.name, is_cut=True)
            if said is not None:
                raise refusal(asked.name, answer.status, answer.headers, said, time.time())
            yield answer


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request before it is signed."""

    method: str
    path: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: Content | None = field(default=None, repr=False)
    is_signed: bool = True
    within_s: float | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@asynccontextmanager
async def _within(asked: _Asked) -> AsyncIterator[None]:
    """Bound the block to the time in which a whole answer must be here."""
    within_s = WHOLE_S if asked.within_s is None else asked.within_s
    try:
        async with asyncio.timeout(within_s):
            yield
    except TimeoutError:
        pass
    else:
        return
    message = f"{asked.name} was not answered in full within {within_s:g} s"
    raise HttpError("timeout", message, is_retryable=True)
