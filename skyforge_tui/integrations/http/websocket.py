"""WebSockets over the same way as everything else; beside `wire`, the only room for httpx-ws.

Nothing is buffered here but what is being read: a reader who does not keep up slows the server's
connection down instead of filling the memory.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import anyio
import httpcore
from httpx_ws import (
    AsyncWebSocketClient,
    AsyncWebSocketSession,
    HTTPXWSException,
    WebSocketDisconnect,
    WebSocketUpgradeError,
)
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, Event, Message, TextMessage
from wsproto.utilities import ProtocolError

from skyforge_tui.integrations.http.breakage import place_of
from skyforge_tui.integrations.http.failures import HttpError, plain
from skyforge_tui.integrations.http.wire import ERRORS, Wire, check_sendable, in_words

READ_BYTES: Final = 64 * 1024
MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
PING_EVERY_S: Final = 20.0
_CUTS: Final = (
    HTTPXWSException,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    anyio.EndOfStream,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    ssl.SSLError,
    OSError,
)
"""How a connection that was cut shows itself to whoever reads, writes, pings or closes it."""


class WebSocketClosedError(HttpError):
    """The other side ended the connection, with this code, or cut it (1006)."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__("unreachable", message, is_retryable=True)
        self.code = code


class WebSocket:
    """An open WebSocket; belongs to the task that opened it."""

    def __init__(self, session: AsyncWebSocketSession, place: str) -> None:
        self._session = session
        self._place = place

    async def receive(self) -> bytes:
        """Wait for a message and return it as bytes.

        Raises:
            WebSocketClosedError: the connection has ended.
        """
        while True:
            try:
                event = await self._session.receive()
            except WebSocketDisconnect as error:
                why = f": {plain(error.reason)}" if error.reason else ""
                message = f"{self._place} closed the live connection ({error.code}{why})"
                failure = WebSocketClosedError(message, error.code)
            except HTTPXWSException:
                failure = WebSocketClosedError(f"{self._place} cut the live connection", 1006)
            else:
                if isinstance(event, TextMessage):
                    return event.data.encode()
                if isinstance(event, BytesMessage):
                    return bytes(event.data)
                continue
            raise failure

    async def send(self, text: str) -> None:
        """Send a text message.

        Raises:
            WebSocketClosedError: the connection has ended.
        """
        try:
            await self._session.send_text(text)
        except (ProtocolError, *_CUTS):
            is_cut = True
        else:
            is_cut = False
        if is_cut:
            raise WebSocketClosedError(f"{self._place} cut the live connection", 1006)


@asynccontextmanager
async def connected(
    wire: Wire, url: str, headers: Mapping[str, str], *, ping_every_s: float = PING_EVERY_S
) -> AsyncIterator[WebSocket]:
    """Open a WebSocket, ping it while it is open, and close it on every way out.

    Raises:
        HttpError: it cannot be opened; `status` says how an upgrade was answered.
        WebSocketClosedError: its messages are longer than 16 MiB, or what is no WebSocket came.
    """
    check_sendable(headers)
    opener = AsyncWebSocketClient(
        await wire.client(),
        max_message_size_bytes=READ_BYTES,
        keepalive_ping_interval_seconds=ping_every_s,
        keepalive_ping_timeout_seconds=ping_every_s,
        session_class=_Session,
    )
    place = place_of(url)
    said: BaseException | None = None
    failure: BaseException
    try:
        async with opener.connect(url, headers=dict(headers)) as it:
            try:
                yield WebSocket(it, place)
            except BaseException as error:
                said = error
                raise
    except ERRORS as error:
        failure = in_words(error, url, wire.patience)
    except WebSocketUpgradeError as error:
        failure = _refused(error, place)
    except BaseExceptionGroup as group:
        # The session reads and pings in a task group: what fails there ends the block by cancelling
        # it, and what the block itself raises comes wrapped.
        is_own = said is not None and not isinstance(said, asyncio.CancelledError)
        failure = said if is_own and said is not None else _meant(group, place)
    else:
        return
    raise failure


class _Session(AsyncWebSocketSession):
    """A session whose messages are bounded."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.connection = _Bounded(ConnectionType.CLIENT)


class _TooLongError(Exception):
    """A message is longer than what is taken."""


class _Bounded(Connection):
    """A connection that refuses a message that does not end."""

    _size = 0

    def events(self) -> Generator[Event, None, None]:
        for event in super().events():
            if isinstance(event, Message):
                self._size += len(event.data)
                if self._size > MAX_MESSAGE_BYTES:
                    raise _TooLongError
                if event.message_finished:
                    self._size = 0
            yield event


def _refused(error: WebSocketUpgradeError, place: str) -> HttpError:
    status = error.response.status_code
    kinds = {401: "unauthorized", 403: "forbidden", 404: "missing"}
    message = f"{place} refused the live connection with {status}"
    return HttpError(kinds.get(status, "refused"), message, status=status)  # type: ignore[arg-type]


def _meant(group: BaseExceptionGroup[BaseException], place: str) -> BaseException:
    """Return what it means that the session failed by itself."""
    causes = list(_leaves(group))
    if any(isinstance(one, _TooLongError) for one in causes):
        message = f"{place} sent a message of more than {MAX_MESSAGE_BYTES >> 20} MiB"
        return WebSocketClosedError(message, 1009)
    if any(isinstance(one, ProtocolError) for one in causes):
        return WebSocketClosedError(f"{place} sent what is no WebSocket", 1002)
    if all(isinstance(one, _CUTS) for one in causes):
        return WebSocketClosedError(f"{place} cut the live connection", 1006)
    return group


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one
