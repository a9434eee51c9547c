"""Serves an application on the loopback interface, and can break off as real servers do."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Final, cast

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.server import ServerState

from skyforge_tui.demo.chaos import Chaos
from skyforge_tui.demo.clock import Clock
from skyforge_tui.demo.troubled import Troubled, reset

LOOPBACK: Final = "127.0.0.1"
_LONGEST_FRAME: Final = 512
"""Bytes; clients that send more are cut off."""


class Listener:
    """One application on one port of 127.0.0.1; the port stays the same over restarts."""

    def __init__(
        self,
        app: ASGIApp,
        chaos: Chaos,
        clock: Clock,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        ping_s: float = 54,
    ) -> None:
        self.port = port
        self._tls = tls
        self._state = ServerState()
        self._config = uvicorn.Config(
            Troubled(app, chaos, clock, self._transport_of),
            http="h11",
            ws="wsproto",
            ws_ping_interval=ping_s,
            ws_ping_timeout=ping_s,
            ws_max_size=_LONGEST_FRAME,
            ws_per_message_deflate=False,
            lifespan="off",
            proxy_headers=False,  # connections are found again by where they come from
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
        )
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"{'http' if self._tls is None else 'https'}://{LOOPBACK}:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._state.connections)

    async def open(self) -> None:
        """Begin to listen; port 0 becomes a free one."""
        self._config.load() if not self._config.loaded else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._connected, LOOPBACK, self.port, ssl=self._tls, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def _connected(self) -> asyncio.Protocol:
        make = cast("Callable[..., asyncio.Protocol]", self._config.http_protocol_class)
        return make(config=self._config, server_state=self._state, app_state={})

    async def close(self) -> None:
        """Stop listening and end every connection; wait until all work of theirs has ended."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()
        if tasks := set(self._state.tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        # Connections say farewell in the loop's next round.
        await asyncio.sleep(0)

    def cut(self, *, websockets_only: bool = False) -> int:
        """Reset every connection; return how many."""
        found = [
            one.transport
            for one in list(self._state.connections)
            if not websockets_only or hasattr(one, "handshake_complete")
        ]
        for transport in found:
            reset(transport)
        return len(found)

    def reset(self, scope: Scope) -> None:
        """Reset the connection that a request came by."""
        if (transport := self._transport_of(scope)) is not None:
            reset(transport)

    def _transport_of(self, scope: Scope) -> asyncio.Transport | None:
        """Return the connection that a request came by; None if it is gone."""
        for one in self._state.connections:
            # By their address: what a connection speaks differs, where it comes from does not.
            if one.transport.get_extra_info("peername") == scope["client"]:
                return one.transport
        return None
