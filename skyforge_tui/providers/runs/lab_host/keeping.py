"""All runs that a lab host keeps of one person, and removing those that have ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from skyforge_tui.domain.identity import ProjectId, RunId
from skyforge_tui.domain.run import Run
from skyforge_tui.integrations.ssh.detached import Detached, Held
from skyforge_tui.ports.clock import Clock
from skyforge_tui.providers.runs.lab_host.names import Names
from skyforge_tui.providers.runs.lab_host.rows import detail_of, token_of
from skyforge_tui.providers.runs.lab_host.trouble import translated

MOST: Final = 20_000
_AT_ONCE: Final = 200


class LabHostKeeping:
    """Implements `RunKeeper` over the runs of one `tool`; several people may share an account."""

    def __init__(self, runs: Detached, names: Names, clock: Clock, tool: str, person: str) -> None:
        self._runs = runs
        self._names = names
        self._clock = clock
        self._tool = tool
        self._person = person

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._names.upstream

    @property
    def project_id(self) -> ProjectId:
        """What stands for the host."""
        return self._names.project_id

    async def all(self) -> Sequence[Run]:
        """Return every run of this person, the newest first."""
        with translated(self.upstream, "run.list"):
            held = await self._runs.listed(most=MOST)
        now = self._clock.now()
        return [detail_of(one, self._names, now).run for one in held if self._is_mine(one)]

    async def remove(self, run_ids: Collection[RunId]) -> frozenset[RunId]:
        """Remove these runs, those of them that have ended and are this person's."""
        wanted = {self._names.number_of(one): one for one in run_ids}
        numbers, gone = sorted(wanted), set[RunId]()
        with translated(self.upstream, "run.gc"):
            for at in range(0, len(numbers), _AT_ONCE):
                tokens = {
                    one.number: token_of(one)
                    for one in await self._runs.listed(numbers[at : at + _AT_ONCE])
                    if one.is_over
                    and self._is_mine(one)
                    and self._names.run_id(one.number, token_of(one)) == wanted[one.number]
                }
                if tokens:
                    gone |= {wanted[one] for one in await self._runs.drop(tokens) if one in tokens}
        return frozenset(gone)

    def _is_mine(self, held: Held) -> bool:
        return held.spec.get("tool") == self._tool and held.spec.get("by") == self._person
