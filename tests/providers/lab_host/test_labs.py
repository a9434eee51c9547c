"""Labs of a netlab host, over real SSH: what netlab there says, and others wrote down."""

from __future__ import annotations

import asyncio
import io
import json
import os
import tarfile
import threading
from collections.abc import AsyncIterator

import pytest

from skyforge_tui.demo.servers.netlab.server import NetlabHost
from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, ProjectId
from skyforge_tui.domain.lab import Lab, LabState, NodeState
from skyforge_tui.domain.permission import Permission
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.figures import Figures, read_figures
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.integrations.yaml_shape import Shape, read_shape
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabQuery
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from skyforge_tui.providers.runs.lab_host import projects
from skyforge_tui.providers.runs.lab_host.names import Names
from skyforge_tui.providers.runs.lab_host.projects import LabHostProjects
from tests.lab_hosts import UPSTREAM, QuickClock, access_to, served_host


class Bench:
    """The labs and topologies of a host."""

    def __init__(self, host: NetlabHost) -> None:
        self.host = host
        self.ssh = SshHost(access_to(host), Nobody())
        self.labs = NetlabHostLabs(
            RemoteNetlab(self.ssh), self.ssh, QuickClock(), owner="netlab", upstream=UPSTREAM,
            state_root=str(host.state_root),
        )  # fmt: skip
        self.projects = LabHostProjects(self.ssh, Names(UPSTREAM), "netlab")

    async def up(self, lab: str, *words: str) -> None:
        """Bring a lab up there, without waiting for its steps to be seen."""
        done = await self.ssh.run(
            'cd "$1" && shift && PATH="$HOME/../bin:$PATH" PRETEND_PACE_S=0 netlab up "$@"',
            [f"{self.host.home}/labs/{lab}", *words],
        )
        assert done.exit_code == 0, done.stderr

    async def all(self, query: LabQuery = EVERY_LAB) -> dict[str, Lab]:
        """Return every lab by its name."""
        listing = await self.labs.list_for_user(query)
        assert [one.mode for one in listing.sources] == [UpstreamState.LIVE]
        return {one.name: one for one in listing.labs}


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Return the labs of a pretend host."""
    async with served_host(pace_s=0) as host:
        bench = Bench(host)
        yield bench
        await bench.ssh.aclose()


async def test_labs_are_read_whole(bench: Bench) -> None:
    """State, nodes, links and steps of a lab come from netlab there, multilab instances too."""
    await bench.up("edge")
    await bench.up("dc1", "--plugin", "multilab", "-s", "defaults.multilab.id=12")
    found = await bench.all()
    edge = found["edge"]
    assert (edge.id, edge.state, edge.provider) == ("labhost:default", LabState.RUNNING, UPSTREAM)
    assert (edge.nodes_up, edge.nodes_total, edge.ready) == (3, 3, 3)
    assert found["dc1"].id == "labhost:12"
    detail = await bench.labs.detail(edge.id)
    assert [one.name for one in detail.nodes] == ["e1", "e2", "core"]
    assert {one.state for one in detail.nodes} == {NodeState.UP}
    assert len(detail.links) == 3
    assert detail.lab.topology == f"{bench.host.home}/labs/edge/topology.yml"
    assert detail.steps[0].text == "starting lab"
    assert "e1-core" in await bench.labs.report(edge.id, "wiring")


async def test_an_old_release_is_read_from_its_file(bench: Bench) -> None:
    """Before 26.02 the status file is read instead, and the source says so."""
    await bench.up("edge")
    bench.host.habits.release = "25.12"
    listing = await bench.labs.list_for_user()
    assert listing.sources[0].transport == "ssh, status file"
    assert [one.name for one in listing.labs] == ["edge", "training"]


async def test_no_lab_is_no_failure(bench: Bench) -> None:
    """A netlab ends with 1 where there are no labs: that is an answer, of no labs."""
    assert list(await bench.all()) == ["training"]


async def test_metadata_is_told_as_it_is(bench: Bench) -> None:
    """What others wrote is shown with its own words; what makes no sense hides nothing."""
    for folder, text in {
        "odd": '{"lab": "$(reboot)\\u001b[2J", "user": 7, "state": "melting"}',
        "torn": '{"name": "x"',
        "list": "[]",
        "down": '{"title": "old", "status": "Stopped", "timestamp": "2026-02-01T00:00:00"}',
    }.items():
        (bench.host.state_root / folder).mkdir()
        (bench.host.state_root / folder / "metadata.json").write_text(text)
    listing = await bench.labs.list_for_user()
    found = {one.id: one for one in listing.labs}
    training = found[LabId("labhost:state/ada-training")]
    assert (training.state, training.owner) == (LabState.RUNNING, "ada")
    assert found[LabId("labhost:state/odd")].name == "$(reboot)\x1b[2J"
    assert found[LabId("labhost:state/odd")].state is LabState.UNKNOWN
    assert found[LabId("labhost:state/down")].state is LabState.STOPPED
    assert listing.unreadable == {"labhost:state/torn", "labhost:state/list"}
    told = await bench.labs.get_metadata(training.id)
    assert (told["lab_id"], told["course"]) == ("ada-training", "BGP in two days")
    assert (await bench.labs.detail(training.id)).missing
    assert [one.name for one in (await bench.labs.list_running(LabQuery("ada"))).labs] == [
        "training"
    ]
    with pytest.raises(NotFound):
        await bench.labs.detail(LabId("labhost:state/../../etc"))


async def test_a_host_that_does_not_answer_has_no_labs(bench: Bench) -> None:
    """A dead host, or one without netlab, is a source that says why; no lab is invented."""
    bench.host.habits.has_netlab = False
    (source,) = (await bench.labs.list_for_user()).sources
    assert (source.mode, "not installed" in source.error) == (UpstreamState.DISABLED, True)
    await bench.ssh.aclose()
    await bench.host.crash()
    listing = await bench.labs.list_for_user()
    assert (listing.labs, listing.sources[0].mode) == ((), UpstreamState.ERROR)
    with pytest.raises(Unavailable):
        await bench.labs.detail(LabId("labhost:default"))


async def test_a_start_that_died_is_seen(bench: Bench) -> None:
    """A lab that says it starts, while nothing there starts one, has failed."""
    folder = bench.host.home / "labs" / "edge"
    entry = {"dir": str(folder), "log": ["2026-03-02T10:00:00: starting lab"], "name": "edge",
             "providers": ["clab"], "status": "starting provider clab",
             "timestamp": "2026-03-02 10:00:00"}  # fmt: skip
    (bench.host.home / ".netlab").mkdir()
    (bench.host.home / ".netlab/status.yaml").write_text(json.dumps({"default": entry}))
    edge = (await bench.all())["edge"]
    assert edge.state is LabState.FAILED
    assert "netlab ended during" in edge.note


async def test_a_lab_elsewhere_can_be_taken_down(bench: Bench) -> None:
    """The topology of a lab that runs outside of the folders that are searched is found too."""
    other = bench.host.folder / "srv" / "far"
    other.mkdir(parents=True)
    (other / "topology.yml").write_text("name: far\nnodes: [ a, b ]\nlinks: [ a-b ]\n")
    await bench.up("../../srv/far")
    projects = LabHostProjects(
        bench.ssh, Names(UPSTREAM), "netlab", folders=RemoteNetlab(bench.ssh).folders
    )
    (project,) = (await projects.list_projects()).projects
    found = {one.directory: one.name for one in (await projects.read_project(project)).templates}
    assert found[str(other)] == str(other)


async def test_topologies_are_what_can_be_launched(bench: Bench) -> None:
    """Every topology there is a template, called as its folder; hidden files are none."""
    for path, text in {
        "labs/edge/second.yml": "name: second\nnodes: [ a, b ]\nlinks: [ a-b ]\n",
        ".cache/x/topology.yml": "nodes: [ a, b ]\nlinks: [ a-b ]\n",
        "labs/compose.yml": "services: {a: {image: x}}\n",
        "labs/broken.yml": "nodes: [\nlinks: {\n",
        "labs/$(reboot)/topology.yml": "nodes: [ a, b ]\nlinks: [ a-b ]\n",
        os.fsdecode(b"labs/od\xff/topology.yml"): "nodes: [ a, b ]\nlinks: [ a-b ]\n",
    }.items():
        (bench.host.home / path).parent.mkdir(parents=True, exist_ok=True)
        (bench.host.home / path).write_text(text)
    (project,) = (await bench.projects.list_projects()).projects
    assert project.id == ProjectId("labhost:host")
    assert project.grant is not None
    assert {Permission.RUN_START, Permission.ARTIFACT_WRITE} <= project.grant.permits
    content = await bench.projects.read_project(project)
    named = {one.name: one for one in content.templates}
    assert sorted(named) == [
        "labs/$(reboot)", "labs/dc1", "labs/edge", "labs/edge/second.yml", "labs/nightly",
        "labs/wan",
    ]  # fmt: skip
    assert [one.title for one in content.project.notices] == [
        "1 files whose names are not UTF-8 are left out"
    ]
    edge = named["labs/edge"]
    assert edge.lab is not None
    assert (edge.is_hosted, edge.lab.nodes) == (True, ("e1", "e2", "core"))
    assert edge.directory == f"{bench.host.home}/labs/edge"


async def test_ten_thousand_nodes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A topology of ten thousand nodes is read, elsewhere than where others wait.

    One beyond the bound, in bytes or in what is in it, is named with its size and what to do.
    """
    readers: set[int] = set()

    def seen(data: bytes) -> Shape:
        readers.add(threading.get_ident())
        return read_shape(data)

    monkeypatch.setattr(projects, "read_shape", seen)
    nodes = [f"  leaf-{number}: {{ device: frr, role: router, id: {number} }}\n"
             for number in range(1, 10_001)]  # fmt: skip
    links = [f"- {{ leaf-{one}: {{}}, leaf-{one + 1}: {{}} }}\n" for one in range(1, 10_000)]
    many = f"name: many\nprovider: clab\nnodes:\n{''.join(nodes)}links:\n{''.join(links)}"
    assert len(many) > 512 * 1024
    labs = bench.host.home / "labs"
    for name, text in {
        "many": many,
        "large": "name: large\n" + "# padding\n" * 500_000 + "nodes: [ a, b ]\n",
        "deep": "provider: clab\nnodes: " + "[" * 100 + "\n",
        "aside": "text: |\n" + "  nothing\n" * 500_000,
    }.items():
        (labs / name).mkdir()
        (labs / name / "topology.yml").write_text(text)
    (project,) = (await bench.projects.list_projects()).projects
    content = await bench.projects.read_project(project)
    (found,) = (one for one in content.templates if one.name == "labs/many")
    assert found.lab is not None
    assert len(found.lab.nodes) == 10_000
    assert threading.get_ident() not in readers
    told = {one.title: one.advice for one in content.project.notices}
    assert sorted(told) == [
        "labs/deep/topology.yml:2 is not read: nested more than 64 levels deep",
        "labs/large/topology.yml is not read: 5,000,028 bytes, more than 4 MiB",
    ]
    assert set(told.values()) == {"divide it, or start it there: netlab takes it as it is"}


async def test_what_an_archive_holds(bench: Bench) -> None:
    """A lab's archive holds its folder, as far as that is small, and no program's memory."""
    folder = bench.host.home / "labs/edge"

    def fill() -> None:
        (folder / "config").mkdir()
        (folder / "config/e1.cfg").write_text("hostname e1\n")
        (folder / ".git").mkdir()
        (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
        (folder / "old.pickle").write_bytes(b"never read")
        with (folder / "disk.qcow2").open("wb") as disk:
            disk.truncate(17 << 20)

    await asyncio.to_thread(fill)

    async def names(native: str) -> list[str]:
        exported = await bench.labs.export(LabId(f"{UPSTREAM}:{native}"))
        assert exported.name == "edge.tar.gz"
        with tarfile.open(fileobj=io.BytesIO(exported.content)) as archive:
            return sorted(one.replace("/./", "/") for one in archive.getnames())

    kept = ["./config/e1.cfg", "./topology.yml"]
    assert await names(str(folder / "topology.yml")) == kept
    await bench.up("edge")
    assert set(kept) < set(await names("default"))
    assert not [one for one in await names("default") if "pickle" in one or ".git" in one]
    with pytest.raises(Unavailable, match="not there any more"):
        await bench.labs.export(LabId(f"{UPSTREAM}:/nowhere/topology.yml"))


async def test_how_the_host_is(bench: Bench) -> None:
    """With its labs a host tells its cores, load, memory and disk, and how many nodes run there."""
    await bench.up("edge")
    (source,) = (await bench.labs.list_for_user()).sources
    told = source.server
    assert told is not None
    assert (told.cpus, told.user, told.counts) == (os.cpu_count(), "netlab", (("nodes", 3),))
    percents = (told.cpu_percent, told.memory_percent, told.disk_percent)
    assert all(one is not None and 0 <= one <= 100 for one in percents)
    assert (await bench.labs.server()).cpus == told.cpus
    assert (await bench.labs.list_for_user(LabQuery(is_brief=True))).sources[0].server is None


def test_figures_of_odd_hosts() -> None:
    """A host that tells less, or nonsense, is not made up."""
    assert read_figures("system FreeBSD 14.1\ncores \n") == Figures(
        "FreeBSD 14.1", None, None, None, None
    )
    odd = "cores 4\nload 99.5 1 1\nMemTotal: 0 kB\nMemAvailable: 1 kB\nx 1 2 3 999% /\n"
    assert read_figures(odd) == Figures("", 4, 100, None, 100)


async def test_folders_that_are_orders(bench: Bench) -> None:
    """A lab whose folder is called like an option, or is not named from the root on, is gone.

    Nothing is looked for, run or removed because of it.
    """
    home = bench.host.home
    before = sorted(str(one) for one in home.rglob("*"))
    entry = {"name": "odd", "status": "started", "providers": ["clab"], "log": []}
    folders = ("-", "-delete", "..", "labs/edge", "$(touch owned)", "-P", "\n/etc", "")
    status = {str(at): entry | {"dir": one} for at, one in enumerate(folders)}
    (home / ".netlab").mkdir()
    (home / ".netlab/status.yaml").write_text(json.dumps(status))
    listing = await bench.labs.list_for_user()
    odd = [one for one in listing.labs if one.name == "odd"]
    assert {(one.state, one.note) for one in odd} == {(LabState.UNKNOWN, "its folder is gone")}
    assert (len(odd), listing.unreadable) == (7, frozenset({LabId("labhost:7")}))
    for lab in odd:
        assert "is not there any more" in (await bench.labs.detail(lab.id)).missing[0]
    projects = LabHostProjects(
        bench.ssh, Names(UPSTREAM), "netlab", folders=RemoteNetlab(bench.ssh).folders
    )
    (project,) = (await projects.list_projects()).projects
    content = await projects.read_project(project)
    assert len(content.templates) == 4
    after = sorted(str(one) for one in home.rglob("*") if ".netlab" not in one.parts)
    assert after == before
