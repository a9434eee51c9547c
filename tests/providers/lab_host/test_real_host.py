"""The real netlab on a real OpenSSH server, with real routers below: watched, cut off, resumed.

OpenSSH serves one end of a socket pair, so that nothing listens and nothing leaves this machine.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from skyforge_tui.domain.identity import LabId, native_of
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.detached import Detached
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from skyforge_tui.providers.runs.lab_host.engine import LabHostRunEngine
from skyforge_tui.providers.runs.lab_host.names import Names, Topology
from skyforge_tui.store.kept_logs import FileKeptLogs
from tests.builders import a_spec
from tests.contract.run_benches import SystemClock
from tests.ssh_servers import Answers, Home, OpenSsh
from tests.tui.newcomer import Machine

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
NEEDED = ("sshd", "script", "setsid", "tini", "vtysh", "ip", "unshare", "nsenter", "ping",
          "ansible-playbook")  # fmt: skip
_TOPOLOGY = """\
name: {name}
provider: external
defaults.device: frr
module: [ ospf ]
nodes: [ r1, r2 ]
links: [ r1-r2 ]
validate:
  ping:
    description: r1 reaches r2
    nodes: [ r1 ]
    exec:
      frr: ping -c 1 -W 5 10.1.0.2
    valid:
      frr: "'1 received' in stdout"
"""


class RealHost:
    """A host with netlab, over OpenSSH."""

    def __init__(self, machine: Machine, server: OpenSsh, ssh: SshHost) -> None:
        self.machine = machine
        self.server = server
        self.ssh = ssh
        self.lab = machine.folder / "lab"
        self.lab.mkdir()
        (self.lab / "topology.yml").write_text(_TOPOLOGY.format(name=machine.lab))
        self.clock = SystemClock()
        self.netlab = RemoteNetlab(ssh, timeout_s=100)
        self.labs = NetlabHostLabs(self.netlab, ssh, self.clock, owner="root", upstream="real")
        self.names = Names("real")
        self.kept = FileKeptLogs(machine.folder / "kept")
        self.engine = LabHostRunEngine(Detached(ssh), self.names, self.kept, self.clock)

    async def launch(self, action: str, **answers: str) -> Run:
        """Start something with the topology."""
        topology = Topology("netlab", str(self.lab), "topology.yml")
        return await self.engine.start(
            a_spec(
                template_id=self.names.template_id(topology), directory=str(self.lab),
                answers={"action": action, **answers}, created_at=self.clock.now(),
            ),
            {},
        )  # fmt: skip

    async def ended(self, run: Run) -> tuple[RunState, str]:
        """Wait for the end of a run; return its state and all of its output."""
        async with asyncio.timeout(300):
            while not (seen := await self.read(run)).state.is_final:  # noqa: ASYNC110
                await asyncio.sleep(0.3)
        await self.engine.bring(run.id)
        return seen.state, self.here(run).decode()

    async def read(self, run: Run) -> Run:
        """Return a run as it is now."""
        return (await self.engine.fetch([run.id])).runs[0].run

    def here(self, run: Run) -> bytes:
        """Return what is kept of a run here."""
        path = self.machine.folder / "kept" / "runs" / native_of(run.id) / "output.log"
        return path.read_bytes() if path.exists() else b""

    def there(self, run: Run) -> bytes:
        """Return the output of a run as the host has it."""
        return (self.machine.folder / "home/.skyforge/runs" / str(run.number) / "log").read_bytes()


@pytest.fixture
async def host(
    monkeypatch: pytest.MonkeyPatch, real_program: Callable[[str], Path]
) -> AsyncIterator[RealHost]:
    """Return a host whose netlab starts routers in namespaces, which are gone afterwards."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")
    netlab = real_program("netlab")
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.xfail("only root on Linux makes namespaces")
    for name in NEEDED:
        real_program(name)
    allowed = await asyncio.to_thread(
        subprocess.run, ["unshare", "-n", "-m", "true"], capture_output=True, check=False
    )
    if allowed.returncode:
        pytest.xfail("this root may not make namespaces")
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as folder:
        machine = Machine(Path(folder), f"skh{os.getpid()}")
        machine.prepare(netlab, monkeypatch).with_nodes(netlab)
        (machine.folder / "ssh").mkdir()
        home = Home(machine.folder / "ssh")
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "ANSIBLE_PIPELINING")}
        server = OpenSsh(home.folder, home.make_key(), environment)
        ssh = SshHost(home.access(username="root"), Answers(), server.dial)
        real = RealHost(machine, server, ssh)
        try:
            yield real
        finally:
            await ssh.aclose()
            server.end()
            await asyncio.to_thread(_end, real)


def _end(real: RealHost) -> None:
    """End nodes that a test which failed has left behind."""
    if real.machine.namespaces():
        nodes = real.machine.folder / "nodes" / "lab_nodes.py"
        subprocess.run([nodes, "down"], cwd=real.lab, capture_output=True, timeout=100, check=False)


async def test_a_real_lab_comes_up_over_a_line_that_breaks(host: RealHost) -> None:
    """Real routers come up on a real host while the line is cut; nothing is lost; they go again."""
    state, said = await host.ended(await host.launch("create"))
    assert (state, "[CREATED]" in said) == (RunState.SUCCESS, True)
    assert sorted(await host.netlab.inspect(str(host.lab), "nodes")) == ["r1", "r2"]
    assert (await host.labs.list_for_user()).labs == ()

    run = await host.launch("up")
    watching = asyncio.create_task(_watched(host, run))
    async with asyncio.timeout(200):
        while not (await host.read(run)).waits_for_input:  # noqa: ASYNC110 - it is elsewhere
            await asyncio.sleep(0.3)
        await host.engine.answer(run.id, b"y\n")
        while b"node r1 up" not in host.here(run):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    host.ssh.cut()
    listing = await host.labs.list_for_user()
    assert [one.error for one in listing.sources] == [""]
    (lab,) = listing.labs
    assert (lab.id, lab.state) == (LabId(f"real:external_{host.machine.lab}"), LabState.STARTING)
    state, said = await host.ended(run)
    await watching
    assert state is RunState.SUCCESS, said
    assert host.kept.is_complete(native_of(run.id))
    here, there = (hashlib.sha256(one).hexdigest() for one in (host.here(run), host.there(run)))
    assert here == there
    assert host.ssh.connections == 2
    detail = await host.labs.detail(lab.id)
    assert (detail.lab.state, len(detail.nodes), len(detail.links)) == (LabState.RUNNING, 2, 1)
    assert "r1" in await host.labs.report(lab.id, "wiring")

    # netlab itself gets into these nodes by no way that it knows, and says so.
    checked = await host.launch("validate")
    state, said = await host.ended(checked)
    assert (state, "[FAIL]" in said) == (RunState.ERROR, True), said
    assert (await host.read(checked)).exit_code == 1
    state, said = await host.ended(await host.launch("down", cleanup="true"))
    assert state is RunState.SUCCESS, said
    assert (await host.labs.list_for_user()).labs == ()
    assert host.machine.namespaces() == []


async def _watched(host: RealHost, run: Run) -> None:
    """Watch and follow a run until all of it is here."""
    await host.engine.follow(run.id)
    async with aclosing(host.engine.watch()) as news:
        async for _ in news:
            if host.kept.is_complete(native_of(run.id)):
                return
