"""Which runs a Semaphore server has, as far as it says: the newest of each project.

Source: Semaphore UI 2.8 to 2.18, `…/tasks/last` (200 at most), `…/tasks` (1000 at most, all whole),
`…/tasks/T` (without names). Ids rise with SQL and fall with BoltDB.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import RunId, TemplateId
from skyforge_tui.domain.run import RunDetail
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.task_wire import Task
from skyforge_tui.integrations.semaphore.tasks import MOST_ALL, MOST_LAST
from skyforge_tui.ports.run_engine import HeldRuns, RunListing
from skyforge_tui.providers.runs.semaphore.names import Names, Person
from skyforge_tui.providers.runs.semaphore.rows import detail_of, state_of

_SINGLY: Final = 3
"""So many runs of one project are asked for one by one; more are found in its list."""


@dataclass(frozen=True, slots=True)
class Window:
    """The newest tasks of a project, newest first."""

    tasks: tuple[Task, ...]
    unreadable: tuple[int, ...]
    is_whole: bool
    """Whether there are no others."""

    def lacks(self, task: int) -> bool:
        """Say whether a task is certainly not there any more."""
        ids = {one.id for one in self.tasks} | set(self.unreadable)
        if task in ids or (self.unreadable and 0 in ids):
            return False
        return self.is_whole or min(ids) < task < max(ids)


class Listing:
    """Reads tasks of one server, in as few requests as that takes."""

    def __init__(
        self, client: SemaphoreClient, names: Names, ended: Callable[[RunId], None]
    ) -> None:
        """Tell `ended` of every run that is seen to have ended."""
        self._client = client
        self._tell_ended = ended
        self._names = names
        self._fresh: dict[RunId, Task] = {}
        """Listed, and not asked for since."""
        self._stopped: set[RunId] = set()
        self._ended: dict[RunId, datetime] = {}
        self._seen: dict[RunId, tuple[str, bool]] = {}
        """How runs stood when last seen: their status, and whether the server knew their end."""
        self.active: set[RunId] = set()
        """Those that have not ended."""

    def heard(self, run_id: RunId, status: str, at: datetime) -> None:
        """Take note of what was told live: what was listed before is old."""
        self._fresh.pop(run_id, None)
        self._note(run_id, status, has_end=False)
        if state_of(status).is_final:
            self._ended.setdefault(run_id, at)

    def stopped(self, run_id: RunId) -> None:
        """Take note that somebody asked for the end of a run."""
        self._fresh.pop(run_id, None)
        self._stopped.add(run_id)

    async def listed(self, known: Collection[RunId]) -> HeldRuns:
        """Return what the server lists, and what of the known runs is gone.

        Raises:
            TransportError: a list did not come.
        """
        by_project: defaultdict[int, dict[int, RunId]] = defaultdict(dict)
        for run_id in known:
            project, task = self._names.task_of(run_id)
            by_project[project][task] = run_id
        projects = await self._names.projects(anew=True)
        windows = await asyncio.gather(
            *(self._told(project, by_project[project]) for project in projects)
        )
        self._fresh.clear()
        ids: set[RunId] = set()
        gone = {
            run_id
            for project, runs in by_project.items()
            if project not in projects
            for run_id in runs.values()
        }
        for project, window in zip(projects, windows, strict=True):
            ids |= {self._keep(task) for task in window.tasks}
            ids |= {self._names.run_id(project, one) for one in window.unreadable if one}
            gone |= {one for number, one in by_project[project].items() if window.lacks(number)}
        for run_id in gone:
            self.active.discard(run_id)
            self._seen.pop(run_id, None)
        return HeldRuns(frozenset(ids), frozenset(gone))

    async def look(self, project: int, limit: int) -> list[RunId]:
        """Read the newest tasks of a project; return those that stand otherwise than last seen.

        Raises:
            TransportError: they did not come.
        """
        listed, _ = await self._client.tasks.last(project, limit)
        changed = []
        for task in listed.items:
            before = self._seen.get(self._names.run_id(project, task.id))
            run_id = self._keep(task)
            if self._seen[run_id] != before:
                changed.append(run_id)
        return changed

    async def fetch(self, run_ids: Collection[RunId]) -> RunListing:
        """Read these runs; those that are certainly gone are left out.

        Raises:
            TransportError: the server does not answer.
        """
        found: dict[RunId, Task] = {}
        wanted: defaultdict[int, list[tuple[int, RunId]]] = defaultdict(list)
        for run_id in run_ids:
            try:
                project, task = self._names.task_of(run_id)
            except NotFound:
                continue
            if (fresh := self._fresh.pop(run_id, None)) is not None:
                found[run_id] = fresh
            else:
                wanted[project].append((task, run_id))
        unreadable: set[RunId] = set()
        await self._names.projects()
        for tasks, unread in await asyncio.gather(
            *(self._fetch_in(project, some) for project, some in wanted.items())
        ):
            found |= tasks
            unreadable |= unread
        details = [self.detail(found[one]) for one in run_ids if one in found]
        return RunListing(tuple(details), frozenset(unreadable))

    async def older(self, template_ids: Collection[TemplateId]) -> RunListing:
        """Read every task of these templates that is listed.

        Raises:
            TransportError: a list did not come.
        """
        named = [self._names.template_of(one) for one in template_ids]
        await asyncio.gather(*(self._names.know_people(one) for one in {each[0] for each in named}))
        lists = await asyncio.gather(*(self._client.tasks.of_template(*one) for one in named))
        unreadable = {
            self._names.run_id(project, one)
            for (project, _), listed in zip(named, lists, strict=True)
            for one in listed.unreadable
        }
        details = (self.detail(task) for listed in lists for task in listed.items)
        return RunListing(tuple(details), frozenset(unreadable))

    def detail(self, task: Task) -> RunDetail:
        """Return a task as a run, with what is known of it besides."""
        run_id = self._names.run_id(task.project_id, task.id)
        self._note(run_id, task.status, has_end=task.end is not None)
        if task.tpl_alias:
            self._names.templates[task.project_id, task.template_id] = task.tpl_alias
        if task.user_id is not None and task.user_name:
            self._names.people.setdefault(task.user_id, Person("", task.user_name))
        return detail_of(
            task, self._names, was_stopped=run_id in self._stopped, ended_at=self._ended.get(run_id)
        )

    def _keep(self, task: Task) -> RunId:
        run_id = self._names.run_id(task.project_id, task.id)
        self._fresh[run_id] = task
        self._note(run_id, task.status, has_end=task.end is not None)
        return run_id

    def _note(self, run_id: RunId, status: str, *, has_end: bool) -> None:
        self._seen[run_id] = (status, has_end)
        if status == "stopping":
            self._stopped.add(run_id)
        if state_of(status).is_final:
            self.active.discard(run_id)
            self._tell_ended(run_id)
        else:
            self.active.add(run_id)

    async def _told(self, project: int, known: Collection[int]) -> Window:
        """Read the newest tasks of a project, and who may have started them."""
        window, _ = await asyncio.gather(
            self._window(project, known), self._names.know_people(project)
        )
        return window

    async def _window(self, project: int, known: Collection[int]) -> Window:
        """Read the newest tasks of a project, further back where that leaves a hole to `known`."""
        listed, has_more = await self._client.tasks.last(project)
        tasks, unreadable = list(listed.items), list(listed.unreadable)
        is_whole = has_more is False or (has_more is None and len(tasks) < MOST_LAST)
        if is_whole or not tasks or tasks[-1].id in known:
            return Window(tuple(tasks), tuple(unreadable), is_whole)
        if has_more is None:
            every = await self._client.tasks.all(project)
            return Window(every.items, every.unreadable, len(every.items) < MOST_ALL)
        while has_more and len(tasks) < MOST_ALL and tasks[-1].id not in known:
            listed, has_more = await self._client.tasks.last(project, before=tasks[-1].id)
            if not listed.items:
                break
            tasks += listed.items
            unreadable += listed.unreadable
        return Window(tuple(tasks), tuple(unreadable), has_more is False)

    async def _fetch_in(
        self, project: int, wanted: Sequence[tuple[int, RunId]]
    ) -> tuple[dict[RunId, Task], set[RunId]]:
        await self._names.know_people(project)
        found: dict[RunId, Task] = {}
        unreadable: set[RunId] = set()
        left = dict(wanted)
        if len(left) > _SINGLY or not self._names_are_known(project):
            listed, _ = await self._client.tasks.last(project)
            found = {left.pop(one.id): one for one in listed.items if one.id in left}
            unreadable = {left.pop(one) for one in listed.unreadable if one in left}
        answers = await asyncio.gather(*(self._single(project, one) for one in left))
        for run_id, answer in zip(left.values(), answers, strict=True):
            if isinstance(answer, Task):
                found[run_id] = answer
            elif answer == "unreadable":
                unreadable.add(run_id)
        if "missing" in answers:
            await self._make_sure(project)
        return found, unreadable

    def _names_are_known(self, project: int) -> bool:
        return any(one == project for one, _ in self._names.templates)

    async def _single(self, project: int, task: int) -> Task | str:
        """Return one task, or whether it is missing or unreadable."""
        try:
            return await self._client.tasks.get(project, task)
        except TransportError as error:
            if error.kind not in ("missing", "unreadable"):
                raise
            return error.kind

    async def _make_sure(self, project: int) -> None:
        """Make sure that the server is well, as it says in the same way that a task is missing.

        Raises:
            TransportError: it is not.
        """
        try:
            await self._client.role(project)
        except TransportError as error:
            if error.kind not in ("missing", "forbidden"):
                raise
