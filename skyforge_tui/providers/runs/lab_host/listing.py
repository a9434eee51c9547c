"""Which runs a lab host holds: the newest of them, read in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import RunDetail
from skyforge_tui.integrations.ssh.detached import MOST, Detached, Held
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.run_engine import HeldRuns, RunListing
from skyforge_tui.providers.runs.lab_host.names import Names
from skyforge_tui.providers.runs.lab_host.rows import detail_of

_LOOKED_AT: Final = 50
"""Of so many newest runs one look takes note: older ones have ended long since."""
_MOMENT: Final = timedelta(seconds=2)


class Listing:
    """Reads runs, and remembers how they stood."""

    def __init__(self, runs: Detached, names: Names, clock: Clock, tools: Collection[str]) -> None:
        """Read the runs of these `tools`: others of the same host belong to another instance."""
        self._runs = runs
        self._tools = frozenset(tools)
        self._names = names
        self._clock = clock
        self._seen: dict[RunId, tuple[object, ...]] = {}
        self._fresh: dict[RunId, RunDetail] = {}
        """Listed a moment ago, and not asked for since."""
        self._fresh_until = clock.now()
        self.is_busy = False
        """Whether something runs."""

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._names.upstream

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Return what the host holds, and which of the known runs are gone.

        Raises:
            TransportError: the host is not reached.
        """
        found = await self._runs.listed()
        self._fresh = {one.run.id: one for one in self._read(found)}
        self._fresh_until = self._clock.now() + _MOMENT
        ids = set(self._fresh)
        oldest = min((one.number for one in found), default=0) if len(found) >= MOST else 0
        gone = {one for one in known if one not in ids and not 0 <= self._number(one) < oldest}
        for one in gone:
            self._seen.pop(one, None)
        return HeldRuns(frozenset(ids), frozenset(gone))

    async def look(self) -> list[RunId]:
        """Read the newest runs; return those that stand otherwise than last seen.

        Raises:
            TransportError: the host is not reached.
        """
        before = dict(self._seen)
        details = self._read(await self._runs.listed(most=_LOOKED_AT))
        return [one.run.id for one in details if self._seen[one.run.id] != before.get(one.run.id)]

    async def fetch(self, run_ids: Collection[RunId]) -> RunListing:
        """Read these runs; those that are gone are left out.

        Raises:
            TransportError: the host is not reached.
        """
        if self._clock.now() > self._fresh_until:
            self._fresh.clear()
        wanted = {one: self._number(one) for one in run_ids}
        found = {one: self._fresh.pop(one) for one in run_ids if one in self._fresh}
        missing = [number for one, number in wanted.items() if one not in found and number >= 0]
        if missing:
            details = self._read(await self._runs.listed(missing), is_all=False)
            found |= {one.run.id: one for one in details}
        return RunListing(tuple(found[one] for one in run_ids if one in found))

    def detail(self, held: Held) -> RunDetail:
        """Return a run as its host tells it."""
        return detail_of(held, self._names, self._clock.now())

    def _read(self, found: Iterable[Held], *, is_all: bool = True) -> list[RunDetail]:
        details = [self.detail(one) for one in found if one.spec.get("tool") in self._tools]
        for one in details:
            run = one.run
            self._seen[run.id] = (run.state, run.waits_for_input, run.ended_at, run.note)
        if is_all:
            self.is_busy = any(one.run.state.is_active for one in details)
        return details

    def _number(self, run_id: RunId) -> int:
        try:
            return self._names.number_of(run_id)
        except NotFound:
            return -1
