"""The socket through which a run is stopped, answered and watched: one JSON object a line.

Requests: `{"op": "stop"}`, `{"op": "answer", "data": <base64>}`, `{"op": "watch"}`. The first two
get one line, `{"ok": true}` or `{"error": <words>}`. A watcher gets `{"status": {…}}` at every
change, `{"bytes": N}` while output grows, and the end of the stream when the supervisor is gone.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skyforge_tui.store.supervisor.loop import READ, WRITE, Loop

_MAX_REQUEST = 256 * 1024
_MAX_UNSENT = 64 * 1024
_MAX_CLIENTS = 100
"""Few enough for the 256 descriptors that macOS gives a process."""
_PULSE_S = 1 / 30


class _Client:
    """One connection and what could not be sent on it yet."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.fd = connection.fileno()
        self.received = bytearray()
        self.unsent = bytearray()
        self.is_watcher = False
        self.told_size = 0
        """The size this watcher was last told."""


class Control:
    """Takes requests and tells watchers; nobody can make it wait."""

    def __init__(
        self, loop: Loop, path: Path, on_request: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        self._loop = loop
        self._path = path
        self._on_request = on_request
        """Carries a request out and returns the reply."""
        self._clients: dict[int, _Client] = {}
        self._status: dict[str, Any] = {}
        self._size = 0
        self._pulsed_at = 0.0
        # Run numbers are never used twice and the run's lock is ours: what is there is dead.
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.setblocking(False)
        self._listener.bind(str(path))
        self._listener.listen(128)
        loop.listen(self._listener.fileno(), READ, self._accept)

    def tell(self, status: dict[str, Any]) -> None:
        """Tell every watcher the run's status at once; none is ever left out."""
        self._status = status
        self._flush_pulse()
        for client in list(self._clients.values()):
            if client.is_watcher:
                self._send(client, {"status": status})

    def grew(self, size: int) -> None:
        """Tell every watcher how much output there is: 30 times a second, and always the last."""
        self._size = size
        wait = self._pulsed_at + _PULSE_S - time.monotonic()
        if wait <= 0:
            self._flush_pulse()
        elif not self._loop.is_due("pulse"):
            self._loop.after("pulse", wait, self._flush_pulse)

    def close(self) -> None:
        """Send what can be sent, and hang up."""
        self._flush_pulse()
        for client in list(self._clients.values()):
            self._drop(client)
        self._loop.forget(self._listener.fileno())
        self._path.unlink(missing_ok=True)
        self._listener.close()

    def _flush_pulse(self) -> None:
        self._loop.cancel("pulse")
        self._pulsed_at = time.monotonic()
        for client in list(self._clients.values()):
            self._pulse(client)

    def _pulse(self, client: _Client) -> None:
        """Tell a watcher the size, unless it did not even take what was said before."""
        if client.is_watcher and client.told_size != self._size and not client.unsent:
            client.told_size = self._size
            self._send(client, {"bytes": self._size})

    def _accept(self, _ready: int) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                connection, _ = self._listener.accept()
                if len(self._clients) >= _MAX_CLIENTS:
                    connection.close()
                    continue
                connection.setblocking(False)
                client = _Client(connection)
                self._clients[client.fd] = client
                self._listen(client, READ)

    def _listen(self, client: _Client, events: int) -> None:
        self._loop.listen(client.fd, events, lambda ready: self._ready(client, ready))

    def _ready(self, client: _Client, ready: int) -> None:
        if ready & READ and not self._receive(client):
            self._drop(client)
        elif ready & WRITE:
            self._flush(client)

    def _receive(self, client: _Client) -> bool:
        """Take requests in; return False when the client hung up or cannot be understood."""
        try:
            data = client.connection.recv(_MAX_REQUEST)
        except BlockingIOError:
            return True
        except OSError:
            return False
        client.received += data
        *lines, rest = client.received.split(b"\n")
        client.received = bytearray(rest)
        for line in lines:
            request = _understand(bytes(line))
            if request is None:
                return False
            self._obey(client, request)
        return bool(data) and len(rest) <= _MAX_REQUEST

    def _obey(self, client: _Client, request: dict[str, Any]) -> None:
        if request["op"] == "watch":
            client.is_watcher = True
            self._send(client, {"status": self._status})
            self._pulse(client)
        else:
            self._send(client, self._on_request(request))

    def _send(self, client: _Client, message: dict[str, Any]) -> None:
        client.unsent += json.dumps(message).encode() + b"\n"
        self._flush(client)

    def _flush(self, client: _Client) -> None:
        try:
            while client.unsent:
                sent = client.connection.send(client.unsent)
                del client.unsent[:sent]
        except BlockingIOError:
            if len(client.unsent) > _MAX_UNSENT:
                # It hears the end of the stream, and asks again when it lives.
                self._drop(client)
            else:
                self._listen(client, READ | WRITE)
        except OSError:
            self._drop(client)
        else:
            self._pulse(client)
            if not client.unsent and client.fd in self._clients:
                self._listen(client, READ)

    def _drop(self, client: _Client) -> None:
        if self._clients.pop(client.fd, None) is not None:
            self._loop.forget(client.fd)
            client.connection.close()


def _understand(line: bytes) -> dict[str, Any] | None:
    """Return the request in `line`, or None when it is none."""
    try:
        request = json.loads(line)
    except ValueError:
        return None
    return request if isinstance(request, dict) and "op" in request else None
