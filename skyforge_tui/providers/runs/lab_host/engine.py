"""Runs on one lab host: started once there, held there, watched and stopped from here."""

from __future__ import annotations

import random
import secrets as chance_of
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from typing import Any, Final

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.lab_host_actions import netlab_words
from skyforge_tui.domain.run import Run, RunSpec
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.ssh.detached import Detached, GoneError, Held, OverError
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.kept_logs import KeptLogs
from skyforge_tui.ports.run_engine import HeldRuns, News, RunListing
from skyforge_tui.providers.runs.lab_host.following import Following
from skyforge_tui.providers.runs.lab_host.listing import Listing
from skyforge_tui.providers.runs.lab_host.names import Names
from skyforge_tui.providers.runs.lab_host.rows import written
from skyforge_tui.providers.runs.lab_host.trouble import translate, translated
from skyforge_tui.providers.runs.lab_host.watching import Watching
from skyforge_tui.providers.runs.telling import Telling

Words = Callable[[str, Mapping[str, str]], tuple[str, ...]]
_TRIES: Final = 3


class LabHostRunEngine:
    """Implements `RunEngine` and `Elsewhere` over one host.

    `tools` make the words of a command, by the name of the tool.
    """

    def __init__(
        self,
        runs: Detached,
        names: Names,
        kept: KeptLogs,
        clock: Clock,
        tools: Mapping[str, Words] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._runs = runs
        self._names = names
        self._clock = clock
        self._tools = {"netlab": netlab_words} if tools is None else tools
        self._telling = Telling()
        self._following = Following(runs, names, kept, clock, self._telling)
        self._listing = Listing(runs, names, clock, self._tools)
        self._watching = Watching(self._listing, self._following, self._telling, clock, chance)

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._names.upstream

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Say which runs the host holds, and which known ones are certainly gone."""
        with translated(self.upstream, "run.list"):
            return await self._listing.listed(known)

    async def fetch(self, run_ids: Collection[RunId]) -> RunListing:
        """Read these runs; of those listed a moment ago without asking again."""
        with translated(self.upstream, "run.list"):
            return await self._listing.fetch(run_ids)

    async def start(self, spec: RunSpec, secrets: Mapping[str, str]) -> Run:
        """Start a run exactly once, whatever becomes of the line meanwhile."""
        topology = self._names.topology_of(spec.template_id)
        words = self._tools.get(topology.tool)
        if secrets or words is None:
            raise Invalid(f"{self.upstream} cannot run this", operation="run.start")
        command = words(topology.file, spec.answers)
        token = chance_of.token_hex(16)
        kept = written(spec, token, topology.tool, command)
        number = await self._started(token, command, topology.directory, kept)
        self._watching.hurry()
        return self._listing.detail(await self._begun(number, kept)).run

    async def stop(self, run_id: RunId) -> None:
        """Interrupt a run as by ctrl+c; asked again, terminate it, then kill it."""
        await self._told(run_id, "run.stop", self._runs.stop(self._names.number_of(run_id)))

    async def answer(self, run_id: RunId, data: bytes) -> None:
        """Type into a run's terminal."""
        number = self._names.number_of(run_id)
        await self._told(run_id, "run.answer", self._runs.answer(number, data))

    def watch(self) -> AsyncGenerator[News, None]:
        """Yield what happens on the host."""
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

    async def _started(
        self, token: str, command: tuple[str, ...], directory: str, kept: Mapping[str, Any]
    ) -> int:
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._runs.start(token, command, directory, kept)
            except TransportError as error:  # the token makes asking again safe
                if not error.is_retryable or attempt == _TRIES:
                    failure = translate(error, self.upstream, "run.start")
                    break
        raise failure

    async def _begun(self, number: int, kept: Mapping[str, Any]) -> Held:
        """Return a run that has begun, whether its host can be asked about it just now or not."""
        try:
            found = await self._runs.listed([number])
        except TransportError:
            found = []
        return found[0] if found else Held(number, kept, None, None, None, 0, is_alive=True)

    async def _told(self, run_id: RunId, operation: str, asking: Awaitable[None]) -> None:
        try:
            with translated(self.upstream, operation):
                await asking
        except GoneError:
            raise NotFound(f"there is no run {run_id}", upstream=self.upstream) from None
        except OverError:
            ended = (await self.fetch([run_id])).runs
            state = ended[0].run.state if ended else "gone"
            raise Conflict(
                f"run {run_id} has ended already: {state}",
                upstream=self.upstream, operation=operation,
            ) from None  # fmt: skip
        self._watching.hurry()
