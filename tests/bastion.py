"""A real SSH server on 127.0.0.1 to go through, with its entry for an OpenSSH configuration."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh


class Bastion:
    """A real SSH server that forwards, with what a client needs to know in `config`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.forwarded: list[tuple[str, int]] = []
        self.live: list[asyncssh.SSHServerConnection] = []
        self.server: asyncssh.SSHAcceptor | None = None

    @property
    def connections(self) -> int:
        """How many came."""
        return len(self.live)

    @asynccontextmanager
    async def running(self, *, is_known: bool = True) -> AsyncIterator[Bastion]:
        """Serve on a port of its own until the block ends."""
        host_key = asyncssh.generate_private_key("ssh-ed25519")
        own_key = asyncssh.generate_private_key("ssh-ed25519")
        own_key.write_private_key(self.folder / "id")
        own_key.write_public_key(self.folder / "authorized")
        bastion = self

        class Server(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                bastion.live.append(conn)

            def connection_requested(
                self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
            ) -> bool:
                bastion.forwarded.append((dest_host, dest_port))
                return True

        self.server = await asyncssh.create_server(
            Server, "127.0.0.1", 0, server_host_keys=[host_key],
            authorized_client_keys=str(self.folder / "authorized"),
        )  # fmt: skip
        port = self.server.get_port()
        known = host_key if is_known else own_key
        (self.folder / "known").write_text(
            f"[127.0.0.1]:{port} {known.export_public_key().decode()}"
        )
        self.config.write_text(
            f"Host bastion\n  HostName 127.0.0.1\n  Port {port}\n  User ada\n"
            f"  IdentityFile {self.folder / 'id'}\n"
            f"  UserKnownHostsFile {self.folder / 'known'}\n"
        )
        try:
            yield self
        finally:
            self.server.close()
            await self.server.wait_closed()
            for one in self.live:
                one.abort()
            await asyncio.gather(*(one.wait_closed() for one in self.live))
