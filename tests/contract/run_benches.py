"""Run engines to hold to their contract: this machine, a pretend Semaphore, a real one.

Each can launch three things: what `greets` and ends well, what `fails`, and what `lasts` until it
is stopped.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from skyforge_tui.domain.errors import Conflict, NotFound
from skyforge_tui.domain.identity import RunId, TemplateId, native_of
from skyforge_tui.domain.run import Run
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.session import open_http
from skyforge_tui.integrations.web_access import WebAccess
from skyforge_tui.ports.log_store import LogStore
from skyforge_tui.ports.run_engine import Elsewhere, News, RunEngine, RunSeen, WatchBegan
from skyforge_tui.providers.runs.local import LocalRunEngine
from skyforge_tui.providers.runs.semaphore.engine import SemaphoreRunEngine
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.standing import Standing
from skyforge_tui.store.kept_logs import FileKeptLogs
from skyforge_tui.store.logs import FileLogStore
from skyforge_tui.store.run_directories import FileRunDirectories
from tests.builders import a_spec
from tests.lab_hosts import HostBench, host_bench
from tests.semaphores import bench_on, moving

What = Literal["greets", "fails", "lasts"]
LIVE_URL = "SKYFORGE_LIVE_SEMAPHORE_URL"
PREFIX = "skyforge-contract-"
"""Projects of this name on a real server are ours, and are removed."""
_PLAYBOOK = """\
- hosts: all
  gather_facts: false
  connection: local
  tasks:
    - debug: msg="hello {{ inventory_hostname }} {{ who|default('?') }}"
    - command: "sleep {{ 60 if who|default('') == 'slow' else 1 }}"
    - fail: msg=boom
      when: who|default('') == 'fail'
"""


class RunBench(Protocol):
    """An engine, and what a test may do with it."""

    engine: RunEngine
    has_terminals: bool
    """Whether every run can be typed into."""

    def another(self) -> RunEngine:
        """Return another engine for the same runs, as another program would have one."""
        ...

    async def launch(self, what: What) -> Run:
        """Start a run."""
        ...

    async def text(self, run_id: RunId) -> str:
        """Return all output of an ended run."""
        ...


async def read(bench: RunBench, run_id: RunId) -> Run:
    """Fetch one run that must be there."""
    listing = await bench.engine.fetch([run_id])
    assert not listing.unreadable
    return listing.runs[0].run


@asynccontextmanager
async def watching(engine: RunEngine) -> AsyncIterator[AsyncGenerator[News, None]]:
    """Watch, and begin with it before anything else happens."""
    async with aclosing(engine.watch()) as events:
        assert await anext(events) == WatchBegan()
        yield events


async def until(
    bench: RunBench,
    events: AsyncGenerator[News, None],
    run_id: RunId,
    fits: Callable[[Run], bool],
) -> Run:
    """Follow the news until the run fits, fetching it whenever it is said to have changed."""
    async for event in events:
        if event == RunSeen(run_id) and fits(run := await read(bench, run_id)):
            return run
    raise AssertionError("the watch ended")


class LocalBench:
    """Processes of this machine."""

    has_terminals = False

    def __init__(self, base: Path) -> None:
        self._state = base / "state"
        self._logs: LogStore = FileLogStore(self._state)
        self.engine: RunEngine = self.another()

    def another(self) -> RunEngine:
        """Return another engine on the same directories."""
        directories = FileRunDirectories(self._state, slots=8, stop_spans_s=(60, 60))
        return LocalRunEngine(directories, start_timeout_s=100)

    async def launch(self, what: What) -> Run:
        """Start a process."""
        scripts = {"greets": "echo hello", "fails": "echo boom; exit 2", "lasts": "exec sleep 600"}
        command = ("sh", "-c", scripts[what])
        return await self.engine.start(a_spec(command=command, directory="/"), {})

    async def text(self, run_id: RunId) -> str:
        """Return the bytes in the run's directory."""
        return await asyncio.to_thread(_text, self._logs, run_id)

    async def close(self) -> None:
        """End what still runs."""
        directories = FileRunDirectories(self._state)
        for number in directories.live():
            for _ in range(3):
                try:
                    await self.engine.stop(RunId(f"local:{number}"))
                except Conflict:
                    break


class SemaphoreBench:
    """Tasks of a Semaphore server, all of one template."""

    has_terminals = False

    def __init__(self, make: Callable[[], SemaphoreRunEngine], logs: LogStore, at: TemplateId):
        self._make = make
        self._logs = logs
        self._template = at
        self.engine: RunEngine = make()

    def another(self) -> RunEngine:
        """Return another engine for the same server."""
        return self._make()

    async def launch(self, what: What) -> Run:
        """Start the template with what makes it end, fail or last."""
        who = {"greets": "you", "fails": "fail", "lasts": "slow"}[what]
        spec = a_spec(template_id=self._template, template="Greet", answers={"who": who})
        return await self.engine.start(spec, {})

    async def text(self, run_id: RunId) -> str:
        """Return what was brought here."""
        assert isinstance(self.engine, Elsewhere)
        await self.engine.bring(run_id)
        return await asyncio.to_thread(_text, self._logs, run_id)


class HostRunBench:
    """Commands of a pretend lab host, over real SSH."""

    has_terminals = True

    def __init__(self, bench: HostBench) -> None:
        self._bench = bench
        self.engine: RunEngine = bench.engine

    def another(self) -> RunEngine:
        """Return another engine for the same host."""
        return self._bench.another()

    async def launch(self, what: What) -> Run:
        """Start a command in one of the host's folders."""
        return await self._bench.launch("edge", tool="sh", what=what)

    async def text(self, run_id: RunId) -> str:
        """Return what was brought here."""
        await self._bench.engine.bring(run_id)
        return await asyncio.to_thread(_text, FileLogStore(self._bench.base), run_id)


def _shell(file: str, answers: Mapping[str, str]) -> tuple[str, ...]:
    scripts = {"greets": "echo hello", "fails": "echo boom; exit 2", "lasts": "exec sleep 600"}
    return ("sh", "-c", scripts[answers["what"]])


def _text(logs: LogStore, run_id: RunId) -> str:
    reader = logs.open(native_of(run_id))
    try:
        return reader.read(0, 1 << 20).decode()
    finally:
        reader.close()


@asynccontextmanager
async def local_bench(base: Path) -> AsyncIterator[RunBench]:
    """Give a bench on this machine."""
    bench = LocalBench(base)
    try:
        yield bench
    finally:
        await bench.close()


@asynccontextmanager
async def estate_bench(base: Path) -> AsyncIterator[RunBench]:
    """Give a bench on a pretend server, whose time passes as fast as everybody can follow."""
    async with bench_on(base) as bench, moving(bench.server):
        yield SemaphoreBench(bench.another_engine, bench.logs, bench.template_id)


@asynccontextmanager
async def lab_host_bench(base: Path) -> AsyncIterator[RunBench]:
    """Give a bench on a pretend lab host."""
    async with host_bench(base, {"sh": _shell}) as bench:
        yield HostRunBench(bench)


class SystemClock:
    """The time as it is."""

    def now(self) -> datetime:
        """Return the current time."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@asynccontextmanager
async def live_bench(base: Path) -> AsyncIterator[RunBench]:
    """Give a bench on a real server, in a project of its own that is removed at the end.

    `SKYFORGE_LIVE_SEMAPHORE_URL` says where; `_TOKEN`, or `_USER` and `_PASSWORD`, who one is;
    `_REPO` where the server finds a repository with the playbook, by default one made here.
    """

    def variable(name: str) -> SecretRef | None:
        full = f"SKYFORGE_LIVE_SEMAPHORE_{name}"
        return SecretRef.parse(f"env:{full}") if os.environ.get(full) else None

    access = WebAccess(
        os.environ[LIVE_URL],
        username=os.environ.get("SKYFORGE_LIVE_SEMAPHORE_USER", ""),
        token=variable("TOKEN"),
        password=variable("PASSWORD"),
    )
    http: HttpClient = open_http(access)
    client = SemaphoreClient(http)
    try:
        project = await client.create_project(f"{PREFIX}{secrets.token_hex(4)}")
        try:
            template = await _furnished(client, project.id, base)

            def make() -> SemaphoreRunEngine:
                clock = SystemClock()
                names = Names("live", Standing(client, clock))
                return SemaphoreRunEngine(client, names, kept, clock)

            kept = FileKeptLogs(base)
            at = TemplateId(f"live:{project.id}#{template}")
            yield SemaphoreBench(make, FileLogStore(base), at)
        finally:
            await _removed(client, project.id)
    finally:
        await http.aclose()


async def _furnished(client: SemaphoreClient, project: int, base: Path) -> int:
    """Put what the template needs into the project, and return the template's id."""
    keys = {one.name: one.id for one in (await client.keys(project)).items}
    key = keys.get("None") or await client.create(project, "keys", {"name": "None", "type": "none"})
    repository = os.environ.get("SKYFORGE_LIVE_SEMAPHORE_REPO") or _repository(base / "repository")
    git = {"name": "repository", "git_url": repository, "git_branch": "main", "ssh_key_id": key}
    hosts = {"name": "hosts", "type": "static", "inventory": "h1\n", "ssh_key_id": key}
    group = {"name": "variables", "json": "{}", "env": "{}", "secrets": []}
    return await client.create(
        project,
        "templates",
        {
            "name": "Greet",
            "app": "ansible",
            "playbook": "site.yml",
            "arguments": "[]",
            "repository_id": await client.create(project, "repositories", git),
            "inventory_id": await client.create(project, "inventory", hosts),
            "environment_id": await client.create(project, "environment", group),
            "survey_vars": [{"name": "who", "title": "Who", "type": "", "required": False}],
            "allow_parallel_tasks": True,
        },
    )


def _repository(path: Path) -> str:
    """Make a repository with the playbook, and return its path."""
    path.mkdir()
    (path / "site.yml").write_text(_PLAYBOOK)
    identity = ("-c", "user.name=contract", "-c", "user.email=contract@localhost")
    for words in (("init", "-q", "-b", "main"), ("add", "."), (*identity, "commit", "-qm", "one")):
        subprocess.run(["git", "-C", str(path), *words], check=True)
    return str(path)


async def _removed(client: SemaphoreClient, project: int) -> None:
    """End what still runs, and delete the project."""
    listed, _ = await client.tasks.last(project)
    for task in listed.items:
        if task.status not in ("success", "error", "stopped"):
            try:
                await client.tasks.stop(project, task.id, force=True)
            except (TransportError, NotFound):
                continue
    await client.delete_project(project)
