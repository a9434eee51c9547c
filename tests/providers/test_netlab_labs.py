"""Labs of the netlab command: what it says of them, and what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import LabState, NodeState
from skyforge_tui.integrations.netlab.client import NetlabClient
from skyforge_tui.integrations.netlab.place import SOMEWHERE
from skyforge_tui.ports.lab_provider import LabQuery, ProgressStamp
from skyforge_tui.providers.labs.netlab_command import NetlabLabProvider
from tests.fakes.clock import FakeClock
from tests.fakes.labs import ScriptedNetlab


@pytest.fixture
def netlab(tmp_path: Path) -> ScriptedNetlab:
    """Return a netlab that does as it is told."""
    return ScriptedNetlab(tmp_path)


@pytest.fixture
def labs(netlab: ScriptedNetlab) -> NetlabLabProvider:
    """Return a provider of its labs."""
    return NetlabLabProvider(NetlabClient(environ=netlab.environ), FakeClock(), owner="ada")


def _entry(folder: Path, status: str = "started", *log: str) -> dict[str, object]:
    return {
        "dir": str(folder), "name": "demo", "status": status, "providers": ["clab"],
        "timestamp": "2026-03-14 11:00:00+00:00", "log": list(log),
    }  # fmt: skip


def _nodes(*statuses: str | None, provider: str = "clab") -> Mapping[str, object]:
    nodes: dict[str, dict[str, str]] = {}
    for number, status in enumerate(statuses, 1):
        nodes[f"r{number}"] = {"device": "frr", "provider": provider}
        if status is not None:
            nodes[f"r{number}"]["status"] = status
    return nodes


@pytest.mark.parametrize(
    ("statuses", "state", "up", "total"),
    [
        (("Up 1 hour", "Up 1 hour"), LabState.RUNNING, 2, 2),
        (("Up 1 hour", "Exited (137) 1 minute ago"), LabState.RUNNING, 1, 2),
        (("Up 1 hour", None), LabState.RUNNING, 1, 2),
        (("Exited (0)", "Exited (0)"), LabState.FAILED, 0, 2),
        ((None, None), LabState.UNKNOWN, None, 2),
    ],
)
async def test_labs_that_outlived_their_nodes(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path,
    statuses: tuple[str | None, ...], state: LabState, up: int | None, total: int,
) -> None:  # fmt: skip
    """A lab listed as started is believed only as far as its nodes are there."""
    entry = _entry(tmp_path)
    netlab.answer("status-all", {"default": entry})
    netlab.answer("status-default", {**entry, "nodes": _nodes(*statuses)})
    (lab,) = (await labs.list_for_user()).labs
    assert (lab.state, lab.nodes_up, lab.nodes_total) == (state, up, total)
    assert lab.is_degraded is (up == 1)
    assert bool(lab.note) is (up != total)


async def test_ready_after_configuration(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path
) -> None:
    """Nodes that run are ready when netlab has configured them, and they do not boot any more."""
    well, boots = _nodes("Up 1 hour", "Up 1 hour (healthy)"), "Up 1 second (health: starting)"
    done = ["starting lab", "initial configuration complete"]
    for log, nodes, ready in ((done, well, 2), (done, _nodes("Up", boots), 1), ([], well, None)):
        entry = _entry(tmp_path, "started", *log)
        netlab.answer("status-all", {"default": entry})
        netlab.answer("status-default", {**entry, "nodes": nodes})
        (lab,) = (await labs.list_for_user()).labs
        assert (lab.nodes_up, lab.ready, lab.is_ready) == (2, ready, ready == 2)
        assert lab.note == ("r2 boots yet" if ready == 1 else "")


@pytest.mark.parametrize(
    ("log", "up", "ready"),
    [
        ((), None, None),
        (("starting provider external", "external workload started"), None, None),
        (("starting provider external", "OK: up", "external workload started"), 1, None),
        (("starting lab", "initial configuration complete"), 1, 1),
    ],
)
async def test_providers_that_tell_nothing_of_nodes(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path,
    log: tuple[str, ...], up: int | None, ready: int | None,
) -> None:  # fmt: skip
    """Where netlab watches no nodes, as many are up and ready as its start came to reach."""
    entry = {**_entry(tmp_path, "started", *log), "providers": ["external"]}
    netlab.answer("status-all", {"default": entry})
    netlab.answer("status-default", {**entry, "nodes": _nodes(None, provider="external")})
    (lab,) = (await labs.list_for_user()).labs
    assert (lab.state, lab.nodes_up, lab.nodes_total) == (LabState.RUNNING, up, 1)
    assert lab.ready == ready
    assert "does not watch" in " ".join((await labs.detail(lab.id)).missing)


async def test_a_start_grows_step_by_step(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """While `up` runs, its own log tells how far it has come, without a program being started."""

    async def changing(_: NetlabClient) -> frozenset[str]:
        return frozenset({str(tmp_path)})

    monkeypatch.setattr(NetlabClient, "changing", changing)
    log = ("starting lab", "starting provider clab", "clab workload started",
           "deploying initial configuration", "initial configuration complete")  # fmt: skip
    seen = []
    for count in range(1, len(log) + 1):
        steps = "".join(f"\n  - '{one}'" for one in log[:count])
        netlab.write_status(
            f"default:\n  dir: {tmp_path}\n  name: demo\n  providers: [clab]\n"
            f"  status: {log[count - 1]}\n  log:{steps}\n"
        )
        query = LabQuery(is_brief=True, sizes={str(tmp_path): 3})
        (lab,) = (await labs.list_for_user(query)).labs
        seen.append((lab.state, lab.nodes_up, lab.ready, lab.nodes_total))
        assert lab.step == log[count - 1]
    starting = LabState.STARTING
    assert seen == [
        (starting, None, 0, 3), (starting, None, 0, 3), (starting, 3, 0, 3), (starting, 3, 0, 3),
        (starting, 3, 3, 3),
    ]  # fmt: skip
    assert netlab.calls == []


async def test_nodes_that_are_not_told(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path
) -> None:
    """When the nodes cannot be asked for, the lab is still there, and says so."""
    netlab.answer("status-all", {"default": _entry(tmp_path)})
    netlab.answer("status-default", "", err="Traceback\nKeyError: 'clab'\n", code=1)
    (lab,) = (await labs.list_for_user()).labs
    assert (lab.state, lab.note) == (LabState.RUNNING, "netlab does not tell its nodes")
    detail = await labs.detail(lab.id)
    assert "node states: KeyError: 'clab'" in detail.missing


async def test_a_folder_that_was_removed(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path
) -> None:
    """A lab whose folder is gone is unknown, says why, and nothing is run for it."""
    netlab.answer("status-all", {"default": _entry(tmp_path / "gone")})
    (lab,) = (await labs.list_for_user()).labs
    assert (lab.state, lab.note) == (LabState.UNKNOWN, "its folder is gone")
    assert "is not there any more" in (await labs.detail(lab.id)).missing[0]
    assert {call[3].split()[0] for call in netlab.calls} == {"status"}


async def test_a_broken_netlab_is_a_source(netlab: ScriptedNetlab, labs: NetlabLabProvider) -> None:
    """A netlab that fails is an error in its source, with its own words, and no labs."""
    netlab.answer("status-all", "", err="Fatal error in netlab: disk on fire\n", code=1)
    listing = await labs.list_for_user()
    (source,) = listing.sources
    assert (listing.labs, source.mode, source.error) == ((), UpstreamState.ERROR, "disk on fire")
    with pytest.raises(Unavailable, match="disk on fire"):
        await labs.list_metadata()


async def test_entries_that_make_no_sense(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path
) -> None:
    """An entry that cannot be read is named as such beside the others."""
    netlab.answer("status-all", {"default": _entry(tmp_path, "starting lab"), "7": None})
    listing = await labs.list_for_user()
    assert [lab.id for lab in listing.labs] == ["netlab:default"]
    assert listing.unreadable == {"netlab:7"}


async def test_brief_listings_start_nothing(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path
) -> None:
    """A brief listing reads states and steps from the status file without running netlab."""
    netlab.write_status(f"default:\n  dir: {tmp_path}\n  name: demo\n  status: started\n")
    listing = await labs.list_for_user(LabQuery(is_brief=True))
    assert [(one.name, one.state) for one in listing.labs] == [("demo", LabState.RUNNING)]
    assert listing.is_brief
    assert netlab.calls == []
    assert isinstance(labs, ProgressStamp)
    assert await labs.progress_stamp()


@pytest.mark.parametrize("is_told", [True, False], ids=["folders are told", "nobody tells where"])
async def test_one_that_was_left_behind_stays_so(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, is_told: bool,
) -> None:  # fmt: skip
    """A start that died is not taken for alive because another lab starts, now or later."""
    there = tmp_path / "there"
    there.mkdir()
    moving: set[str] = set()

    async def changing(_: NetlabClient) -> frozenset[str]:
        return frozenset(moving)

    monkeypatch.setattr(NetlabClient, "changing", changing)
    dead = _entry(tmp_path, "starting lab")
    netlab.answer("status-all", {"dead": dead})
    if is_told:
        moving.add(str(there))
    assert [one.state for one in (await labs.list_for_user()).labs] == [LabState.FAILED]
    moving.add(str(there) if is_told else SOMEWHERE)
    live = {**_entry(there, "starting lab"), "timestamp": "2026-03-14 12:00:00+00:00"}
    netlab.answer("status-all", {"dead": dead, "live": live})
    states = {one.id: one.state for one in (await labs.list_for_user()).labs}
    assert states == {"netlab:dead": LabState.FAILED, "netlab:live": LabState.STARTING}


async def test_a_snapshot_of_another_release(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path
) -> None:
    """A snapshot that this netlab cannot load costs the links, not the lab or its nodes."""
    entry = _entry(tmp_path)
    netlab.answer("status-all", {"default": entry})
    netlab.answer("status-default", {**entry, "nodes": _nodes("Up 1 hour")})
    words = "FatalError in snapshot: Cannot load the snapshot: unsupported pickle protocol: 9\n"
    for key in ("nodes", "links", "input"):
        netlab.answer(f"inspect-{key}", "", err=words, code=1)
    detail = await labs.detail(LabId("netlab:default"))
    assert [(one.name, one.state) for one in detail.nodes] == [("r1", NodeState.UP)]
    assert detail.missing == (
        "nodes and links: Cannot load the snapshot: unsupported pickle protocol: 9",
    )


async def test_the_plan_is_asked_for_once(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path
) -> None:
    """Nodes and links are inspected once per transformation of the topology, not per look."""
    (tmp_path / "netlab.snapshot.pickle").write_bytes(b"never read")
    entry = _entry(tmp_path)
    netlab.answer("status-all", {"default": entry})
    netlab.answer("status-default", {**entry, "nodes": _nodes("Up 1 hour")})
    netlab.answer("inspect-nodes", {"r1": {"device": "frr", "hostname": "clab-demo-r1"}})
    netlab.answer("inspect-links", [])
    netlab.answer("inspect-input", [str(tmp_path / "topology.yml")])
    for _ in range(2):
        detail = await labs.detail(LabId("netlab:default"))
        assert [one.state for one in detail.nodes] == [NodeState.UP]
        assert detail.lab.topology == str(tmp_path / "topology.yml")
    assert sum(call[3].startswith("inspect") for call in netlab.calls) == 3


async def test_consoles_are_addresses_or_none(
    netlab: ScriptedNetlab, labs: NetlabLabProvider, tmp_path: Path
) -> None:
    """A node that is entered by SSH has an address; of others it is said how they are entered."""
    entry = _entry(tmp_path)
    nodes: dict[str, dict[str, str]] = {
        "r1": {"device": "frr", "connection": "docker", "mgmt": "192.168.121.101"},
        "r2": {"device": "eos", "connection": "ssh", "mgmt": "192.168.121.102"},
        "r3": {"device": "eos", "connection": "ssh", "mgmt6": "fd00::3"},
        "r4": {"device": "eos", "connection": "ssh", "mgmt": "-oProxyCommand=reboot"},
    }
    netlab.answer("status-all", {"default": entry})
    netlab.answer("status-default", {**entry, "nodes": nodes})
    lab = LabId("netlab:default")
    assert (await labs.console(lab, "r2")).url == "ssh://192.168.121.102"
    assert (await labs.console(lab, "r3")).host == "fd00::3"
    with pytest.raises(Conflict, match="entered by docker"):
        await labs.console(lab, "r1")
    with pytest.raises(Invalid):
        await labs.console(lab, "r4")
    with pytest.raises(NotFound):
        await labs.console(lab, "r9")
