"""The estate as a program: everything open until it is asked to end."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.control import Control
from skyforge_tui.demo.servers import KINDS, PretendServer, make_server


@dataclass(frozen=True, slots=True)
class Options:
    """How the estate is opened."""

    seed: int = 1
    speed: float = 1.0
    servers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Options by kind; a kind that is missing has none, but is served."""
    tls: ssl.SSLContext | None = None
    """What the servers show where they speak TLS; None speaks in the clear."""
    folder: Path | None = None
    """Where servers keep what is in files; None is a place of each one's own."""


_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LIVELY: Final[dict[str, dict[str, Any]]] = {
    "semaphore": {"past_runs": 240, "is_busy": True, "runs_schedules": True},
    "eve": {"edition": "pro", "cluster": "main,sat-1"},
}
"""What makes each server worth looking at; options outrank it."""


@dataclass(frozen=True, slots=True)
class OpenEstate:
    """What is open."""

    servers: dict[str, PretendServer]
    control: Control

    def told(self) -> dict[str, Any]:
        """Return addresses and credentials as JSON."""
        return {
            "servers": {
                name: {"url": one.url, "credentials": one.credentials()}
                for name, one in self.servers.items()
            },
            "control": self.control.url,
        }


@asynccontextmanager
async def open_estate(options: Options) -> AsyncIterator[OpenEstate]:
    """Open all servers of the estate, and its controls; close them on every way out.

    Raises:
        ValueError: an option is nothing that its server knows, or of no server.
        OSError: a port is taken.
    """
    for kind in options.servers:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
    estate = make_estate(options.seed, LiveClock(options.speed))
    servers = {
        kind: make_server(
            kind,
            estate,
            tls=options.tls,
            folder=None if options.folder is None else options.folder / kind,
            **(_LIVELY.get(kind, {}) | options.servers.get(kind, {})),
        )
        for kind in KINDS
    }
    control = Control(estate, servers)
    async with AsyncExitStack() as stack:
        for server in servers.values():
            await server.open()
            stack.push_async_callback(server.close)
        await control.open()
        stack.push_async_callback(control.close)
        yield OpenEstate(servers, control)


async def until_ended(*, eof: bool = False) -> None:
    """Wait for SIGINT, SIGTERM or SIGHUP; with `eof` also for the end of standard input."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def heard() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            ended.set()

    if eof:
        loop.add_reader(sys.stdin.fileno(), heard)
    for number in _ENDING:
        loop.add_signal_handler(number, ended.set)
    try:
        await ended.wait()
    finally:
        if eof:
            loop.remove_reader(sys.stdin.fileno())
        for number in _ENDING:
            loop.remove_signal_handler(number)
