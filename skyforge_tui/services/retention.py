"""Output of runs: how much there is, and giving up what is too old or too much."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from skyforge_tui.domain.errors import Conflict, NotFound, SkyforgeError
from skyforge_tui.domain.identity import Principal, ProjectId, RunId, native_of, upstream_of
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.retention import Limits, RetentionPlan, retention_plan
from skyforge_tui.domain.run import Run
from skyforge_tui.ports.bookmarks import BookmarkStore
from skyforge_tui.ports.claims import Claims
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.collection_cache import CollectionCache
from skyforge_tui.ports.log_trimmer import KeptTrimmer, LogTrimmer
from skyforge_tui.services.authorization import Access, Allowed, requires
from skyforge_tui.services.run_index import RunIndex

CLAIM = "retention"
"""One program at a time removes output."""
_ALL = 1 << 40


@dataclass(frozen=True, slots=True)
class Removal:
    """What became of one run's output."""

    run_id: RunId
    number: int
    size: int
    """Bytes that are gone."""
    failure: SkyforgeError | None = None
    """Why they are not."""


class RetentionService:
    """What one may do with output that nobody needs any more."""

    def __init__(
        self,
        index: RunIndex,
        collections: CollectionCache,
        trimmers: Mapping[str, LogTrimmer],
        claims: Claims,
        access: Access,
        clock: Clock,
        limits: Limits,
        house: ProjectId,
        bookmarks: BookmarkStore,
        kept: Mapping[str, KeptTrimmer],
    ) -> None:
        """Take what belongs together; `trimmers` by upstream, `limits` as configured.

        `house` is the project that stands for the state directory itself: it rules over runs of
        projects that are not known here, and over what is kept here of servers' runs: `kept`, by
        upstream.
        """
        self.access = access
        self._index = index
        self._collections = collections
        self._trimmers = trimmers
        self._kept = kept
        self._claims = claims
        self._clock = clock
        self._limits = limits
        self._house = house
        self._bookmarks = bookmarks

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of a run id."""
        return self._owner((await self._index.detail(RunId(str(target)))).run)

    @requires(Permission.RUN_LIST)
    async def limits(self, principal: Principal) -> Limits:
        """Return what is configured."""
        return self._limits

    @requires(Permission.RUN_LIST)
    async def plan(self, principal: Principal, limits: Limits) -> RetentionPlan:
        """Return what there is of runs whose output this person may remove, and what of it goes."""
        runs = await self._index.cache.newest(None)
        sizes = {
            upstream: await asyncio.to_thread(one.sizes) for upstream, one in self._kept.items()
        }
        mine = [
            run for run in _measured(runs, self._trimmers, sizes) if self._may_drop(principal, run)
        ]
        unread = frozenset(await self._collections.due(self._trimmers, _ALL))
        return retention_plan(mine, limits, self._clock.now(), unread)

    @requires(Permission.RUN_LIST)
    async def collect(self, principal: Principal, limits: Limits) -> tuple[Removal, ...]:
        """Remove what goes, the oldest first; what cannot be removed is told and stays.

        Raises:
            Conflict: another program is at it.
            Unavailable: nobody can tell whether one is.
        """
        async with self._claims.claim(CLAIM) as is_ours:
            if not is_ours:
                raise Conflict("another skyforge removes output right now", operation="run.gc")
            plan = await self.plan(principal, limits)
            return tuple(
                [
                    await self._removed(principal, one.run.id, one.run.number, one.cause)
                    for one in plan.doomed
                ]
            )

    @requires(Permission.RUN_DELETE, of="run_id")
    async def drop(self, principal: Principal, run_id: RunId, reason: str) -> int:
        """Remove the output of one run, and the bookmarks in it; return how many bytes there were.

        Raises:
            NotFound: there is no such run.
            Conflict: it has not ended, or its output is being read.
            Unavailable: it cannot be removed.
        """
        upstream = upstream_of(run_id)
        trimmer = self._trimmers.get(upstream) or self._kept.get(upstream)
        if trimmer is None:
            raise NotFound(f"the output of {run_id} is not kept here", operation="run.gc")
        if not (await self._index.detail(run_id)).run.state.is_final:
            raise Conflict(f"run {native_of(run_id)} has not ended", operation="run.gc")
        size = await asyncio.to_thread(trimmer.drop, native_of(run_id), reason)
        if upstream in self._kept:
            return size  # its row says nothing of what is kept here, and it may come again
        await self._bookmarks.drop_all(run_id)
        await self._index.read(upstream, [run_id])
        return size

    def _owner(self, run: Run) -> ProjectId:
        is_kept = upstream_of(run.id) in self._kept
        is_unknown = self.access.project(run.project_id) is None
        return self._house if is_kept or is_unknown else run.project_id

    def _may_drop(self, principal: Principal, run: Run) -> bool:
        decision = self.access.decide(principal, Permission.RUN_DELETE, self._owner(run))
        return isinstance(decision, Allowed)

    async def _removed(
        self, principal: Principal, run_id: RunId, number: int, cause: str
    ) -> Removal:
        reason = f"removed {self._clock.now():%Y-%m-%d}: {cause}"
        try:
            return Removal(run_id, number, await self.drop(principal, run_id, reason))
        except SkyforgeError as error:
            return Removal(run_id, number, 0, error)


def _measured(
    runs: Iterable[Run], local: Container[str], kept: Mapping[str, Mapping[str, int]]
) -> Iterator[Run]:
    """Yield runs whose output is here, those of servers with what is kept of it."""
    for run in runs:
        upstream = upstream_of(run.id)
        if upstream in local:
            yield run
        elif upstream in kept:
            yield replace(run, log_bytes=kept[upstream].get(native_of(run.id), 0))
