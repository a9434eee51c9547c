"""Runs of a Semaphore server: listed, started once, watched live, stopped, confirmed."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping

from skyforge_tui.domain.errors import Conflict
from skyforge_tui.domain.identity import RunId, TemplateId
from skyforge_tui.domain.run import Run, RunSpec
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.kept_logs import KeptLogs
from skyforge_tui.ports.run_engine import HeldRuns, News, RunListing
from skyforge_tui.providers.runs.semaphore.following import Following
from skyforge_tui.providers.runs.semaphore.listing import Listing
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.rows import CONFIRMATION, state_of
from skyforge_tui.providers.runs.semaphore.starting import Starting
from skyforge_tui.providers.runs.semaphore.trouble import translate, translated
from skyforge_tui.providers.runs.semaphore.watching import Watching
from skyforge_tui.providers.runs.telling import Telling


class SemaphoreRunEngine:
    """Implements `RunEngine`, `Confirming`, `Deep` and `Elsewhere` over one server."""

    def __init__(
        self,
        client: SemaphoreClient,
        names: Names,
        kept: KeptLogs,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Keep output in `kept`; `chance` gives numbers from 0 to 1."""
        self._client = client
        self._names = names
        self._telling = Telling()
        self._following = Following(client, names, kept, clock, self._telling)
        self._listing = Listing(client, names, self._following.ended)
        self._starting = Starting(client, names, clock)
        self._watching = Watching(
            client, names, self._listing, self._following, self._telling, clock, chance
        )

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._names.upstream

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Say which runs the server lists, and which known ones are certainly gone."""
        with translated(self.upstream, "run.list"):
            held = await self._listing.listed(known)
        self._watching.hurry()
        return held

    async def fetch(self, run_ids: Collection[RunId]) -> RunListing:
        """Read these runs; of those listed a moment ago without asking again."""
        with translated(self.upstream, "run.list"):
            return await self._listing.fetch(run_ids)

    async def older(self, template_ids: Collection[TemplateId]) -> RunListing:
        """Read every run of these templates that the server lists: 1000 of each at most."""
        with translated(self.upstream, "run.list"):
            return await self._listing.older(template_ids)

    async def start(self, spec: RunSpec, secrets: Mapping[str, str]) -> Run:
        """Start a run exactly once; `secrets` are answers by question."""
        task = await self._starting.start(spec, secrets)
        if spec.template:
            self._names.templates[self._names.template_of(spec.template_id)] = spec.template
        run = self._listing.detail(task).run
        self._watching.hurry()
        return run

    async def stop(self, run_id: RunId) -> None:
        """Ask for an end; of a run that is stopping already, or waits for a person, by force."""
        project, task = self._names.task_of(run_id)
        with translated(self.upstream, "run.stop"):
            status = (await self._client.tasks.get(project, task)).status
        self._must_go_on(run_id, status, "run.stop")
        # A plain stop of what waits for confirmation may be forgotten again by the server.
        force = status in ("stopping", CONFIRMATION)
        with translated(self.upstream, "run.stop"):
            await self._client.tasks.stop(project, task, force=force)
            if status == CONFIRMATION:
                await self._make_sure(project, task)
        self._listing.stopped(run_id)

    async def answer(self, run_id: RunId, data: bytes) -> None:
        """Raise Conflict: nobody can type into a run there."""
        del data
        self._names.task_of(run_id)
        raise Conflict(
            f"run {run_id} has no terminal", upstream=self.upstream, operation="run.answer"
        )

    async def confirm(self, run_id: RunId) -> None:
        """Let a run go on that waits for it."""
        await self._decide(run_id, "run.confirm", self._client.tasks.confirm)

    async def reject(self, run_id: RunId) -> None:
        """End a run that waits to go on."""
        await self._decide(run_id, "run.reject", self._client.tasks.reject)

    def watch(self) -> AsyncGenerator[News, None]:
        """Yield what happens on the server, live where a socket gets through."""
        return self._watching.news()

    async def follow(self, run_id: RunId) -> None:
        """Bring a run's output here from now on."""
        await self._following.follow(run_id)

    def unfollow(self, run_id: RunId) -> None:
        """Undo one `follow`."""
        self._following.unfollow(run_id)

    async def bring(self, run_id: RunId) -> None:
        """Bring the output here as it is there now."""
        await self._following.bring(run_id)

    async def _decide(
        self, run_id: RunId, operation: str, decide: Callable[[int, int], Awaitable[None]]
    ) -> None:
        project, number = self._names.task_of(run_id)
        with translated(self.upstream, operation):
            task = await self._client.tasks.get(project, number)
        if task.status != CONFIRMATION:
            raise Conflict(
                f"run {number} waits for no confirmation: it is {task.status}",
                upstream=self.upstream, operation=operation,
            )  # fmt: skip
        try:
            await decide(project, number)
        except TransportError as error:
            if error.kind == "missing" and operation == "run.reject":
                raise Conflict(
                    "this version of the server cannot reject", upstream=self.upstream,
                    operation=operation, advice="x stops it instead",
                ) from error  # fmt: skip
            if error.kind == "invalid":
                raise Conflict(
                    f"the server shows run {number} as waiting and does not hold it any more:"
                    " it was restarted meanwhile", upstream=self.upstream, operation=operation,
                    advice="x ends it; launch it again then",
                ) from error  # fmt: skip
            raise translate(error, self.upstream, operation) from error

    async def _make_sure(self, project: int, task: int) -> None:
        """End a task that waits for confirmation again although it was stopped.

        Raises:
            TransportError: it cannot be read.
            Conflict: this version of the server cannot end it while it waits.
        """
        if (await self._client.tasks.get(project, task)).status != CONFIRMATION:
            return
        try:
            await self._client.tasks.reject(project, task)
        except TransportError as error:
            if error.kind != "missing":
                raise
            raise Conflict(
                f"the server took the stop back: run {task} waits for confirmation again",
                upstream=self.upstream, operation="run.stop",
                advice="A lets it go on; then x stops it",
            ) from error  # fmt: skip

    def _must_go_on(self, run_id: RunId, status: str, operation: str) -> None:
        if state_of(status).is_final:
            raise Conflict(
                f"run {run_id} has ended already: {state_of(status)}",
                upstream=self.upstream, operation=operation,
            )  # fmt: skip
