"""Carries out the troubles of a server, around its application."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from skyforge_tui.demo.chaos import Chaos, Kind, Trouble
from skyforge_tui.demo.clock import Clock

TransportOf = Callable[[Scope], asyncio.Transport | None]

_PAGE: Final = (
    b"<!doctype html><html><head><title>Gateway</title></head><body>Welcome</body></html>"
)
_REFUSES: Final = {Kind.STATUS, Kind.HTML, Kind.REDIRECT}


class Troubled:
    """An application behind its troubles."""

    def __init__(self, app: ASGIApp, chaos: Chaos, clock: Clock, transport_of: TransportOf) -> None:
        self._app = app
        self._chaos = chaos
        self._clock = clock
        self._transport_of = transport_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or what becomes of it."""
        try:
            await self._serve(scope, receive, send)
        except asyncio.CancelledError:
            # Cancelled while its connection is gone: the server closes, and nobody waits for this.
            if self._transport_of(scope) is not None:
                raise

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_halved = False
        for trouble in self._chaos.striking(scope.get("method", "GET"), scope["path"]):
            if trouble.kind is Kind.LATENCY:
                await self._clock.sleep(trouble.seconds)
            elif trouble.kind is Kind.HANG:
                await trouble.over.wait()
                if (transport := self._transport_of(scope)) is None or transport.is_closing():
                    return  # whoever asked has long left
            elif trouble.kind is Kind.CUT:
                self._cut(scope)
                await _gone(receive)
                return
            elif trouble.kind in _REFUSES and scope["type"] == "http":
                await _refuse(trouble, send)
                return
            elif trouble.kind is Kind.NO_UPGRADE and scope["type"] == "websocket":
                await _refuse_upgrade(trouble, receive, send)
                return
            elif trouble.kind is Kind.LOST_ANSWER and scope["type"] == "http":
                await self._app(scope, receive, _swallow)
                self._cut(scope)
                await _gone(receive)
                return
            elif trouble.kind in (Kind.HALF, Kind.DRIBBLE) and scope["type"] == "http":
                send = self._slowed(trouble, scope, send)
                is_halved = is_halved or trouble.kind is Kind.HALF
        await self._app(scope, receive, send)
        if is_halved:
            await _gone(receive)

    def _cut(self, scope: Scope) -> None:
        if (transport := self._transport_of(scope)) is not None:
            reset(transport)

    def _slowed(self, trouble: Trouble, scope: Scope, send: Send) -> Send:
        """Return a `send` that gives the body in pieces, or half of it."""

        async def slowly(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            body = message.get("body", b"")
            if trouble.kind is Kind.HALF:
                await send({**message, "body": body[: len(body) // 2], "more_body": True})
                if (transport := self._transport_of(scope)) is not None:
                    transport.close()
                return
            size = max(1, len(body) // 8)
            for start in range(0, len(body), size):
                piece = body[start : start + size]
                await send({**message, "body": piece, "more_body": True})
                await self._clock.sleep(trouble.seconds)
            await send({**message, "body": b""})

        return slowly


def reset(transport: asyncio.Transport) -> None:
    """End a connection as a crash does: at once, with a reset instead of a farewell."""
    connection = transport.get_extra_info("socket")
    if connection is not None and not transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _gone(receive: Receive) -> None:
    """Wait until the server knows that the connection is gone, so that it sends nothing."""
    while (await receive())["type"] not in ("http.disconnect", "websocket.disconnect"):
        pass


async def _swallow(message: Message) -> None:
    """Send nothing."""


async def _refuse(trouble: Trouble, send: Send) -> None:
    status, body, kind = trouble.status, trouble.body.encode(), "text/plain"
    headers = dict(trouble.headers)
    if trouble.kind is Kind.HTML:
        status, body, kind = 200, _PAGE, "text/html"
    if trouble.kind is Kind.REDIRECT:
        status = 302
        headers["location"] = trouble.location
    headers = {"content-type": kind, "content-length": str(len(body)), **headers}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def _refuse_upgrade(trouble: Trouble, receive: Receive, send: Send) -> None:
    await receive()
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"11")]
    await send(
        {"type": "websocket.http.response.start", "status": trouble.status, "headers": headers}
    )
    await send({"type": "websocket.http.response.body", "body": b"Bad Request"})
