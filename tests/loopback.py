"""A web server of a few lines on 127.0.0.1, as odd as a test wants it: it writes raw bytes."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

REASONS = {200: "OK", 201: "Created", 204: "No Content", 302: "Found", 401: "Unauthorized"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """Return the decoded body."""
        return json.loads(self.body)


Answering = Callable[[Asked], bytes | Awaitable[bytes]]


@dataclass(slots=True)
class Loopback:
    """A running server: where it is, what it was asked, how many connections it saw."""

    port: int
    scheme: str = "http"
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """Return its address."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


def reply(
    status: int = 200,
    body: object = b"",
    kind: str = "application/json",
    length: int | None = None,
    **headers: str,
) -> bytes:
    """Spell an answer; what is no bytes becomes JSON. `length` may lie."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Odd')}", f"content-type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if status != 204:
        lines.append(f"content-length: {len(data) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def script(*answers: bytes) -> Answering:
    """Answer one after the other; the last one for ever."""
    left = list(answers)

    def answer(asked: Asked) -> bytes:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


CUT = b""
"""An answer that is none: the connection is closed."""


Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""What is done with a connection; it is closed afterwards."""


@asynccontextmanager
async def accepting(connected: Connected, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Give a port whose connections are all `connected`'s until the block ends; none outlives it.

    Raises:
        Exception: What `connected` raised, unless it was the connection that failed.
    """
    began: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await connected(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Known before it runs: a task that is cancelled before it began closes nothing.
        began[asyncio.create_task(serve(reader, writer))] = writer

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in began:
            task.cancel()
        ended = await asyncio.gather(*began, return_exceptions=True)
        for writer in began.values():
            writer.transport.abort()  # what nobody reads any more would keep it open
        await asyncio.sleep(0)  # connections say farewell in the loop's next round
    for one in ended:
        if isinstance(one, Exception):
            raise one


@asynccontextmanager
async def serving(
    answering: Answering, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Loopback]:
    """Serve on a port of its own until the block ends."""
    found = Loopback(0, "https" if tls else "http")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.connections += 1
        while (asked := await _read(reader, writer)) is not None:
            found.asked.append(asked)
            answer = answering(asked)
            data = answer if isinstance(answer, bytes) else await answer
            if not data:
                break
            writer.write(data)
            await writer.drain()
            if not _is_whole(data):
                break

    async with accepting(connected, tls) as found.port:
        yield found


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked | None:
    try:
        begun = await reader.readexactly(1)
        if begun == b"\x16":  # TLS, which no plain server understands
            writer.write(reply(400, b"<html>Bad Request</html>", "text/html"))
            return None
        head = (begun + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        return None
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, path, headers, body)


def _is_whole(data: bytes) -> bool:
    """Say whether an answer is as long as it says, so that the connection may go on."""
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return head.split(b" ", 2)[1:2] in ([b"204"], [b"304"])
