"""An engine whose runs do what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import replace

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.identity import LOCAL, RunId
from skyforge_tui.domain.run import ACTION, Run, RunDetail, RunSpec, RunState
from skyforge_tui.ports.run_engine import HeldRuns, OutputSeen, RunListing, RunSeen
from tests.builders import a_run
from tests.fakes.waiting import Gate


class FakeRunEngine:
    """Runs that do what the test says; remembers what it was given."""

    def __init__(self, upstream: str = LOCAL) -> None:
        self.upstream = upstream
        self.held: dict[RunId, RunDetail] = {}
        self.unreadable: set[RunId] = set()
        self.down: Unavailable | None = None
        self.secrets: list[dict[str, str]] = []
        self.stopped: list[RunId] = []
        self.answered: list[tuple[RunId, bytes]] = []
        self.fetched: list[frozenset[RunId]] = []
        self.fetching = Gate()
        self.watchers: list[asyncio.Queue[RunSeen | OutputSeen | Exception]] = []
        self.watched = asyncio.Event()

    def put(self, detail: RunDetail) -> None:
        """Hold this run, in place of the one with its id."""
        self.held[detail.run.id] = detail

    def say(self, news: RunSeen | OutputSeen | Exception) -> None:
        """Tell everybody who watches; an exception ends their watching."""
        for watcher in self.watchers:
            watcher.put_nowait(news)

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Return all ids; what is not there is gone."""
        if self.down is not None:
            raise self.down
        return HeldRuns(frozenset(self.held), frozenset(known) - self.held.keys())

    async def fetch(self, run_ids: Collection[RunId]) -> RunListing:
        """Return these runs as they were when asked."""
        self.fetched.append(frozenset(run_ids))
        asked = [self.held[one] for one in run_ids if one in self.held]
        await self.fetching.pass_through()
        if self.down is not None:
            raise self.down
        readable = tuple(one for one in asked if one.run.id not in self.unreadable)
        return RunListing(readable, frozenset(self.unreadable & set(run_ids)))

    async def start(self, spec: RunSpec, secrets: Mapping[str, str]) -> Run:
        """Hold a new run that is starting."""
        if self.down is not None:
            raise self.down
        self.secrets.append(dict(secrets))
        number = max((one.run.number for one in self.held.values()), default=0) + 1
        run = a_run(
            id=RunId(f"{self.upstream}:{number}"), number=number, state=RunState.STARTING,
            template_id=spec.template_id, template=spec.template, project_id=spec.project_id,
            project=spec.project, started_by=spec.started_by, created_at=spec.created_at,
            action=spec.answers.get(ACTION, ""),
        )  # fmt: skip
        self.put(RunDetail(run, spec))
        return run

    async def stop(self, run_id: RunId) -> None:
        """Let a run be stopping."""
        detail = self._existing(run_id)
        self.stopped.append(run_id)
        self.put(replace(detail, run=replace(detail.run, state=RunState.STOPPING)))

    async def answer(self, run_id: RunId, data: bytes) -> None:
        """Remember the answer."""
        if not self._existing(run_id).run.waits_for_input:
            raise Conflict("it has no terminal", upstream=self.upstream)
        self.answered.append((run_id, data))

    async def watch(self) -> AsyncGenerator[RunSeen | OutputSeen, None]:
        """Yield what the test says."""
        mine: asyncio.Queue[RunSeen | OutputSeen | Exception] = asyncio.Queue()
        self.watchers.append(mine)
        self.watched.set()
        try:
            while True:
                news = await mine.get()
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            self.watchers.remove(mine)

    def _existing(self, run_id: RunId) -> RunDetail:
        if run_id not in self.held:
            raise NotFound(f"no run {run_id}", upstream=self.upstream)
        return self.held[run_id]
