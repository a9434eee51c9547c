"""What has caught other clients of containerlab, each in a test of its own."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import LabState, NodeState
from skyforge_tui.integrations.containerlab import wire
from skyforge_tui.integrations.containerlab.client import LocalContainerlab
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.providers.labs.containerlab import ContainerlabLabs
from tests.fakes.clock import FakeClock

ROW = {
    "lab_name": "vlan", "labPath": "../x/vlan.clab.yml", "absLabPath": "/root/x/vlan.clab.yml",
    "name": "clab-vlan-c1", "container_id": "2c70173f3f41", "image": "alpine", "kind": "linux",
    "state": "running", "status": "Up 4 hours (healthy)", "ipv4_address": "172.20.20.4/24",
    "ipv6_address": "N/A", "owner": "root",
}  # fmt: skip
OLD = {name: one for name, one in ROW.items() if name not in ("absLabPath", "status")}
Script = Callable[[str], LocalContainerlab]


@pytest.fixture
def containerlab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Return a function that makes a containerlab which does what a shell script says."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def make(script: str) -> LocalContainerlab:
        (tmp_path / "containerlab").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "containerlab").chmod(0o755)
        return LocalContainerlab()

    return make


def labs_of(client: LocalContainerlab) -> ContainerlabLabs:
    """Return the provider of its labs."""
    return ContainerlabLabs(client, FakeClock(), upstream="clab")


@pytest.mark.parametrize(
    ("said", "count"),
    [
        (json.dumps({"vlan": [ROW], "wan": [ROW | {"lab_name": "wan", "name": "clab-wan-c2"}]}), 2),
        (json.dumps({"containers": [OLD, OLD | {"name": "clab-vlan-c2"}]}), 2),
        (json.dumps([OLD]), 1),
        ("{}", 0),
        ("", 0),
        ('{"containers": []}', 0),
        ('{"vlan": null}', 0),
    ],
)
def test_the_shape_of_inspect_changed(said: str, count: int) -> None:
    """Grouped by lab since 0.68, flat before, empty or nothing without labs: all are read."""
    found = wire.read_inspect(said.encode())
    assert len(found) == count
    assert {one.node for one in found} <= {"c1", "c2"}


async def test_inspect_told_of_unrelated_containers(containerlab: Script) -> None:
    """A container is of the lab that it says, whatever it was listed with; of none, it is none."""
    rows = {"vlan": [ROW, ROW | {"lab_name": "other", "name": "clab-other-x"}, {"name": "redis"}],
            "": [{"name": "nginx", "state": "running"}]}  # fmt: skip
    provider = labs_of(containerlab(f"echo '{json.dumps(rows)}'"))
    found = {one.name: one.nodes_total for one in (await provider.list_for_user()).labs}
    assert found == {"vlan": 2, "other": 1}


async def test_log_lines_among_json(containerlab: Script) -> None:
    """The log goes to the other stream; where old releases mix it in, it is passed over."""
    document = json.dumps({"vlan": [ROW]})
    script = f"echo 'INFO[0000] {{x}} found' >&2; echo 'INFO[0000] a [b]'; echo '{document}'"
    assert len(await containerlab(script).inspect()) == 1
    with pytest.raises(TransportError) as caught:
        wire.read_inspect(b"INFO[0000] nothing here")
    assert caught.value.kind == "unreadable"


async def test_a_user_who_may_not_ask_docker(containerlab: Script) -> None:
    """No rights is a failure with containerlab's own words, never an empty list of labs."""
    script = "echo 'Error: permission denied while trying to connect to the docker API' >&2; exit 1"
    listing = await labs_of(containerlab(script)).list_for_user()
    (source,) = listing.sources
    assert (listing.labs, source.mode) == ((), UpstreamState.ERROR)
    assert "permission denied" in source.error


def test_exec_tells_no_exit_code_of_its_own() -> None:
    """What a command came to is in each node's row; output that is JSON comes as an object."""
    said = {
        "clab-l-n": [{"cmd": ["ip", "a"], "return-code": 1, "stdout": "", "stderr": "no"}],
        "clab-l-m": {"cmd": ["ip"], "return-code": 0, "stdout": {"a": 1}, "stderr": ""},
    }
    assert wire.read_exec(json.dumps(said).encode()) == (
        wire.Executed("clab-l-n", 1, "no"), wire.Executed("clab-l-m", 0, '{"a": 1}'),
    )  # fmt: skip


async def test_running_is_not_ready(containerlab: Script) -> None:
    """A router in a virtual machine runs long before it listens: only `(healthy)` says ready."""
    booting = ROW | {"name": "clab-vlan-r1", "status": "Up 2 seconds (health: starting)"}
    rows = {"vlan": [ROW, booting]}
    (lab,) = (await labs_of(containerlab(f"echo '{json.dumps(rows)}'")).list_for_user()).labs
    assert (lab.state, lab.nodes_up, lab.ready) == (LabState.RUNNING, 2, 1)
    unchecked = {"vlan": [ROW | {"status": "Up 2 hours"}]}
    (lab,) = (await labs_of(containerlab(f"echo '{json.dumps(unchecked)}'")).list_for_user()).labs
    assert (lab.nodes_up, lab.ready) == (1, None)


async def test_a_node_is_not_called_as_its_container(containerlab: Script) -> None:
    """A node has the name of its topology; its container's is beside it, also without a prefix."""
    rows = {"vlan": [ROW, ROW | {"name": "c2", "state": "exited", "status": "Exited (1)"}]}
    provider = labs_of(containerlab(f"echo '{json.dumps(rows)}'"))
    detail = await provider.detail(LabId("clab:vlan"))
    named = [(one.name, one.machine, one.state) for one in detail.nodes]
    assert named == [("c1", "clab-vlan-c1", NodeState.UP), ("c2", "c2", NodeState.DOWN)]
    assert detail.lab.note == "c2: Exited (1)"
    with pytest.raises(NotFound):
        await provider.detail(LabId("clab:clab-vlan-c1"))


async def test_ten_thousand_containers(containerlab: Script, tmp_path: Path) -> None:
    """Ten thousand nodes are read, and others have their turn meanwhile; too many are refused."""
    rows = [ROW | {"name": f"clab-vlan-c{number}"} for number in range(10_000)]
    (tmp_path / "said.json").write_text(json.dumps({"vlan": rows}))
    provider = labs_of(containerlab(f"cat {tmp_path}/said.json"))
    (lab,) = (await provider.list_for_user()).labs
    assert (lab.nodes_up, lab.nodes_total) == (10_000, 10_000)
    assert len((await provider.detail(lab.id)).nodes) == 10_000
    endless = labs_of(containerlab("exec yes '{'"))
    (source,) = (await endless.list_for_user()).sources
    assert (source.mode, "more than 16777216 bytes" in source.error) == (UpstreamState.ERROR, True)
    assert source.advice == "there, containerlab inspect --name LAB shows one lab"


async def test_a_relative_path_means_nothing_elsewhere(containerlab: Script) -> None:
    """Only an absolute path of a topology is believed."""
    for row, directory in ((ROW, "/root/x"), (OLD, "")):
        client = containerlab(f"echo '{json.dumps({'vlan': [row]})}'")
        (lab,) = (await labs_of(client).list_for_user()).labs
        assert lab.directory == directory


async def test_blank_heartbeats_and_long_silence(containerlab: Script) -> None:
    """Blank lines, torn ones and a long silence are no end of the events."""
    event = {"type": "container", "action": "start", "attributes": {"containerlab": "vlan"}}
    script = (
        f"echo; echo '{{'; printf '\\n\\n'; sleep 0.2; echo '{json.dumps(event)}'; exec sleep 60"
    )
    async with asyncio.timeout(20), aclosing(containerlab(script).changes()) as events:
        assert await anext(events) == wire.Event("container", "start", "vlan")
    old = containerlab("echo 'unknown command' >&2; exit 1")
    with pytest.raises(TransportError, match="tells no events"):
        await anext(old.changes())


async def test_what_it_started_ends_with_it(
    containerlab: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that it started itself, and that holds its output, keeps no pipe open."""
    left: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: left.append(told.exc_value))
    event = {"type": "container", "action": "start", "attributes": {"containerlab": "vlan"}}
    script = f"sleep 60 & echo '{json.dumps(event)}'; wait"
    async with asyncio.timeout(20), aclosing(containerlab(script).changes()) as events:
        assert await anext(events) == wire.Event("container", "start", "vlan")
    del events
    gc.collect()
    assert left == []


async def test_containerlab_is_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the program the provider is switched off, and says what would help."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (source,) = (await labs_of(LocalContainerlab()).list_for_user()).sources
    assert (source.mode, "not installed" in source.error) == (UpstreamState.DISABLED, True)
