"""Labs of every provider: listing, looking closer, and what of the workspace made them.

A lab is started and stopped by runs of the topology it is made from.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable, there_are
from skyforge_tui.domain.events import LabSyncRequested
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, Principal, ProjectId, Role
from skyforge_tui.domain.lab import Lab, LabDetail, LabSource, LabState
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import Template
from skyforge_tui.ports.lab_provider import GraphSource, Metadata, Reporter
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.lab_homes import keep_grants
from skyforge_tui.services.lab_index import LabIndex
from skyforge_tui.services.lab_links import CONTAINERLAB, NETLAB, LabLinks, is_changing, provider_of
from skyforge_tui.services.lab_markers import LabsBeside

_NOT_STARTED = "addresses and links: netlab tells them once the lab was started here"


@dataclass(frozen=True, slots=True)
class LabsView:
    """The labs one may see, and how their providers answered."""

    labs: tuple[Lab, ...]
    sources: tuple[LabSource, ...]


class LabService:
    """What one may do with labs."""

    def __init__(
        self, index: LabIndex, links: LabLinks, marked: LabsBeside, access: Access, bus: Bus
    ) -> None:
        self._index = index
        self._links = links
        self._marked = marked
        self.access = access
        self._bus = bus

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of a lab; only labs that belong to one have it.

        Raises:
            NotFound: there is no such lab, or it belongs to no project.
        """
        lab = self._index.lab(LabId(str(target)))
        project_id = None if lab is None else self._links.linked(lab).project_id
        if project_id is None:
            raise NotFound(f"no project holds the lab {target}")
        return project_id

    # What one may ask.

    @requires(Permission.LAB_LIST)
    async def all(self, principal: Principal) -> LabsView:
        """Return the labs this person may see, by name: those at rest last, before them markers."""
        live = [await self._links.with_run(self._links.linked(one)) for one in self._index.labs()]
        labs = [*live, *await self._at_rest(principal, live)]
        labs += await self._marked.beside(labs)
        visible = (one for one in labs if self._is_visible(principal, one))
        return LabsView(tuple(sorted(visible, key=_order)), self._index.sources())

    @requires(Permission.LAB_READ)
    async def get(self, principal: Principal, lab_id: LabId) -> LabDetail:
        """Return a lab with its nodes, links and steps, asked of its provider now.

        Raises:
            NotFound: there is none, or this person may not see it.
            Unavailable: the provider did not answer.
        """
        lab = await self._visible(principal, lab_id)
        if self._index.lab(lab_id) is None:
            if lab.state is LabState.MARKER:
                return await self._marked.detail(lab_id)
            return LabDetail(lab, self._links.nodes_of(lab), missing=(_NOT_STARTED,))
        detail = await self._index.detail(lab_id)
        linked = await self._links.with_run(self._links.linked(detail.lab))
        return replace(detail, lab=linked)

    @requires(Permission.LAB_READ)
    async def known(self, principal: Principal, lab_id: LabId) -> LabDetail:
        """Return a lab with what was told of it before; nobody is asked.

        Raises:
            NotFound: there is none, or this person may not see it.
        """
        lab = await self._visible(principal, lab_id)
        told = self._index.told(lab_id)
        if told is not None:
            return replace(told, lab=lab)
        return LabDetail(lab, self._links.nodes_of(lab))

    @requires(Permission.LAB_READ)
    async def template_for(self, principal: Principal, lab_id: LabId) -> Template | None:
        """Return the topology a lab is made from; None when the workspace does not hold it.

        Raises: NotFound, as `get`.
        """
        return self._links.template_of(await self._visible(principal, lab_id))

    @requires(Permission.LAB_READ)
    async def runs(self, principal: Principal, lab_id: LabId, limit: int) -> list[Run]:
        """Return the newest runs that had to do with a lab, newest first.

        Raises: NotFound, as `get`.
        """
        return await self._links.runs_of(await self._visible(principal, lab_id), limit)

    @requires(Permission.LAB_LIST)
    async def find(self, principal: Principal, name: str) -> Lab:
        """Return the lab people call `name`: its id, name, or folder.

        Raises:
            NotFound: there is none.
            Conflict: several are called so.
        """
        view = await self.all(principal)
        for lab in view.labs:
            if name == lab.id:
                return lab
        hits = [one for one in view.labs if name in (one.name, one.directory)]
        if len(hits) > 1:
            ids = ", ".join(one.id for one in hits)
            raise Conflict(f"several labs are called {name}", advice=f"say one of {ids}")
        if not hits:
            known = there_are([one.name for one in view.labs])
            raise NotFound(f"no lab named {name}", advice=known)
        return hits[0]

    @requires(Permission.LAB_READ)
    async def metadata(self, principal: Principal, lab_id: LabId) -> Metadata:
        """Return the open map that the lab's provider keeps of it; as `get`."""
        await self._started(principal, lab_id)
        return await self._index.provider(lab_id).get_metadata(lab_id)

    @requires(Permission.LAB_READ)
    async def report(self, principal: Principal, lab_id: LabId, name: str) -> str:
        """Return one of the reports that the provider writes on a lab.

        Raises: as `get`; Conflict when the provider writes none.
        """
        await self._started(principal, lab_id)
        provider = self._index.provider(lab_id)
        if not isinstance(provider, Reporter):
            raise Conflict(f"{provider.upstream} writes no reports")
        return await provider.report(lab_id, name)

    @requires(Permission.LAB_READ)
    async def graph(self, principal: Principal, lab_id: LabId) -> str:
        """Return a lab's links in the DOT language; as `report`."""
        await self._started(principal, lab_id)
        provider = self._index.provider(lab_id)
        if not isinstance(provider, GraphSource):
            raise Conflict(f"{provider.upstream} draws no graphs")
        return await provider.graph(lab_id)

    # Reading anew: what screens ask for and jobs do.

    @requires(Permission.LAB_LIST)
    async def request_sync(self, principal: Principal) -> None:
        """Ask for a fresh look; whoever syncs hears it."""
        self._bus.publish(LabSyncRequested())

    @requires(Permission.LAB_LIST)
    async def sync(
        self,
        principal: Principal,
        brief: bool = False,
        only: Collection[str] | None = None,
        patience: timedelta | None = None,
    ) -> None:
        """Ask every provider, or `only` these; silent ones say so in their source.

        One that takes longer than `patience` counts as silent. A brief look finds states and
        steps, without starting programs.
        """
        sizes = self._links.sizes()
        await self._index.read(sizes, brief=brief, only=only, patience=patience)
        keep_grants(self.access, self._index.sources())

    @requires(Permission.LAB_LIST)
    async def changes(
        self, principal: Principal, upstream: str
    ) -> AsyncGenerator[None, None] | None:
        """Return what tells when a provider's labs move; None where it does not tell."""
        return self._index.changes(upstream)

    @requires(Permission.LAB_LIST)
    async def near(self, principal: Principal) -> tuple[str, ...]:
        """Return the providers that tell cheaply whether labs have moved on."""
        return self._index.near

    @requires(Permission.LAB_LIST)
    async def is_moving(self, principal: Principal, upstream: str = "") -> bool:
        """Say whether a lab is on its way to another state, or a run changes one.

        With an `upstream`, only its own labs count; without one, those that are not elsewhere.
        """
        if upstream:
            mine = (one for one in self._index.labs() if one.provider == upstream)
            return any(one.state.is_moving for one in mine)
        near = self._index.near
        if any(one.state.is_moving for one in self._index.labs() if one.provider in near):
            return True
        return any(is_changing(one) for one in (await self._links.last()).values())

    @requires(Permission.LAB_LIST)
    async def stamp(self, principal: Principal) -> tuple[str, str]:
        """Return two texts that differ whenever providers, or runs of topologies, moved on."""
        last, stamp = await asyncio.gather(self._links.last(), self._index.stamp())
        return stamp, " ".join(f"{one.id}={one.state}" for one in last.values())

    async def _at_rest(self, principal: Principal, live: list[Lab]) -> list[Lab]:
        last, labs = await self._links.last(), list[Lab]()
        for provider in dict.fromkeys(map(provider_of, self._links.topologies())):
            source = self._index.source(provider)
            if source is not None and source.mode is UpstreamState.LIVE:
                owner = principal.username if provider in (NETLAB, CONTAINERLAB) else ""
                labs += self._links.at_rest(live, last, provider, owner)
            # Of others nobody knows whether they rest.
        return labs

    async def _visible(self, principal: Principal, lab_id: LabId) -> Lab:
        for lab in (await self.all(principal)).labs:
            if lab.id == lab_id:
                return lab
        raise NotFound(f"no lab {lab_id}", advice="list them with labs ls")

    async def _started(self, principal: Principal, lab_id: LabId) -> None:
        lab = await self._visible(principal, lab_id)
        if self._index.lab(lab_id) is None:
            if lab.state is LabState.MARKER:
                raise Unavailable(f"{lab.name} is {lab.note}", advice="look at that run")
            raise Unavailable("it was not started here", advice="start it first")

    def _is_visible(self, principal: Principal, lab: Lab) -> bool:
        """Say whether the lab is in a project of theirs, or in none: then it is their own."""
        if lab.project_id is None:
            return True
        return self.access.role(principal, lab.project_id) > Role.NONE


def _order(lab: Lab) -> tuple[int, str, str, str]:
    rank = {LabState.MARKER: 1, LabState.STOPPED: 2}.get(lab.state, 0)
    return rank, lab.name.lower(), lab.provider, lab.id
