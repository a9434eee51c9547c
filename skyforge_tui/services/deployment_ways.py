"""Where what a deployment launches is: in its project, on its run engine, or on its lab servers."""

from __future__ import annotations

from skyforge_tui.domain.deployment import Move, Way, way_of
from skyforge_tui.domain.identity import ProjectId, upstream_of
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import DeclaredDeployment, ProjectManifest
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.ports.sync_book import SyncBook
from skyforge_tui.services.catalog import Catalog

_LABS = frozenset({TemplateKind.NETLAB, TemplateKind.CONTAINERLAB})


class DeploymentWays:
    """Finds templates by the names that manifests give them."""

    def __init__(self, catalog: Catalog, book: SyncBook) -> None:
        self._catalog = catalog
        self._book = book

    async def ways(
        self, project: Project, manifest: ProjectManifest, one: DeclaredDeployment
    ) -> tuple[dict[Move, Way], str]:
        """Return what is launched for each move that can be made, and why one cannot."""
        answers = dict(one.answers)
        template, why = await self._named(project, manifest, one.template)
        if template is None:
            return {}, why
        start = way_of(Move.START, template, answers)
        if start is None:
            return {}, f"{one.template} brings nothing up"
        ways = {Move.START: start}
        if one.destroy:
            undoing, why = await self._named(project, manifest, one.destroy)
            undo = None if undoing is None else _undoing(undoing, answers)
        else:
            undo = way_of(Move.DESTROY, template, answers)
        if undo is not None:
            ways[Move.DESTROY] = undo
        elif not one.destroy:
            why = f'{one.template} cannot undo it: say what can by destroy = "TEMPLATE"'
        return ways, why

    async def homes(self, project: Project) -> list[ProjectId]:
        """Return where a project's templates are, the nearest first; what is left open is left."""
        manifest = project.manifest
        if manifest is None:
            return [project.id]
        labs = self._lab_homes(manifest) if manifest.lab_servers else []
        return [project.id, *await self._engine_homes(project, manifest), *labs]

    async def _named(
        self, project: Project, manifest: ProjectManifest, name: str
    ) -> tuple[Template | None, str]:
        """Return the template of a name, from the nearest place that has one; else why not."""
        for home in [project.id, *await self._engine_homes(project, manifest)]:
            for template in self._catalog.templates_of(home):
                if template.name == name:
                    return template, ""
        hosts = self._lab_homes(manifest)
        topologies = (one for host in hosts for one in self._catalog.templates_of(host))
        found = [one for one in topologies if one.name == name]
        if len({one.project_id for one in found}) > 1 and not manifest.lab_servers:
            servers = ", ".join(upstream_of(one.project_id) for one in found)
            return None, f"{servers} have a topology {name}: say which by lab_servers"
        if found:
            return found[0], ""
        places = [project.slug, manifest.engine, *manifest.lab_servers]
        return None, f"no template {name} in {', '.join(filter(None, places))}"

    async def _engine_homes(self, project: Project, manifest: ProjectManifest) -> list[ProjectId]:
        """Return the project that stands for this one on its run engine, if there is one."""
        if not manifest.engine:
            return []
        memory = await self._book.memory(project.id)
        if memory.engine == manifest.engine and memory.room:
            return [ProjectId(f"{memory.engine}:{memory.room}")]
        named = [
            one.id for one in self._catalog.covered()
            if upstream_of(one.id) == manifest.engine
            and one.name == (manifest.name or project.name)
        ]  # fmt: skip
        return named if len(named) == 1 else []

    def _lab_homes(self, manifest: ProjectManifest) -> list[ProjectId]:
        """Return what stands for lab servers: for the project's own, in order, if it has any."""
        topologies = {
            one.project_id
            for one in self._catalog.bare_templates
            if one.kind in _LABS and one.is_hosted
        }
        hosts = [one.id for one in self._catalog.covered() if one.id in topologies]
        wanted = manifest.lab_servers
        if not wanted:
            return hosts
        return [one for name in wanted for one in hosts if upstream_of(one) == name]


def _undoing(template: Template, answers: dict[str, str]) -> Way | None:
    """Return what is launched of a template that is there to undo another one."""
    by_itself = way_of(Move.DESTROY, template, answers)
    if by_itself is not None:
        return by_itself
    known = {one.name for one in template.survey}
    asked = {name: value for name, value in answers.items() if name in known}
    return way_of(Move.START, template, asked)
