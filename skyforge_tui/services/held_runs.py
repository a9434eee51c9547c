"""Runs that hosts of labs keep for good, and giving up those that are too old or too many there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from skyforge_tui.domain.errors import Conflict, NotFound, SkyforgeError
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import Principal, ProjectId, RunId, native_of
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.retention import HeldLimits, RetentionPlan, held_plan
from skyforge_tui.ports.claims import Claims
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.log_trimmer import KeptTrimmer
from skyforge_tui.ports.run_keeper import RunKeeper
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access, Allowed, requires

CLAIM = "held-runs"
"""One program at a time removes runs of hosts."""
_ALL = 1 << 40
_NOTHING = RetentionPlan(0, 0, (), 0, 0)


@dataclass(frozen=True, slots=True)
class HostPlan:
    """What there is on one host, and what of it goes."""

    upstream: str
    plan: RetentionPlan = _NOTHING
    failure: SkyforgeError | None = None
    """Why it does not tell."""


@dataclass(frozen=True, slots=True)
class HostRemoval:
    """What became of the runs of one host."""

    upstream: str
    gone: frozenset[RunId] = frozenset()
    failure: SkyforgeError | None = None


class HeldRunsService:
    """What one may do with runs that hosts keep and nobody needs any more."""

    def __init__(
        self,
        keepers: Iterable[RunKeeper],
        kept: Mapping[str, KeptTrimmer],
        artifacts: ArtifactService,
        claims: Claims,
        access: Access,
        clock: Clock,
        limits: HeldLimits,
    ) -> None:
        """Take what belongs together; `kept` is what was brought here of them, by upstream.

        `artifacts` knows which of them were to leave something that nobody has fetched yet.
        """
        self.access = access
        self._keepers = {one.upstream: one for one in keepers}
        self._kept = kept
        self._artifacts = artifacts
        self._claims = claims
        self._clock = clock
        self._limits = limits

    async def project_of(self, target: object) -> ProjectId:
        """Return what stands for the host of this name.

        Raises:
            NotFound: there is none.
        """
        return self._keeper(str(target)).project_id

    @requires(Permission.RUN_LIST)
    async def limits(self, principal: Principal) -> HeldLimits:
        """Return what is configured."""
        return self._limits

    @requires(Permission.RUN_LIST)
    async def plan(self, principal: Principal, limits: HeldLimits) -> tuple[HostPlan, ...]:
        """Ask every host whose runs this person may remove what there is, and what of it goes."""
        mine = [one for one in self._keepers.values() if self._may_remove(principal, one)]
        unread = frozenset(await self._artifacts.due(principal, _ALL)) if mine else frozenset()
        return tuple(await asyncio.gather(*(self._planned(one, limits, unread) for one in mine)))

    @requires(Permission.RUN_LIST)
    async def collect(self, principal: Principal, limits: HeldLimits) -> tuple[HostRemoval, ...]:
        """Remove what goes from every host; one that does not answer is told.

        Raises:
            Conflict: another program is at it.
            Unavailable: nobody can tell whether one is.
        """
        async with self._claims.claim(CLAIM) as is_ours:
            if not is_ours:
                raise Conflict("another skyforge removes runs right now", operation="run.gc")
            plans = await self.plan(principal, limits)
            return tuple([await self._removed(principal, one) for one in plans])

    @requires(Permission.RUN_DELETE, of="upstream")
    async def remove(
        self, principal: Principal, upstream: str, run_ids: frozenset[RunId]
    ) -> frozenset[RunId]:
        """Remove runs from a host, and what is kept of them here; return those that are gone.

        Raises:
            NotFound: there is no such host.
            Unavailable, NotSignedIn: it does not answer.
        """
        gone = await self._keeper(upstream).remove(run_ids)
        if (trimmer := self._kept.get(upstream)) is not None:
            for one in gone:
                with suppress(SkyforgeError):  # somebody reads it yet, or it was never here
                    await asyncio.to_thread(trimmer.drop, native_of(one), "")
        return gone

    async def _planned(
        self, keeper: RunKeeper, limits: HeldLimits, unread: frozenset[RunId]
    ) -> HostPlan:
        try:
            runs = await keeper.all()
        except SkyforgeError as error:
            return HostPlan(keeper.upstream, failure=error)
        return HostPlan(keeper.upstream, held_plan(runs, limits, self._clock.now(), unread))

    async def _removed(self, principal: Principal, host: HostPlan) -> HostRemoval:
        ids = frozenset(one.run.id for one in host.plan.doomed)
        if host.failure is not None or not ids:
            return HostRemoval(host.upstream, failure=host.failure)
        try:
            return HostRemoval(host.upstream, await self.remove(principal, host.upstream, ids))
        except SkyforgeError as error:
            return HostRemoval(host.upstream, failure=error)

    def _may_remove(self, principal: Principal, keeper: RunKeeper) -> bool:
        """Say whether this person may; from a server that is read-only nobody removes, no job."""
        decision = self.access.decide(principal, Permission.RUN_DELETE, keeper.project_id)
        is_guarded = self.access.guard(keeper.project_id) is Guard.READ_ONLY
        return isinstance(decision, Allowed) and not is_guarded

    def _keeper(self, upstream: str) -> RunKeeper:
        keeper = self._keepers.get(upstream)
        if keeper is None:
            raise NotFound(f"no host named {upstream} keeps runs", operation="run.gc")
        return keeper
