"""What is known of labs, and the reading of more: one memory in front of every lab provider.

Not a service: nobody outside `services` and the composition root calls it, so it checks nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.events import LabsChanged
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, upstream_of
from skyforge_tui.domain.lab import Lab, LabDetail, LabSource, LabState, LabStep
from skyforge_tui.domain.lab_action import ExportedLab, LabAction, LabProgress
from skyforge_tui.ports.lab_actions import why_not
from skyforge_tui.ports.lab_cache import LabCache
from skyforge_tui.ports.lab_provider import (
    LabListing,
    LabProvider,
    LabQuery,
    ProgressStamp,
    Pushing,
)
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.deadlines import in_time
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.services.lab_asking import late_listing, query_of
from skyforge_tui.services.lab_notes import SourceNotes, differs
from skyforge_tui.services.reconcile import Difference, reconcile


class LabIndex:
    """Keeps the lab cache in step with the providers; what they told last is in memory."""

    def __init__(
        self, providers: Iterable[LabProvider], cache: LabCache, health: HealthBoard, bus: Bus
    ) -> None:
        self._providers = {one.upstream: one for one in providers}
        self._cache = cache
        self._health = health
        self._bus = bus
        self._labs: dict[LabId, Lab] = {}
        self._sources: dict[str, LabSource] = {}
        self._details: dict[LabId, LabDetail] = {}
        self._under_way: dict[LabId, tuple[LabState, LabProgress]] = {}
        self._done: dict[LabId, tuple[LabStep, ...]] = {}
        """What was done to labs from here, last of all, step by step."""
        self._reading = {one: asyncio.Lock() for one in self._providers}
        self._taking = asyncio.Lock()
        self._notes = SourceNotes()

    @property
    def near(self) -> tuple[str, ...]:
        """The names of the providers that tell cheaply whether labs have moved on."""
        return tuple(
            name for name, one in self._providers.items() if isinstance(one, ProgressStamp)
        )

    def changes(self, upstream: str) -> AsyncGenerator[None, None] | None:
        """Return what tells when a provider's labs move; None where it does not tell."""
        provider: object = self._providers.get(upstream)
        return provider.changes() if isinstance(provider, Pushing) else None

    @property
    def upstreams(self) -> tuple[str, ...]:
        """The names of the providers, in the configured order."""
        return tuple(self._providers)

    async def open(self) -> None:
        """Remember what was cached; call once, before anything else."""
        configured = self._providers
        self._labs = {
            one.id: one for one in await self._cache.labs() if upstream_of(one.id) in configured
        }
        self._sources = {
            one.provider: one for one in await self._cache.sources() if one.provider in configured
        }
        self._notes.remember(self._sources.values())
        for source in self._sources.values():
            if source.as_of is not None:
                self._health.remembered(source.provider, source.as_of)

    def labs(self) -> tuple[Lab, ...]:
        """Return the labs as last seen; those that something is done to say so."""
        return tuple(map(self._with_progress, self._labs.values()))

    def lab(self, lab_id: LabId) -> Lab | None:
        """Return a lab as last seen; what is done to it counts."""
        lab = self._labs.get(lab_id)
        return None if lab is None else self._with_progress(lab)

    def sources(self) -> tuple[LabSource, ...]:
        """Return how the providers answered last, in the configured order."""
        return tuple(self._sources[one] for one in self._providers if one in self._sources)

    def source(self, upstream: str) -> LabSource | None:
        """Return how a provider answered last."""
        return self._sources.get(upstream)

    def provider(self, lab_id: LabId) -> LabProvider:
        """Return the provider of a lab.

        Raises:
            NotFound: none of that name is configured.
        """
        found = self._providers.get(upstream_of(lab_id))
        if found is None:
            raise NotFound(f"no lab provider named {upstream_of(lab_id)}")
        return found

    def why_not(self, upstream: str, action: LabAction) -> str:
        """Say why a provider cannot do something; empty when it can. Safe from any thread."""
        provider = self._providers.get(upstream)
        return f"no server runs {upstream}" if provider is None else why_not(provider, action)

    def able(self, lab_id: LabId, action: LabAction) -> Any:
        """Return the provider of a lab, which has the ability.

        Raises:
            NotFound: nobody of that name runs labs.
            Conflict: it cannot do that; says why.
        """
        provider = self.provider(lab_id)
        if reason := why_not(provider, action):
            raise Conflict(reason, upstream=provider.upstream, operation=f"lab.{action}")
        return provider

    async def export(self, lab_id: LabId) -> ExportedLab:
        """Return a lab as a file. Raises: as `able`, and as `LabExporter.export`."""
        exported: ExportedLab = await self.able(lab_id, LabAction.EXPORT).export(lab_id)
        return exported

    def begin(self, lab_id: LabId, state: LabState, progress: LabProgress) -> None:
        """Show from now on that something is done to a lab, and how far that is."""
        if lab_id not in self._under_way:
            self._done.pop(lab_id, None)
        if progress.step is not None:
            self._done[lab_id] = (*self._done.get(lab_id, ()), progress.step)
        self._under_way[lab_id] = (state, progress)
        self._bus.publish(LabsChanged(frozenset({lab_id})))

    def end(self, lab_id: LabId) -> None:
        """Show a lab again as its provider tells it."""
        if self._under_way.pop(lab_id, None) is not None:
            self._bus.publish(LabsChanged(frozenset({lab_id})))

    def changed(self, lab_id: LabId) -> None:
        """Have whoever shows a lab look at it again, though its row may be as before."""
        self._bus.publish(LabsChanged(frozenset({lab_id})))

    def acted_on(self) -> tuple[Lab, ...]:
        """Return the labs that something is done to just now, from here. Safe from any thread."""
        return tuple(one for one in self.labs() if one.id in self._under_way)

    def is_under_way(self, lab_id: LabId) -> bool:
        """Say whether something is done to a lab just now."""
        return lab_id in self._under_way

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Ask a lab's provider for all there is, and remember it; the lab's row is as new.

        Raises:
            NotFound: there is no such lab.
            Unavailable: the provider did not answer.
        """
        found = await self.provider(lab_id).detail(lab_id)
        self._details[lab_id] = found
        if lab_id in self._labs and self._labs[lab_id] != found.lab:
            async with self._taking:
                await self._cache.write([found.lab], [], [])
                self._labs = {**self._labs, lab_id: found.lab}
            self._bus.publish(LabsChanged(frozenset({lab_id})))
        return self._with_steps(replace(found, lab=self._with_progress(found.lab)))

    def told(self, lab_id: LabId) -> LabDetail | None:
        """Return what a lab's provider told last of it, if it was asked since the start."""
        told = self._details.get(lab_id)
        return None if told is None else self._with_steps(told)

    def _with_steps(self, detail: LabDetail) -> LabDetail:
        """Return a lab with what was done to it from here behind what its provider tells."""
        done = self._done.get(detail.lab.id, ())
        return replace(detail, steps=(*detail.steps, *done)) if done else detail

    async def stamp(self) -> str:
        """Return a text that differs whenever labs may have moved on, where that is cheap."""
        stamps = [
            await one.progress_stamp()
            for one in self._providers.values()
            if isinstance(one, ProgressStamp)
        ]
        return "\n".join(stamps)

    async def read(
        self,
        sizes: Mapping[str, int],
        *,
        brief: bool = False,
        only: Collection[str] | None = None,
        patience: timedelta | None = None,
    ) -> None:
        """Ask every provider, or `only` these; write what differs, then tell.

        Each one's labs are known as soon as it has answered: nobody waits for another. A silent
        one's labs stay as known, and so do those of one that takes longer than `patience`, of
        which that is said. `sizes` says how many nodes topologies name, by folder.
        """
        asked = [one for name, one in self._providers.items() if only is None or name in only]
        known = self._labs.values()
        queries = (query_of(one.upstream, known, sizes, is_brief=brief) for one in asked)
        reading = (self._read(*both, patience) for both in zip(asked, queries, strict=True))
        await asyncio.gather(*reading)

    async def _read(
        self, provider: LabProvider, query: LabQuery, patience: timedelta | None
    ) -> None:
        async with self._reading[provider.upstream]:
            listing = await self._listing(provider, query, patience)
            async with self._taking:
                await self._take(provider.upstream, listing)

    async def _listing(
        self, provider: LabProvider, query: LabQuery, patience: timedelta | None
    ) -> LabListing:
        name = provider.upstream
        try:
            return await in_time(provider.list_for_user(query), patience, name)
        except Unavailable as error:
            before = self._sources.get(name)
            return late_listing(provider, before, error.message, is_brief=query.is_brief)

    async def _take(self, upstream: str, listing: LabListing) -> None:
        sources = [self._with_last_answer(one) for one in listing.sources]
        known = {key: one for key, one in self._labs.items() if upstream_of(key) == upstream}
        seen = known
        if all(one.mode is UpstreamState.LIVE for one in listing.sources):
            seen = {one.id: self._with_counts(one, listing.is_brief) for one in listing.labs}
        difference = reconcile(seen, known, listing.unreadable)
        is_news = any(differs(one, self._sources.get(one.provider)) for one in sources)
        changed = [*difference.added.values(), *difference.changed.values()]
        if difference or is_news or self._notes.are_old(sources):
            await self._cache.write(changed, difference.gone, sources)
            self._notes.remember(sources)
        self._remember(difference, sources)
        if difference or is_news:
            self._bus.publish(LabsChanged(difference.keys))

    def _remember(self, difference: Difference[LabId, Lab], sources: Sequence[LabSource]) -> None:
        kept = {key: one for key, one in self._labs.items() if key not in difference.gone}
        self._labs = kept | difference.added | difference.changed
        for lab_id in difference.gone:
            self._details.pop(lab_id, None)
            self._done.pop(lab_id, None)
        self._sources = {**self._sources, **{one.provider: one for one in sources}}
        for source in sources:
            match source.mode:
                case UpstreamState.LIVE if source.as_of is not None:
                    self._health.answered(source.provider, source.as_of)
                case UpstreamState.DISABLED:
                    self._health.disabled(source.provider, source.error)
                case _:
                    self._health.failed(source.provider, Unavailable(source.error))

    def _with_progress(self, lab: Lab) -> Lab:
        if lab.id not in self._under_way:
            return lab
        state, progress = self._under_way[lab.id]
        up = lab.nodes_up
        if progress.done is not None and state is LabState.STARTING:
            up = progress.done
        if progress.done is not None and progress.total and state is LabState.STOPPING:
            up = progress.total - progress.done
        return replace(lab, state=state, step=progress.text, note="", nodes_up=up)

    def _with_last_answer(self, source: LabSource) -> LabSource:
        """Return a source with the time of its last answer, if it is silent now."""
        before = self._sources.get(source.provider)
        if source.as_of is None and before is not None:
            return replace(source, as_of=before.as_of)
        return source

    def _with_counts(self, lab: Lab, is_brief: bool) -> Lab:
        """Return a briefly listed lab with what was counted before and still holds."""
        before = self._labs.get(lab.id)
        if not is_brief or before is None or before.directory != lab.directory:
            return lab
        if before.updated_at == lab.updated_at and before.state is not LabState.UNKNOWN:
            # Nothing was written down since: what the nodes themselves told is worth more.
            stands = before.state.is_moving is lab.state.is_moving
            return before if stands and lab.state is not LabState.FAILED else lab
        total = lab.nodes_total or before.nodes_total
        return replace(lab, nodes_total=total, topology=before.topology)
