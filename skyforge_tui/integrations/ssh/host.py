"""One SSH host to work on: one connection for everything, made when it is first wanted.

Only bytes travel. What a login shell sees is a constant: scripts and names go in by standard input
of `/bin/sh`, quoted for it, whichever shell the person has there.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncssh

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import Completed
from skyforge_tui.integrations.redaction import redact
from skyforge_tui.integrations.ssh.access import SshAccess, read_place
from skyforge_tui.integrations.ssh.channel import Channel
from skyforge_tui.integrations.ssh.keys import Keys
from skyforge_tui.integrations.ssh.openings import Openings
from skyforge_tui.integrations.ssh.person import Person
from skyforge_tui.integrations.ssh.signing_in import Attempt, Dial

CHANNELS: Final = 4
"""Commands at the same time on one host; OpenSSH allows ten channels on a connection."""
LONG_CHANNELS: Final = 4
"""Beside them, commands that go on for as long as somebody listens."""
SHELL: Final = "exec /bin/sh -s"
_OPEN_S: Final = 20.0


class SshHost:
    """A host and one identity there; connected when first used, and again when it was cut.

    `dial` gives a socket that is connected to the host's SSH server, instead of its address.
    """

    def __init__(self, access: SshAccess, person: Person, dial: Dial | None = None) -> None:
        self._access = access
        self._person = person
        self._dial = dial
        self._connection: asyncssh.SSHClientConnection | None = None
        self._connecting: asyncio.Task[asyncssh.SSHClientConnection] | None = None
        self._turns = asyncio.Semaphore(CHANNELS)
        self._long_turns = asyncio.Semaphore(LONG_CHANNELS)
        self._jumps: list[asyncssh.SSHClientConnection] = []
        self._openings = Openings()
        self.connections = 0
        """How often it was connected to."""

    @property
    def place(self) -> str:
        """Return the host as a person writes it."""
        return self._access.place

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection now."""
        return self._connection is not None and not self._connection.is_closed()

    async def run(
        self,
        script: str,
        arguments: Sequence[str] = (),
        *,
        timeout_s: float = 30.0,
        max_bytes: int = 16 << 20,
    ) -> Completed:
        """Run a script of POSIX sh to its end; `$1` … are the arguments, whatever is in them.

        Raises:
            TransportError: as `connect`; timeout, oversized; unreachable, if the line was cut.
        """
        async with self._turns, self._opened() as channel:
            try:
                async with asyncio.timeout(timeout_s):
                    await channel.write(_with_arguments(script, arguments), is_last=True)
                    return await channel.completed(max_bytes)
            except TimeoutError:
                message = f"{self.place} did not finish within {timeout_s:g} s"
                raise TransportError("timeout", message, is_retryable=True) from None

    @asynccontextmanager
    async def listen(self, script: str, arguments: Sequence[str] = ()) -> AsyncIterator[Channel]:
        """Run a script for as long as the block lasts, to read what it says meanwhile.

        Raises:
            TransportError: unreachable, timeout, untrusted, unauthorized, invalid; as `connect`.
        """
        async with self._long_turns, self._opened() as channel:
            await channel.write(_with_arguments(script, arguments), is_last=True)
            yield channel

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Channel]:
        channel = await self._open()
        try:
            yield channel
        finally:
            channel.close()

    async def connect(self) -> asyncssh.SSHClientConnection:
        """Return the connection; whoever comes while it is being made waits for the same.

        Raises:
            TransportError: unreachable, timeout, untrusted, unauthorized, invalid.
        """
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._made(), name=f"connect {self.place}")
            self._connecting.add_done_callback(self._settled)
        return await asyncio.shield(self._connecting)

    async def aclose(self) -> None:
        """Close the connection and everything in it."""
        if (connecting := self._connecting) is not None:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
        connections = [one for one in (self._connection, *self._jumps) if one is not None]
        self._connection = None
        self._jumps.clear()
        for one in connections:
            one.close()
            await one.wait_closed()
        await self._openings.aclose()

    def cut(self) -> None:
        """Break the connection off, without a word to the other side."""
        if self._connection is not None:
            self._connection.abort()

    async def _open(self) -> Channel:
        for is_last in (False, True):
            connection = await self.connect()
            try:
                async with asyncio.timeout(_OPEN_S):
                    opening = connection.open_session(SHELL, encoding=None)
                    writer, reader, errors = await self._openings.opened(opening)
            except asyncssh.ChannelOpenError as error:
                is_ending = error.code == asyncssh.OPEN_CONNECT_FAILED or connection.is_closed()
                if is_ending and not is_last:
                    connection.abort()
                    await connection.wait_closed()
                else:
                    message = f"{self.place} opens no channel: {redact(error.reason)}"
                    raise TransportError("limited", message, is_retryable=True) from None
            except TimeoutError:
                connection.abort()  # whoever does not even answer that is gone
                if is_last:
                    message = f"{self.place} does not answer any more"
                    raise TransportError("timeout", message, is_retryable=True) from None
            except (asyncssh.Error, OSError):
                if is_last:
                    raise self.broken() from None
            else:
                return Channel(writer, reader, errors, self.place)
        raise self.broken()

    def broken(self) -> TransportError:
        """Return the error for a connection that was cut."""
        message = f"the connection to {self.place} was cut"
        return TransportError("unreachable", message, is_retryable=True)

    def _settled(self, task: asyncio.Task[asyncssh.SSHClientConnection]) -> None:
        self._connecting = None
        if not task.cancelled() and task.exception() is None:
            self._connection = task.result()

    async def _made(self) -> asyncssh.SSHClientConnection:
        tunnel = await self._tunnel()
        made = await Attempt(self._access, self._person, tunnel, self._dial).made()
        self.connections += 1
        return made

    async def _tunnel(self) -> asyncssh.SSHClientConnection | None:
        """Return a connection to the last of the hosts to go through, each checked as any other."""
        tunnel: asyncssh.SSHClientConnection | None = None
        for connection in self._jumps:
            connection.close()
        self._jumps.clear()
        jump = self._access.jump or await Keys(self._access).jump()
        for place in filter(None, jump.split(",")):
            access = read_place(
                place, config=self._access.config, known_hosts=self._access.known_hosts
            )
            tunnel = await Attempt(access, self._person, tunnel).made()
            self._jumps.append(tunnel)
        return tunnel


def _with_arguments(script: str, arguments: Sequence[str]) -> bytes:
    """Return what the shell reads: arguments, and a script that reads nothing of what follows."""
    if any("\0" in one for one in arguments):
        raise TransportError("invalid", "a name holds a NUL character")
    body = f"set -- {shlex.join(arguments)}\n{script}" if arguments else script
    # As one compound command it is read whole before it begins, and its input is empty.
    return f"{{\n{body}\n}} </dev/null\n".encode("utf-8", "surrogateescape")
