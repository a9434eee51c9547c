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
    """Start a program, with options as of `asyncio.create_subprocess_exec`; killed at the end.

    Its pipes are let go of as well, though something that it left behind may hold them for long.
    """
    process = await asyncio.create_subprocess_exec(*command, **options)
    try:
        yield process
    finally:
        try:
            # Who asked may have gone, and be told so again with every wait.
            with anyio.CancelScope(shield=True):
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
        finally:
            # A `Process` itself lets go of no pipe before the other side does.
            process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
