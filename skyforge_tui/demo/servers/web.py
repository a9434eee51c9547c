"""What all pretend servers over HTTP have in common: a port of their own, and breaking off."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from email.utils import formatdate

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from skyforge_tui.demo.chaos import Chaos
from skyforge_tui.demo.clock import SECOND, Clock
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.serving import Listener


class WebServer:
    """An application on a port of the estate, and what goes wrong with it."""

    listener: Listener

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.chaos = Chaos()

    def serve(
        self, app: ASGIApp, *, port: int, tls: ssl.SSLContext | None, ping_s: float = 54
    ) -> None:
        """Take what answers, and where; call once, before the server is opened."""
        clock = self.estate.clock
        self.listener = Listener(app, self.chaos, clock, port=port, tls=tls, ping_s=ping_s)

    @property
    def url(self) -> str:
        """The address of the server."""
        return self.listener.url

    async def open(self) -> None:
        """Begin to serve."""
        await self.listener.open()

    async def close(self) -> None:
        """Serve no more."""
        await self.listener.close()

    async def crash(self) -> None:
        """Break off as in a crash; what lies on disks is there afterwards."""
        await self.listener.close()

    async def restart(self, down_s: float = 0.0) -> None:
        """Crash, stay away for a while, and come back on the same port."""
        await self.crash()
        if down_s:
            await self.estate.clock.sleep(down_s)
        await self.listener.open()

    def cut(self, *, websockets_only: bool = False) -> int:
        """Reset connections; return how many."""
        return self.listener.cut(websockets_only=websockets_only)


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel what goes on, and wait until it has ended."""
    if found := set(tasks):
        for task in found:
            task.cancel()
        await asyncio.wait(found)


class Dated:
    """Tells the time of the estate in every answer, as the server's own clock has it."""

    def __init__(self, app: ASGIApp, clock: Clock, skew_s: Callable[[], float]) -> None:
        """Take what answers, and what tells how many seconds the server is ahead."""
        self._app = app
        self._clock = clock
        self._skew_s = skew_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with a date."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                now_s = self._clock.now() / SECOND + self._skew_s()
                date = (b"date", formatdate(now_s, usegmt=True).encode())
                message = {**message, "headers": [*message["headers"], date]}
            await send(message)

        await self._app(scope, receive, dated)


class Below:
    """Moves an application below a sub-path, as a proxy does that takes it off."""

    def __init__(self, app: ASGIApp, sub_path: Callable[[], str]) -> None:
        """Take what answers, and what tells where it is at the moment; empty is the root."""
        self._app = app
        self._sub_path = sub_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked below the sub-path; there is something else beside it."""
        path = self._sub_path()
        if path and not scope["path"].startswith(f"{path}/"):
            other = HTMLResponse("<html><body>Another page</body></html>", 404)
            await other(scope, receive, send)
            return
        raw = scope["raw_path"].removeprefix(path.encode())
        inner = {**scope, "path": scope["path"].removeprefix(path), "raw_path": raw}
        await self._app(inner, receive, send)
