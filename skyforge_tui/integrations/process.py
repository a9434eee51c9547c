"""Runs programs of this machine: bounded in time and output, without our terminal."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

from skyforge_tui.integrations.errors import TransportError


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program that ended left behind."""

    exit_code: int
    """Negative: the number of the signal that ended it."""
    stdout: bytes
    stderr: bytes


async def run(
    argv: Sequence[str],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout_s: float = 30.0,
    max_bytes: int = 16 << 20,
    stdin: bytes | None = None,
    is_cut: bool = False,
) -> Completed:
    """Run `argv` to its end and return what it wrote, at most `max_bytes` on each stream.

    Its standard input is `stdin` or empty, and it has no controlling terminal, so nothing can ask a
    question unseen. With `is_cut`, a program that writes more is ended, and the first bytes are
    returned. When time is up, when it writes too much, or when the caller is cancelled, its whole
    process group is killed.

    Raises:
        TransportError: missing (no such program or directory), timeout, oversized.
    """
    return await _execute(argv, stdin, (), cwd, env, timeout_s, max_bytes, is_cut=is_cut)


async def spawn_detached(
    argv: Sequence[str],
    *,
    stdin: bytes,
    pass_fds: Sequence[int] = (),
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    timeout_s: float = 30.0,
) -> None:
    """Start a program that detaches itself, and return when its first process says it is well.

    The first process reads `stdin` to its end, leaves a detached process behind and exits with 0;
    or it writes one line that says what is wrong and exits with another code.

    Raises:
        TransportError: missing, timeout, or failed with the line it wrote.
    """
    done = await _execute(argv, stdin, pass_fds, cwd, env, timeout_s, max_bytes=1 << 16)
    if done.exit_code != 0:
        said = done.stdout.decode(errors="replace").strip()
        raise TransportError("failed", said or f"{argv[0]} ended with code {done.exit_code}")


class _Collector(asyncio.SubprocessProtocol):
    """Gathers what a process writes and knows when it has ended."""

    def __init__(self, program: str, max_bytes: int, *, is_cut: bool) -> None:
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.streams = {1: bytearray(), 2: bytearray()}
        self._program = program
        self._max_bytes = max_bytes
        self._is_cut = is_cut

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self.streams[fd] += data[: max(self._max_bytes + 1 - len(self.streams[fd]), 0)]
        if len(self.streams[fd]) <= self._max_bytes or self.closed.done():
            return
        if self._is_cut:
            del self.streams[fd][self._max_bytes :]
            self.closed.set_result(None)
        else:
            message = f"{self._program} wrote more than {self._max_bytes} bytes"
            self.closed.set_exception(TransportError("oversized", message))

    def process_exited(self) -> None:
        self.exited.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        # The process has ended and nobody holds its streams any more.
        if not self.closed.done():
            self.closed.set_result(None)


async def _execute(
    argv: Sequence[str],
    stdin: bytes | None,
    pass_fds: Sequence[int],
    cwd: str | Path | None,
    env: Mapping[str, str] | None,
    timeout_s: float,
    max_bytes: int,
    *,
    is_cut: bool = False,
) -> Completed:
    try:
        transport, collector = await asyncio.get_running_loop().subprocess_exec(
            lambda: _Collector(argv[0], max_bytes, is_cut=is_cut),
            *argv,
            stdin=DEVNULL if stdin is None else PIPE,
            cwd=cwd,
            env=env if cwd is None else _at(cwd, env),
            start_new_session=True,
            pass_fds=tuple(pass_fds),
        )
    except OSError as error:
        message = f"{error.filename or argv[0]}: {error.strerror or error}"
        raise TransportError("missing", message) from error
    try:
        if stdin is not None:
            _feed(transport, stdin)
        async with asyncio.timeout(timeout_s):
            await collector.closed
    except TimeoutError:
        message = f"{argv[0]} did not end within {timeout_s:g} s"
        raise TransportError("timeout", message, is_retryable=True) from None
    finally:
        await _end(transport, collector)
    return Completed(
        transport.get_returncode() or 0, bytes(collector.streams[1]), bytes(collector.streams[2])
    )


def _at(cwd: str | Path, env: Mapping[str, str] | None) -> dict[str, str]:
    """Return an environment that says where the program is, as a shell's does after `cd`."""
    return {**(os.environ if env is None else env), "PWD": str(Path(cwd).absolute())}


def _feed(transport: asyncio.SubprocessTransport, data: bytes) -> None:
    pipe = transport.get_pipe_transport(0)
    if isinstance(pipe, asyncio.WriteTransport):
        pipe.write(data)
        pipe.write_eof()


async def _end(transport: asyncio.SubprocessTransport, collector: _Collector) -> None:
    """Kill the process group if its leader still lives, and give the descriptors back."""
    if transport.get_returncode() is None:
        try:
            os.killpg(transport.get_pid(), signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            transport.kill()
    try:
        await asyncio.shield(collector.exited)
    finally:
        transport.close()
