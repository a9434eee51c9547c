"""Clients of a pretend or real Semaphore server, signed in by token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Pace
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.providers.runs.semaphore.engine import SemaphoreRunEngine
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.store.kept_logs import FileKeptLogs
from skyforge_tui.store.logs import FileLogStore
from tests.estates import served_semaphore


class Token:
    """A sign-in by token, which is never renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def headers(self) -> Mapping[str, str]:
        """Return the header."""
        return {"authorization": f"Bearer {self._token}"}

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Raise the error."""
        raise error


@asynccontextmanager
async def client_at(url: str, token: str) -> AsyncIterator[SemaphoreClient]:
    """Give a client of the server whose API is at `url`, and close it."""
    pace = Pace(at_once=8, per_second=1e6, burst=1_000_000)
    http = HttpClient(url, session=Token(token), pace=pace)
    try:
        yield SemaphoreClient(http)
    finally:
        await http.aclose()


@asynccontextmanager
async def client_of(server: SemaphoreServer, who: str = "admin") -> AsyncIterator[SemaphoreClient]:
    """Give a client of a pretend server, signed in as somebody of the company."""
    async with client_at(f"{server.url}/api", server.token(who)) as client:
        yield client


class EstateClock:
    """Our clock, driven by that of a pretend server's estate."""

    def __init__(self, server: SemaphoreServer) -> None:
        self._clock = server.estate.clock

    def now(self) -> datetime:
        """Return the estate's time."""
        return datetime.fromtimestamp(self._clock.now() / 1e9, UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait until the estate's clock has been moved on."""
        await self._clock.sleep(seconds)


class Bench:
    """A run engine on a pretend server, whose time passes only when it is told to."""

    def __init__(self, server: SemaphoreServer, client: SemaphoreClient, base: Path) -> None:
        self.server = server
        self.client = client
        self.kept = FileKeptLogs(base)
        self.logs = FileLogStore(base)
        self.engine = self.another_engine()

    def another_engine(self, upstream: str = "semaphore") -> SemaphoreRunEngine:
        """Return another engine for the same server, on the same disk."""
        names = Names(upstream, self.client)
        clock = EstateClock(self.server)
        return SemaphoreRunEngine(self.client, names, self.kept, clock, lambda: 1.0)

    async def advance(self, seconds: float, step_s: float = 0.1) -> None:
        """Let time pass in the pretend world, and everybody work through it."""
        clock = self.server.estate.clock
        assert isinstance(clock, HandClock)
        for _ in range(round(seconds / step_s)):
            await clock.advance(step_s)
            await self.settle()

    async def settle(self) -> None:
        """Let everybody finish what they can do without time passing."""
        # Sockets and threads need the loop's attention, not time: a few rounds of it.
        for _ in range(20):
            await asyncio.sleep(0)

    def lines(self, run_id: RunId) -> list[str]:
        """Return the lines kept of a run."""
        reader = self.logs.open(native_of(run_id))
        try:
            while reader.refresh():
                pass
            return [one.data.decode() for one in reader.lines(0, reader.line_count)]
        finally:
            reader.close()


@asynccontextmanager
async def bench_on(
    tmp_path: Path, version: str = "2.16", who: str = "mika", **habits: Any
) -> AsyncIterator[Bench]:
    """Give a bench on a pretend server of its own."""
    async with served_semaphore(version, **habits) as server, client_of(server, who) as client:
        yield Bench(server, client, tmp_path)
