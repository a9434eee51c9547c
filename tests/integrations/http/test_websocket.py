"""Live connections carry every message, are bounded, and say how they ended."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import (
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Pong,
    TextMessage,
)

from skyforge_tui.integrations.http import websocket
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.http.websocket import WebSocketClosedError
from tests.certificates import Authority
from tests.loopback import accepting, reply, script, serving

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Peer:
    """The server's side of one WebSocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self._connection = Connection(ConnectionType.SERVER)

    async def send(self, event: Event) -> None:
        """Send a frame."""
        self.writer.write(self._connection.send(event))
        await self.writer.drain()

    async def heard(self) -> Event:
        """Wait for the next frame."""
        while True:
            for event in self._connection.events():
                return event
            data = await self._reader.read(65536)
            self._connection.receive_data(data or None)


Course = Callable[[Peer], Awaitable[None]]


@asynccontextmanager
async def socket_server(
    course: Course, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[str, list[str]]]:
    """Serve WebSockets that take `course`; give the address and the heads that came in."""
    heads: list[str] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        heads.append(head)
        key = head.lower().partition("sec-websocket-key:")[2].splitlines()[0].strip()
        begin = head.lower().index(key)
        digest = hashlib.sha1((head[begin : begin + len(key)] + _GUID).encode()).digest()
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade"
            b"\r\nsec-websocket-accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        await course(Peer(reader, writer))

    async with accepting(connected, tls) as port:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}", heads


async def test_messages_arrive_whole_and_in_order() -> None:
    """Texts and bytes arrive as they were sent, in one frame or several."""

    async def course(peer: Peer) -> None:
        await peer.send(TextMessage("é first"))
        await peer.send(TextMessage("sec", message_finished=False))
        await peer.send(TextMessage("ond"))
        await peer.send(BytesMessage(b"third"))
        assert isinstance(await peer.heard(), TextMessage)
        await peer.send(CloseConnection(1001, "going away"))

    async with socket_server(course) as (url, heads):
        client = HttpClient(f"{url}/base")
        try:
            async with client.socket("/api/ws") as socket:
                assert [await socket.receive() for _ in range(3)] == [
                    "é first".encode(), b"second", b"third",
                ]  # fmt: skip
                await socket.send("seen")
                with pytest.raises(WebSocketClosedError, match="going away") as caught:
                    await socket.receive()
        finally:
            await client.aclose()
    assert caught.value.code == 1001
    assert heads[0].startswith("GET /base/api/ws HTTP/1.1")
    assert client.counts == {"socket": 1}


async def test_a_cut_is_told_from_a_goodbye() -> None:
    """A connection that is cut raises, with the code that no server sends."""

    async def course(peer: Peer) -> None:
        await peer.send(TextMessage("one"))

    async with socket_server(course) as (url, _):
        client = HttpClient(url)
        try:
            async with client.socket("/ws") as socket:
                assert await socket.receive() == b"one"
                with pytest.raises(WebSocketClosedError, match="cut") as caught:
                    await socket.receive()
        finally:
            await client.aclose()
    assert caught.value.code == 1006


@pytest.mark.parametrize("is_reset", [True, False])
@pytest.mark.parametrize("is_tls", [True, False])
async def test_every_cut_is_a_cut(tmp_path: Path, is_tls: bool, is_reset: bool) -> None:
    """Reset or left, with TLS or without, while reading or pinging: a cut is told the same way."""
    served = Authority(tmp_path).serve("live") if is_tls else None
    trust = Trust(fingerprint=served.fingerprint if served else "")

    async def course(peer: Peer) -> None:
        await peer.send(TextMessage("one"))
        await peer.heard()
        if is_reset:
            peer.writer.transport.abort()

    async with socket_server(course, served.context() if served else None) as (url, _):
        client = HttpClient(url, Way(trust))
        ended = []
        try:
            async with websocket.connected(client._wire, f"{url}/ws", {}, ping_every_s=0.01) as it:
                while True:
                    await it.receive()
        except WebSocketClosedError as error:
            ended.append(error.code)
        finally:
            await client.aclose()
    assert ended == [1006]


async def test_an_error_in_the_block_leaves_it_as_it_was() -> None:
    """What the owner of a socket raises is not wrapped into a group."""

    async def course(peer: Peer) -> None:
        await peer.heard()

    async with socket_server(course) as (url, _):
        client = HttpClient(url)
        try:
            with pytest.raises(ZeroDivisionError):
                async with client.socket("/ws"):
                    raise ZeroDivisionError
        finally:
            await client.aclose()


async def test_cancelling_the_owner_closes_the_socket() -> None:
    """A task that owns a socket can be cancelled; the server sees a proper end."""
    ended = asyncio.Event()

    async def course(peer: Peer) -> None:
        await peer.send(TextMessage("hello"))
        assert isinstance(await peer.heard(), CloseConnection)
        ended.set()

    async with socket_server(course) as (url, _):
        client = HttpClient(url)
        ready = asyncio.Event()

        async def own() -> None:
            async with client.socket("/ws") as socket:
                await socket.receive()
                ready.set()
                await socket.receive()

        owner = asyncio.create_task(own())
        await ready.wait()
        owner.cancel()
        with pytest.raises(asyncio.CancelledError):
            await owner
        await asyncio.wait_for(ended.wait(), 10)
        await client.aclose()


async def test_pings_are_answered_and_sent() -> None:
    """A server's ping is answered, and the client sends its own through idle proxies."""
    heard: list[type[Event]] = []

    async def course(peer: Peer) -> None:
        await peer.send(Ping(b"are you there"))
        while {Pong, Ping} - set(heard):
            event = await peer.heard()
            heard.append(type(event))
            if isinstance(event, Ping):
                await peer.send(event.response())
        await peer.send(TextMessage("both"))

    async with socket_server(course) as (url, _):
        client = HttpClient(url)
        wire = client._wire
        try:
            async with websocket.connected(wire, f"{url}/ws", {}, ping_every_s=0.01) as socket:
                assert await socket.receive() == b"both"
        finally:
            await client.aclose()


async def test_a_message_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message longer than the bound ends the connection instead of filling the memory."""
    monkeypatch.setattr(websocket, "MAX_MESSAGE_BYTES", 1 << 20)

    async def course(peer: Peer) -> None:
        while True:
            await peer.send(TextMessage("x" * 65536, message_finished=False))

    async with socket_server(course) as (url, _):
        client = HttpClient(url)
        try:
            with pytest.raises(WebSocketClosedError, match="more than 1 MiB") as caught:
                async with client.socket("/ws") as socket:
                    await socket.receive()
        finally:
            await client.aclose()
    assert caught.value.code == 1009


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "refused"), (200, "refused"), (401, "unauthorized")]
)
async def test_a_proxy_that_knows_no_upgrade_is_told(status: int, kind: str) -> None:
    """An upgrade that is answered like any request says so, and with which status."""
    async with serving(script(reply(status, b"<html>"))) as server:
        client = HttpClient(server.url)
        try:
            with pytest.raises(HttpError, match="refused the live connection") as caught:
                async with client.socket("/ws"):
                    pass
        finally:
            await client.aclose()
    assert (caught.value.kind, caught.value.status) == (kind, status)


async def test_what_is_no_websocket_is_told() -> None:
    """Rubbish after the upgrade ends the connection in words."""

    async def course(peer: Peer) -> None:
        peer.writer.write(b"HTTP/1.1 200 OK\r\n\r\n" * 4)
        await peer.writer.drain()
        await peer.heard()

    async with socket_server(course) as (url, _):
        client = HttpClient(url)
        try:
            with pytest.raises(WebSocketClosedError):
                async with client.socket("/ws") as socket:
                    await socket.receive()
        finally:
            await client.aclose()


async def test_nobody_there_is_told_as_elsewhere() -> None:
    """A socket to where nobody listens fails as a request does."""
    async with serving(script(reply())) as server:
        pass
    client = HttpClient(server.url)
    try:
        with pytest.raises(HttpError, match="nothing listens there"):
            async with client.socket("/ws"):
                pass
    finally:
        await client.aclose()
