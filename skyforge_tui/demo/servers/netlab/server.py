"""A pretend lab host, from its disk to its port.

Whoever signs in gets a real shell of this user, as on a real host: only a key that was made for
this host lets anybody in, and it lies in a folder that only this user can read.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import asyncssh

from skyforge_tui.demo.chaos import Chaos, Kind, Trouble
from skyforge_tui.demo.company.staff import BY_ROLE
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.knobs import turn
from skyforge_tui.demo.servers.netlab.furnishing import furnish
from skyforge_tui.demo.servers.netlab.habits import Habits
from skyforge_tui.demo.servers.netlab.leftovers import end_all
from skyforge_tui.demo.servers.netlab.shell import serve
from skyforge_tui.demo.serving import LOOPBACK

USER = "netlab"
_TROUBLES = frozenset({Kind.LATENCY, Kind.HANG, Kind.CUT, Kind.LOST_ANSWER})


class NetlabHost:
    """A host: its disk, how it behaves, and what goes wrong with it.

    The disk is in `folder`; without one it is in a place of its own, which is gone when it closes.
    """

    kind = "netlab"

    def __init__(
        self, estate: Estate, habits: Habits | None = None, *, folder: Path | None = None
    ) -> None:
        self.estate = estate
        self.habits = habits or Habits()
        self.chaos = Chaos()
        self.port = 0
        self._own_folder = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="sky-netlab-")) if folder is None else folder
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        self._user_key = asyncssh.generate_private_key("ssh-ed25519")
        self._furnish()

    @property
    def url(self) -> str:
        """The address of the host."""
        return f"ssh://{USER}@{LOOPBACK}:{self.port}"

    @property
    def home(self) -> Path:
        """The home folder of whoever signs in."""
        return self.folder / "home"

    @property
    def state_root(self) -> Path:
        """Where others keep metadata of labs."""
        return self.folder / "states"

    @property
    def key_path(self) -> Path:
        """The key that is let in."""
        return self.folder / "key"

    @property
    def known_line(self) -> str:
        """What a file of known hosts says of this one."""
        key = self._host_key.export_public_key().decode().strip()
        return f"[{LOOPBACK}]:{self.port} {key}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the host's key, without `SHA256:` in front."""
        return self._host_key.get_fingerprint().removeprefix("SHA256:")

    async def open(self) -> None:
        """Begin to serve."""
        line = self._user_key.export_public_key().decode()
        self._acceptor = await asyncssh.create_server(
            lambda: _Door(self), LOOPBACK, self.port, server_host_keys=[self._host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(line),
            process_factory=self._run, encoding=None, reuse_address=True,
        )  # fmt: skip
        self.port = self._acceptor.get_port()
        known = self.folder / "known_hosts"
        await asyncio.to_thread(known.write_text, f"{self.known_line}\n", "utf-8")

    async def close(self) -> None:
        """Serve no more, and end what was started detached: the host is switched off."""
        await self.crash()
        await asyncio.to_thread(end_all, self.home)
        if self._own_folder:
            await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    async def crash(self) -> None:
        """Break off; what was started detached goes on."""
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is not None:
            acceptor.close()
            gone = list(self._connections)
            self.cut()
            await asyncio.gather(*(one.wait_closed() for one in gone))
            await acceptor.wait_closed()

    async def restart(self, down_s: float = 0.0) -> None:
        """Break off, and come back on the same port after a while."""
        await self.crash()
        if down_s:
            await self.estate.clock.sleep(down_s)
        await self.open()

    def cut(self, *, websockets_only: bool = False) -> int:
        """Reset connections; return how many."""
        del websockets_only
        found = list(self._connections)
        for one in found:
            one.abort()
        return len(found)

    def expire(self) -> int:
        """End all sign-ins; return how many."""
        return self.cut()

    def credentials(self) -> dict[str, dict[str, str]]:
        """Return how to sign in: everybody as the same user, by a key."""
        said = {
            "username": USER, "password": "", "token": "", "key": str(self.key_path),
            "known_hosts": str(self.folder / "known_hosts"), "state_root": str(self.state_root),
        }  # fmt: skip
        return {role: dict(said) for role in BY_ROLE}

    def status(self) -> dict[str, Any]:
        """Return counts."""
        return {"connections": len(self._connections), "home": str(self.home)}

    def _furnish(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._user_key.write_private_key(self.key_path)
        self.key_path.chmod(0o600)
        furnish(self.home, self.folder / "bin", self.state_root)

    def _environment(self) -> dict[str, str]:
        programs = [str(self.folder / "bin")] if self.habits.has_netlab else []
        return {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join([*programs, "/usr/local/bin", "/usr/bin", "/bin"]),
            "PRETEND_PACE_S": str(self.habits.pace_s),
            "PRETEND_RELEASE": self.habits.release,
            "PRETEND_CLAB": self.habits.clab,
            "PYTHONPATH": os.pathsep.join(one for one in sys.path if one),
        }

    async def _run(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.habits.commands += 1
        troubles = [one for one in self.chaos.striking("EXEC", "/exec") if one.kind in _TROUBLES]
        for one in troubles:
            await self._suffer(one, process)
        if process.channel.is_closing():
            return
        is_mute = any(one.kind is Kind.LOST_ANSWER for one in troubles)
        await serve(process, self.home, self._environment(), is_mute=is_mute)

    async def _suffer(self, trouble: Trouble, process: asyncssh.SSHServerProcess[bytes]) -> None:
        if trouble.kind is Kind.LATENCY:
            await self.estate.clock.sleep(trouble.seconds)
        elif trouble.kind is Kind.HANG:
            await trouble.over.wait()
        elif trouble.kind is Kind.CUT:
            process.channel.get_connection().abort()

    def opened(self, connection: asyncssh.SSHServerConnection) -> None:
        """Take note of a connection."""
        self._connections.add(connection)

    def lost(self, connection: asyncssh.SSHServerConnection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)


class _Door(asyncssh.SSHServer):
    """Lets in whoever has the key."""

    def __init__(self, host: NetlabHost) -> None:
        self._host = host
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take note."""
        self._connection = conn
        self._host.opened(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        del exc
        if self._connection is not None:
            self._host.lost(self._connection)

    def auth_completed(self) -> None:
        """Count."""
        self._host.habits.sign_ins += 1


def make_netlab_host(estate: Estate, *, folder: Path | None = None, **habits: Any) -> NetlabHost:
    """Return a host, not yet open.

    Raises:
        ValueError: a habit is none.
    """
    chosen = Habits()
    turn(habits, chosen)
    return NetlabHost(estate, chosen, folder=folder)
