"""Attention: what broke, what needs a person, what runs, over everything that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skyforge_tui.domain.concern import Attention, Concern, Distrust, Drift, Why, digest_of
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.events import AttentionChanged
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import Principal, ProjectId, Role
from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.query import Query
from skyforge_tui.domain.query_parser import parse
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.view import Sort
from skyforge_tui.domain.vocabularies import RUNS
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.mutes import MuteStore
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.labs import LabService
from skyforge_tui.services.runs import RunService
from skyforge_tui.services.standings import Standings

_FAILED: Query = parse("state:failed,lost", RUNS)
_ENDED: Query = parse("ended", RUNS)


class AttentionService:
    """What one may know of what asks for attention, and what one may mute of it."""

    def __init__(
        self,
        runs: RunService,
        labs: LabService,
        catalog: Catalog,
        health: HealthBoard,
        standings: Standings,
        mutes: MuteStore,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._runs = runs
        self._labs = labs
        self._catalog = catalog
        self._health = health
        self._standings = standings
        self._mutes = mutes
        self._bus = bus
        self._clock = clock
        self.access: Access = catalog.access

    async def project_of(self, target: object) -> ProjectId:
        """Raise NotFound: what one attends to is one's own."""
        raise NotFound(f"{target} belongs to no project")

    @requires(Permission.ATTENTION_READ)
    async def all(self, principal: Principal) -> Attention:
        """Return what asks for this person's attention, and what they muted of it."""
        runs = await self._runs.attention(principal)
        labs = (await self._labs.all(principal)).labs
        found = [
            *(Concern(Why.BROKE, one) for one in runs.broke),
            *self._lost_upstreams(),
            *(Concern(Why.BROKE, one) for one in labs if one.state is LabState.FAILED),
            *(Concern(Why.NEEDS_ME, one) for one in runs.needs_me),
            *(Concern(Why.NEEDS_ME, one) for one in labs if one.is_degraded),
            *self._of_projects(principal),
            *(Concern(Why.RUNS, one) for one in runs.runs),
            *(Concern(Why.RUNS, one) for one in labs if _moves_by_itself(one, runs.runs)),
        ]
        muted = await self._mutes.muted()
        shown = tuple(one for one in found if one.key not in muted)
        hidden = tuple(one for one in found if one.key in muted)
        if any(one.why is Why.BROKE for one in shown):
            return Attention(shown, hidden)
        newest = [await self._newest(principal, query) for query in (_FAILED, _ENDED)]
        return Attention(shown, hidden, *newest)

    @requires(Permission.ATTENTION_MUTE)
    async def mute(self, principal: Principal, keys: Sequence[str]) -> None:
        """Leave these concerns out until they are others."""
        await self._mutes.mute(keys, self._clock.now())
        self._bus.publish(AttentionChanged())

    @requires(Permission.ATTENTION_MUTE)
    async def unmute(self, principal: Principal, keys: Sequence[str]) -> None:
        """Tell of these concerns again."""
        await self._mutes.unmute(keys)
        self._bus.publish(AttentionChanged())

    def _lost_upstreams(self) -> Iterator[Concern]:
        for one in self._health.lights():
            if one.state is UpstreamState.ERROR:
                yield Concern(Why.BROKE, one)

    def _of_projects(self, principal: Principal) -> Iterator[Concern]:
        """Yield files that changed after they were trusted, and what could not be read."""
        for project in self._catalog.covered():
            if self.access.role(principal, project.id) is Role.NONE:
                continue
            changed = {
                source.path: source.sha256
                for template in self._catalog.templates_of(project.id)
                for source in template.sources
                if self._catalog.trusted.has_changed(source)
            }
            if changed:
                texts = (text for pair in sorted(changed.items()) for text in pair)
                distrust = Distrust(project, tuple(sorted(changed)), digest_of(texts))
                yield Concern(Why.NEEDS_ME, distrust)
            if project.notices:
                yield Concern(Why.NEEDS_ME, project)
            standing = self._standings.of(project.id)
            if standing is not None and not standing.report.is_in_step:
                yield Concern(Why.NEEDS_ME, Drift(project, standing.report))

    async def _newest(self, principal: Principal, query: Query) -> Run | None:
        order = await self._runs.order(principal, query, Sort("start", is_descending=True))
        page = await self._runs.page(principal, order.rowids[:1])
        return next(iter(page.values()), None)


def _moves_by_itself(lab: Lab, runs: Sequence[Run]) -> bool:
    """Say whether a lab is on its way and no run that is shown moves it."""
    return lab.state.is_moving and lab.run_id not in {one.id for one in runs}
