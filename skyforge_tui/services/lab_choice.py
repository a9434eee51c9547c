"""On which lab servers a project's labs run: looked at, and chosen by a commit to its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import Conflict, Invalid, Stale
from skyforge_tui.domain.events import SyncRequested
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import Principal, ProjectId, upstream_of
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import PATH
from skyforge_tui.ports.manifest_files import ManifestFiles
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.lab_index import LabIndex
from skyforge_tui.services.record import Doing, Record, recorded

OPERATION: Final = "project.choose"
_TRIES: Final = 3
"""How often a choice is written anew onto what somebody else has written meanwhile."""


@dataclass(frozen=True, slots=True)
class LabPlace:
    """Something that runs labs."""

    name: str
    kind: str = ""
    """Empty of one that is chosen and that nobody here knows."""
    mode: UpstreamState = UpstreamState.UNKNOWN
    labs: int = 0
    """How many it has, as far as one may see."""


@dataclass(frozen=True, slots=True)
class LabChoice:
    """Where a project's labs run, and where they could."""

    project: Project
    chosen: tuple[str, ...]
    """The first one is asked first; none: everything that runs labs is."""
    places: tuple[LabPlace, ...]
    """Those that are chosen first, in that order; then the others as they are configured."""


def _chooses(_: object, call: Mapping[str, Any], __: object) -> Iterator[Doing]:
    yield Doing(Deed.WRITE, f"{PATH}: {_subject(call['names'])}", call["project_id"])


class LabChoiceService:
    """What one may know and change of where a project's labs run."""

    def __init__(
        self,
        manifests: Iterable[ManifestFiles],
        index: LabIndex,
        access: Access,
        record: Record,
        bus: Bus,
    ) -> None:
        self._manifests = {one.upstream: one for one in manifests}
        self._index = index
        self.access = access
        self.record = record
        self._bus = bus

    async def project_of(self, target: object) -> ProjectId:
        """Return the project itself."""
        return ProjectId(str(target))

    @requires(Permission.PROJECT_READ, of="project_id")
    async def look(self, principal: Principal, project_id: ProjectId) -> LabChoice:
        """Return where a project's labs run as its manifest says now, and where they could.

        Raises:
            Invalid: it has no manifest, or one that cannot be read.
        """
        project, files = self._held(project_id)
        chosen = (await files.read(project)).manifest.lab_servers
        return LabChoice(project, chosen, self._places(chosen))

    @recorded(_chooses)
    @requires(Permission.REPOSITORY_WRITE, of="project_id")
    async def choose(
        self,
        principal: Principal,
        project_id: ProjectId,
        names: Sequence[str],
        seen: Sequence[str] | None = None,
    ) -> LabChoice:
        """Have labs run on these servers, in this order; on any where there is none.

        What else others have written meanwhile stays. `seen` is what was chosen when the person
        looked: when it is not that any more, nothing is written.

        Raises:
            Invalid: nothing would change, or no server is called so.
            Conflict: somebody else has chosen others meanwhile.
        """
        project, files = self._held(project_id)
        before = await files.read(project)
        wanted = tuple(dict.fromkeys(names))
        self._check(wanted, before.manifest.lab_servers)
        for _ in range(_TRIES):
            now = before.manifest.lab_servers
            if seen is not None and now != tuple(seen):
                raise Conflict(
                    f"somebody else chose {_listed(now)} for {project.slug} meanwhile",
                    operation=OPERATION, advice="look at it, then choose again",
                )  # fmt: skip
            if now == wanted:
                raise Invalid(f"{project.slug} says so already", operation=OPERATION)
            message = f"{_subject(wanted)}\n\nAs {principal.username}"
            manifest = replace(before.manifest, lab_servers=wanted)
            try:
                await files.write(project, manifest, before, message)
            except Stale:
                before = await files.read(project)
                seen = now if seen is None else seen
                continue
            self._bus.publish(SyncRequested(project_id))
            return LabChoice(project, wanted, self._places(wanted))
        raise Conflict(
            f"{PATH} of {project.slug} changes all the time", operation=OPERATION,
            advice="try again",
        )  # fmt: skip

    def _check(self, wanted: Sequence[str], chosen: Sequence[str]) -> None:
        known = [one.provider for one in self._index.sources()]
        for name in wanted:
            if name not in known and name not in chosen:
                there = ", ".join(known) or "none"
                raise Invalid(
                    f"nothing that runs labs is called {name}", operation=OPERATION,
                    advice=f"there are: {there}",
                )  # fmt: skip

    def _places(self, chosen: Sequence[str]) -> tuple[LabPlace, ...]:
        labs = [one.provider for one in self._index.labs()]
        known = {
            one.provider: LabPlace(one.provider, one.kind, one.mode, labs.count(one.provider))
            for one in self._index.sources()
        }
        first = [known.pop(name, LabPlace(name)) for name in chosen]
        return (*first, *known.values())

    def _held(self, project_id: ProjectId) -> tuple[Project, ManifestFiles]:
        project = self.access.known(project_id)
        files = self._manifests.get(upstream_of(project_id))
        if project.manifest is None or files is None:
            raise Invalid(
                f"{project.slug} has no {PATH}", operation=OPERATION,
                advice="projects adopt writes one",
            )  # fmt: skip
        return project, files


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _subject(names: Sequence[str]) -> str:
    """Return a choice in a line, as the subject of a commit."""
    return f"Run labs on {', '.join(names)}" if names else "Leave open where labs run"
