"""Lab providers to hold to their contract, each with what stands behind it.

A pretended one; netlab as scripted, on a host over SSH, by its web service, and the real one;
EVE-NG by its API and by its files alone; containerlab; and what runs of a Semaphore say that they
made.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.clock import HandClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.eve.furnishing import add_lab
from skyforge_tui.demo.servers.eve.things import Run
from skyforge_tui.demo.servers.netlab_api.server import make_netlab_api
from skyforge_tui.domain.collection import Collection
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, RunId
from skyforge_tui.domain.lab import LabDetail, LabLink, LabLinkEnd, LabNode, LabState, LabStep
from skyforge_tui.domain.markers import Marker, MarkerKind
from skyforge_tui.integrations.containerlab.client import LocalContainerlab
from skyforge_tui.integrations.netlab.client import NetlabClient
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.ports.lab_provider import LabProvider
from skyforge_tui.providers.labs.containerlab import ContainerlabLabs
from skyforge_tui.providers.labs.eve.by_ssh import EveFileLabs
from skyforge_tui.providers.labs.eve.provider import EveLabProvider
from skyforge_tui.providers.labs.markers import MarkedLabs
from skyforge_tui.providers.labs.netlab_command import NetlabLabProvider
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from tests.builders import NOON, a_detail
from tests.eves import served_eve
from tests.fakes.artifacts import Shelf
from tests.fakes.clock import FakeClock
from tests.fakes.labs import FakeLabProvider, ScriptedNetlab, a_lab, a_lab_source
from tests.fakes.run_cache import MemoryRunCache
from tests.integrations.eve.test_session import a_client
from tests.lab_hosts import access_to, served_host
from tests.providers.lab_host.test_netlab_api import labs_at
from tests.ssh_servers import Home, Server

NODES = ("r1", "r2", "h1")
ENDS = (("r1", "r2"), ("r2", "h1"))
TOPOLOGY = """\
name: still
provider: external
defaults.device: linux
defaults.providers.external.start: "true"
defaults.providers.external.stop: "true"
nodes: [ r1, r2, h1 ]
links: [ r1-r2, r2-h1 ]
"""
STILL = "/srv/labs/still"
STEPS = ["starting lab", "starting provider clab", "clab workload started", "started"]


@dataclass
class World:
    """A provider with what stands behind it."""

    provider: LabProvider
    start: Callable[[], LabId | Awaitable[LabId]]
    """Brings up a lab of nodes r1, r2 and h1 in a line, owned by ada."""
    stop: Callable[[], Awaitable[None] | None]
    take_away: Callable[[], Awaitable[None] | None]
    """Removes the provider's program, or has its server answer no more."""
    gone: tuple[UpstreamState, str] | None = (UpstreamState.DISABLED, "not installed")
    """What its source says then; None where nobody else is asked."""
    owner: str = "ada"
    """Whose the lab is, where that is told."""
    state: LabState = LabState.RUNNING
    """How the lab is, as far as it is told."""
    tells: frozenset[str] = field(default_factory=lambda: frozenset({"nodes", "links"}))
    """What it tells of a lab beside its name."""
    transport: str = ""
    """How it is asked, if that is said."""


def _pretended(folder: Path) -> World:
    provider = FakeLabProvider()
    lab = a_lab(name="still", directory=str(folder), nodes_total=3, nodes_up=3, ready=3)

    def start() -> LabId:
        provider.put(lab)
        provider.details[lab.id] = LabDetail(
            lab,
            tuple(LabNode(one, "linux") for one in NODES),
            tuple(LabLink(f"{a}-{b}", "lan", (LabLinkEnd(a), LabLinkEnd(b))) for a, b in ENDS),
            (LabStep("starting", NOON), LabStep("started", NOON)),
        )
        return lab.id

    def take_away() -> None:
        provider.source = a_lab_source(
            mode=UpstreamState.DISABLED,
            error="it is not installed here",
            advice="install it",
            as_of=None,
        )

    return World(provider, start, lambda: provider.drop(lab.id), take_away)


@asynccontextmanager
async def pretended(folder: Path) -> AsyncIterator[World]:
    """Give a provider that holds what it is told to."""
    yield _pretended(folder)


def _scripted(folder: Path) -> World:
    netlab = ScriptedNetlab(folder)
    lab = folder / "lab"
    lab.mkdir()
    log = [f"2026-03-14T11:0{minute}:00+00:00: {step}" for minute, step in enumerate(STEPS)]
    entry = {
        "dir": str(lab), "name": "still", "providers": ["clab"], "status": "started", "log": log,
        "timestamp": "2026-03-14 11:03:00+00:00",
    }  # fmt: skip

    def start() -> LabId:
        nodes = {
            one: {
                "device": "linux", "provider": "clab", "provider_name": f"clab-still-{one}",
                "status": "Up 3 minutes", "connection": "docker", "mgmt": f"192.168.121.10{i}",
            }
            for i, one in enumerate(NODES)
        }  # fmt: skip
        netlab.answer("status-all", {"default": entry})
        netlab.answer("status-default", {**entry, "topology": "topology.yml", "nodes": nodes})
        netlab.answer("inspect-nodes", {one: {"device": "linux"} for one in NODES})
        links = [
            {"type": "lan", "interfaces": [{"node": a, "ifname": "eth1"}, {"node": b}]}
            for a, b in ENDS
        ]
        netlab.answer("inspect-links", links)
        netlab.answer("inspect-input", [str(lab / "topology.yml"), "package:defaults.yml"])
        netlab.answer("report", "POINT-TO-POINT LINKS:\n")
        (netlab.answers / "graph.dot").write_text("graph { r1 -- r2 -- h1 }\n")
        return LabId("netlab:default")

    def stop() -> None:
        netlab.answer("status-all", {"warning": "No netlab-managed labs"}, code=1)

    provider = NetlabLabProvider(NetlabClient(environ=netlab.environ), FakeClock(), owner="ada")
    return World(provider, start, stop, netlab.uninstall, transport="command")


@asynccontextmanager
async def scripted(folder: Path) -> AsyncIterator[World]:
    """Give the netlab of this machine, whose answers are files."""
    yield _scripted(folder)


def real(folder: Path, program: Path) -> World:
    """Return the real netlab, with a lab of devices that are wired by hand."""
    home, lab, programs = folder / "home", folder / "lab", folder / "bin"
    for one in (home, lab, programs):
        one.mkdir()
    (programs / "netlab").symlink_to(program)
    (lab / "topology.yml").write_text(TOPOLOGY)
    beside = Path(sys.executable).parent
    path = f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin"
    environ = {**os.environ, "HOME": str(home), "PATH": path}

    def netlab(*arguments: str) -> None:
        """Run netlab with the programs it calls beside it; nothing here uses the network."""
        done = subprocess.run(
            [program, *arguments], cwd=lab, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, env={**environ, "PATH": f"{beside}:{path}"}, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def start() -> LabId:
        netlab("up", "-q", "--no-config")
        return LabId("netlab:external_still")

    provider = NetlabLabProvider(
        NetlabClient(environ=environ, timeout_s=100), FakeClock(), owner="ada"
    )
    return World(
        provider, start, lambda: netlab("down"), lambda: (programs / "netlab").unlink(),
        transport="command",
    )  # fmt: skip


@asynccontextmanager
async def on_a_host(folder: Path) -> AsyncIterator[World]:
    """Give the netlab of a host, over SSH."""
    del folder
    async with served_host(pace_s=0) as host:
        ssh = SshHost(access_to(host), Nobody())
        lab = host.home / "labs" / "still"
        lab.mkdir()
        text = "name: still\nnodes: [ r1, r2, h1 ]\nlinks: [ r1-r2, r2-h1 ]\n"
        (lab / "topology.yml").write_text(text)
        script = 'cd "$1" && shift && PATH="$HOME/../bin:$PATH" PRETEND_PACE_S=0 netlab "$@"'

        async def start() -> LabId:
            done = await ssh.run(script, [str(lab), "up"])
            assert done.exit_code == 0, done.stderr
            return LabId("far:default")

        async def stop() -> None:
            assert (await ssh.run(script, [str(lab), "down"])).exit_code == 0

        async def take_away() -> None:
            await ssh.aclose()
            await host.crash()

        netlab = RemoteNetlab(ssh)
        provider = NetlabHostLabs(netlab, ssh, FakeClock(), owner="ada", upstream="far")
        gone = (UpstreamState.ERROR, "127.0.0.1")
        yield World(provider, start, stop, take_away, gone, transport="ssh")
        await ssh.aclose()


@asynccontextmanager
async def by_service(folder: Path) -> AsyncIterator[World]:
    """Give a netlab that only its web service leads to; of links that tells nothing."""
    server = make_netlab_api(make_estate(clock=HandClock()), job_s=0.0)
    server.works.topologies[STILL] = NODES

    async def do(action: str) -> None:
        job = server.works.begin(
            {"action": action, "workdir": STILL, "topologyPath": "topology.yml"}
        )
        await asyncio.wait(server.works.tasks)
        assert job.state == "success", job.error

    async def start() -> LabId:
        await do("up")
        return LabId("nl:default")

    await server.open()
    try:
        async with labs_at(server.url, folder, server.password) as provider:
            gone = (UpstreamState.ERROR, "cannot be reached")
            yield World(
                provider, start, lambda: do("down"), server.close, gone,
                tells=frozenset({"nodes"}), transport="http",
            )  # fmt: skip
    finally:
        await server.close()


@asynccontextmanager
async def eve(folder: Path) -> AsyncIterator[World]:
    """Give an EVE-NG, by its API."""
    del folder
    async with served_eve() as server, a_client(server) as client:
        state = server.state
        state.labs.clear()
        state.runs.clear()

        def start() -> LabId:
            lab = add_lab(state, "/team", "still", "ada", NODES)
            for node in lab.nodes.values():
                state.runs[state.accounts["admin"].tenant, lab.id, node.id] = Run(0)
            return LabId("eve-1:/team/still.unl")

        def stop() -> None:
            state.runs.clear()
            state.labs.clear()

        def take_away() -> None:
            server.chaos.add(Trouble(Kind.CUT))

        provider = EveLabProvider(client, FakeClock(), upstream="eve-1", web_url=server.url)
        gone = (UpstreamState.ERROR, "cannot be reached")
        yield World(provider, start, stop, take_away, gone, transport="http")


@asynccontextmanager
async def eve_files(folder: Path) -> AsyncIterator[World]:
    """Give an EVE-NG that only SSH leads to, by its files."""
    home, labs, running = Home(folder), folder / "labs", folder / "tmp"
    (labs / "team").mkdir(parents=True)
    (running / "0").mkdir(parents=True)
    files = [labs / "team" / "still.unl", running / "0" / "still.unl"]
    async with Server(folder, [home.make_key()]).serving() as server:
        home.known.write_text(server.known_line())
        host = SshHost(home.access(server.port), Nobody())

        def start() -> LabId:
            for one in files:
                one.write_text("<lab/>")
            return LabId("eve-1:/team/still.unl")

        def stop() -> None:
            for one in files:
                one.unlink()

        provider = EveFileLabs(
            host, FakeClock(), upstream="eve-1", labs=str(labs), running=str(running)
        )
        gone = (UpstreamState.ERROR, "cannot be read there")
        take_away = lambda: shutil.rmtree(labs)  # noqa: E731 - one of several things to do
        yield World(
            provider, start, stop, take_away, gone, owner="", tells=frozenset(), transport="ssh"
        )
        await host.aclose()


@asynccontextmanager
async def containerlab(folder: Path) -> AsyncIterator[World]:
    """Give the containerlab of this machine, whose answer is a file."""
    program, said = folder / "containerlab", folder / "said.json"
    said.write_text("{}")
    program.write_text(f"#!/bin/sh\nexec cat {said}\n")
    program.chmod(0o755)
    rows = [
        {"lab_name": "still", "absLabPath": "/srv/still.clab.yml", "name": f"clab-still-{one}",
         "image": "frr", "kind": "linux", "state": "running", "status": "Up 4 hours",
         "ipv4_address": "172.20.20.4/24", "owner": "ada"}
        for one in NODES
    ]  # fmt: skip

    def start() -> LabId:
        said.write_text(json.dumps({"still": rows}))
        return LabId("clab:still")

    provider = ContainerlabLabs(LocalContainerlab(str(program)), FakeClock(), upstream="clab")
    yield World(
        provider, start, lambda: _none(said.write_text("{}")), program.unlink,
        tells=frozenset({"nodes"}), transport="command",
    )  # fmt: skip


@asynccontextmanager
async def markers(folder: Path) -> AsyncIterator[World]:
    """Give what runs of a Semaphore say that they made."""
    del folder
    shelf, runs = Shelf(), MemoryRunCache()
    shelf.cache.runs = runs
    run_id = RunId("emea:3-118")

    async def start() -> LabId:
        await runs.write([a_detail(number=118, id=run_id, started_by="ada")], [])
        marker = Marker(MarkerKind.OUTPUT, "still", "10.0.0.1")
        await shelf.cache.write(Collection(run_id, markers=(marker,)))
        return LabId(f"{run_id}:still")

    async def stop() -> None:
        await runs.write([], [run_id])

    provider = MarkedLabs(shelf.cache, FakeClock(), "emea")
    yield World(
        provider, start, stop, lambda: None, None, state=LabState.MARKER, tells=frozenset(),
        transport="output of runs",
    )  # fmt: skip


def _none(_: object) -> None:
    """Return nothing."""


WORLDS: dict[str, Callable[[Path], AbstractAsyncContextManager[World]]] = {
    "pretended": pretended, "netlab": scripted, "netlab-host": on_a_host, "netlab-api": by_service,
    "eve": eve, "eve-files": eve_files, "containerlab": containerlab, "markers": markers,
}  # fmt: skip
"""Everything that runs labs, or tells of them, without a program of its own."""
