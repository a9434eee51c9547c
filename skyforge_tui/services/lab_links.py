"""What ties labs to the workspace: the topology a lab was made from, and the runs that made it.

Not a service: nobody outside `services` calls it, so it checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import LabId, TemplateId
from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.run_index import RunIndex

NETLAB = "netlab"
_BUILDS = frozenset({"up", "restart"})
_CHANGES = _BUILDS | {"create", "down"}
_LOOKED_BACK = 10
"""Runs of a topology among which the one that built its lab is looked for."""


@dataclass(frozen=True, slots=True)
class Action:
    """The newest run of a topology, and what it did."""

    run: Run
    action: str


class LabLinks:
    """Knows the workspace's topologies and their runs."""

    def __init__(self, catalog: Catalog, runs: RunIndex) -> None:
        self._catalog = catalog
        self._runs = runs

    def topologies(self) -> list[Template]:
        """Return every netlab topology of the workspace."""
        return [
            template
            for project in self._catalog.covered()
            for template in self._catalog.templates_of(project.id)
            if template.kind is TemplateKind.NETLAB
        ]

    def template_of(self, lab: Lab) -> Template | None:
        """Return the topology a lab was made from; a folder with several of them tells nothing."""
        here = [one for one in self.topologies() if one.directory == lab.directory]
        named = [one for one in here if lab.topology and file_of(one) == lab.topology]
        if named:
            return named[0]
        return here[0] if len(here) == 1 and not lab.topology else None

    async def last(self, templates: Iterable[Template]) -> dict[TemplateId, Action]:
        """Return what was done last with these topologies, by template id."""
        newest = await self._runs.cache.last_by_template()
        found = {}
        for template in templates:
            run = newest.get(template.id)
            if run is not None and (action := await self._action(run)):
                found[template.id] = Action(run, action)
        return found

    def linked(self, lab: Lab) -> Lab:
        """Return a lab with the project that holds its folder."""
        if not lab.directory:
            return lab
        try:
            project = self._catalog.project_at(Path(lab.directory))
        except NotFound:
            return lab
        return replace(lab, project_id=project.id, project=project.slug)

    async def with_run(self, lab: Lab) -> Lab:
        """Return a lab with the run that builds or built it."""
        template = self.template_of(lab)
        if template is None:
            return lab
        for run in await self._runs.cache.latest(template.id, _LOOKED_BACK):
            if await self._action(run) in _BUILDS:
                return replace(lab, topology=lab.topology or file_of(template), run_id=run.id)
        return replace(lab, topology=lab.topology or file_of(template))

    def at_rest(
        self, live: Iterable[Lab], last: Mapping[TemplateId, Action], upstream: str, owner: str
    ) -> list[Lab]:
        """Return a stopped lab for each topology in whose folder no lab was started.

        One whose start has just begun is starting already, though netlab says nothing of it yet.
        """
        taken = {lab.directory for lab in live}
        labs = []
        for template in self.topologies():
            if template.directory not in taken:
                done = last.get(template.id)
                labs.append(self.linked(_resting(template, done, upstream, owner)))
        return labs

    async def _action(self, run: Run) -> str:
        detail = await self._runs.cache.get(run.id)
        return "" if detail is None else detail.spec.answers.get("action", "")


def file_of(template: Template) -> str:
    """Return the path of a topology's own file."""
    return template.sources[0].path if template.sources else ""


def is_changing(action: Action) -> bool:
    """Say whether the run is under way and changes a lab."""
    return action.run.state.is_active and action.action in _CHANGES


def _resting(template: Template, done: Action | None, upstream: str, owner: str) -> Lab:
    state, note, step = LabState.STOPPED, "", ""
    if done is not None and done.action in _BUILDS:
        if done.run.state.is_active:
            state, step = LabState.STARTING, "netlab begins"
        elif done.run.state in (RunState.ERROR, RunState.LOST):
            note = f"run {done.run.number} failed"
    return Lab(
        id=LabId(f"{upstream}:{file_of(template)}"),
        name=_name(template),
        state=state,
        provider=upstream,
        kind=NETLAB,
        owner=owner,
        directory=template.directory,
        topology=file_of(template),
        updated_at=None if done is None else done.run.ended_at or done.run.created_at,
        step=step,
        note=note,
        run_id=None if done is None else done.run.id,
    )


def _name(template: Template) -> str:
    """Return what netlab calls a lab whose topology does not say: after its folder."""
    stem = PurePath(file_of(template)).stem
    return PurePath(template.directory).name if stem in ("", "topology") else stem
