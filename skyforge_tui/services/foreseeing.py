"""Says what making a project would do, before anything is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import Principal, ProjectId, upstream_of
from skyforge_tui.domain.making import Draft, Outcome, Went
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.project_plan import Part, Step, people_steps
from skyforge_tui.domain.seal import Seal
from skyforge_tui.ports.repository_host import RepositoryHost
from skyforge_tui.ports.run_host import RunHost
from skyforge_tui.ports.sync_book import SyncMemory
from skyforge_tui.services.blueprint_side import BlueprintSide
from skyforge_tui.services.blueprints import Blueprints
from skyforge_tui.services.engine_side import EngineLists, engine_sides
from skyforge_tui.services.making import MANIFEST, Wish, Workshop, found
from skyforge_tui.services.project_wishes import people_of
from skyforge_tui.services.reconciling import Reconciling, Side
from skyforge_tui.services.sync_sides import Known, RepositorySide


async def foreseen(
    tools: Workshop,
    engines: Mapping[str, RunHost],
    principal: Principal,
    wish: Wish,
    project: Project | None = None,
) -> Draft:
    """Return the steps of a wish: those due, those that are so, those that cannot work.

    `project` is the repository that is meant, where that is known. Asks, and writes nothing.

    Raises:
        SkyforgeError: the host does not tell whether there is such a repository.
    """
    keeper = tools.keepers.get(wish.host)
    if project is None and keeper is not None:
        project = await found(keeper, wish)
    is_there, manifest, kept = project is not None, wish.manifest, []
    steps = [Outcome(wish.repository_step, Went.WAS_SO if is_there else Went.LEFT)]
    went = Went.LEFT
    if project is not None:
        before = await tools.manifests[wish.host].read(project)
        if before.object_id:
            went, manifest = Went.WAS_SO, before.manifest
            kept.append("it has a manifest already: that counts, and not what is said here")
        elif keeper is not None:
            kept.append("what is in the repository already")
    steps.append(Outcome(MANIFEST, went))
    if keeper is None:
        return Draft(tuple(steps), tuple(kept))
    meant = project or _unmade(tools, principal, wish)
    secrets = await tools.secrets.reading().of(meant)
    known = Known(meant, manifest, SyncMemory(), Seal(b""), secrets)
    sides: list[Side] = [RepositorySide(known, keeper)] if is_there else [_NewRepository(known)]
    if manifest.blueprint and isinstance(keeper, RepositoryHost):
        sides.append(BlueprintSide(known, Blueprints(keeper, keeper), principal.username))
    lists = {name: EngineLists(one) for name, one in engines.items()}
    engine, errors = engine_sides(known, lists, tools.access)
    work = Reconciling(known, [*sides, *engine], [*secrets.problems, *errors])
    await work.look()
    report = work.report()
    refused = {one.refused for one in report.left}
    return Draft(
        (*steps, *_outcomes(report.left)),
        (*kept, *report.notes),
        tuple(one for one in report.errors if one not in refused),
    )


class _NewRepository:
    """A repository that is yet to be made: who is named is to be let in."""

    name = "repository"

    def __init__(self, known: Known) -> None:
        self._known = known

    async def look(self) -> list[Step]:
        """Return who is to be let in."""
        people = people_of(self._known.project, self._known.manifest)
        return people_steps(Part.COLLABORATOR, people, {})

    async def do(self, step: Step) -> None:
        """Refuse: nothing is done in advance."""
        raise SkyforgeError(f"nothing is done in advance: {step.words}")


def _unmade(tools: Workshop, principal: Principal, wish: Wish) -> Project:
    owner = wish.owner or tools.access.me(principal).at(wish.host)
    unmade = ProjectId(f"{wish.host}:")
    known = (one for one in tools.access.projects() if upstream_of(one.id) == wish.host)
    web = next((one.path.rsplit("/", 2)[0] for one in known), "")
    path = f"{web}/{owner}/{wish.name}" if web else ""
    return Project(
        unmade, wish.name, wish.name, ProjectKind.GIT, path, created_by=owner,
        is_public=wish.manifest.is_public is True,
    )  # fmt: skip


def _outcomes(due: Iterable[Step]) -> Iterator[Outcome]:
    """Yield the steps; after one that is refused those that lean on it, which is all of them."""
    is_refused = False
    for step in due:
        is_refused = is_refused or bool(step.refused)
        yield Outcome(step.words, Went.FAILED if is_refused else Went.LEFT, step.refused)
