"""Pretend lab hosts, and what a test does with them over real SSH."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.netlab.habits import Habits
from skyforge_tui.demo.servers.netlab.server import USER, NetlabHost
from skyforge_tui.domain.identity import RunId, native_of
from skyforge_tui.domain.run import Run
from skyforge_tui.integrations.ssh.access import SshAccess
from skyforge_tui.integrations.ssh.detached import Detached
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.ports.run_engine import News
from skyforge_tui.providers.runs.lab_host.engine import LabHostRunEngine, Words
from skyforge_tui.providers.runs.lab_host.names import Names, Topology
from skyforge_tui.store.kept_logs import FileKeptLogs
from tests.builders import a_spec

UPSTREAM = "labhost"


class QuickClock:
    """The time as it is; waits pass forty times as fast."""

    def now(self) -> datetime:
        """Return the current time."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait a little."""
        await asyncio.sleep(seconds / 40)


@asynccontextmanager
async def served_host(pace_s: float = 0.01, **habits: Any) -> AsyncIterator[NetlabHost]:
    """Serve a host of the pretend company."""
    estate = make_estate(clock=LiveClock())
    host = NetlabHost(estate, Habits(pace_s=pace_s, **habits))
    await host.open()
    try:
        yield host
    finally:
        await host.close()


def access_to(host: NetlabHost) -> SshAccess:
    """Return the way to a host, which is known."""
    return SshAccess(
        "127.0.0.1", host.port, USER, key=host.key_path,
        known_hosts=host.folder / "known_hosts", config=host.folder / "none",
    )  # fmt: skip


class HostBench:
    """A run engine on a pretend host; `host` may be cut, restarted and looked into."""

    def __init__(self, host: NetlabHost, base: Path, tools: dict[str, Words] | None = None) -> None:
        self.host = host
        self.clock = QuickClock()
        self.base = base
        self.names = Names(UPSTREAM)
        self.news: list[News] = []
        self._tools = tools
        self._ssh: list[SshHost] = []
        self.engine = self.another()

    def another(self, tools: dict[str, Words] | None = None) -> LabHostRunEngine:
        """Return another engine for the same host, with a connection of its own."""
        ssh = SshHost(access_to(self.host), Nobody())
        self._ssh.append(ssh)
        kept = FileKeptLogs(self.base)
        return LabHostRunEngine(
            Detached(ssh), self.names, kept, self.clock, tools or self._tools, lambda: 0.5
        )

    async def aclose(self) -> None:
        """Close every connection."""
        for one in self._ssh:
            await one.aclose()

    async def launch(
        self, lab: str, tool: str = "netlab", file: str = "topology.yml", **answers: str
    ) -> Run:
        """Start something with a topology below `~/labs`."""
        folder = str(self.host.home / "labs" / lab)
        template_id = self.names.template_id(Topology(tool, folder, file))
        spec = a_spec(
            template_id=template_id, template=lab, directory=folder, answers=answers,
            project_id=self.names.project_id, created_at=self.clock.now(),
        )  # fmt: skip
        return await self.engine.start(spec, {})

    async def read(self, run_id: RunId) -> Run:
        """Fetch one run that must be there."""
        return (await self.engine.fetch([run_id])).runs[0].run

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Watch while the block lasts, and keep all news."""

        async def watch() -> None:
            async with aclosing(self.engine.watch()) as events:
                async for event in events:
                    self.news.append(event)

        task = asyncio.create_task(watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, is_so: Callable[[], bool], seconds: float = 30) -> None:
        """Let time pass until it is so."""
        async with asyncio.timeout(seconds):
            while not is_so():  # noqa: ASYNC110 - a host tells nobody
                await asyncio.sleep(0.005)

    def there(self, run: Run) -> bytes:
        """Return the output as the host holds it."""
        return (self.host.home / ".skyforge/runs" / str(run.number) / "log").read_bytes()

    def here(self, run: Run) -> bytes:
        """Return the output as it is kept here."""
        path = self.base / "runs" / native_of(run.id) / "output.log"
        return path.read_bytes() if path.exists() else b""

    def is_whole(self, run: Run) -> bool:
        """Say whether all output of a run is kept here."""
        return FileKeptLogs(self.base).is_complete(native_of(run.id))


@asynccontextmanager
async def host_bench(
    base: Path, tools: dict[str, Words] | None = None, **habits: Any
) -> AsyncIterator[HostBench]:
    """Give a bench on a pretend host of its own."""
    async with served_host(**habits) as host:
        bench = HostBench(host, base, tools)
        try:
            yield bench
        finally:
            await bench.aclose()
