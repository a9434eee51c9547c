"""Runs as they were last seen, in memory."""

from __future__ import annotations

import asyncio
from array import array
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import ProjectId, RunId, TemplateId, upstream_of
from skyforge_tui.domain.run import Doing, Run, RunDetail, RunState
from skyforge_tui.domain.searchable import sort_value
from skyforge_tui.domain.vocabularies import run_record
from skyforge_tui.ports.cache import RunOrder, RunSearch
from tests.builders import NOON
from tests.fakes.waiting import Gate


class MemoryRunCache:
    """Runs; a rowid is the place in the order of arrival, from 1."""

    def __init__(self) -> None:
        self.held: dict[RunId, RunDetail] = {}
        self.rowids: dict[RunId, int] = {}
        self.full: Unavailable | None = None
        self.writes: list[tuple[frozenset[RunId], frozenset[RunId]]] = []
        self.getting = Gate()

    async def order(
        self, projects: Collection[ProjectId] | None = None, search: RunSearch | None = None
    ) -> RunOrder:
        """Return the order, of these projects and as searched."""
        runs = [one for one in self._sorted() if projects is None or one.project_id in projects]
        found = [
            one
            for one in runs
            if search is None or search.query.matches(run_record(one, search.now, search.me))
        ]
        if search is not None and (sort := search.sort) is not None:
            values = {
                one.id: sort_value(run_record(one, search.now, search.me), sort.column)
                for one in found
            }
            having = [one for one in found if values[one.id] is not None]
            having.sort(key=lambda one: values[one.id] or (0, ""), reverse=sort.is_descending)
            found = having + [one for one in found if values[one.id] is None]
        return RunOrder(
            array("q", [self.rowids[one.id] for one in found]),
            Counter(one.state for one in runs),
            Counter(one.project_id for one in runs),
        )

    async def held_by_template(self) -> dict[TemplateId, int]:
        """Count by template."""
        return Counter(one.run.template_id for one in self.held.values())

    async def page(self, rowids: Sequence[int]) -> dict[int, Run]:
        """Return those that are there."""
        by_rowid = {self.rowids[key]: one.run for key, one in self.held.items()}
        return {rowid: by_rowid[rowid] for rowid in rowids if rowid in by_rowid}

    async def newest(self, limit: int | None = None) -> list[Run]:
        """Return the first of the order."""
        return self._sorted()[:limit]

    async def get(self, run_id: RunId) -> RunDetail | None:
        """Return one, as it was when asked."""
        found = self.held.get(run_id)
        await self.getting.pass_through()
        await asyncio.sleep(0)
        return found

    async def find(self, number: int) -> list[RunId]:
        """Return those with the number."""
        return [one.id for one in self._sorted() if one.number == number]

    async def states(self, upstream: str) -> dict[RunId, RunState]:
        """Return the states of an upstream's runs."""
        return {
            key: one.run.state for key, one in self.held.items() if upstream_of(key) == upstream
        }

    async def latest(self, template_id: TemplateId, limit: int) -> list[Run]:
        """Return the newest of a template."""
        runs = [one.run for one in self.held.values() if one.run.template_id == template_id]
        return sorted(runs, key=lambda one: one.created_at, reverse=True)[:limit]

    async def last_by_template(self) -> dict[TemplateId, Run]:
        """Return the newest of each template."""
        runs = sorted((one.run for one in self.held.values()), key=lambda one: one.created_at)
        return {one.template_id: one for one in runs}

    async def usual(self, doings: Collection[Doing]) -> dict[Doing, timedelta]:
        """Return the median of the successes."""
        took: dict[Doing, list[timedelta]] = {}
        for one in self.held.values():
            duration = one.run.duration(NOON)
            if one.run.state is RunState.SUCCESS and duration is not None:
                took.setdefault(one.run.doing, []).append(duration)
        return {key: sorted(took[key])[len(took[key]) // 2] for key in doings if key in took}

    async def write(self, changed: Sequence[RunDetail], gone: Collection[RunId]) -> None:
        """Store the difference, unless the disk is full."""
        await asyncio.sleep(0)
        if self.full is not None:
            raise self.full
        self.writes.append((frozenset(one.run.id for one in changed), frozenset(gone)))
        for one in changed:
            self.held[one.run.id] = one
            self.rowids.setdefault(one.run.id, len(self.rowids) + 1)
        for key in gone:
            self.held.pop(key, None)

    def _sorted(self) -> list[Run]:
        runs = [one.run for one in self.held.values()]
        return sorted(runs, key=lambda one: (one.state.is_final, -one.created_at.timestamp()))
