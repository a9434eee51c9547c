"""Many artifacts at once: found, verified, lent, cleared."""

from __future__ import annotations

from datetime import timedelta

import pytest

from skyforge_tui.domain.artifact import ArtifactRef
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound
from skyforge_tui.domain.identity import LOCAL, Principal, RunId
from skyforge_tui.domain.manifest import Kept, manifest_key, written
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.domain.retention import Limits
from skyforge_tui.services.artifact_care import Bulk, Soundness
from tests.builders import NOON, a_detail, a_project
from tests.fakes.core import Core

ADA, EVE = Principal("ada"), Principal("eve")
OURS = "artifacts/edge-fabric"
UP = Marker(MarkerKind.OUTPUT, "bgp", "up")


def ref(key: str) -> ArtifactRef:
    """Return a reference."""
    return ArtifactRef(LOCAL, key)


@pytest.fixture
async def core() -> Core:
    """Return services with ada's project and what two of its runs left."""
    core = Core()
    core.host.put(a_project())
    await core.catalog.read_all()
    for number in (7, 8):
        core.engine.put(a_detail(number=number))
    await core.runs.refresh(ADA, LOCAL)
    for number in (7, 8):
        prefix = f"{OURS}/{number}"
        stored = await core.shelf.store.put(f"{prefix}/a.cfg", b"x" * number)
        made = Collection(RunId(f"local:{number}"), LOCAL, prefix, 1, number, (UP,))
        kept = Kept(stored.key, "a.cfg", stored.size, stored.checksum)
        manifest = written(a_detail(number=number), made, [kept], NOON)
        await core.shelf.store.put(manifest_key(prefix), manifest)
    await core.artifacts.put(ADA, ref(f"{OURS}/notes/Über.txt"), b"mine")
    return core


async def test_find(core: Core) -> None:
    """A text is found anywhere in a key, small or large; nobody searches what is not theirs."""
    found, is_more = await core.care.find(ADA, ref(OURS), "über")
    assert ([one.name for one in found], is_more) == (["Über.txt"], False)
    found, is_more = await core.care.find(ADA, ref(OURS), "cfg", limit=1)
    assert (len(found), is_more) == (1, True)
    with pytest.raises(Forbidden):
        await core.care.find(EVE, ref(OURS), "cfg")


async def test_verify(core: Core) -> None:
    """What is as noted is sound, what was changed behind one's back is not, the rest is told."""
    verdicts = await core.care.verify(ADA, ref(OURS))
    assert {one.artifact.name: one.soundness for one in verdicts} == {
        "a.cfg": Soundness.SOUND, "manifest.json": Soundness.UNKNOWN, "Über.txt": Soundness.SOUND,
    }  # fmt: skip
    for key in (f"{OURS}/7/a.cfg", f"{OURS}/notes/Über.txt"):
        await core.shelf.store.put(key, b"tampered", overwrite=True)
        (verdict,) = await core.care.verify(ADA, ref(key))
        assert verdict.soundness is Soundness.DIFFERENT
    # What a person replaces in so many words is sound again.
    await core.artifacts.put(ADA, ref(f"{OURS}/7/a.cfg"), b"new", overwrite=True)
    (verdict,) = await core.care.verify(ADA, ref(f"{OURS}/7/a.cfg"))
    assert verdict.soundness is Soundness.SOUND
    with pytest.raises(NotFound):
        await core.care.verify(ADA, ref(f"{OURS}/nothing"))


async def test_clear(core: Core) -> None:
    """All below a prefix is counted, then goes, with what was noted of it; a store never does."""
    assert await core.care.count(ADA, ref(f"{OURS}/notes")) == Bulk(1, 4)
    with pytest.raises(Forbidden):
        await core.care.clear(EVE, ref(OURS))
    for key in ("", "artifacts"):
        with pytest.raises(Invalid, match="whole store"):
            await core.care.clear(ADA, ref(key))
    assert await core.care.clear(ADA, ref(f"{OURS}/notes")) == Bulk(1, 4)
    with pytest.raises(NotFound):
        await core.care.clear(ADA, ref(f"{OURS}/notes"))
    await core.shelf.store.put(f"{OURS}/notes/Über.txt", b"another")
    (verdict,) = await core.care.verify(ADA, ref(f"{OURS}/notes/Über.txt"))
    assert verdict.soundness is Soundness.UNKNOWN


async def test_outdated(core: Core) -> None:
    """What runs left goes by age and size, a run as a whole, the oldest first; notes stay."""
    total, doomed = await core.care.outdated(ADA, ref(OURS), Limits(size=0))
    assert (total.count, [one.prefix for one in doomed]) == (4, [f"{OURS}/7", f"{OURS}/8"])
    total, doomed = await core.care.outdated(ADA, ref(OURS), Limits(size=total.size - 1))
    assert [one.prefix for one in doomed] == [f"{OURS}/7"]
    _, doomed = await core.care.outdated(ADA, ref(OURS), Limits(age=timedelta(days=36500)))
    assert doomed == []


async def test_what_came_meanwhile_stays(core: Core) -> None:
    """What came to a run's folder after it was counted, and before somebody said yes, stays."""
    _, doomed = await core.care.outdated(ADA, ref(OURS), Limits(size=0))
    await core.artifacts.put(ADA, ref(f"{doomed[0].prefix}/new.txt"), b"new")
    for one in doomed:
        await core.care.clear(ADA, ref(one.prefix), until=one.newest)
    left = (await core.shelf.store.page(OURS, deep=True)).artifacts
    assert [one.name for one in left] == ["new.txt", "Über.txt"]


async def test_no_address(core: Core) -> None:
    """What is in a directory has no address, and that is said with a way on."""
    with pytest.raises(Invalid, match="has no address") as caught:
        await core.care.url(ADA, ref(f"{OURS}/7/a.cfg"), timedelta(hours=1))
    assert "bucket" in caught.value.advice
