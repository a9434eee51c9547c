"""Runs as last seen, in cache.db."""

from __future__ import annotations

import asyncio
import sqlite3
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec

from skyforge_tui.domain.identity import ProjectId, RunId, TemplateId
from skyforge_tui.domain.query import Term
from skyforge_tui.domain.run import Doing, ResourceUse, Run, RunDetail, RunSpec, RunState
from skyforge_tui.ports.cache import RunOrder, RunSearch
from skyforge_tui.store.database import Database
from skyforge_tui.store.instants import microseconds
from skyforge_tui.store.payloads import Row, decoded, encoded, id_row, storable
from skyforge_tui.store.run_order import STATES, in_order
from skyforge_tui.store.run_search import (
    COLUMNS,
    IN_ORDER,
    found,
    row_part,
    search_sql,
)

_NEWEST_FIRST = "created_at DESC, number DESC"

_LAST_BY_TEMPLATE = f"""
    WITH RECURSIVE seen (id) AS (
        SELECT min(template_id) FROM runs
        UNION ALL
        SELECT (SELECT min(template_id) FROM runs WHERE template_id > seen.id)
        FROM seen WHERE seen.id IS NOT NULL
    )
    SELECT runs.id, run FROM seen JOIN runs ON runs.rowid = (
        SELECT rowid FROM runs WHERE template_id = seen.id ORDER BY {_NEWEST_FIRST} LIMIT 1
    )
"""  # noqa: S608
"""One step per template, not one per run: the index is asked for the next larger id."""

_LAST_SUCCESSES = f"""
    SELECT id, run FROM (
        SELECT id, run FROM runs WHERE template_id = ?1 AND state = 'success'
        ORDER BY {_NEWEST_FIRST} LIMIT 50
    ) WHERE coalesce(json_extract(CAST(run AS TEXT), '$.action'), '') = ?2 LIMIT 5
"""  # noqa: S608

_KEPT = (
    "number", "state", "is_active", "created_at", "template_id", "project_id", "run", "detail",
    *COLUMNS,
)  # fmt: skip
_UPSERT = f"""
    INSERT INTO runs (id, {", ".join(_KEPT)}) VALUES (?{", ?" * len(_KEPT)})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _KEPT)}
"""  # noqa: S608

_UNREAD = "SELECT rowid, id, run FROM runs INDEXED BY runs_unread WHERE text IS NULL LIMIT 2000"
_READ = f"UPDATE runs SET {', '.join(f'{name} = ?' for name in COLUMNS)} WHERE rowid = ?"  # noqa: S608

_UNREADABLE = "UPDATE runs SET text = '' WHERE rowid = ?"

_TEXTS = """
    SELECT runs.rowid, text, template, project, who, note FROM json_each(?) AS wanted
    JOIN runs ON runs.rowid = wanted.value ORDER BY wanted.key
"""
_MATCHED_AT_ONCE = 1000
"""Rows matched against a pattern between two looks at whether anybody still wants to know."""


class _Detail(msgspec.Struct):
    spec: RunSpec
    use: ResourceUse | None = None


_RUN = msgspec.json.Decoder(Run)
_DETAIL = msgspec.json.Decoder(_Detail)
_IDS = msgspec.json.Decoder(list[RunId])
_WORDS = msgspec.json.Decoder(list[str])


class SqliteRunCache:
    """Remembers runs in an open cache.db; implements `RunCache`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_searchable = False

    async def order(
        self, projects: Collection[ProjectId] | None = None, search: RunSearch | None = None
    ) -> RunOrder:
        """Return runs' rowids, active first then newest; only of `projects` if given.

        With a search, only what it finds, as it wants it sorted. May be cancelled at any time.
        """
        if search is None:
            return await self._database.read(lambda one: in_order(one, projects))
        await self._make_searchable()
        sql = search_sql(search)
        order = await self._database.read(lambda one: in_order(one, projects, sql))
        return replace(order, rowids=await self._matching(order.rowids, sql.patterns))

    async def page(self, rowids: Sequence[int]) -> dict[int, Run]:
        """Return the runs of these rowids, in that order; vanished ones are left out."""
        rows = await self._rows(
            "SELECT runs.rowid, runs.id, run FROM json_each(?) AS wanted "
            "JOIN runs ON runs.rowid = wanted.value ORDER BY wanted.key",
            *_json(list(rowids)),
        )
        return {rowid: one for rowid, run_id, run in rows for one in decoded(_RUN, [(run_id, run)])}

    async def newest(self, limit: int | None = None) -> list[Run]:
        """Return runs in order, at most `limit`."""
        return await self._runs(
            f"SELECT id, run FROM runs ORDER BY {IN_ORDER} LIMIT ?",  # noqa: S608
            -1 if limit is None else limit,
        )

    async def get(self, run_id: RunId) -> RunDetail | None:
        """Return a run with its detail, or None; also None when its detail cannot be read."""
        rows = await self._rows("SELECT run, detail FROM runs WHERE id = ?", run_id)
        for run, detail in rows:
            for one in decoded(_RUN, [(run_id, run)]):
                for rest in decoded(_DETAIL, [(run_id, detail)]):
                    return RunDetail(one, rest.spec, rest.use)
        return None

    async def find(self, number: int) -> list[RunId]:
        """Return the ids of the runs that people call `number`, over all upstreams."""
        rows = await self._rows(
            f"SELECT id FROM runs WHERE number = ? ORDER BY {IN_ORDER}",  # noqa: S608
            number,
        )
        return [run_id for (run_id,) in rows]

    async def states(self, upstream: str) -> dict[RunId, RunState]:
        """Return the cached state of every run of an upstream."""
        # Ids begin with the upstream and a colon; a semicolon is what follows a colon.
        # Two texts of many words are read in a fraction of the time of as many rows.
        ((ids, words),) = await self._rows(
            "SELECT json_group_array(id), json_group_array(state) FROM runs "
            "WHERE id >= ? AND id < ?",
            f"{upstream}:",
            f"{upstream};",
        )
        states = (STATES.get(word, RunState.UNKNOWN) for word in _WORDS.decode(words))
        return dict(zip(_IDS.decode(ids), states, strict=True))

    async def latest(self, template_id: TemplateId, limit: int) -> list[Run]:
        """Return the newest runs of a template, newest first."""
        return await self._runs(
            "SELECT id, run FROM runs WHERE template_id = ? "  # noqa: S608
            f"ORDER BY {_NEWEST_FIRST} LIMIT ?",
            template_id,
            limit,
        )

    async def held_by_template(self) -> dict[TemplateId, int]:
        """Return how many runs of each template there are."""
        rows = await self._rows("SELECT template_id, count(*) FROM runs GROUP BY template_id")
        return {TemplateId(template): count for template, count in rows}

    async def last_by_template(self) -> dict[TemplateId, Run]:
        """Return the newest run of every template that ever ran."""
        return {run.template_id: run for run in await self._runs(_LAST_BY_TEMPLATE)}

    async def usual(self, doings: Collection[Doing]) -> dict[Doing, timedelta]:
        """Return how long runs that do this usually take: the median of the last successes.

        What never succeeded, or not for long, is left out.
        """

        def work(connection: sqlite3.Connection) -> dict[Doing, list[Run]]:
            return {one: decoded(_RUN, connection.execute(_LAST_SUCCESSES, one)) for one in doings}

        successes = await self._database.read(work)
        durations = {
            one: sorted(
                run.ended_at - run.started_at for run in runs if run.started_at and run.ended_at
            )
            for one, runs in successes.items()
        }
        return {one: _median(some) for one, some in durations.items() if some}

    async def write(self, changed: Sequence[RunDetail], gone: Collection[RunId]) -> None:
        """Store the difference in one transaction."""
        rows, gone_rows = storable(changed, _row), storable(gone, id_row)

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM runs WHERE id = ?", gone_rows)
            connection.executemany(_UPSERT, rows)

        if changed or gone:
            await self._database.write(work)

    async def _make_searchable(self) -> None:
        """Fill in what rows of an older version lack."""
        while not self._is_searchable:  # some at a time, so that others get their turn
            # Asked first: writing waits for other processes, and there is hardly ever a reason.
            if await self._rows(_UNREAD):
                await self._database.write(_read_some)
            else:
                self._is_searchable = True

    async def _matching(self, rowids: Sequence[int], patterns: Sequence[Term]) -> Sequence[int]:
        """Return those of `rowids` of which all patterns hold; a part at a time."""
        if not patterns:
            return rowids
        matching = array("q")
        for start in range(0, len(rowids), _MATCHED_AT_ONCE):
            part = rowids[start : start + _MATCHED_AT_ONCE]
            rows = await self._rows(_TEXTS, *_json(list(part)))
            matching.extend(await asyncio.to_thread(_matched, rows, patterns))
        return matching

    async def _runs(self, sql: str, *parameters: object) -> list[Run]:
        return await self._database.read(
            lambda connection: decoded(_RUN, connection.execute(sql, parameters))
        )

    async def _rows(self, sql: str, *parameters: object) -> list[Any]:
        return await self._database.read(
            lambda connection: connection.execute(sql, parameters).fetchall()
        )


def _read_some(connection: sqlite3.Connection) -> None:
    """Fill in some rows that lack what is searched."""
    rows = connection.execute(_UNREAD).fetchall()
    for rowid, run_id, run in rows:
        known = decoded(_RUN, [(run_id, run)])
        if known:
            connection.execute(_READ, (*row_part(known[0]), rowid))
        else:
            connection.execute(_UNREADABLE, (rowid,))


def _matched(rows: Iterable[tuple[Any, ...]], patterns: Sequence[Term]) -> list[int]:
    """Return the row ids of those rows of which all patterns hold."""
    return [rowid for rowid, *texts in rows if all(found(pattern, texts) for pattern in patterns)]


def _json(values: list[Any]) -> tuple[str]:
    return (msgspec.json.encode(values).decode(),)


def _median(ascending: Sequence[timedelta]) -> timedelta:
    count = len(ascending)
    return (ascending[(count - 1) // 2] + ascending[count // 2]) / 2


def _row(one: RunDetail) -> Row:
    run = one.run
    return (
        run.id,
        run.number,
        run.state.value,
        run.state.is_active,
        microseconds(run.created_at),
        run.template_id,
        run.project_id,
        encoded(run),
        encoded(_Detail(one.spec, one.use)),
        *row_part(run),
    )
