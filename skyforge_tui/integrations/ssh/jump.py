"""SSH hosts that web services are reached through, as `~/.ssh/config` describes them.

Nothing listens on this machine: every connection is a channel of its own inside of one SSH
connection. Host keys are checked against `known_hosts`, and nobody is asked anything: keys come
from files and from an agent.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Final

import asyncssh

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.redaction import redact
from skyforge_tui.integrations.ssh.failing import failure
from skyforge_tui.integrations.ssh.openings import Openings

CONNECT_S: Final = 15.0
KEEPALIVE_S: Final = 15.0
_PLACE = re.compile(r"(?:(?P<user>[^@\s]+)@)?(?P<host>\[[^\]]+\]|[^:@\s]+)(?::(?P<port>\d{1,5}))?")


class SshJump:
    """Opens connections from an SSH host; connected when first used, and again when it was cut.

    `place` is `[user@]host[:port]`, the host a name of `config` or of the world. `config` is the
    OpenSSH client configuration, by default the person's own.
    """

    def __init__(
        self, place: str, *, config: Path | None = None, known_hosts: Path | None = None
    ) -> None:
        found = _PLACE.fullmatch(place.strip())
        if found is None:
            raise TransportError("invalid", "a jump host is written as [user@]host[:port]")
        self._host = found["host"].strip("[]")
        self._options: dict[str, object] = {
            name: value
            for name, value in (
                ("username", found["user"]),
                ("port", int(found["port"]) if found["port"] else None),
                ("config", _existing(config or Path("~/.ssh/config"))),
                ("known_hosts", str(known_hosts) if known_hosts else None),
            )
            if value is not None
        }
        self._place = place.strip()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._connecting = asyncio.Lock()
        self._openings = Openings()

    @property
    def name(self) -> str:
        """Return the place as it was written."""
        return self._place

    async def open(self, host: str, port: int) -> SshPipe:
        """Open a connection from the SSH host to another one.

        Raises:
            TransportError: the SSH host is not reached, not known, refuses us or this connection.
        """
        connection = await self._connected()
        try:
            opening = connection.open_connection(host, port, encoding=None)
            reader, writer = await self._openings.opened(opening)
        except asyncssh.ChannelOpenError as error:
            message = f"{self._place} cannot connect to {host}:{port} ({redact(error.reason)})"
            raise TransportError("unreachable", message) from None
        except (asyncssh.Error, OSError):
            message = f"the connection to {self._place} was cut"
            raise TransportError("unreachable", message, is_retryable=True) from None
        return SshPipe(reader, writer)

    async def aclose(self) -> None:
        """Close the SSH connection and everything in it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
            await connection.wait_closed()
        await self._openings.aclose()

    async def _connected(self) -> asyncssh.SSHClientConnection:
        async with self._connecting:
            if self._connection is None or self._connection.is_closed():
                self._connection = await self._connect()
            return self._connection

    async def _connect(self) -> asyncssh.SSHClientConnection:
        try:
            async with asyncio.timeout(CONNECT_S):
                options = asyncssh.SSHClientConnectionOptions(
                    host=self._host, keepalive_interval=KEEPALIVE_S, **self._options
                )
                if options.known_hosts is None:
                    raise ValueError("UserKnownHostsFile none checks no host key")  # noqa: TRY301
                return await asyncssh.connect(self._host, options=options)
        except TimeoutError:
            message = f"{self._place} did not answer within {CONNECT_S:g} s"
            raise TransportError("timeout", message, is_retryable=True) from None
        except (asyncssh.Error, OSError, ValueError) as error:
            raise failure(error, self._place) from None


class SshPipe:
    """One connection through an SSH host."""

    def __init__(
        self, reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]
    ) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int) -> bytes:
        """Wait for bytes and return them; none means the end.

        Raises:
            OSError: the SSH connection was cut.
        """
        try:
            return await self._reader.read(max_bytes)
        except asyncssh.Error:
            raise ConnectionResetError from None

    async def write(self, data: bytes) -> None:
        """Send bytes; waits while too many are on their way.

        Raises:
            OSError: the SSH connection was cut.
        """
        try:
            self._writer.write(data)
            await self._writer.drain()
        except asyncssh.Error:
            raise ConnectionResetError from None

    async def aclose(self) -> None:
        """Close the connection."""
        self._writer.close()


def _existing(path: Path) -> str | None:
    try:
        full = path.expanduser()
    except RuntimeError:  # the home of nobody
        return None
    return str(full) if full.is_file() else None
