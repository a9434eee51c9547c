"""Runs: what one may start, stop, answer, repeat and read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from datetime import timedelta

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound
from skyforge_tui.domain.identity import (
    Principal,
    ProjectId,
    Role,
    RunId,
    TemplateId,
    upstream_of,
)
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.query import EVERYTHING, Query
from skyforge_tui.domain.run import Doing, Run, RunDetail
from skyforge_tui.domain.view import Sort
from skyforge_tui.ports.cache import RunOrder, RunSearch
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.run_attention import RunAttention, attention
from skyforge_tui.services.run_index import RunIndex, Telling
from skyforge_tui.services.run_specs import USUAL_WINDOW, WindowSize, spec_of

_MOST_DIGITS = 18
"""No run is called a larger number, and no database would take one."""

_MOST_ACTIVE = 256
"""Runs looked at for what is under way: active ones come first in the order."""


class RunService:
    """What one may do with runs."""

    def __init__(
        self, index: RunIndex, catalog: Catalog, access: Access, bus: Bus, clock: Clock
    ) -> None:
        self._index = index
        self._catalog = catalog
        self.access = access
        self._bus = bus
        self._clock = clock

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of a run id or a template id."""
        if (template := self._catalog.template(TemplateId(str(target)))) is not None:
            return template.project_id
        return (await self._index.detail(RunId(str(target)))).run.project_id

    # What one may ask.

    @requires(Permission.RUN_LIST)
    async def order(
        self, principal: Principal, query: Query = EVERYTHING, sort: Sort | None = None
    ) -> RunOrder:
        """Return the order of the runs asked for; unless sorted, active first, then newest."""
        search = RunSearch(self._clock.now(), self.access.me(principal), query, sort)
        return await self._index.cache.order(self._readable(principal), search)

    @requires(Permission.RUN_LIST)
    async def page(self, principal: Principal, rowids: Sequence[int]) -> dict[int, Run]:
        """Return the runs at these rowids; those the person may not see are left out."""
        page = await self._index.cache.page(rowids)
        seen = {run.id for run in self._visible(principal, list(page.values()))}
        return {rowid: run for rowid, run in page.items() if run.id in seen}

    @requires(Permission.RUN_LIST)
    async def newest(self, principal: Principal, limit: int | None = None) -> list[Run]:
        """Return runs in order, at most `limit`."""
        readable = self._readable(principal)
        if readable is None:
            return self._visible(principal, await self._index.cache.newest(limit))
        order = await self._index.cache.order(readable)
        first = order.rowids[:limit]
        page = await self._index.cache.page(first)
        return [page[rowid] for rowid in first if rowid in page]

    @requires(Permission.RUN_READ, of="run_id")
    async def get(self, principal: Principal, run_id: RunId) -> RunDetail:
        """Return one run with its detail."""
        return await self._index.detail(run_id)

    @requires(Permission.RUN_LIST)
    async def find(self, principal: Principal, reference: str) -> RunId:
        """Return the id of the run that people call `reference`: `812` or `local:812`.

        Raises:
            NotFound: there is none, or none the person may see.
            Conflict: several upstreams have one.
            Unavailable: its server would know, and does not answer.
        """
        cache = self._index.cache
        if ":" in reference:
            named = [RunId(reference)]
            await self._index.look_up(named[0])
        else:
            is_number = reference.isdecimal() and len(reference) <= _MOST_DIGITS
            named = await cache.find(int(reference)) if is_number else []
        found = [detail.run for one in named if (detail := await cache.get(one)) is not None]
        hits = [run.id for run in self._visible(principal, found)]
        if not hits:
            raise NotFound(f"no run {reference}", advice="list them with runs ls")
        if len(hits) > 1:
            raise Conflict(
                f"several runs are called {reference}", advice=f"say {' or '.join(hits)}"
            )
        return hits[0]

    @requires(Permission.RUN_LIST)
    async def latest(self, principal: Principal, template_id: TemplateId, limit: int) -> list[Run]:
        """Return the newest runs of a template, newest first."""
        return self._visible(principal, await self._index.cache.latest(template_id, limit))

    @requires(Permission.RUN_LIST)
    async def last_by_template(self, principal: Principal) -> dict[TemplateId, Run]:
        """Return the newest run of each template that ever ran."""
        last = await self._index.cache.last_by_template()
        seen = {run.id for run in self._visible(principal, list(last.values()))}
        return {template: run for template, run in last.items() if run.id in seen}

    @requires(Permission.RUN_LIST)
    async def attention(self, principal: Principal) -> RunAttention:
        """Return what broke, what needs a person and what runs."""
        last = await self.last_by_template(principal)
        active = await self.newest(principal, _MOST_ACTIVE)
        return attention(last.values(), active, self._clock.now())

    @requires(Permission.RUN_LIST)
    async def usual(
        self, principal: Principal, doings: Collection[Doing]
    ) -> dict[Doing, timedelta]:
        """Return how long runs that do this usually take, where that is known."""
        return await self._index.cache.usual(doings)

    @requires(Permission.RUN_READ, of="run_id")
    async def open_log(
        self, principal: Principal, run_id: RunId, *, is_whole: bool = False
    ) -> LogReader:
        """Return a reader of the run's output; whoever asked closes it.

        Output that is elsewhere comes while it is open; `is_whole` waits for all there is now.
        """
        return await self._index.open_log(run_id, is_whole=is_whole)

    @requires(Permission.RUN_READ, of="run_id")
    async def export_log(self, principal: Principal, run_id: RunId, target: str) -> int:
        """Copy the run's raw bytes to a new file and return how many there were."""
        return await self._index.export_log(run_id, target)

    @requires(Permission.RUN_READ, of="run_id")
    async def follow(
        self, principal: Principal, run_id: RunId, start: int = 0
    ) -> AsyncGenerator[bytes, None]:
        """Return the run's raw bytes from offset `start`, as they come, until it has ended.

        Somebody must watch the engines meanwhile: growth is heard, not polled.
        """
        return self._index.follow(run_id, start)

    # What one may change.

    @requires(Permission.RUN_START, of="template_id")
    async def launch(
        self,
        principal: Principal,
        template_id: TemplateId,
        answers: Mapping[str, str],
        window: WindowSize = USUAL_WINDOW,
    ) -> Run:
        """Start a template with these answers.

        Raises:
            Untrusted: its content was not trusted, or changed since.
            Invalid: an answer is missing or wrong.
            NotFound: it is gone.
            Unavailable: it could not be started.
        """
        template = await self._catalog.fresh(template_id)
        project, now = self.access.project(template.project_id), self._clock.now()
        spec, secrets = spec_of(
            template, project, answers, by=principal.username, at=now, window=window
        )
        upstream = upstream_of(template.project_id)
        run = await self._index.engine(upstream).start(spec, secrets)
        await self._index.read_new(run)
        return run

    @requires(Permission.RUN_START, of="run_id")
    async def rerun(
        self,
        principal: Principal,
        run_id: RunId,
        secrets: Mapping[str, str],
        window: WindowSize = USUAL_WINDOW,
    ) -> Run:
        """Start the run's template again with the same answers; secret ones come anew.

        Raises: as `launch`; Invalid also when a secret that was given then is not given now.
        """
        spec = (await self._index.detail(run_id)).spec
        template = self._catalog.template(spec.template_id)
        if template is None:
            raise NotFound(
                f"{spec.template} is no longer in {spec.project}", operation="run.rerun",
                advice="start skyforge in the folder that holds it, or launch another template",
            )  # fmt: skip
        asked = {one.name for one in template.survey if not one.default}
        for name in spec.secret_names:
            if name in asked and name not in secrets:
                raise Invalid(
                    f"the secret {name} was not kept", operation="run.rerun",
                    advice=f"give it again: -v {name}=env:NAME",
                )  # fmt: skip
        return await self.launch(principal, spec.template_id, {**spec.answers, **secrets}, window)

    @requires(Permission.RUN_STOP, of="run_id")
    async def stop(self, principal: Principal, run_id: RunId) -> None:
        """Ask a run to end; asking again is firmer.

        Raises:
            Conflict: it has ended already.
        """
        run = (await self._index.detail(run_id)).run
        if run.state.is_final:
            raise Conflict(f"run {run.number} has ended: {run.state}", operation="run.stop")
        upstream = upstream_of(run_id)
        await self._index.engine(upstream).stop(run_id)
        await self._index.read(upstream, [run_id])

    @requires(Permission.RUN_ANSWER, of="run_id")
    async def answer(self, principal: Principal, run_id: RunId, data: bytes) -> None:
        """Write to the terminal of a run that asks."""
        await self._index.engine(upstream_of(run_id)).answer(run_id, data)

    @requires(Permission.RUN_CONFIRM, of="run_id")
    async def confirm(self, principal: Principal, run_id: RunId) -> None:
        """Let a run go on that waits for it.

        Raises:
            Conflict: it does not wait.
        """
        await self._index.confirming(run_id).confirm(run_id)
        await self._index.read(upstream_of(run_id), [run_id])

    @requires(Permission.RUN_CONFIRM, of="run_id")
    async def reject(self, principal: Principal, run_id: RunId) -> None:
        """End a run that waits to go on.

        Raises: as `confirm`.
        """
        await self._index.confirming(run_id).reject(run_id)
        await self._index.read(upstream_of(run_id), [run_id])

    # Reading anew: what jobs call.

    @requires(Permission.RUN_LIST)
    async def refresh(
        self, principal: Principal, upstream: str, run_ids: Collection[RunId] | None = None
    ) -> None:
        """Read these runs of an engine, or every one that is new, active or gone.

        Raises:
            Unavailable: the engine did not answer; what was known stays.
        """
        if run_ids is None:
            await self._index.read_all(upstream)
        else:
            await self._index.read(upstream, run_ids)

    @requires(Permission.RUN_LIST)
    async def heard(self, principal: Principal, upstream: str, news: Telling) -> None:
        """Pass on that an output grew or is whole, and whether an engine answers."""
        self._index.heard(upstream, news)

    def _readable(self, principal: Principal) -> list[ProjectId] | None:
        projects = self.access.projects()
        readable = [one.id for one in projects if self.access.role(principal, one.id) > Role.NONE]
        return None if len(readable) == len(projects) else readable

    def _visible(self, principal: Principal, runs: list[Run]) -> list[Run]:
        roles = {
            one: self.access.role(principal, one) > Role.NONE
            for one in {run.project_id for run in runs}
        }
        return runs if all(roles.values()) else [run for run in runs if roles[run.project_id]]
