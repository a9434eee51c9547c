"""What a run made is kept once, whole, with its manifest, and what is refused is said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from skyforge_tui.domain.artifact import Artifact
from skyforge_tui.domain.collection import Collection, Refusal
from skyforge_tui.domain.errors import Conflict, Forbidden, NotFound, Unavailable
from skyforge_tui.domain.events import ArtifactsChanged, NoticeRaised
from skyforge_tui.domain.identity import LOCAL, SYSTEM, Principal, RunId
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.run import RunState
from skyforge_tui.services import collector as collecting
from skyforge_tui.services.collector import CLAIM
from tests.builders import NOON, PROJECT_PATH, a_detail, a_project, a_spec
from tests.fakes.artifacts import FakeWorkFiles, Shelf
from tests.fakes.core import Core
from tests.fakes.run_engine import FakeRunEngine

ADA, EVE = Principal("ada"), Principal("eve")
RUN = RunId("local:7")
PREFIX = "artifacts/edge-fabric/7"


async def a_core(
    *,
    artifacts: tuple[str, ...] = ("out/*",),
    output: bytes = b"",
    state: Any = RunState.SUCCESS,
    **run: Any,
) -> Core:
    """Return services with run 7, whose template declares `artifacts` and which printed this."""
    core = Core()
    core.host.put(a_project())
    await core.catalog.read_all()
    spec = a_spec(artifacts=artifacts, answers={"limit": "all"}, secret_names=("vault",))
    core.engine.put(a_detail(number=7, state=state, spec=spec, **run))
    core.logs.outputs["7"] = output
    core.shelf.files.held = {"out/a.cfg": b"hostname a\n", "out/b.cfg": b"hostname b\n"}
    core.shelf.cache.ended = [RUN]
    await core.runs.refresh(ADA, LOCAL)
    core.events.clear()
    return core


async def stored(core: Core) -> list[str]:
    """Return the keys in the store."""
    page = await core.shelf.store.page("", deep=True)
    return [one.key for one in page.artifacts]


async def manifest(core: Core, prefix: str = PREFIX) -> Any:
    """Return the manifest of a run."""
    return json.loads(await core.shelf.store.read(f"{prefix}/manifest.json", 0, 1 << 20))


async def test_keeps_what_was_declared() -> None:
    """Files that match are kept below the run's prefix, with a manifest of checksums."""
    core = await a_core()
    collection = await core.artifacts.collect(ADA, RUN)
    assert collection == Collection(RUN, LOCAL, PREFIX, 2, 22)
    assert await stored(core) == [
        f"{PREFIX}/manifest.json", f"{PREFIX}/out/a.cfg", f"{PREFIX}/out/b.cfg",
    ]  # fmt: skip
    assert await core.shelf.store.read(f"{PREFIX}/out/b.cfg", 0, 99) == b"hostname b\n"
    told = await manifest(core)
    assert told["answers"] == {"limit": "all"}
    assert told["secret_answers"] == ["vault"]
    assert [one["path"] for one in told["objects"]] == ["out/a.cfg", "out/b.cfg"]
    assert core.shelf.files.asked == [(PROJECT_PATH, ("out/*",), ())]
    assert core.told(ArtifactsChanged) == [ArtifactsChanged(LOCAL, frozenset({PREFIX}))]
    assert core.told(NoticeRaised) == []


async def test_keeps_what_was_printed() -> None:
    """A file that a marker names is kept; one that is refused is said in manifest and notice."""
    core = await a_core(
        artifacts=(),
        output=b'"msg": "SKYFORGE_ARTIFACT a=out/a.cfg"\nSKYFORGE_ARTIFACT p=/etc/passwd\n',
    )
    collection = await core.artifacts.collect(ADA, RUN)
    assert collection is not None
    assert (collection.count, collection.refusals) == (
        1, (Refusal("/etc/passwd", "it is not there"),),
    )  # fmt: skip
    assert (await manifest(core))["refused"] == [
        {"path": "/etc/passwd", "reason": "it is not there"}
    ]
    (notice,) = [one.notice for one in core.told(NoticeRaised)]
    assert "/etc/passwd" in notice.body
    assert notice.where == RUN


async def test_outputs_are_rows() -> None:
    """What a run declares is remembered; where there is nothing to keep, nothing is stored."""
    core = await a_core(artifacts=(), output=b"SKYFORGE_OUTPUT bgp=up\n")
    await core.artifacts.collect(ADA, RUN)
    collection = await core.artifacts.made_by(ADA, RUN)
    assert collection is not None
    assert collection.markers == (Marker(MarkerKind.OUTPUT, "bgp", "up"),)
    assert await stored(core) == []
    assert core.shelf.files.asked == []


async def test_silent_run() -> None:
    """A run that declares and prints nothing is looked at once, and nobody is told."""
    core = await a_core(artifacts=(), output=b"hello\n")
    assert await core.artifacts.collect(ADA, RUN) == Collection(RUN)
    assert await core.artifacts.due(SYSTEM, 9) == []
    assert core.events == []


async def test_what_never_began_made_nothing() -> None:
    """A run that was stopped while it waited is not said to have made what others left there."""
    core = await a_core(state=RunState.STOPPED, started_at=None)
    assert await core.artifacts.collect(ADA, RUN) == Collection(RUN)
    assert await stored(core) == []
    assert core.shelf.files.asked == []


async def test_output_is_gone() -> None:
    """A run whose output is gone still has its files kept."""
    core = await a_core()
    del core.logs.outputs["7"]
    collection = await core.artifacts.collect(ADA, RUN)
    assert collection is not None
    assert collection.count == 2


async def test_once_only() -> None:
    """What was kept is not kept again, not even by who forgot that it was."""
    core = await a_core()
    first = await core.artifacts.collect(ADA, RUN)
    core.shelf.files.held["out/new.cfg"] = b"late"
    assert await core.artifacts.collect(ADA, RUN) == first
    core.shelf.cache.held.clear()
    assert await core.artifacts.collect(ADA, RUN) == first
    assert len(core.shelf.files.asked) == 1
    assert core.shelf.cache.held == {RUN: first}


async def test_one_program_at_a_time() -> None:
    """While another program collects, nothing is done; afterwards its work is found."""
    core = await a_core()
    core.shelf.claims.taken.add(CLAIM)
    assert await core.artifacts.collect(ADA, RUN) is None
    assert await stored(core) == []
    core.shelf.claims.taken.clear()
    assert await core.artifacts.collect(ADA, RUN) is not None


async def test_broken_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that fails halfway leaves no manifest; the next try completes everything."""
    core = await a_core()
    put = core.shelf.store.put

    async def failing(key: str, source: bytes | Iterable[bytes], **more: Any) -> Artifact:
        if key.endswith("b.cfg"):
            raise Unavailable("no space left")
        return await put(key, source, **more)

    monkeypatch.setattr(core.shelf.store, "put", failing)
    with pytest.raises(Unavailable, match="no space"):
        await core.artifacts.collect(ADA, RUN)
    assert f"{PREFIX}/manifest.json" not in await stored(core)
    assert await core.artifacts.due(SYSTEM, 9) == [RUN]
    monkeypatch.setattr(core.shelf.store, "put", put)
    collection = await core.artifacts.collect(ADA, RUN)
    assert collection is not None
    assert (collection.count, collection.refusals) == (2, ())
    assert core.shelf.claims.taken == set()


async def test_vanished_meanwhile() -> None:
    """A file that vanished since it was found is refused; the others are kept."""
    core = await a_core()
    core.shelf.files.gone = {"out/a.cfg"}
    collection = await core.artifacts.collect(ADA, RUN)
    assert collection is not None
    assert (collection.count, [one.path for one in collection.refusals]) == (1, ["out/a.cfg"])


async def test_odd_names() -> None:
    """A file called like the manifest gets another key; what cannot be a key is refused."""
    core = await a_core()
    core.shelf.files.held = {"manifest.json": b"{}", "a\nb": b"", "\udcff": b"", "x#1": b""}
    collection = await core.artifacts.collect(ADA, RUN)
    assert collection is not None
    assert collection.count == 1
    assert len(collection.refusals) == 3
    assert await stored(core) == [f"{PREFIX}/manifest.json", f"{PREFIX}/manifest.json.1"]
    assert (await manifest(core))["objects"][0]["path"] == "manifest.json"


async def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many files and bytes the rest is left out, with how much that was."""
    core = await a_core()
    monkeypatch.setattr(collecting, "MOST_FILES", 3)
    monkeypatch.setattr(collecting, "MOST_BYTES", 100)
    core.shelf.files.held = {f"out/{n}": b"x" * 30 for n in range(6)} | {"out/big": b"x" * 200}
    collection = await core.artifacts.collect(ADA, RUN)
    assert collection is not None
    assert (collection.count, collection.size) == (3, 90)
    assert "4 of 7 files with 290 bytes" in collection.refusals[-1].reason


async def test_same_number_from_elsewhere() -> None:
    """Where the prefix is taken by a run of another machine, both have their place."""
    core = await a_core()
    await core.artifacts.collect(ADA, RUN)
    before = await manifest(core)
    core.shelf.cache.held.clear()
    again = a_detail(number=7, created_at=NOON, spec=a_spec(artifacts=("out/*",)))
    core.engine.put(again)
    await core.runs.refresh(ADA, LOCAL, [RUN])
    collection = await core.artifacts.collect(ADA, RUN)
    assert collection is not None
    assert collection.prefix == f"{PREFIX}.20260314T120000"
    assert await manifest(core) == before
    assert (await core.artifacts.maker(ADA, _ref(f"{collection.prefix}/out/a.cfg"))) is not None


class FarEngine(FakeRunEngine):
    """An engine elsewhere; what it has of output is here at once."""

    async def follow(self, run_id: RunId) -> None:
        """Do nothing."""

    def unfollow(self, run_id: RunId) -> None:
        """Do nothing."""

    async def bring(self, run_id: RunId) -> None:
        """Do nothing."""


async def far_core(**shelf: Any) -> Core:
    """Return services on a server: run 3 was to leave something, run 4 was not."""
    core = Core(engine=FarEngine("labhost"), shelf=Shelf(**shelf))
    core.health.register("labhost", "netlab")
    core.host.put(a_project())
    await core.catalog.read_all()
    for number, artifacts in ((3, ("out/*",)), (4, ())):
        run_id = RunId(f"labhost:{number}")
        spec = a_spec(artifacts=artifacts, directory="/there")
        core.engine.put(a_detail(id=run_id, number=number, spec=spec))
        core.logs.outputs[str(number)] = b"SKYFORGE_OUTPUT bgp=up\nSKYFORGE_ARTIFACT x=out/b\n"
        core.shelf.cache.ended.append(run_id)
    await core.runs.refresh(ADA, "labhost")
    return core


async def test_files_of_a_host() -> None:
    """What a run left on a host is brought from there, when it was to leave something."""
    there = FakeWorkFiles({"out/a": b"a", "out/b": b"b"})
    core = await far_core(far_files={"labhost": there})
    assert await core.artifacts.due(ADA, 10) == ["labhost:3"]
    collection = await core.artifacts.collect(ADA, RunId("labhost:3"))
    assert collection is not None
    assert (collection.count, collection.prefix) == (2, "artifacts/edge-fabric/labhost-3")
    assert there.asked == [("/there", ("out/*",), ("out/b",))]
    assert core.shelf.files.asked == []
    assert await core.artifacts.due(ADA, 10) == []


async def test_what_a_server_tells() -> None:
    """Of a run whose files nobody here can reach, what its output declares is kept, once."""
    core = await far_core()
    assert await core.artifacts.due(ADA, 10) == []
    collection = await core.artifacts.collect(ADA, RunId("labhost:4"))
    assert collection is not None
    assert (collection.count, collection.store) == (0, LOCAL)
    assert await stored(core) == ["artifacts/edge-fabric/labhost-4/manifest.json"]
    told = await manifest(core, "artifacts/edge-fabric/labhost-4")
    assert [one["name"] for one in told["markers"]] == ["bgp", "x"]
    assert (told["objects"], core.shelf.files.asked) == ([], [])
    core.shelf.cache.held.clear()
    again = await core.artifacts.collect(ADA, RunId("labhost:4"))
    assert again == collection


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.WAITING, RunState.UNKNOWN])
async def test_only_ended_runs(state: RunState) -> None:
    """A run that has not ended is not collected."""
    core = await a_core(state=state)
    with pytest.raises(Conflict, match="not ended"):
        await core.artifacts.collect(ADA, RUN)


@pytest.mark.parametrize("state", [RunState.ERROR, RunState.STOPPED, RunState.LOST])
async def test_every_end_counts(state: RunState) -> None:
    """A failed, stopped or lost run has left things too."""
    core = await a_core(state=state)
    assert await core.artifacts.collect(ADA, RUN) is not None
    assert (await manifest(core))["run"]["state"] == state


async def test_who_may() -> None:
    """Strangers collect nothing, and nothing is collected of runs that never were."""
    core = await a_core()
    with pytest.raises(Forbidden):
        await core.artifacts.collect(EVE, RUN)
    with pytest.raises(NotFound):
        await core.artifacts.collect(SYSTEM, RunId("local:99"))


def _ref(key: str) -> Any:
    from skyforge_tui.domain.artifact import ArtifactRef

    return ArtifactRef(LOCAL, key)
