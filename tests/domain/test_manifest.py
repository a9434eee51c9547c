"""A manifest tells where artifacts came from, holds no secret, and is read back."""

from __future__ import annotations

import json

import pytest

from skyforge_tui.domain.collection import Collection, Refusal
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.manifest import Kept, checksums, is_of, read, written
from skyforge_tui.domain.markers import Marker, MarkerKind
from tests.builders import NOON, a_detail, a_run, a_spec

COLLECTION = Collection(
    RunId("local:7"), "local", "artifacts/edge-fabric/7", 1, 12,
    (Marker(MarkerKind.OUTPUT, "bgp", "up"),), (Refusal("../x", "it leads out"),),
)  # fmt: skip
KEPT = Kept("artifacts/edge-fabric/7/a.cfg", "a.cfg", 12, "ab" * 32)


def a_manifest() -> bytes:
    """Return the manifest of run 7, which had a secret answer."""
    spec = a_spec(answers={"limit": "all"}, secret_names=("vault",), artifacts=("*.cfg",))
    return written(a_detail(number=7, spec=spec), COLLECTION, [KEPT], NOON)


def test_round_trip() -> None:
    """A collection is read back from its manifest, wherever that lies now."""
    assert read(a_manifest(), COLLECTION.run_id, "local", COLLECTION.prefix) == COLLECTION
    moved = read(a_manifest(), COLLECTION.run_id, "s3", "x")
    assert moved is not None
    assert (moved.store, moved.prefix) == ("s3", "x")
    assert checksums(a_manifest()) == {KEPT.key: KEPT.sha256}


def test_what_it_says() -> None:
    """It names run, template, commit, answers, times and checksums; of secrets only the names."""
    told = json.loads(a_manifest())
    assert told["run"]["number"] == 7
    assert told["template"]["artifacts"] == ["*.cfg"]
    assert told["answers"] == {"limit": "all"}
    assert told["secret_answers"] == ["vault"]
    assert told["collected_at"] == NOON.isoformat()
    assert told["objects"] == [
        {"key": KEPT.key, "path": "a.cfg", "size": 12, "sha256": KEPT.sha256}
    ]
    assert told["refused"] == [{"path": "../x", "reason": "it leads out"}]


def test_whose_it_is() -> None:
    """A manifest of a run with the same number from elsewhere is told apart."""
    assert is_of(a_manifest(), a_run(number=7))
    assert not is_of(a_manifest(), a_run(number=7, created_at=NOON))
    assert not is_of(a_manifest(), a_run(number=8))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"count": 1}', b"\xff", b"[" * 9999])
def test_broken(data: bytes) -> None:
    """What is no manifest tells nothing, and takes nobody's place."""
    assert read(data, COLLECTION.run_id, "local", "x") is None
    assert checksums(data) == {}
    assert is_of(data, a_run(number=7))
