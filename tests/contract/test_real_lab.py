"""A real lab of FRR routers, brought up and taken down by real runs; nothing leaves this machine.

The routers live in namespaces (`lab_nodes.py`), and netlab itself in one with only `lo`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.integrations.netlab.client import NetlabClient
from skyforge_tui.ports.lab_provider import LabQuery
from skyforge_tui.ports.run_engine import WatchBegan
from skyforge_tui.providers.labs.netlab import NetlabLabProvider
from skyforge_tui.providers.runs.local import LocalRunEngine
from skyforge_tui.store.run_directories import FileRunDirectories
from tests.builders import a_spec
from tests.fakes import FakeClock

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

NODES = Path(__file__).with_name("lab_nodes.py")
NEEDED = ("tini", "vtysh", "ip", "unshare", "nsenter", "ping", "ps", "ansible-playbook")
ALONE = "ip link set lo up && exec netlab"
"""Run in a network namespace of its own, in which there is nothing to connect to."""

TOPOLOGY = """\
name: {name}
provider: external
module: [ ospf ]
defaults.device: frr
defaults.providers.external.start: ./lab_nodes.py up
defaults.providers.external.stop: ./lab_nodes.py down
defaults.ansible.warnings.ver12: False
defaults.devices.frr.group_vars:
  ansible_connection: ssh
  ansible_user: root
  ansible_ssh_executable: {folder}/lab_nodes.py
  ansible_ssh_transfer_method: piped
  ansible_ssh_pass: ""
  ansible_python_interpreter: /usr/bin/python3
# Documentation addresses: names of nodes for lab_nodes.py, which stands in for ssh.
addressing.mgmt.ipv4: 198.51.100.0/24
nodes: [ r1, r2 ]
links: [ r1-r2 ]
"""


@dataclass
class Bench:
    """A lab's folder, an engine, and a provider that see the same netlab."""

    base: Path
    name: str
    seen: list[tuple[LabState, str]] = field(default_factory=list)
    """What the lab was while its run went on: state and step."""

    def __post_init__(self) -> None:
        beside = str(Path(sys.executable).parent)
        self.environ = {
            "HOME": str(self.base / "home"),
            "PATH": os.pathsep.join([beside, os.environ["PATH"], "/usr/sbin"]),
            "ANSIBLE_PIPELINING": "1",
        }
        self.lab = self.base / "lab"
        for one in (self.lab, self.base / "home"):
            one.mkdir()
        shutil.copy2(NODES, self.lab)
        (self.lab / NODES.name).chmod(0o755)
        (self.lab / "topology.yml").write_text(TOPOLOGY.format(name=self.name, folder=self.lab))
        directories = FileRunDirectories(self.base / "state")
        self.engine = LocalRunEngine(directories, start_timeout_s=100)
        client = NetlabClient(environ={**os.environ, **self.environ}, timeout_s=100)
        self.labs = NetlabLabProvider(client, FakeClock(), owner="ada")

    async def netlab(self, *words: str) -> Run:
        """Run netlab to its end as a run, saying yes when it asks, and watch the lab meanwhile."""
        spec = a_spec(
            command=("unshare", "-n", "sh", "-c", f"{ALONE} {' '.join(words)}"),
            directory=str(self.lab), environment=self.environ, terminal=True,
        )  # fmt: skip
        has_answered = False
        async with aclosing(self.engine.watch()) as events:
            assert await anext(events) == WatchBegan()
            started = await self.engine.start(spec, {})
            async for _ in events:
                (detail,) = (await self.engine.fetch([started.id])).runs
                await self._look()
                if detail.run.state.is_final:
                    return detail.run
                if detail.run.waits_for_input and not has_answered:
                    has_answered = True
                    await self.engine.answer(started.id, b"y\n")
        raise AssertionError("the watch ended")

    async def _look(self) -> None:
        for lab in (await self.labs.list_for_user(LabQuery(is_brief=True))).labs:
            if (lab.state, lab.step) not in self.seen[-1:]:
                self.seen.append((lab.state, lab.step))

    def output(self, run: Run) -> str:
        """Return what a run wrote."""
        log = self.base / "state" / "runs" / str(run.number) / "output.log"
        return log.read_text("utf-8", errors="replace")

    def inside(self, node: str, command: str) -> str:
        """Return what a command says inside of a node."""
        return subprocess.run(
            [self.lab / NODES.name, node, command], cwd=self.lab, capture_output=True, text=True,
            env={**os.environ, **self.environ}, timeout=100, check=True,
        ).stdout  # fmt: skip

    def namespaces(self) -> list[str]:
        """Return the namespaces of this lab that are there."""
        said = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
        return [line.split()[0] for line in said.splitlines() if line.startswith(f"{self.name}-")]


@pytest.fixture
def bench(real_program: Callable[[str], Path]) -> Iterator[Bench]:
    """Return a bench for a lab of its own name, whose nodes are gone afterwards."""
    real_program("netlab")
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.xfail("only root on Linux makes namespaces")
    for name in NEEDED:
        real_program(name)
    allowed = subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.xfail("this root may not make namespaces")
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder), f"sky{os.getpid()}")
        try:
            yield bench
        finally:
            if bench.namespaces():
                subprocess.run(
                    [bench.lab / NODES.name, "down"], cwd=bench.lab, capture_output=True,
                    env={**os.environ, **bench.environ}, timeout=100, check=False,
                )  # fmt: skip


async def test_routers_come_up_and_go(bench: Bench) -> None:
    """Real routers come up while the lab says so step by step, are ready, and go with `down`."""
    up = await bench.netlab("up", "topology.yml")
    assert up.state is RunState.SUCCESS, bench.output(up)[-4000:]
    steps = [step for state, step in bench.seen if state is LabState.STARTING]
    assert "starting provider external" in steps
    assert any("configuration" in step for step in steps)

    lab_id = LabId(f"netlab:external_{bench.name}")
    (lab,) = (await bench.labs.list_running()).labs
    assert (lab.id, lab.state, lab.is_ready) == (lab_id, LabState.RUNNING, True)
    assert (lab.nodes_up, lab.nodes_total) == (None, 2)
    detail = await bench.labs.detail(lab_id)
    assert [node.name for node in detail.nodes] == ["r1", "r2"]
    assert [[end.node for end in link.ends] for link in detail.links] == [["r1", "r2"]]
    assert not any(step.failed for step in detail.steps)
    far = detail.links[0].ends[1].address.partition("/")[0]
    assert " 0% packet loss" in bench.inside("r1", f"ping -c 1 -W 5 {far}")
    assert "router ospf" in bench.inside("r1", "vtysh -c 'show running-config'")

    down = await bench.netlab("down")
    assert down.state is RunState.SUCCESS, bench.output(down)[-4000:]
    assert (await bench.labs.list_for_user()).labs == ()
    assert bench.namespaces() == []
