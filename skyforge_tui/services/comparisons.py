"""Comparing what runs left: with the last good run that did the same, or with a chosen one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from difflib import unified_diff

from skyforge_tui.domain.artifact import ArtifactRef
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.comparison import Comparison, compared
from skyforge_tui.domain.identity import Principal, ProjectId, RunId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.ports.collection_cache import CollectionCache
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.run_index import RunIndex

_DIFFED = 1 << 20
"""Bytes of each of two artifacts that are compared line by line."""
_LOOKED_BACK = 200
"""Runs of a template among which those are looked for that can be compared with."""


@dataclass(frozen=True, slots=True)
class Rival:
    """A run that did the same as another one, and what was kept of it."""

    run: Run
    made: Collection


class ComparisonService:
    """What one may compare."""

    def __init__(
        self,
        artifacts: ArtifactService,
        index: RunIndex,
        collections: CollectionCache,
        access: Access,
    ) -> None:
        self._artifacts = artifacts
        self._index = index
        self._collections = collections
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of an artifact's reference."""
        return await self._artifacts.project_of(target)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def rivals(self, principal: Principal, ref: ArtifactRef) -> list[Rival]:
        """Return the other runs that did what the run of a key or prefix did, newest first.

        Only those of which something was kept; none where no run made what is there.
        """
        run = await self._artifacts.maker(principal, ref)
        return [] if run is None else await self._rivals(run)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def compare(
        self, principal: Principal, ref: ArtifactRef, other: RunId | None = None
    ) -> Comparison | None:
        """Return what the run of a key or prefix left beside what `other` left.

        Without `other`, or when that one did something else: the last good run before it. None
        where no run made what is there, or nothing of it was kept, or there is nothing to compare
        with.
        """
        run = await self._artifacts.maker(principal, ref)
        mine = None if run is None else await self._collections.get(run.id)
        if run is None or mine is None or not mine.prefix:
            return None
        rivals = await self._rivals(run)
        chosen = [one for one in rivals if one.run.id == other]
        good = (one for one in rivals if one.run.state is RunState.SUCCESS)
        before = [one for one in good if one.run.created_at < run.created_at]
        for rival in (chosen or before)[:1]:
            sums = await self._sums(principal, mine)
            theirs = await self._sums(principal, rival.made)
            return compared(rival.run, mine.prefix, sums, rival.made.prefix, theirs)
        return None

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def difference(self, principal: Principal, ref: ArtifactRef, other: ArtifactRef) -> str:
        """Return how one artifact's text becomes another's, as a diff; of both the first MiB.

        Where one of them is no text, it only says whether they are the same.
        """
        pair = [await self._artifacts.known(principal, one) for one in (ref, other)]
        starts = [await self._artifacts.start(principal, one, _DIFFED) for one in (ref, other)]
        is_cut = any(one.size > _DIFFED for one in pair)
        tail = f"\n# only the first {_DIFFED:,} bytes of each were looked at\n" if is_cut else ""
        if starts[0] == starts[1] and pair[0].size == pair[1].size:
            return f"# both begin alike\n{tail}" if is_cut else "# they are the same\n"
        try:
            before, after = (one.decode().splitlines() for one in starts)
        except UnicodeDecodeError:
            if not is_cut:
                return "# they differ, and one of them is no text\n"
            before, after = (one.decode("utf-8", "replace").splitlines() for one in starts)
        rows = await asyncio.to_thread(
            lambda: list(unified_diff(before, after, str(ref), str(other), lineterm=""))
        )
        return "\n".join(rows) + "\n" + tail

    async def _rivals(self, run: Run) -> list[Rival]:
        latest = await self._index.cache.latest(run.template_id, _LOOKED_BACK)
        alike = [one for one in latest if one.doing == run.doing and one.id != run.id]
        made = [(one, await self._collections.get(one.id)) for one in alike]
        return [Rival(one, kept) for one, kept in made if kept is not None and kept.prefix]

    async def _sums(self, principal: Principal, made: Collection) -> dict[str, str]:
        return await self._artifacts.checksums(principal, ArtifactRef(made.store, made.prefix))
