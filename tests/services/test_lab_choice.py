"""Where a project's labs run is chosen by a commit, beside what others write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, Stale
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, Principal
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.lab_vocabulary import LABS, lab_record
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.project import Commit, Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.query_parser import parse
from skyforge_tui.ports.manifest_files import ManifestFile
from skyforge_tui.services.lab_choice import LabChoiceService
from skyforge_tui.services.record import Record
from skyforge_tui.tui.presenters.lab_choice import labs_query
from tests.builders import NOON, PROJECT_ID, a_project
from tests.fakes.core import Core
from tests.fakes.labs import FakeLabProvider, a_lab

ADA, VERA = Principal("ada"), Principal("vera")


@dataclass
class Manifests:
    """One manifest, which others change between a look and a write; implements `ManifestFiles`."""

    manifest: ProjectManifest
    upstream: str = "local"
    meanwhile: list[ProjectManifest] = field(default_factory=list)
    """What somebody else writes just before each of our writes."""
    messages: list[str] = field(default_factory=list)

    async def read(self, project: Project, ref: str = "") -> ManifestFile:
        """Return the manifest."""
        return ManifestFile(self.manifest, repr(self.manifest))

    async def commits(self, project: Project) -> tuple[Commit, ...]:
        """Return none."""
        return ()

    async def write(
        self, project: Project, manifest: ProjectManifest, before: ManifestFile, message: str
    ) -> str:
        """Write, unless somebody else was faster."""
        if self.meanwhile:
            self.manifest = self.meanwhile.pop(0)
        if before.object_id != repr(self.manifest):
            raise Stale(".skyforge/project.toml")
        self.manifest = manifest
        self.messages.append(message)
        return "c0ffee"


@dataclass
class World:
    """A project whose labs run on one of two servers, and the service for it."""

    core: Core
    files: Manifests
    service: LabChoiceService


@pytest.fixture
async def world() -> World:
    """Return ada's project, at which vera may look; labs run on `eve` and on `hall`."""
    manifest = ProjectManifest(lab_servers=("eve",), description="as it was")
    lab = a_lab(id=LabId("hall:1"), provider="hall", directory="", topology="")
    providers = [FakeLabProvider(upstream="eve"), FakeLabProvider(lab, upstream="hall")]
    core = Core(lab_providers=providers)
    people = Members(viewers=frozenset({"vera"}))
    core.host.put(a_project(members=people, manifest=manifest))
    await core.catalog.read_all()
    await core.labs.sync(ADA)
    files = Manifests(manifest)
    record = Record(core.audit_book, core.access, core.bus, core.clock)
    service = LabChoiceService([files], core.lab_index, core.access, record, core.bus)
    return World(core, files, service)


async def test_all_that_runs_labs_is_offered(world: World) -> None:
    """Those chosen come first, in order; one that nobody here knows is told as that."""
    world.files.manifest = replace(world.files.manifest, lab_servers=("gone", "hall"))
    choice = await world.service.look(VERA, PROJECT_ID)
    assert [(one.name, one.mode, one.labs) for one in choice.places] == [
        ("gone", UpstreamState.UNKNOWN, 0), ("hall", UpstreamState.LIVE, 1),
        ("eve", UpstreamState.LIVE, 0),
    ]  # fmt: skip


async def test_a_choice_is_a_commit_that_says_who(world: World) -> None:
    """What else somebody wrote meanwhile stays; the record says who chose what."""
    theirs = replace(world.files.manifest, description="theirs")
    world.files.meanwhile = [theirs]
    await world.service.choose(ADA, PROJECT_ID, ["hall", "eve"])
    assert world.files.manifest == replace(theirs, lab_servers=("hall", "eve"))
    assert world.files.messages == ["Run labs on hall, eve\n\nAs ada"]
    await world.service.choose(ADA, PROJECT_ID, [])
    assert world.files.messages[1:] == ["Leave open where labs run\n\nAs ada"]
    deeds = [(one.by, one.deed, one.words) for one in world.core.audit_book.kept]
    assert ("ada", Deed.WRITE, ".skyforge/project.toml: Run labs on hall, eve") in deeds


async def test_two_who_choose_hear_of_each_other(world: World) -> None:
    """Where somebody else chose meanwhile nothing is written, whether it was seen or not."""
    world.files.meanwhile = [replace(world.files.manifest, lab_servers=("hall",))]
    with pytest.raises(Conflict, match="somebody else chose hall"):
        await world.service.choose(ADA, PROJECT_ID, ["eve", "hall"])
    with pytest.raises(Conflict, match="somebody else chose hall"):
        await world.service.choose(ADA, PROJECT_ID, ["eve", "hall"], ("eve",))
    assert world.files.messages == []


async def test_what_cannot_be_chosen(world: World) -> None:
    """A name that nobody knows, what is so already, and what one may not are refused."""
    with pytest.raises(Invalid, match="called hal") as missed:
        await world.service.choose(ADA, PROJECT_ID, ["hal"])
    assert missed.value.advice == "there are: eve, hall"
    with pytest.raises(Invalid, match="says so already"):
        await world.service.choose(ADA, PROJECT_ID, ["eve"])
    with pytest.raises(Forbidden):
        await world.service.choose(VERA, PROJECT_ID, ["hall"])
    assert world.files.messages == []


def test_only_labs_of_these_servers_are_left() -> None:
    """The filter leaves labs of the servers that were chosen, and of none that is called alike."""
    query = parse(labs_query(("netlab", "eve-1", "(a/b")), LABS)
    labs = [
        a_lab(id=LabId(f"{name}:1"), provider=name, kind="netlab", state=LabState.RUNNING)
        for name in ("netlab", "labhost", "eve-1", "eve-10", "(a/b", "a")
    ]
    left = [one.provider for one in labs if query.matches(lab_record(one, NOON, "ada"))]
    assert left == ["netlab", "eve-1", "(a/b"]
