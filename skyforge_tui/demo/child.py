"""Programs that pretended servers start: each ends with whoever asked for it."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio


@asynccontextmanager
async def child(*command: str, **options: Any) -> AsyncIterator[Process]:
    """Start a program, with options as of `asyncio.create_subprocess_exec`; killed at the end."""
    process = await asyncio.create_subprocess_exec(*command, **options)
    try:
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        let_go(process)
        # Who asked may have gone, and be told so again with every wait.
        with anyio.CancelScope(shield=True):
            await process.wait()
        process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001


def let_go(process: Process) -> None:
    """Close the pipes of a program, whatever is in them and whoever has them too.

    A `Process` ends when its pipes have: not before what came is read, what was given is taken,
    and all that the program left behind is gone.
    """
    transport: asyncio.SubprocessTransport = process._transport  # type: ignore[attr-defined]  # noqa: SLF001
    for number in range(3):
        pipe = transport.get_pipe_transport(number)
        if isinstance(pipe, asyncio.ReadTransport):
            pipe.close()
        # One that is closing and has nothing left is told of its end already.
        elif isinstance(pipe, asyncio.WriteTransport) and (
            pipe.get_write_buffer_size() or not pipe.is_closing()
        ):
            pipe.abort()
