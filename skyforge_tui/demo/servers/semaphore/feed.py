"""Tells everything that happens to runs to the sockets of those who may see it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection

from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from skyforge_tui.demo.servers.semaphore.answers import encoded
from skyforge_tui.demo.servers.semaphore.habits import Habits


class Socket:
    """One connection, and the frames that it has not taken yet."""

    def __init__(self, websocket: WebSocket, account_id: int) -> None:
        self.account_id = account_id
        self.is_dropped = asyncio.Event()
        """Set when it took frames too slowly."""
        self._websocket = websocket
        self._frames: deque[str] = deque()
        self._wake = asyncio.Event()

    def push(self, frame: str, limit: int) -> None:
        """Add a frame; drop the connection when it takes them too slowly."""
        self._frames.append(frame)
        if len(self._frames) > limit:
            self.is_dropped.set()
        self._wake.set()

    async def serve(self) -> None:
        """Send and hear until one side has had enough; what a client says is nothing to us."""
        work = {
            asyncio.create_task(self._hear()),
            asyncio.create_task(self._send()),
            asyncio.create_task(self.is_dropped.wait()),
        }
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def _hear(self) -> None:
        while (await self._websocket.receive())["type"] != "websocket.disconnect":
            pass

    async def _send(self) -> None:
        try:
            while await self._wake.wait():
                self._wake.clear()
                while self._frames:
                    await self._websocket.send_text(self._frames.popleft())
        except (WebSocketDisconnect, RuntimeError):
            return  # closed by the other side meanwhile; hearing notices as well


class Feed:
    """All sockets of a server."""

    def __init__(self, habits: Habits, cut: Callable[[Scope], None]) -> None:
        self._habits = habits
        self._cut = cut
        self._sockets: set[Socket] = set()
        self.published = 0
        """How many frames there were so far, heard or not."""

    @property
    def audience(self) -> int:
        """How many sockets listen."""
        return len(self._sockets)

    def publish(self, accounts: Collection[int], frame: dict[str, object]) -> None:
        """Send a frame to every socket of these accounts."""
        self.published += 1
        text = encoded(frame)
        for socket in self._sockets:
            if socket.account_id in accounts:
                socket.push(text, self._habits.socket_buffer)

    async def serve(self, websocket: WebSocket, account_id: int) -> None:
        """Accept a connection and serve it until it ends."""
        socket = Socket(websocket, account_id)
        self._sockets.add(socket)
        try:
            await websocket.accept()
            await socket.serve()
            if socket.is_dropped.is_set():
                self._cut(websocket.scope)
        finally:
            self._sockets.discard(socket)
