"""What one may list, see, take, put, copy and remove of artifacts."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from obstore.store import MemoryStore

from skyforge_tui.domain.artifact import ArtifactRef
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from skyforge_tui.domain.events import ArtifactsChanged
from skyforge_tui.domain.identity import LOCAL, Principal, ProjectId, RunId
from skyforge_tui.domain.manifest import Kept, manifest_key, written
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.permission import Permission
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from skyforge_tui.services.artifact_views import Held, Level
from skyforge_tui.services.artifacts import PREVIEW_BYTES
from skyforge_tui.services.authorization import Allowed, Denied
from tests.builders import NOON, PROJECT_ID, a_detail, a_project, a_run
from tests.fakes.artifacts import HOUSE
from tests.fakes.core import Core

ADA, BOB, EVE = Principal("ada"), Principal("bob"), Principal("eve")
VERA, EDITH = Principal("vera"), Principal("edith")
PEOPLE = Members(viewers=frozenset({"vera"}), editors=frozenset({"edith"}))
THEIRS = a_project(path="/srv/theirs", created_by="bob")
OURS_7 = "artifacts/edge-fabric/7"
UP = Marker(MarkerKind.OUTPUT, "bgp", "up")


def ref(key: str, store: str = LOCAL) -> ArtifactRef:
    """Return a reference."""
    return ArtifactRef(store, key)


@pytest.fixture
async def core() -> Core:
    """Return services with ada's project, whose run 7 left things, and bob's with run 8."""
    core = Core()
    core.host.put(a_project(members=PEOPLE))
    core.host.put(THEIRS)
    await core.catalog.read_all()
    theirs = a_run(number=8, project_id=THEIRS.id, project="theirs")
    for detail in (a_detail(number=7), a_detail(run=theirs)):
        core.engine.put(detail)
    await core.runs.refresh(ADA, LOCAL)
    for key in (f"{OURS_7}/a.cfg", f"{OURS_7}/out/b.cfg", "artifacts/theirs/8/c.cfg",
                "artifacts/gone/9/d.cfg", "mine.txt"):  # fmt: skip
        await core.shelf.store.put(key, key.encode())
    core.events.clear()
    return core


def keys(level: Level) -> list[str]:
    """Return what a level shows."""
    return [one.ref.key for one in level.folders] + [one.key for one, _ in level.artifacts]


@pytest.mark.parametrize(
    ("who", "top", "deep"),
    [
        (ADA, ["artifacts", "mine.txt"], ["artifacts/edge-fabric", "artifacts/gone"]),
        (VERA, ["artifacts"], ["artifacts/edge-fabric"]),
        (BOB, ["artifacts"], ["artifacts/theirs"]),
        (EVE, ["artifacts"], []),
    ],
)
async def test_lists_what_one_may_see(
    core: Core, who: Principal, top: list[str], deep: list[str]
) -> None:
    """Everybody sees the folders of their projects; the rest is the state directory's owner's."""
    assert keys(await core.artifacts.level(who, ref(""))) == top
    assert keys(await core.artifacts.level(who, ref("artifacts/"))) == deep


async def test_deep_listing_is_filtered(core: Core) -> None:
    """A listing to the bottom hides what one may not see, too."""
    found = await core.artifacts.level(VERA, ref(""), deep=True)
    assert keys(found) == [f"{OURS_7}/a.cfg", f"{OURS_7}/out/b.cfg"]
    assert {held.project_id for _, held in found.artifacts} == {PROJECT_ID}


async def test_pages(core: Core) -> None:
    """A long level is asked for page by page; the last page says so."""
    first = await core.artifacts.level(ADA, ref(OURS_7), limit=1)
    assert keys(first) == [f"{OURS_7}/a.cfg"]
    rest = await core.artifacts.level(ADA, ref(OURS_7), after=first.next)
    assert (keys(rest), rest.next) == ([f"{OURS_7}/out"], "")


async def calls(core: Core, who: Principal, key: str, tmp_path: Path) -> dict[str, Any]:
    """Return every guarded call on a key: nothing, or what it raised."""
    service, one = core.artifacts, ref(key)
    answers: dict[str, Any] = {}
    works: dict[str, Awaitable[Any]] = {
        "measure": service.measure(who, one),
        "preview": service.preview(who, one),
        "maker": service.maker(who, one),
        "stream": service.stream(who, one),
        "save": service.save(who, one, tmp_path / "saved"),
        "put": service.put(who, one, b"new", overwrite=True),
        "copy": service.copy(who, one, ref(f"{key}.2")),
        "delete": service.delete(who, one),
    }
    for name, work in works.items():
        try:
            await work
        except Forbidden as error:
            answers[name] = error
    return answers


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        (ADA, set()),
        (EDITH, set()),
        (VERA, {"put", "copy", "delete"}),
        (BOB, {"measure", "preview", "maker", "stream", "save", "put", "copy", "delete"}),
    ],
)
async def test_roles(core: Core, who: Principal, refused: set[str], tmp_path: Path) -> None:
    """A viewer looks and takes, an editor changes, a stranger does neither."""
    answers = await calls(core, who, f"{OURS_7}/a.cfg", tmp_path)
    assert set(answers) == refused


@pytest.mark.parametrize("key", ["mine.txt", "artifacts/gone/9/d.cfg", "artifacts/new"])
async def test_what_belongs_to_nobody(core: Core, key: str, tmp_path: Path) -> None:
    """What is of no known project is the business of the state directory's owner."""
    with pytest.raises(Forbidden, match="this-machine"):
        await core.artifacts.put(EDITH, ref(key), b"x", overwrite=True)
    assert (await core.artifacts.put(ADA, ref(key), b"x", overwrite=True)).ref == ref(key)


async def test_projects_of_the_same_name(core: Core) -> None:
    """Where two projects share a name, the run decides; what it cannot is nobody's."""
    core.host.put(a_project(path="/other/edge-fabric", created_by="eve"))
    await core.catalog.read_all()
    core.engine.put(
        a_detail(run=a_run(number=11, project_id=ProjectId("local:/other/edge-fabric")))
    )
    await core.runs.refresh(ADA, LOCAL)
    assert await core.artifacts.maker(VERA, ref(f"{OURS_7}/a.cfg")) is not None
    with pytest.raises(Forbidden):
        await core.artifacts.maker(EVE, ref(f"{OURS_7}/a.cfg"))
    assert await core.artifacts.maker(EVE, ref("artifacts/edge-fabric/11/x")) is not None
    with pytest.raises(Forbidden, match="this-machine"):
        await core.artifacts.maker(EVE, ref("artifacts/edge-fabric/notes.txt"))


async def test_copy_needs_the_source_too(core: Core) -> None:
    """Whoever may write somewhere does not read elsewhere by copying."""
    with pytest.raises(Forbidden, match="theirs"):
        await core.artifacts.copy(EDITH, ref("artifacts/theirs/8/c.cfg"), ref(f"{OURS_7}/c.cfg"))


async def test_may_is_told_from_memory(core: Core) -> None:
    """What a key in the footer says agrees with what the service decides."""
    held = Held(ref(f"{OURS_7}/a.cfg"), PROJECT_ID)
    may = core.services.may
    assert isinstance(may(VERA, Permission.ARTIFACT_READ, held), Allowed)
    assert isinstance(may(VERA, Permission.ARTIFACT_DELETE, held), Denied)
    assert isinstance(may(EDITH, Permission.ARTIFACT_DELETE, held), Allowed)
    mine = Held(ref("mine.txt"), HOUSE.id)
    assert isinstance(may(ADA, Permission.ARTIFACT_WRITE, mine), Allowed)
    assert isinstance(may(EDITH, Permission.ARTIFACT_READ, mine), Denied)


async def test_the_house_is_no_project(core: Core) -> None:
    """What stands for the state directory is in no list of projects."""
    assert HOUSE.id not in {one.project.id for one in await core.projects.all(ADA)}


async def test_preview(core: Core) -> None:
    """A preview has the first bytes, the whole size, the run, and its manifest's checksum."""
    big = b"x" * (PREVIEW_BYTES + 5)
    key = f"{OURS_7}/big"
    await core.artifacts.put(ADA, ref(key), big)
    collection = Collection(RunId("local:7"), LOCAL, OURS_7, 1, len(big))
    kept = [Kept(key, "big", len(big), hashlib.sha256(big).hexdigest())]
    manifest = written(a_detail(number=7), collection, kept, NOON)
    await core.artifacts.put(ADA, ref(manifest_key(OURS_7)), manifest)
    preview = await core.artifacts.preview(VERA, ref(key))
    assert preview.start == big[:PREVIEW_BYTES]
    assert preview.artifact.size == len(big)
    assert preview.artifact.checksum == kept[0].sha256
    assert preview.run is not None
    assert preview.run.number == 7
    alone = await core.artifacts.preview(ADA, ref("mine.txt"))
    assert (alone.run, alone.artifact.checksum) == (None, "")


async def test_measure(core: Core) -> None:
    """A folder is counted all the way down."""
    size = await core.artifacts.measure(VERA, ref(OURS_7))
    assert (size.count, size.is_more) == (2, False)
    assert size.size == len(f"{OURS_7}/a.cfg") + len(f"{OURS_7}/out/b.cfg")
    empty = await core.artifacts.measure(ADA, ref("artifacts/gone/1"))
    assert (empty.count, empty.newest) == (0, None)


async def test_changes_are_told(core: Core, tmp_path: Path) -> None:
    """Putting, copying and removing are told after they happened; looking is not."""
    one, two = ref(f"{OURS_7}/n"), ref(f"{OURS_7}/m")
    await core.artifacts.put(ADA, one, b"x")
    await core.artifacts.copy(ADA, one, two)
    await core.artifacts.delete(ADA, one)
    await core.artifacts.save(ADA, two, tmp_path / "saved")
    with pytest.raises(Conflict):
        await core.artifacts.put(ADA, two, b"x")
    told = [ArtifactsChanged(LOCAL, frozenset({each.key})) for each in (one, two, one)]
    assert core.told(ArtifactsChanged) == told


async def test_other_stores(core: Core) -> None:
    """A copy may go from one store to another; an unknown store is not there."""
    other = ObjectArtifactStore("other", ObjectClient(MemoryStore(), is_sorted=True))
    core.shelf.more.append(other)
    service = core.shelf.service(core.index, core.access, core.bus, core.clock)
    assert await service.stores(ADA) == (LOCAL, "other")
    await service.copy(ADA, ref(f"{OURS_7}/a.cfg"), ref(f"{OURS_7}/a.cfg", "other"))
    async with aclosing(await service.stream(ADA, ref(f"{OURS_7}/a.cfg", "other"))) as chunks:
        assert b"".join([one async for one in chunks]) == f"{OURS_7}/a.cfg".encode()
    with pytest.raises(NotFound, match="no artifact store named nope"):
        await service.level(ADA, ref("", "nope"))


@pytest.mark.parametrize("key", ["../x", "a/../../etc", "/x"])
async def test_keys_stay_inside(core: Core, key: str, tmp_path: Path) -> None:
    """A key that leads out is refused whoever says it."""
    for work in (
        core.artifacts.level(ADA, ref(key)), core.artifacts.preview(ADA, ref(key)),
        core.artifacts.stream(ADA, ref(key)), core.artifacts.save(ADA, ref(key), tmp_path / "s"),
        core.artifacts.put(ADA, ref(key), b""), core.artifacts.delete(ADA, ref(key)),
        core.artifacts.copy(ADA, ref("mine.txt"), ref(key)),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await work


async def test_markers(core: Core) -> None:
    """What runs declared is told to those who may see the runs."""
    for number in (7, 8):
        await core.shelf.cache.write(Collection(RunId(f"local:{number}"), markers=(UP,)))
    told = await core.artifacts.made_by(VERA, RunId("local:7"))
    assert told is not None
    assert told.markers == (UP,)
    with pytest.raises(Forbidden):
        await core.artifacts.made_by(VERA, RunId("local:8"))
