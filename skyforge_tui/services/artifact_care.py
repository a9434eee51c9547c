"""Caring for artifacts: found, counted, verified, lent, cleared."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skyforge_tui.domain.artifact import (
    ROOT,
    Artifact,
    ArtifactRef,
    checked_prefix,
    folder_of_run,
    home_of,
)
from skyforge_tui.domain.errors import Invalid, NotFound, SkyforgeError
from skyforge_tui.domain.events import ArtifactsChanged
from skyforge_tui.domain.folding import folded
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.retention import Limits
from skyforge_tui.ports.artifact_store import ArtifactStore, Linking
from skyforge_tui.ports.clock import Clock
from skyforge_tui.services.artifact_views import Held
from skyforge_tui.services.artifacts import ArtifactService
from skyforge_tui.services.authorization import Access, Allowed, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.checksums import Checksums
from skyforge_tui.services.store_pages import PAGE, pages_below
from skyforge_tui.services.store_shelf import StoreShelf

LONGEST_URL = timedelta(days=7)
"""As long as S3 lets an address last."""


class Soundness(StrEnum):
    """How an artifact's bytes are beside its checksum."""

    SOUND = "sound"
    DIFFERENT = "different"
    UNKNOWN = "not noted"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An artifact, and how its bytes are; `reason` says why they cannot be read."""

    artifact: Artifact
    soundness: Soundness
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look through part of a prefix found, among how many."""

    found: tuple[tuple[Artifact, Held], ...]
    among: int
    after: str
    """What to go on behind; empty at the end."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """How much lies below a prefix, or of it goes."""

    count: int
    size: int


@dataclass(frozen=True, slots=True)
class OldRun:
    """All that one run left: its prefix, how much that is, and when the last of it came."""

    prefix: str
    bulk: Bulk
    newest: datetime


class ArtifactCareService:
    """What one may do with many artifacts, and about them."""

    def __init__(
        self,
        artifacts: ArtifactService,
        shelf: StoreShelf,
        sums: Checksums,
        access: Access,
        bus: Bus,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._artifacts = artifacts
        self._shelf = shelf
        self._sums = sums
        self.access = access
        self._bus = bus
        self._clock = clock
        self._limits = limits

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of an artifact's reference."""
        return await self._artifacts.project_of(target)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def find(
        self, principal: Principal, ref: ArtifactRef, text: str, limit: int = 1000
    ) -> tuple[list[Artifact], bool]:
        """Return artifacts below a prefix whose key holds a text, and whether there are more.

        Page by page, as stores know no other way: of many keys it takes a while.
        """
        found, after = list[Artifact](), ""
        while True:
            looked = await self.look(principal, ref, text, after)
            found += [one for one, _ in looked.found]
            after = looked.after
            if len(found) > limit:
                return found[:limit], True
            if not after:
                return found, False

    @requires(Permission.ARTIFACT_LIST)
    async def look(
        self, principal: Principal, ref: ArtifactRef, text: str, after: str = ""
    ) -> Looked:
        """Return which of the next thousand artifacts below a prefix have a text in their key.

        It is looked for below the prefix only, small and large letters alike, and found only where
        one may read.
        """
        prefix, wanted = checked_prefix(ref.key), folded(text)
        page = await self._shelf.of(ref).page(prefix, deep=True, after=after, limit=PAGE)
        found = [
            (one, Held(one.ref, await self.project_of(one.ref)))
            for one in page.artifacts
            if wanted in folded(one.key[len(prefix) :])
        ]
        found = [pair for pair in found if self._may_read(principal, pair[1])]
        return Looked(tuple(found), len(page.artifacts), page.last if page.is_more else "")

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def count(self, principal: Principal, ref: ArtifactRef) -> Bulk:
        """Return how much lies below a prefix, all of it."""
        count = size = 0
        async for page in self._pages(ref):
            count += len(page)
            size += sum(one.size for one in page)
        return Bulk(count, size)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def below(self, principal: Principal, ref: ArtifactRef) -> AsyncGenerator[Artifact, None]:
        """Return every artifact below a prefix, as they are found; the prefix must be one's own."""
        return self._below(ref)

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def verify(self, principal: Principal, ref: ArtifactRef) -> list[Verdict]:
        """Read an artifact, or all below a prefix, and compare with what was noted.

        Raises:
            NotFound: there is nothing.
        """
        store = self._shelf.of(ref)
        try:
            return [await self._verdict(store, await store.head(ref.key))]
        except (NotFound, Invalid):
            verdicts = [
                await self._verdict(store, one) async for page in self._pages(ref) for one in page
            ]
        if not verdicts:
            raise NotFound(f"nothing lies at {ref}", advice="list what is: artifacts ls")
        return verdicts

    @requires(Permission.ARTIFACT_READ, of="ref")
    async def url(self, principal: Principal, ref: ArtifactRef, lasts: timedelta) -> str:
        """Return an address where anybody can read an artifact for a while.

        Raises:
            Invalid: its store has no addresses, or they do not last that long.
            NotFound: there is no such artifact.
        """
        store = self._shelf.of(ref)
        if not isinstance(store, Linking):
            raise Invalid(
                f"{ref.store} is a directory: what is in it has no address",
                operation="artifact.url", advice="copy it to a bucket first: artifacts cp",
            )  # fmt: skip
        if not timedelta(0) < lasts <= LONGEST_URL:
            raise Invalid("an address lasts at most 7 days", operation="artifact.url")
        await store.head(ref.key)
        return await store.url(ref.key, lasts)

    @requires(Permission.ARTIFACT_DELETE, of="ref")
    async def clear(
        self, principal: Principal, ref: ArtifactRef, *, until: datetime | None = None
    ) -> Bulk:
        """Remove all that lies below a prefix, for good; what came after `until` stays.

        Raises:
            Invalid: the prefix is empty: a whole store is not cleared.
        """
        prefix = checked_prefix(ref.key)
        if prefix in ("", ROOT):
            raise Invalid(
                "a whole store is not cleared", operation="artifact.delete",
                advice="say whose: artifacts/PROJECT, or artifacts/PROJECT/RUN",
            )  # fmt: skip
        return await self._cleared(ref, until)

    @requires(Permission.ARTIFACT_LIST)
    async def limits(self, principal: Principal) -> Limits:
        """Return what is configured of how much is kept of what runs left."""
        return self._limits

    @requires(Permission.ARTIFACT_DELETE, of="ref")
    async def outdated(
        self, principal: Principal, ref: ArtifactRef, limits: Limits
    ) -> tuple[Bulk, list[OldRun]]:
        """Return how much runs left below a prefix, and what of it goes by some limits.

        A run's artifacts go as a whole, the oldest first.
        """
        runs: dict[str, OldRun] = {}
        async for page in self._pages(ref):
            for one in page:
                if home_of(one.key).number is None:
                    continue
                prefix = folder_of_run(one.key)
                before = runs.get(prefix) or OldRun(prefix, Bulk(0, 0), one.modified_at)
                bulk = Bulk(before.bulk.count + 1, before.bulk.size + one.size)
                runs[prefix] = OldRun(prefix, bulk, max(before.newest, one.modified_at))
        oldest = sorted(runs.values(), key=lambda run: run.newest)
        left = sum(run.bulk.size for run in oldest)
        total = Bulk(sum(run.bulk.count for run in oldest), left)
        doomed: list[OldRun] = []
        for run in oldest:
            is_old = limits.age is not None and self._clock.now() - run.newest > limits.age
            if is_old or (limits.size is not None and left > limits.size):
                doomed.append(run)
                left -= run.bulk.size
        return total, doomed

    def _may_read(self, principal: Principal, held: Held) -> bool:
        decision = self.access.decide(principal, Permission.ARTIFACT_READ, held.project_id)
        return isinstance(decision, Allowed)

    async def _verdict(self, store: ArtifactStore, artifact: Artifact) -> Verdict:
        try:
            expected = await self._sums.of(store, artifact)
            if not expected:
                return Verdict(artifact, Soundness.UNKNOWN)
            is_sound = await self._sums.counted(store, artifact) == expected
        except SkyforgeError as error:
            return Verdict(artifact, Soundness.UNREADABLE, error.message)
        return Verdict(artifact, Soundness.SOUND if is_sound else Soundness.DIFFERENT)

    async def _cleared(self, ref: ArtifactRef, until: datetime | None) -> Bulk:
        store = self._shelf.writable(ref)
        count = size = 0
        async for page in self._pages(ref):
            doomed = [one for one in page if until is None or one.modified_at <= until]
            keys = [one.key for one in doomed]
            await store.clear(keys)
            await self._sums.forget(store, keys)
            count += len(doomed)
            size += sum(one.size for one in doomed)
        if not count:
            raise NotFound(f"nothing lies below {ref}", advice="list what is: artifacts ls")
        self._bus.publish(ArtifactsChanged(ref.store, frozenset({ref.key})))
        return Bulk(count, size)

    async def _below(self, ref: ArtifactRef) -> AsyncGenerator[Artifact, None]:
        async for page in self._pages(ref):
            for one in page:
                yield one

    def _pages(self, ref: ArtifactRef) -> AsyncGenerator[Sequence[Artifact], None]:
        return pages_below(self._shelf.of(ref), checked_prefix(ref.key))
