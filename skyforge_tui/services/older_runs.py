"""Runs that servers have and do not list by themselves: counted, and read when somebody asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from skyforge_tui.domain.identity import Principal, ProjectId, Role, TemplateId, upstream_of
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.cache import RunOrder
from skyforge_tui.ports.run_engine import Deep
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.run_index import RunIndex

_AT_ONCE = 8
"""Templates whose runs are read for one asking: each is a request, and a long answer."""


@dataclass(frozen=True, slots=True)
class Older:
    """What is not here of what servers have."""

    read: int = 0
    """Runs that were read just now."""
    left: int = 0
    """Runs that can still be asked for."""
    beyond: int = 0
    """Runs that their servers count, and do not list however they are asked."""
    upstreams: tuple[str, ...] = ()
    """Whose they are."""


class OlderRunsService:
    """What one may know of runs that are not listed."""

    def __init__(self, index: RunIndex, catalog: Catalog, access: Access) -> None:
        self._index = index
        self._catalog = catalog
        self.access = access
        self._asked: set[TemplateId] = set()
        """Templates all of whose runs were asked for: there is no more to be had."""

    async def project_of(self, target: object) -> ProjectId:
        """Return the target itself: every guarded one is a project."""
        return ProjectId(str(target))

    @requires(Permission.RUN_LIST)
    async def count(self, principal: Principal, order: RunOrder) -> int:
        """Return how many runs servers have beside those in `order`."""
        there = self._counts()
        return sum(
            max(0, sum(there[one].values()) - order.by_project.get(one, 0))
            for one in self._readable(principal, there)
        )

    @requires(Permission.RUN_LIST)
    async def read(self, principal: Principal) -> Older:
        """Read older runs, of those templates first that lack most.

        Raises:
            Unavailable, Refused: a server did not answer; what was read stays.
        """
        before = await self._missing(principal)
        wanted = sorted(before.keys() - self._asked, key=lambda one: -before[one])[:_AT_ONCE]
        read = 0
        for upstream in sorted({upstream_of(one) for one in wanted}):
            mine = [one for one in wanted if upstream_of(one) == upstream]
            read += await self._index.read_older(upstream, mine)
            self._asked.update(mine)
        missing = await self._missing(principal)
        left = sum(count for one, count in missing.items() if one not in self._asked)
        upstreams = tuple(sorted({upstream_of(one) for one in missing}))
        return Older(read, left, sum(missing.values()) - left, upstreams)

    async def _missing(self, principal: Principal) -> dict[TemplateId, int]:
        """Return how many runs of each template are not here."""
        there, here = self._counts(), await self._index.cache.held_by_template()
        return {
            template: count - here.get(template, 0)
            for project in self._readable(principal, there)
            for template, count in there[project].items()
            if count > here.get(template, 0) and isinstance(self._engine(template), Deep)
        }

    def _counts(self) -> dict[ProjectId, dict[TemplateId, int]]:
        """Return how many runs of each template there are, as servers count that."""
        counts: dict[ProjectId, dict[TemplateId, int]] = {}
        for one in self._catalog.bare_templates:
            if one.run_count:
                counts.setdefault(one.project_id, {})[one.id] = one.run_count
        return counts

    def _engine(self, template: TemplateId) -> object:
        return self._index.engines.get(upstream_of(template))

    def _readable(self, principal: Principal, projects: Collection[ProjectId]) -> list[ProjectId]:
        return [one for one in projects if self.access.role(principal, one) > Role.NONE]
