"""Real SSH servers for tests: asyncssh's own on 127.0.0.1, OpenSSH's on no port at all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from skyforge_tui.demo.child import child
from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.ssh.access import SshAccess

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))


@dataclass
class Answers:
    """Somebody who answers from a list, and remembers what they were asked."""

    answers: list[str] = field(default_factory=list)
    trusts: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)

    async def __call__(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Give the next answer, or none."""
        self.asked.append((wanted, why))
        if not self.answers:
            raise TransportError("unauthorized", f"nobody answers: {why}")
        return Secret(self.answers.pop(0))

    async def trust(self, fingerprint: str, words: str) -> None:
        """Believe it, or not."""
        self.shown.append((fingerprint, words))
        if not self.trusts:
            raise TransportError("untrusted", words)


@dataclass
class Home:
    """What a person has on their disk: keys, a configuration, known hosts."""

    folder: Path

    def __post_init__(self) -> None:
        self.known = self.folder / "known"
        self.config = self.folder / "config"
        self.key = self.folder / "id"

    def make_key(self, passphrase: str | None = None, name: str = "id") -> asyncssh.SSHKey:
        """Have OpenSSH write a key, locked if there is a passphrase."""
        path = self.folder / name
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase or "", "-f", str(path)]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
        return asyncssh.read_private_key(path, passphrase)

    def access(self, port: int | None = None, host: str = "127.0.0.1", **more: Any) -> SshAccess:
        """Return the way to a server of this machine."""
        said = {"username": "ada", "key": self.key, "known_hosts": self.known, **more}
        return SshAccess(host, port, config=self.config, **said)


@dataclass
class Server:
    """A real SSH server that runs what it is told in `/bin/sh`, as this user, in `home`."""

    home: Path
    authorized: Sequence[asyncssh.SSHKey] = ()
    password: str = ""
    questions: Sequence[tuple[str, str]] = ()
    """Prompts and right answers of a keyboard-interactive sign-in."""
    host_key: asyncssh.SSHKey = field(
        default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519")
    )
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    forwarded: list[tuple[str, int]] = field(default_factory=list)
    live: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Server]:
        """Serve until the block ends."""
        authorized = asyncssh.import_authorized_keys(
            "".join(one.export_public_key().decode() for one in self.authorized)
        )
        acceptor = await asyncssh.create_server(
            lambda: _Session(self), "127.0.0.1", self.port, server_host_keys=[self.host_key],
            process_factory=self._run, encoding=None,
            authorized_client_keys=authorized if self.authorized else None,
        )  # fmt: skip
        self.port = acceptor.get_port()
        try:
            yield self
        finally:
            acceptor.close()
            self.cut()
            await acceptor.wait_closed()
            await asyncio.gather(*(one.wait_closed() for one in self.live), return_exceptions=True)

    def cut(self) -> None:
        """Break every connection off."""
        for one in self.live:
            one.abort()

    def known_line(self, host: str = "127.0.0.1") -> str:
        """Return the line of a file of known hosts that vouches for this server."""
        return f"[{host}]:{self.port} {self.host_key.export_public_key().decode()}"

    async def _run(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.commands.append(process.command or "")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home)}
        async with child(
            "/bin/sh", "-c", process.command or "exit 1",
            cwd=self.home, env=environment, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as shell:  # fmt: skip
            working = asyncio.create_task(_worked(process, shell))
            closed = asyncio.create_task(process.channel.wait_closed())
            try:
                await asyncio.wait([working, closed], return_when=asyncio.FIRST_COMPLETED)
            finally:
                if shell.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(shell.pid, signal.SIGKILL)
                working.cancel()
                closed.cancel()
                await asyncio.gather(working, closed, return_exceptions=True)


async def _worked(
    process: asyncssh.SSHServerProcess[bytes], shell: asyncio.subprocess.Process
) -> None:
    assert shell.stdin is not None
    assert shell.stdout is not None
    assert shell.stderr is not None
    feeding = asyncio.create_task(_pump(process.stdin.read, shell.stdin.write))
    await asyncio.gather(
        _pump(shell.stdout.read, process.stdout.write),
        _pump(shell.stderr.read, process.stderr.write),
        _fed(feeding, shell.stdin),
    )
    process.exit(await shell.wait())


async def _fed(feeding: asyncio.Task[None], stdin: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncssh.Error):
        await feeding
    stdin.close()


async def _pump(read: Callable[[int], Awaitable[bytes]], write: Callable[[bytes], None]) -> None:
    with contextlib.suppress(ConnectionError, asyncssh.Error):
        while data := await read(1 << 16):
            write(data)


class _Session(asyncssh.SSHServer):
    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._server.connections += 1
        self._server.live.append(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return bool(self._server.password)

    def validate_password(self, username: str, password: str) -> bool:
        return password == self._server.password

    def kbdint_auth_supported(self) -> bool:
        return bool(self._server.questions)

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        prompts = [(prompt, False) for prompt, _ in self._server.questions]
        return "", "Second factor.", "", prompts

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        return list(responses) == [answer for _, answer in self._server.questions]

    def connection_requested(
        self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
    ) -> bool:
        self._server.forwarded.append((dest_host, dest_port))
        return True


class OpenSsh:
    """A real OpenSSH server for each connection, on one end of a socket pair: no port, no daemon.

    What runs there has `environment`; `prefix` are words before `sshd`.
    """

    def __init__(
        self, folder: Path, key: asyncssh.SSHKey, environment: dict[str, str], *prefix: str
    ) -> None:
        assert SSHD is not None
        self.folder = folder
        self._prefix = prefix
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key.write_private_key(folder / "host")
        (folder / "host").chmod(0o600)
        key.write_public_key(folder / "authorized")
        settings = " ".join(f"{name}={value}" for name, value in environment.items())
        (folder / "sshd_config").write_text(
            f"HostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\nStrictModes no\n"
            "UsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
            f"SetEnv {settings}\n"
        )
        self.servers: list[subprocess.Popen[bytes]] = []

    async def dial(self) -> socket.socket:
        """Start a server and return the socket to it."""
        ours, theirs = socket.socketpair()
        self.servers.append(await asyncio.to_thread(self._started, theirs))
        theirs.close()
        ours.setblocking(False)
        return ours

    def _started(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        Path("/run/sshd").mkdir(exist_ok=True)
        words = [*self._prefix, str(SSHD), "-i", "-e", "-f", str(self.folder / "sshd_config")]
        return subprocess.Popen(
            words, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL
        )

    def end(self) -> None:
        """End the servers that are still there."""
        for one in self.servers:
            if one.poll() is None:
                one.terminate()
            one.wait(10)
