"""What ties labs to the workspace: the topology a lab was made from, and the runs that made it.

Not a service: nobody outside `services` calls it, so it checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePath

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import LabId, TemplateId, upstream_of
from skyforge_tui.domain.lab import Lab, LabNode, LabState, NodeState
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.run_index import RunIndex

NETLAB = "netlab"
CONTAINERLAB = "containerlab"
_BUILDS = frozenset({"up", "restart", "deploy", "redeploy"})
_CHANGES = _BUILDS | {"create", "down", "destroy"}
_KINDS = frozenset({TemplateKind.NETLAB, TemplateKind.CONTAINERLAB})
_LOOKED_BACK = 30
"""Runs of a topology among which the one that built its lab is looked for."""


class LabLinks:
    """Knows the workspace's topologies and their runs."""

    def __init__(self, catalog: Catalog, runs: RunIndex) -> None:
        self.catalog = catalog
        self._runs = runs

    def topologies(self) -> list[Template]:
        """Return every topology of the workspace, and of hosts, of which labs can be seen."""
        return [
            template
            for project in self.catalog.covered()
            for template in self.catalog.templates_of(project.id)
            if template.kind in _KINDS
        ]

    def template_of(self, lab: Lab) -> Template | None:
        """Return the topology a lab was made from; a folder with several of them tells nothing."""
        here = [
            one
            for one in self.topologies()
            if one.directory == lab.directory and provider_of(one) == lab.provider
        ]
        named = [one for one in here if lab.topology and file_of(one) == lab.topology]
        if named:
            return named[0]
        return here[0] if len(here) == 1 and not lab.topology else None

    def sizes(self) -> dict[str, int]:
        """Return how many nodes topologies name, by folder; one with several tells nothing."""
        by_folder: dict[str, list[Template]] = {}
        for one in self.topologies():
            by_folder.setdefault(one.directory, []).append(one)
        return {
            folder: len(lab.nodes)
            for folder, several in by_folder.items()
            if len(several) == 1 and (lab := several[0].lab) is not None
        }

    async def last(self) -> dict[TemplateId, Run]:
        """Return what was done last with each topology, by template id."""
        newest = await self._runs.cache.last_by_template()
        return {one.id: newest[one.id] for one in self.topologies() if one.id in newest}

    async def runs_of(self, lab: Lab, limit: int) -> list[Run]:
        """Return the newest runs of the topology a lab is made from, or the one that names it."""
        template = self.template_of(lab)
        if template is not None:
            return await self._runs.cache.latest(template.id, limit)
        named = None if lab.run_id is None else await self._runs.cache.get(lab.run_id)
        return [] if named is None else [named.run]

    def nodes_of(self, lab: Lab) -> tuple[LabNode, ...]:
        """Return the nodes that the topology of a lab names, as long as nobody tells more."""
        template = self.template_of(lab)
        if template is None or template.lab is None:
            return ()
        is_at_rest = lab.state is LabState.STOPPED
        state = NodeState.STOPPED if is_at_rest else NodeState.UNKNOWN
        device = template.lab.device
        return tuple(LabNode(one, device, state=state) for one in template.lab.nodes)

    def linked(self, lab: Lab) -> Lab:
        """Return a lab with the project that holds its folder, or stands for its host."""
        if lab.provider not in (NETLAB, CONTAINERLAB):
            hosts = (one for one in self.catalog.covered() if upstream_of(one.id) == lab.provider)
            host = next(hosts, None)
            return lab if host is None else replace(lab, project_id=host.id, project=host.slug)
        if not lab.directory:
            return lab
        try:
            project = self.catalog.project_at(Path(lab.directory))
        except NotFound:
            return lab
        return replace(lab, project_id=project.id, project=project.slug)

    async def with_run(self, lab: Lab) -> Lab:
        """Return a lab with the run that builds or built it."""
        template = self.template_of(lab)
        if template is None:
            return lab
        runs = await self._runs.cache.latest(template.id, _LOOKED_BACK)
        built = next((one for one in runs if is_changing(one) or one.action in _BUILDS), None)
        return replace(
            lab,
            topology=lab.topology or file_of(template),
            run_id=None if built is None else built.id,
            asks=built is not None and _asks(built),
        )

    async def built(self, lab: Lab) -> Run | None:
        """Return the run that builds or built a lab, if one of this workspace did."""
        known = None if lab.run_id is None else await self._runs.cache.get(lab.run_id)
        return None if known is None else known.run

    def at_rest(
        self, live: Iterable[Lab], last: Mapping[TemplateId, Run], upstream: str, owner: str
    ) -> list[Lab]:
        """Return a stopped lab for each topology of a provider in whose folder none was started.

        One whose start has just begun is starting already, though netlab says nothing of it yet.
        """
        taken = {lab.directory for lab in live if lab.provider == upstream}
        labs = []
        for template in self.topologies():
            if provider_of(template) == upstream and template.directory not in taken:
                done = last.get(template.id)
                labs.append(self.linked(_resting(template, done, upstream, owner)))
        return labs


def file_of(template: Template) -> str:
    """Return the path of a topology's own file, here or on its host."""
    if template.is_hosted:
        return dict(template.facts).get("topology", "")
    return template.sources[0].path if template.sources else ""


def provider_of(template: Template) -> str:
    """Return which provider has the labs that a topology makes: its host, or this machine."""
    return upstream_of(template.project_id) if template.is_hosted else str(template.kind)


def is_changing(run: Run) -> bool:
    """Say whether a run is under way and changes a lab."""
    return run.state.is_active and run.action in _CHANGES


def _asks(run: Run) -> bool:
    return run.state is RunState.RUNNING and run.waits_for_input


def _resting(template: Template, last: Run | None, upstream: str, owner: str) -> Lab:
    state, note, step = LabState.STOPPED, "", ""
    total = len(template.lab.nodes) if template.lab is not None else None
    if last is not None and last.action in _BUILDS:
        if last.state.is_active:
            state, step = LabState.STARTING, f"{template.kind} begins"
        elif last.state in (RunState.ERROR, RunState.LOST):
            note = f"run {last.number} failed"
    return Lab(
        id=LabId(f"{upstream}:{file_of(template)}"),
        name=_name(template),
        state=state,
        provider=upstream,
        kind=str(template.kind),
        owner=owner,
        directory=template.directory,
        topology=file_of(template),
        nodes_total=total,
        nodes_up=None if total is None else 0,
        ready=0 if total and state is LabState.STARTING else None,
        updated_at=None if last is None else last.ended_at or last.created_at,
        step=step,
        note=note,
        run_id=None if last is None else last.id,
        asks=last is not None and _asks(last),
    )


def _name(template: Template) -> str:
    """Return what the topology calls the lab; one that does not is told by its file or folder."""
    if template.lab is not None and template.lab.name:
        return template.lab.name
    stem = PurePath(file_of(template)).stem
    return PurePath(template.directory).name if stem in ("", "topology") else stem
