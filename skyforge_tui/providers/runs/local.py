"""Runs of this machine, each in the hands of its own supervisor process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.identity import LOCAL, RunId, native_of
from skyforge_tui.domain.run import Run, RunDetail, RunSpec
from skyforge_tui.integrations import supervisor_socket
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import spawn_detached
from skyforge_tui.ports.run_directories import Reservation, RunDirectories
from skyforge_tui.ports.run_engine import HeldRuns, OutputSeen, RunListing, RunSeen, WatchBegan
from skyforge_tui.providers.runs.local_watch import LocalWatch

_BATCH = 200
_BIRTH_S = 0.05
_BIRTH_TIMES = 100


class LocalRunEngine:
    """Implements `RunEngine` over run directories and the supervisors that own them."""

    def __init__(
        self, directories: RunDirectories, *, upstream: str = LOCAL, start_timeout_s: float = 30.0
    ) -> None:
        self._directories = directories
        self._upstream = upstream
        self._start_timeout_s = start_timeout_s

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._upstream

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Return the ids of all runs that have a directory; what has none is gone."""
        numbers = await asyncio.to_thread(self._directories.numbers)
        prefix = f"{self._upstream}:"
        ids = frozenset(RunId(f"{prefix}{number}") for number in numbers)
        return HeldRuns(ids, frozenset(known) - ids)

    async def fetch(self, run_ids: Collection[RunId]) -> RunListing:
        """Read these runs from their directories, in batches off the loop."""
        wanted = list(run_ids)
        runs: list[RunDetail] = []
        unreadable: set[RunId] = set()
        for first in range(0, len(wanted), _BATCH):
            batch = wanted[first : first + _BATCH]
            read, failed = await asyncio.to_thread(self._read_batch, batch)
            runs += read
            unreadable |= failed
        return RunListing(tuple(runs), frozenset(unreadable))

    async def start(self, spec: RunSpec, secrets: Mapping[str, str]) -> Run:
        """Start a supervisor for `spec` and return the run as it stands once that is well."""
        reserving = asyncio.create_task(asyncio.to_thread(self._directories.reserve, spec, secrets))
        try:
            reservation = await asyncio.shield(reserving)
            await self._spawn(reservation)
        except asyncio.CancelledError:
            await asyncio.to_thread(
                self._directories.abandon, await reserving, "its start was cancelled"
            )
            raise
        except TransportError as error:
            message = f"the supervisor could not be started: {error.message}"
            await asyncio.to_thread(self._directories.abandon, reservation, message)
            # Late is not never: it may have come to life while it was being given up.
            if await self._control_path(reservation.number) is None:
                raise Unavailable(
                    message, upstream=self._upstream, operation="run.start"
                ) from error
        else:
            self._directories.started(reservation)
        detail = await asyncio.to_thread(self._directories.read, reservation.number)
        return detail.run

    async def stop(self, run_id: RunId) -> None:
        """Ask the run's supervisor for an end, or for the next step towards it."""
        await self._ask(run_id, "run.stop", supervisor_socket.ask_stop)

    async def answer(self, run_id: RunId, data: bytes) -> None:
        """Have the run's supervisor write `data` to the terminal."""
        await self._ask(
            run_id, "run.answer", lambda path: supervisor_socket.send_answer(path, data)
        )

    async def watch(self) -> AsyncGenerator[WatchBegan | RunSeen | OutputSeen, None]:
        """Yield changes of runs and growth of their output as they happen."""
        watch = LocalWatch(self._directories, self._run_id)
        try:
            async with aclosing(watch.events()) as events:
                async for event in events:
                    yield event
        except TransportError as error:
            raise Unavailable(error.message, upstream=self._upstream) from error

    async def _spawn(self, reservation: Reservation) -> None:
        await spawn_detached(
            reservation.command,
            stdin=reservation.secrets,
            pass_fds=reservation.pass_fds,
            timeout_s=self._start_timeout_s,
        )

    async def _ask(
        self, run_id: RunId, operation: str, ask: Callable[[str], Awaitable[None]]
    ) -> None:
        number = self._number(run_id)
        for _ in range(_BIRTH_TIMES):
            path = await self._control_path(number)
            if path is None:
                detail = await asyncio.to_thread(self._directories.read, number)
                state = detail.run.state
                raise Conflict(
                    f"run {number} has ended already: {state}",
                    upstream=self._upstream,
                    operation=operation,
                )
            try:
                await ask(path)
            except TransportError as error:
                if error.kind == "refused":
                    raise Conflict(
                        f"run {number}: {error.message}",
                        upstream=self._upstream,
                        operation=operation,
                    ) from error
                if error.kind != "missing":
                    raise Unavailable(
                        error.message, upstream=self._upstream, operation=operation
                    ) from error
                # It is being born or has just ended; which of the two shows in a moment.
                await asyncio.sleep(_BIRTH_S)
            else:
                return
        raise Unavailable(
            f"the supervisor of run {number} does not answer",
            upstream=self._upstream,
            operation=operation,
        )

    async def _control_path(self, number: int) -> str | None:
        return await asyncio.to_thread(self._directories.control_path, number)

    def _read_batch(self, run_ids: Collection[RunId]) -> tuple[list[RunDetail], set[RunId]]:
        runs: list[RunDetail] = []
        unreadable: set[RunId] = set()
        for run_id in run_ids:
            try:
                runs.append(self._directories.read(self._number(run_id)))
            except NotFound:
                continue
            except Unavailable:
                unreadable.add(run_id)
        return runs, unreadable

    def _run_id(self, number: int) -> RunId:
        return RunId(f"{self._upstream}:{number}")

    def _number(self, run_id: RunId) -> int:
        native = native_of(run_id)
        if run_id != f"{self._upstream}:{native}" or not native.isdecimal():
            raise NotFound(f"there is no run {run_id}", upstream=self._upstream)
        return int(native)
