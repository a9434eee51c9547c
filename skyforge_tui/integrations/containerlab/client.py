"""Asks containerlab, on this machine or on a host over SSH; JSON and its log never mix.

Source: containerlab 0.79: JSON on standard output, its log on the other stream. It needs root, or
its own rights (SUID and group `clab_admins`), and access to docker.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from subprocess import DEVNULL, PIPE
from typing import Final

from skyforge_tui.integrations.archiving import MOST_BYTES, PACK, PATIENCE_S, packed
from skyforge_tui.integrations.containerlab import links as told_links
from skyforge_tui.integrations.containerlab import wire
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.printed_json import gathered, read_document
from skyforge_tui.integrations.process import Completed, run
from skyforge_tui.integrations.ssh.host import SshHost

_VERSION = re.compile(rb"version:\s*v?(\d[\w.-]*)")
_MISSING: Final = 127
_LONGEST_LINE: Final = 1 << 20
_EVENTS: Final = ("events", "-f", "json")
_QUIET: Final = ("--log-level", "error")
_RUN: Final = r"""
PATH="$PATH:/usr/sbin:$HOME/.local/bin"; export PATH
command -v "$1" >/dev/null 2>&1 || exit 127
exec "$@"
"""

_CAT: Final = r"""
cd "$1" 2>/dev/null && test -f "./$2" && exec cat "./$2"
"""
_LONGEST_FILE: Final = 16 << 20


class Containerlab(ABC):
    """Runs containerlab; where that is decides who inherits."""

    @property
    @abstractmethod
    def endpoint(self) -> str:
        """Where it is, in a word; empty when it is nowhere."""

    async def version(self) -> str:
        """Return the release.

        Raises:
            TransportError: missing, unreadable.
        """
        found = _VERSION.search((await self._run("version")).stdout)
        if found is None:
            raise TransportError("unreadable", "containerlab does not tell its version")
        return found[1].decode()

    async def inspect(self) -> tuple[wire.Container, ...]:
        """Return the containers of every lab there.

        Raises:
            TransportError: missing; failed, with containerlab's own words (who may not ask docker
                sees no labs, which is not the same as none); unreadable.
        """
        done = await self._run("inspect", "--all", "-f", "json", *_QUIET)
        if done.exit_code and not done.stdout.strip():
            raise TransportError("failed", _said(done) or "containerlab inspect failed")
        return await gathered(wire.containers(done.stdout))

    async def changes(self) -> AsyncGenerator[wire.Event, None]:
        """Yield what happens to labs, as it happens; it never ends by itself.

        Raises:
            TransportError: this release, or this runtime, tells no events; the line was cut.
        """
        buffer = b""
        async with self._listening(*_EVENTS, *_QUIET) as parts:
            async for part in parts:
                *lines, buffer = (buffer + part).split(b"\n")
                for line in lines:
                    if (event := wire.read_event(line)) is not None:
                        yield event
                if len(buffer) > _LONGEST_LINE:
                    raise TransportError("oversized", "an event is too long")
        raise TransportError("failed", "containerlab tells no events")

    async def links(self, directory: str, lab: str) -> tuple[tuple[told_links.End, ...], ...]:
        """Return the ends of each link of a lab that was deployed from a folder.

        Raises:
            TransportError: failed, if nothing is told there; oversized, timeout, unreadable.
        """
        done = await self._read(directory, f"clab-{lab}/topology-data.json")
        if done.exit_code:
            raise TransportError("failed", "its topology-data.json cannot be read")
        return told_links.read_links(done.stdout)

    async def interfaces(self, lab: str) -> tuple[told_links.Interface, ...]:
        """Return how the interfaces of a lab's containers are.

        Raises:
            TransportError: failed, where this release or this account does not tell; unreadable.
        """
        done = await self._run("inspect", "interfaces", "--name", lab, "-f", "json", *_QUIET)
        if done.exit_code:
            raise TransportError("failed", _said(done) or "containerlab inspect interfaces failed")
        told = read_document(done.stdout, "containerlab inspect interfaces")
        return told_links.read_interfaces(told)

    async def set_interface(self, topology: str, node: str, interface: str, *, is_up: bool) -> None:
        """Have a node take one of its interfaces down or up; of VMs, that of what holds them.

        Raises:
            TransportError: invalid, if it can be no interface; failed, with what was said there.
        """
        if not told_links.is_interface(interface):
            raise TransportError("invalid", f"no interface can be called {interface[:40]!r}")
        command = f"ip link set dev {interface} {'up' if is_up else 'down'}"
        done = await self._run(
            "exec", "-t", topology, "--label", f"clab-node-name={node}", "--cmd", command,
            "-f", "json", *_QUIET,
        )  # fmt: skip
        if done.exit_code:
            raise TransportError("failed", _said(done) or "containerlab exec failed")
        told = wire.read_exec(done.stdout)
        bad = next((one for one in told if one.code), None)
        if bad is not None or not told:
            said = f"{node}: {' '.join(bad.output.split())}" if bad else f"no node is called {node}"
            raise TransportError("failed", said[:300])

    async def archive(self, directory: str, *names: str) -> bytes:
        """Return files and folders of a lab's folder as one archive.

        Raises:
            TransportError: failed, timeout, oversized.
        """
        return packed(await self._pack(directory, *names), directory)

    @abstractmethod
    async def _read(self, directory: str, name: str) -> Completed: ...

    @abstractmethod
    async def _pack(self, directory: str, *names: str) -> Completed: ...

    @abstractmethod
    async def _run(self, *arguments: str) -> Completed: ...

    @abstractmethod
    def _listening(self, *arguments: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]: ...


class LocalContainerlab(Containerlab):
    """Runs the containerlab of this machine."""

    def __init__(self, program: str = "containerlab", timeout_s: float = 30.0) -> None:
        self._program = program
        self._timeout_s = timeout_s

    @property
    def endpoint(self) -> str:
        """Where the program is."""
        return shutil.which(self._program) or ""

    async def _run(self, *arguments: str) -> Completed:
        return await run([self._found(), *arguments], timeout_s=self._timeout_s)

    async def _read(self, directory: str, name: str) -> Completed:
        return await run(["sh", "-c", _CAT, "sh", directory, name], max_bytes=_LONGEST_FILE)

    async def _pack(self, directory: str, *names: str) -> Completed:
        script = ["sh", "-c", PACK, "sh", directory, *names]
        return await run(script, timeout_s=PATIENCE_S, max_bytes=MOST_BYTES)

    @asynccontextmanager
    async def _listening(self, *arguments: str) -> AsyncIterator[AsyncIterator[bytes]]:
        process = await asyncio.create_subprocess_exec(
            self._found(), *arguments, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL,
            start_new_session=True, env=dict(os.environ),
        )  # fmt: skip
        try:
            yield _read(process)
        finally:
            if process.returncode is None:
                # All that it has started too: who holds its output keeps the pipe open.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                async for _ in _read(process):
                    pass  # to its end, so that it is closed
            await process.wait()

    def _found(self) -> str:
        program = shutil.which(self._program)
        if program is None:
            raise TransportError("missing", f"{self._program} is not installed here")
        return program


class RemoteContainerlab(Containerlab):
    """Runs the containerlab of a host; `program` is its name or path there."""

    def __init__(
        self, host: SshHost, program: str = "containerlab", timeout_s: float = 30.0
    ) -> None:
        self._host = host
        self._program = program
        self._timeout_s = timeout_s

    @property
    def endpoint(self) -> str:
        """The host."""
        return self._host.place

    async def _run(self, *arguments: str) -> Completed:
        done = await self._host.run(_RUN, [self._program, *arguments], timeout_s=self._timeout_s)
        if done.exit_code == _MISSING:
            message = f"{self._program} is not installed on {self.endpoint}"
            raise TransportError("missing", message)
        return done

    async def _read(self, directory: str, name: str) -> Completed:
        return await self._host.run(_CAT, [directory, name], max_bytes=_LONGEST_FILE)

    async def _pack(self, directory: str, *names: str) -> Completed:
        return await self._host.run(
            PACK, [directory, *names], timeout_s=PATIENCE_S, max_bytes=MOST_BYTES
        )

    @asynccontextmanager
    async def _listening(self, *arguments: str) -> AsyncIterator[AsyncIterator[bytes]]:
        async with self._host.listen(_RUN, [self._program, *arguments]) as channel:

            async def parts() -> AsyncIterator[bytes]:
                while data := await channel.read():
                    yield data

            yield parts()


async def _read(process: asyncio.subprocess.Process) -> AsyncIterator[bytes]:
    stdout = process.stdout
    while stdout is not None and (data := await stdout.read(1 << 16)):
        yield data


def _said(done: Completed) -> str:
    lines = [one.strip() for one in done.stderr.decode(errors="replace").splitlines()]
    return next((one for one in reversed(lines) if one), "")[:300]
