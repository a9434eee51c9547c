"""Clients of a pretend or real Semaphore server, signed in by token."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.demo.servers.semaphore.things import SurveyVar
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import RunId, TemplateId, native_of
from skyforge_tui.domain.log import LogGap
from skyforge_tui.domain.run import Run
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.pace import Pace, Retry
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.ports.run_engine import News, WatchBegan
from skyforge_tui.providers.runs.semaphore.engine import SemaphoreRunEngine
from skyforge_tui.providers.runs.semaphore.feed import Mode
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.standing import Standing
from skyforge_tui.store.kept_logs import FileKeptLogs
from skyforge_tui.store.logs import FileLogStore
from tests.builders import a_spec
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
    http = HttpClient(url, session=Token(token), pace=pace, retry=Retry(first_s=0.0))
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

    async def advance(self, seconds: float) -> None:
        """Move the estate's clock on."""
        assert isinstance(self._clock, HandClock)
        await self._clock.advance(seconds)


@asynccontextmanager
async def moving(server: SemaphoreServer, step_s: float = 0.02) -> AsyncIterator[None]:
    """Let the estate's time pass while the block lasts, a little in every round of the loop."""
    clock = server.estate.clock
    assert isinstance(clock, HandClock)

    async def move() -> None:
        while True:
            await clock.advance(step_s)
            await asyncio.sleep(0)

    task = asyncio.create_task(move())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Bench:
    """A run engine on a pretend server, with a template of its own that asks `who`."""

    def __init__(self, server: SemaphoreServer, client: SemaphoreClient, base: Path) -> None:
        self.server = server
        self.client = client
        self.clock = EstateClock(server)
        self.kept = FileKeptLogs(base)
        self.logs = FileLogStore(base)
        self.engine = self.another_engine()
        self.news: list[News] = []
        (greet,) = [one for one in server.state.rooms[1].templates.values() if one.name == "Greet"]
        greet.survey_vars = [SurveyVar(name="who")]
        greet.allow_parallel_tasks = True
        self.template = greet
        self.template_id = TemplateId(f"semaphore:1#{greet.id}")

    @property
    def requests(self) -> Counter[str]:
        """How often each method was sent, and sockets opened."""
        return self.client.http.counts

    @property
    def is_lost(self) -> bool:
        """Whether the engine has noticed that it hears nothing."""
        return self.engine._watching._feed.mode is Mode.LOST

    def another_engine(self) -> SemaphoreRunEngine:
        """Return another engine for the same server, on the same disk."""
        names = Names("semaphore", Standing(self.client, self.clock))
        return SemaphoreRunEngine(self.client, names, self.kept, self.clock, lambda: 1.0)

    async def launch(self, who: str = "you", **answers: str) -> Run:
        """Start the template."""
        spec = a_spec(
            template_id=self.template_id, template="Greet", answers={"who": who, **answers}
        )
        return await self.engine.start(spec, {})

    async def read(self, run_id: RunId) -> Run:
        """Fetch one run that must be there."""
        return (await self.engine.fetch([run_id])).runs[0].run

    @asynccontextmanager
    async def watched(self, *, lists: bool = False) -> AsyncIterator[None]:
        """Watch while the block lasts, and keep all news; as it begins, list all runs if wanted."""

        async def watch() -> None:
            async with aclosing(self.engine.watch()) as events:
                async for event in events:
                    self.news.append(event)
                    if lists and event == WatchBegan():
                        with contextlib.suppress(SkyforgeError):
                            await self.engine.listed(())

        task = asyncio.create_task(watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let time pass until it is so."""
        async with asyncio.timeout(60), moving(self.server):
            while not is_so():  # noqa: ASYNC110 - the pretend world publishes nothing
                await asyncio.sleep(0)

    async def until_begun(self) -> None:
        """Let time pass until the watch has begun once more."""
        before = self.news.count(WatchBegan())
        await self.until(lambda: self.news.count(WatchBegan()) > before)

    async def until_ended(self, run: Run) -> None:
        """Let time pass until the server says that a run has ended, and when."""
        await self.until(lambda: self.server.state.runs[run.number].end is not None)

    async def until_status(self, run: Run, status: str) -> None:
        """Let time pass until the server says so of a run."""
        await self.until(lambda: self.server.state.runs[run.number].status == status)

    async def until_complete(self, *runs: Run) -> None:
        """Let time pass until all output of these runs is kept."""
        await self.until(lambda: all(self.kept.is_complete(native_of(one.id)) for one in runs))

    async def pass_time(self, seconds: float, step_s: float = 0.02) -> None:
        """Let time pass slowly enough for everybody to keep up."""
        end = self.clock.now() + timedelta(seconds=seconds)
        async with moving(self.server, step_s):
            while self.clock.now() < end:  # noqa: ASYNC110 - its time is not the loop's
                await asyncio.sleep(0)

    def lines(self, run: Run) -> list[str]:
        """Return the lines kept of a run."""
        return self.shown(run)[0]

    def shown(self, run: Run) -> tuple[list[str], tuple[LogGap, ...], int]:
        """Return lines, gaps and generation of what is kept of a run."""
        reader = self.logs.open(native_of(run.id))
        try:
            while reader.refresh():
                pass
            data = reader.read(0, 1 << 24).decode()
            return data.splitlines(), reader.gaps(), reader.generation
        finally:
            reader.close()

    async def record(self, run: Run) -> list[str]:
        """Return what the server has on record, line by line."""
        rows = await self.client.tasks.output(1, run.number)
        return [row.output.removesuffix("\n") for row in rows]


@asynccontextmanager
async def bench_on(
    base: Path, version: str = "2.16", who: str = "mika", **habits: Any
) -> AsyncIterator[Bench]:
    """Give a bench on a pretend server of its own."""
    async with served_semaphore(version, **habits) as server, client_of(server, who) as client:
        yield Bench(server, client, base)
