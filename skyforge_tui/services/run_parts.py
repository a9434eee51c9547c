"""The part of the services that commands about runs need; it opens in a fraction of the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from skyforge_tui.domain.notice import Notice
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.offered import Offered
from skyforge_tui.services.older_runs import OlderRunsService
from skyforge_tui.services.runs import RunService


class KnowsRuns(Offered, Protocol):
    """What `RunParts` and all the services have in common."""

    @property
    def runs(self) -> RunService:
        """What one may do with runs."""
        ...

    @property
    def older_runs(self) -> OlderRunsService:
        """What servers have beside what they list."""
        ...

    @property
    def run_upstreams(self) -> tuple[str, ...]:
        """The names of the run engines."""
        ...


@dataclass(frozen=True, slots=True)
class RunParts:
    """Runs alone: what has been launched, not what could be."""

    runs: RunService
    older_runs: OlderRunsService
    bus: Bus
    run_upstreams: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
