"""Where artifacts come from, however much was lost: caches, the run itself, the project's name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.artifact import ArtifactRef
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.errors import Forbidden
from skyforge_tui.domain.identity import LOCAL, Principal, RunId
from skyforge_tui.domain.manifest import Kept, detail_in, manifest_key, written
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import RunDetail
from skyforge_tui.services.lineage import Indexed
from tests.builders import NOON, a_detail, a_project
from tests.fakes.core import Core

ADA, EVE = Principal("ada"), Principal("eve")
OURS = "artifacts/edge-fabric"
UP = Marker(MarkerKind.OUTPUT, "bgp", "up")


def ref(key: str) -> ArtifactRef:
    """Return a reference."""
    return ArtifactRef(LOCAL, key)


def manifest(detail: RunDetail, prefix: str) -> bytes:
    """Return what the manifest of a run's artifacts says."""
    made = Collection(detail.run.id, LOCAL, prefix, 1, 7, (UP,))
    return written(detail, made, [Kept(f"{prefix}/a.cfg", "a.cfg", 7, "0" * 64)], NOON)


@pytest.fixture
async def core() -> Core:
    """Return services with ada's project, and what a run here and one that is gone left there."""
    core = Core()
    core.host.put(a_project())
    await core.catalog.read_all()
    core.engine.put(a_detail(number=7))
    await core.runs.refresh(ADA, LOCAL)
    for number in (7, 8):
        prefix = f"{OURS}/{number}"
        await core.shelf.store.put(f"{prefix}/a.cfg", b"x" * 7)
        await core.shelf.store.put(manifest_key(prefix), manifest(a_detail(number=number), prefix))
    return core


async def test_origin(core: Core) -> None:
    """The run is that of the index; of one that is gone, its manifest tells what was asked for."""
    known = await core.lineage.origin(ADA, ref(f"{OURS}/7/a.cfg"))
    assert known is not None
    assert (known.is_known, known.run.id) == (True, "local:7")
    gone = await core.lineage.origin(ADA, ref(f"{OURS}/8"))
    assert gone is not None
    assert (gone.is_known, gone.run.number) == (False, 8)
    assert gone.detail.spec.command == a_detail(number=8).spec.command
    await core.artifacts.put(ADA, ref("mine.txt"), b"x")
    assert await core.lineage.origin(ADA, ref("mine.txt")) is None
    with pytest.raises(Forbidden):
        await core.lineage.origin(EVE, ref(f"{OURS}/7"))


async def test_copied_elsewhere(core: Core) -> None:
    """What was copied to another project still leads to its run, for who may look at that."""
    core.host.put(a_project(path="/srv/other", name="other"))
    await core.catalog.read_all()
    for name in ("a.cfg", "manifest.json"):
        source = ref(f"{OURS}/7/{name}")
        await core.artifacts.copy(ADA, source, ref(f"artifacts/other/7/{name}"))
    found = await core.lineage.origin(ADA, ref("artifacts/other/7/a.cfg"))
    assert found is not None
    assert (found.is_known, found.run.project) == (True, "edge-fabric")


async def test_another_machine(core: Core) -> None:
    """A run of another machine that goes by a number of ours is not taken for ours."""
    other = a_detail(number=7)
    at = other.run.created_at + timedelta(days=1)
    other = replace(
        other,
        run=replace(other.run, created_at=at, started_by="bob"),
        spec=replace(other.spec, created_at=at, started_by="bob"),
    )
    prefix = f"{OURS}/7.20261124T120000"
    await core.shelf.store.put(manifest_key(prefix), manifest(other, prefix))
    found = await core.lineage.origin(ADA, ref(f"{prefix}/a.cfg"))
    assert found is not None
    assert (found.is_known, found.run.started_by) == (False, "bob")
    learned = await core.lineage.index(ADA, LOCAL)
    assert learned == Indexed(2, (), foreign=1)
    made = await core.artifacts.made_by(ADA, RunId("local:7"))
    assert made is not None
    assert made.prefix == f"{OURS}/7"


async def test_index(core: Core) -> None:
    """What runs left is known again from their manifests alone; one that is broken is named."""
    core.shelf.cache.held.clear()
    await core.shelf.store.put(f"{OURS}/9/manifest.json", b"{broken")
    learned = await core.lineage.index(ADA, LOCAL)
    assert (learned.runs, learned.unreadable) == (2, (f"{OURS}/9/manifest.json",))
    made = await core.artifacts.made_by(ADA, RunId("local:7"))
    assert made is not None
    assert (made.prefix, made.count, made.markers) == (f"{OURS}/7", 1, (UP,))
    core.shelf.cache.held.clear()
    assert (await core.lineage.index(EVE, LOCAL)).runs == 0


async def test_what_is_left(core: Core) -> None:
    """How much of what a run left is there is looked at, not remembered; its manifest is none."""
    run = RunId("local:7")
    assert await core.lineage.left_of(ADA, run) is None
    await core.lineage.index(ADA, LOCAL)
    left = await core.lineage.left_of(ADA, run)
    assert left is not None
    assert (left.count, left.size) == (1, 7)
    await core.artifacts.delete(ADA, ref(f"{OURS}/7/a.cfg"))
    left = await core.lineage.left_of(ADA, run)
    assert left is not None
    assert (left.count, left.size, left.newest) == (0, 0, None)
    with pytest.raises(Forbidden):
        await core.lineage.left_of(EVE, run)


def test_a_manifest_tells_its_run() -> None:
    """What a manifest says of its run is what the run was."""
    detail = a_detail(number=7)
    told = detail_in(manifest(detail, OURS))
    assert told is not None
    fields = ("id", "number", "state", "started_by", "created_at", "ended_at", "exit_code", "title")
    assert [getattr(told.run, one) for one in fields] == [
        getattr(detail.run, one) for one in fields
    ]
    assert (told.spec.command, told.spec.answers) == (detail.spec.command, detail.spec.answers)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists), st.data())
def test_strange_manifests(value: Any, data: st.DataObject) -> None:
    """Whatever stands where something is expected, a manifest is read or is unreadable."""
    document = json.loads(manifest(a_detail(number=7), OURS))
    part = document[data.draw(st.sampled_from(["run", "project", "template", "answers"]))]
    name = data.draw(st.sampled_from(sorted(part))) if part else "new"
    part[name] = value
    told = detail_in(json.dumps(document).encode())
    assert told is None or told.run.number == 7 or name == "number"
