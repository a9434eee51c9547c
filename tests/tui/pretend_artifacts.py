"""What runs of the pretended workspace left: the same bytes at the same times on every machine."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import obstore
from obstore.store import MemoryStore

from skyforge_tui.domain.artifact import Artifact
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.manifest import Kept, manifest_key, written
from skyforge_tui.integrations.object_store.client import ObjectClient
from skyforge_tui.integrations.object_store.wire import StoredObject
from skyforge_tui.providers.artifacts.object_store import ObjectArtifactStore
from tests.builders import a_detail
from tests.fakes.artifacts import Shelf
from tests.tui.pretend import NOW, created_at, run_id

OURS = "artifacts/edge-fabric"
MADE_AT = NOW - timedelta(hours=1, minutes=27)


def _sessions() -> bytes:
    hosts = [(f"leaf{n}", f"s{peer}") for n in (1, 2, 3, 4) for peer in (1, 2)]
    rows = [{"host": host, "peer": peer, "state": "up"} for host, peer in hosts]
    document = {"run": 806, "checked": "2026-11-23T13:04:41Z", "sessions": rows, "expected": 8}
    return json.dumps(document, indent=2).encode() + b"\n"


def _config(name: str) -> bytes:
    neighbours = "".join(f"  neighbor 10.0.0.{n} remote-as 65{n:03}\n" for n in range(200))
    return f"hostname {name}\nrouter bgp 65000\n{neighbours}".encode()


CONTENT = {
    **{f"{OURS}/806/configs/{one}.cfg": _config(one) for one in ("leaf1", "leaf2", "spine1")},
    f"{OURS}/806/capture.pcap": bytes(range(256)) * 40,
    f"{OURS}/806/report.html": b"<h1>deploy-bgp</h1>\n" * 400,
    f"{OURS}/806/sessions.json": _sessions(),
    f"{OURS}/799/sessions.json": _sessions(),
    **{f"{OURS}/791/configs/{one}.cfg": _config(one) for one in ("leaf1", "leaf2")},
    f"{OURS}/791/configs/spine1.cfg": _config("spine"),
    f"{OURS}/791/sessions.json": _sessions(),
    f"{OURS}/791/capture.pcap": bytes(range(255)) * 40,
    "artifacts/mpls-core/797/drain.log": b"drained\n",
    "artifacts/wan-refresh/788/plan.txt": b"plan\n",
}


class StillStore(ObjectArtifactStore):
    """A store whose objects are as old as they pretend to be."""

    def _artifact(self, one: StoredObject) -> Artifact:
        return replace(super()._artifact(one), modified_at=_written_at(one.key))


def _written_at(key: str) -> datetime:
    days = {"799": 1, "791": 2}.get(key.split("/")[2], 0)
    return MADE_AT - timedelta(days=days)


def a_shelf() -> Shelf:
    """Return a store with what runs left in it."""
    memory: Any = MemoryStore()
    shelf = Shelf(store=StillStore(LOCAL, ObjectClient(memory, is_sorted=True)))
    for key, data in CONTENT.items():
        obstore.put(memory, key, data)
    for number in (806, 799, 791):
        prefix = f"{OURS}/{number}"
        kept = [
            Kept(key, key.removeprefix(f"{prefix}/"), len(data), hashlib.sha256(data).hexdigest())
            for key, data in CONTENT.items()
            if key.startswith(f"{prefix}/")
        ]
        size = sum(one.size for one in kept)
        made = Collection(run_id(number), LOCAL, prefix, len(kept), size)
        detail = a_detail(number=number, created_at=created_at(number))
        manifest = written(detail, made, kept, MADE_AT)
        obstore.put(memory, manifest_key(prefix), manifest)
        shelf.cache.held[made.run_id] = made
    return shelf
