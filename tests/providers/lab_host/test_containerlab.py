"""Labs of containerlab on a host, over real SSH: topologies, runs, and events as they happen."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.domain.errors import Conflict, Invalid, NotFound
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.lab_host_actions import containerlab_words
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import TemplateKind
from skyforge_tui.integrations.containerlab.client import RemoteContainerlab
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.providers.labs.containerlab import ContainerlabLabs
from skyforge_tui.providers.runs.lab_host.names import Topology
from skyforge_tui.providers.runs.lab_host.projects import LabHostProjects
from tests.builders import a_spec
from tests.lab_hosts import UPSTREAM, HostBench, access_to, host_bench


class Bench:
    """What containerlab is on a pretend host."""

    def __init__(self, host: HostBench, ssh: SshHost) -> None:
        self.host = host
        self.ssh = ssh
        client = RemoteContainerlab(ssh)
        self.labs = ContainerlabLabs(client, host.clock, upstream=UPSTREAM, transport="ssh")
        tool = TemplateKind.CONTAINERLAB
        self.projects = LabHostProjects(ssh, host.names, "netlab", tool=tool)

    async def done(self, action: str, **answers: str) -> bytes:
        """Run something with the topology to its end; return its output."""
        run = await self.host.launch(
            "vlan", "containerlab", file="vlan.clab.yml", action=action, **answers
        )
        await self.host.engine.follow(run.id)
        await self.host.until(lambda: self.host.is_whole(run))
        assert (await self.host.read(run.id)).state is RunState.SUCCESS
        return self.host.here(run)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """Return containerlab on a pretend host."""
    async with host_bench(tmp_path, {"containerlab": containerlab_words}) as host, host.watched():
        ssh = SshHost(access_to(host.host), Nobody())
        yield Bench(host, ssh)
        await ssh.aclose()


@pytest.mark.parametrize("release", ["0.79", "0.60"])
async def test_the_life_of_a_lab(bench: Bench, release: str) -> None:
    """A lab is deployed, seen, saved, asked and destroyed, whatever the release tells it like."""
    bench.host.host.habits.clab = release
    assert (await bench.labs.list_for_user()).labs == ()
    assert b"Creating container" in await bench.done("deploy")
    listing = await bench.labs.list_for_user()
    (lab,) = listing.labs
    assert listing.sources[0].mode is UpstreamState.LIVE
    assert (lab.id, lab.state, lab.nodes_up) == (f"{UPSTREAM}:vlan", LabState.RUNNING, 3)
    assert lab.ready == (3 if release == "0.79" else None)
    (template,) = (await bench.projects.read_project(await a_project(bench))).templates
    if release == "0.79":
        assert lab.directory == template.directory
    assert template.lab is not None
    assert template.lab.nodes == ("sw1", "c1", "c2")
    assert b"saved configuration of sw1" in await bench.done("save")
    said = await bench.done("exec", node="c1", command="ip a; reboot")
    assert b'node="clab-vlan-c1" command="ip a; reboot"' in said
    assert b"sw1" not in said
    await bench.done("destroy", cleanup="true")
    assert (await bench.labs.list_for_user()).labs == ()
    with pytest.raises(Invalid):
        await bench.done("save", cleanup="true")


async def a_project(bench: Bench) -> Project:
    """Return the project of the host."""
    (project,) = (await bench.projects.list_projects()).projects
    return project


async def test_a_deployment_goes_on_without_us(bench: Bench) -> None:
    """A line that breaks while a lab is deployed ends nothing: it is looked at, not repeated."""
    bench.host.host.habits.pace_s = 0.1
    bench.host.host.chaos.add(Trouble(Kind.LOST_ANSWER, times=1))
    run = await bench.host.launch("vlan", "containerlab", file="vlan.clab.yml", action="deploy")
    bench.host.host.cut()
    await bench.host.engine.follow(run.id)
    await bench.host.until(lambda: bench.host.is_whole(run))
    assert bench.host.here(run).count(b'name="sw1"') == 1
    (lab,) = (await bench.labs.list_for_user()).labs
    assert lab.nodes_up == 3


async def test_events_are_pushed(bench: Bench) -> None:
    """What happens to containers is told as it happens, heartbeats or not."""
    async with asyncio.timeout(30), aclosing(bench.labs.changes()) as changes:
        waiting = asyncio.create_task(anext(changes))
        begun = bench.host.host.home / ".pretend-containerlab.events"
        await bench.host.until(begun.exists)
        await bench.done("deploy")
        await waiting


async def test_runs_of_another_tool_are_anothers(bench: Bench) -> None:
    """A host that is configured for two tools shows the runs of each with its own."""
    await bench.done("inspect")
    topology = Topology("netlab", str(bench.host.host.home / "labs/edge"), "topology.yml")
    other = bench.host.another({"netlab": lambda file, answers: ("true",)})
    spec = a_spec(template_id=bench.host.names.template_id(topology), answers={"action": "up"})
    run = await other.start(spec, {})
    mine = (await bench.host.engine.listed([])).ids
    assert run.id not in mine
    assert (await other.listed([])).ids == {run.id}


async def test_links_are_told_and_switched(bench: Bench) -> None:
    """Links are told with their state, taken down and up again; what is no link is refused."""
    await bench.done("deploy")
    lab = LabId(f"{UPSTREAM}:vlan")

    async def links() -> dict[str, bool | None]:
        detail = await bench.labs.detail(lab)
        assert detail.missing == ()
        return {one.name: one.is_up for one in detail.links}

    first, second = "sw1:eth1 -- c1:eth1", "sw1:eth2 -- c2:eth1"
    assert await links() == {first: True, second: True}
    await bench.labs.set_link(lab, first, is_up=False)
    assert await links() == {first: False, second: True}
    await bench.labs.set_link(lab, first, is_up=True)
    assert await links() == {first: True, second: True}
    with pytest.raises(NotFound, match="no link"):
        await bench.labs.set_link(lab, "sw1:eth9 -- c1:eth9", is_up=False)
    told = bench.host.host.home / "labs/vlan/clab-vlan/topology-data.json"
    hostile = {"links": [{"a": {"node": "sw1", "interface": "eth1; reboot"}}, 7, {"a": None}]}
    await asyncio.to_thread(told.write_text, json.dumps(hostile))
    with pytest.raises(Conflict, match="no node of vlan holds"):
        await bench.labs.set_link(lab, "sw1:eth1; reboot", is_up=False)
    await asyncio.to_thread(told.write_text, "no JSON")
    detail = await bench.labs.detail(lab)
    assert detail.missing == ("links: topology-data.json tells no links",)
    assert len(detail.nodes) == 3


async def test_old_releases_tell_no_links(bench: Bench) -> None:
    """Where a lab is kept is told since 0.68 only: before that its links are missing, and why."""
    bench.host.host.habits.clab = "0.60"
    await bench.done("deploy")
    lab = LabId(f"{UPSTREAM}:vlan")
    assert "since 0.68" in (await bench.labs.detail(lab)).missing[0]
    with pytest.raises(Conflict, match="where a lab is kept"):
        await bench.labs.set_link(lab, "sw1:eth1 -- c1:eth1", is_up=False)
    with pytest.raises(NotFound, match="does not tell where"):
        await bench.labs.export(lab)


async def test_what_an_archive_holds(bench: Bench) -> None:
    """The archive of a lab holds its topology and its own folder, running or not; nothing else."""
    folder = bench.host.host.home / "labs/vlan"
    await asyncio.to_thread((folder / "other.clab.yml").write_text, "name: other\n")

    async def names(native: str) -> list[str]:
        exported = await bench.labs.export(LabId(f"{UPSTREAM}:{native}"))
        assert exported.name == ("vlan.tar.gz" if native == "vlan" else "vlan.clab.yml.tar.gz")
        with tarfile.open(fileobj=io.BytesIO(exported.content)) as archive:
            return sorted(archive.getnames())

    assert await names(str(folder / "vlan.clab.yml")) == ["./vlan.clab.yml"]
    await bench.done("deploy")
    await asyncio.to_thread((folder / "clab-vlan/-rf").write_text, "a hostile name")
    assert await names("vlan") == [
        "./clab-vlan/-rf", "./clab-vlan/topology-data.json", "./vlan.clab.yml",
    ]  # fmt: skip
