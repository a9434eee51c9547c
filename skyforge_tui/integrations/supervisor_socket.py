"""Speaks with the supervisors of local runs: their control sockets, and the bells they ring."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import errno
import os
import secrets
import socket
from collections.abc import AsyncGenerator
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from skyforge_tui.integrations.errors import TransportError, TransportErrorKind

_TIMEOUT_S = 10.0
_GONE = {errno.ENOENT, errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE}


class StatusTold(msgspec.Struct, frozen=True):
    """A run's own words about itself, as in its status record."""

    state: str
    started_at: int | None = None
    waits_for_input: bool = False
    note: str = ""


class Told(msgspec.Struct, frozen=True):
    """One line of what a supervisor says: a status, a size in bytes, or a reply."""

    status: StatusTold | None = None
    bytes: int | None = None
    ok: bool = False
    error: str = ""


async def ask_stop(path: str) -> None:
    """Ask for an end, or for the next step towards it.

    Raises:
        TransportError: missing (nobody is there any more), timeout, unreadable.
    """
    await _ask(path, {"op": "stop"})


async def send_answer(path: str, data: bytes) -> None:
    """Have `data` written to the process's terminal.

    Raises:
        TransportError: refused (with the reason), missing, timeout, unreadable.
    """
    await _ask(path, {"op": "answer", "data": base64.b64encode(data).decode()})


async def follow(path: str) -> AsyncGenerator[StatusTold | int, None]:
    """Yield the status at once and at every change, and sizes as output grows; end with it.

    Raises:
        TransportError: missing (nobody listens there), unreadable.
    """
    reader, writer = await _connect(path)
    try:
        writer.write(msgspec.json.encode({"op": "watch"}) + b"\n")
        while line := await _line(reader, path):
            told = _decode(line, path)
            if told.status is not None:
                yield told.status
            elif told.bytes is not None:
                yield told.bytes
    finally:
        await _hang_up(writer)


class Bell:
    """A datagram socket which supervisors ring with their run's number; use as a context."""

    def __init__(self, directory: str) -> None:
        self._path = Path(directory) / f"{os.getpid()}-{secrets.token_hex(4)}.bell"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def __enter__(self) -> Self:
        try:
            # Between a socket's name and its readiness a ringer would take it for dead.
            unready = self._path.with_suffix("")
            self._socket.bind(str(unready))
            unready.rename(self._path)
        except OSError as error:
            self._socket.close()
            raise TransportError("unreachable", f"{self._path}: {error.strerror}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)

    async def heard(self) -> frozenset[int]:
        """Wait until rung; return the numbers of all runs that rang meanwhile."""
        loop = asyncio.get_running_loop()
        message = await loop.sock_recv(self._socket, 64)
        numbers = set()
        with contextlib.suppress(BlockingIOError):
            while True:
                if message.strip().isdigit():
                    numbers.add(int(message))
                message = self._socket.recv(64)
        return frozenset(numbers)


async def _ask(path: str, request: dict[str, str]) -> None:
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            reader, writer = await _connect(path)
            try:
                writer.write(msgspec.json.encode(request) + b"\n")
                line = await _line(reader, path)
            finally:
                await _hang_up(writer)
    except TimeoutError:
        raise TransportError("timeout", f"{path} did not reply in {_TIMEOUT_S:g} s") from None
    if not line:
        raise TransportError("missing", f"{path} hung up")
    told = _decode(line, path)
    if told.error:
        raise TransportError("refused", told.error)


async def _connect(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_unix_connection(path)
    except OSError as error:
        kind: TransportErrorKind = "missing" if error.errno in _GONE else "unreachable"
        raise TransportError(kind, f"{path}: {error.strerror or error}") from error


async def _line(reader: asyncio.StreamReader, path: str) -> bytes:
    """Return the next line, or nothing when the other side hung up."""
    try:
        return await reader.readline()
    except ConnectionError:
        return b""
    except ValueError as error:
        raise TransportError("unreadable", f"{path} sent an endless line") from error


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


def _decode(line: bytes, path: str) -> Told:
    try:
        return msgspec.json.decode(line, type=Told)
    except ValueError as error:
        raise TransportError("unreadable", f"{path}: {error}") from error
