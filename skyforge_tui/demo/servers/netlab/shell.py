"""Runs what comes in by SSH in a real shell, as a real server does: whoever leaves ends nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from subprocess import PIPE

import asyncssh

from skyforge_tui.demo.child import child, let_go

_CHUNK = 1 << 16


async def serve(
    process: asyncssh.SSHServerProcess[bytes],
    home: Path,
    environment: Mapping[str, str],
    *,
    is_mute: bool = False,
) -> None:
    """Run one command to its end; when the channel closes first, its group hears a hang-up.

    A mute one breaks the connection off instead of telling what became of it.
    """
    async with child(
        "/bin/sh", *(("-c", process.command) if process.command else ()),
        cwd=home, env=dict(environment), start_new_session=True,
        stdin=PIPE, stdout=PIPE, stderr=PIPE,
    ) as shell:  # fmt: skip
        working = asyncio.create_task(_carry(process, shell, is_mute=is_mute))
        closed = asyncio.create_task(process.channel.wait_closed())
        try:
            await asyncio.wait([working, closed], return_when=asyncio.FIRST_COMPLETED)
        finally:
            if shell.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(shell.pid, signal.SIGHUP)
            for task in (working, closed):
                task.cancel()
            await asyncio.gather(working, closed, return_exceptions=True)
            let_go(shell)  # one that was started ignoring a hang-up goes on alone
            await shell.wait()


async def _carry(
    process: asyncssh.SSHServerProcess[bytes], shell: asyncio.subprocess.Process, *, is_mute: bool
) -> None:
    stdin, stdout, stderr = shell.stdin, shell.stdout, shell.stderr
    if stdin is None or stdout is None or stderr is None:
        raise RuntimeError("the shell has no pipes")
    feeding = asyncio.create_task(_pump(process.stdin.read, stdin.write, stdin.drain))
    feeding.add_done_callback(lambda _: stdin.close())
    try:
        if is_mute:
            await asyncio.gather(stdout.read(), stderr.read())
            process.channel.get_connection().abort()
            return
        await asyncio.gather(
            _pump(stdout.read, process.stdout.write, process.stdout.drain),
            _pump(stderr.read, process.stderr.write, process.stderr.drain),
        )
        process.exit(await shell.wait())
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)


async def _pump(
    read: Callable[[int], Awaitable[bytes]],
    write: Callable[[bytes], None],
    drain: Callable[[], Awaitable[None]],
) -> None:
    with contextlib.suppress(ConnectionError, asyncssh.Error):
        while data := await read(_CHUNK):
            write(data)
            await drain()
