"""A machine that nobody has used yet: an empty folder, an empty home, and what is installed."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.wiring import current_principal, open_services
from tests.tui.cockpit_harness import screen_text, shows

NODES = Path(__file__).parents[1] / "lab_nodes.py"
_LONG_S = 150.0
"""How long real routers may take, on a machine that does much else."""
_ALONE = """#!/bin/sh
exec unshare -n sh -c 'ip link set lo up && exec "$0" "$@"' {netlab} "$@"
"""
"""netlab in a network namespace of its own, in which there is nothing to connect to."""
_DEFAULTS = """\
providers.external.start: {nodes} up
providers.external.stop: {nodes} down
ansible.warnings.ver12: False
devices.frr.group_vars:
  ansible_connection: ssh
  ansible_user: root
  ansible_ssh_executable: {nodes}
  ansible_ssh_transfer_method: piped
  ansible_ssh_pass: ""
  ansible_python_interpreter: /usr/bin/python3
# Documentation addresses: names of nodes for lab_nodes.py, which stands in for ssh.
addressing.mgmt.ipv4: 198.51.100.0/24
"""
"""A person's own netlab defaults: how nodes that netlab calls external are started here."""


@dataclass(frozen=True)
class Machine:
    """Where a newcomer stands, below one folder of a test."""

    folder: Path
    lab: str
    """What the lab is called: no two tests may make namespaces of one name."""

    @property
    def work(self) -> Path:
        """The folder the program is started in."""
        return self.folder / "work"

    @property
    def topology(self) -> Path:
        """The sample's topology, once it is written."""
        return self.work / "sample-lab" / "lab" / "topology.yml"

    def prepare(self, netlab: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
        """Make the folders, and let only what is installed be found."""
        for name in ("work", "home", "bin"):
            (self.folder / name).mkdir()
        beside = str(Path(sys.executable).parent)
        places = [str(self.folder / "bin"), str(netlab.parent), beside, os.environ["PATH"]]
        monkeypatch.setenv("PATH", os.pathsep.join([*places, "/usr/sbin", "/sbin"]))
        monkeypatch.setenv("HOME", str(self.folder / "home"))
        monkeypatch.setenv("ANSIBLE_PIPELINING", "1")
        return self

    def with_nodes(self, netlab: Path) -> Machine:
        """Let netlab start real routers in namespaces, and reach nothing but them."""
        nodes = self.folder / "nodes" / NODES.name
        nodes.parent.mkdir()
        shutil.copy2(NODES, nodes)
        nodes.chmod(0o755)
        (self.folder / "home" / ".netlab.yml").write_text(_DEFAULTS.format(nodes=nodes))
        alone = self.folder / "bin" / "netlab"
        alone.write_text(_ALONE.format(netlab=netlab))
        alone.chmod(0o755)
        return self

    def edit(self) -> None:
        """Change the topology as with an editor: the lab gets a name of its own."""
        text = self.topology.read_text()
        assert "name: sample" in text
        self.topology.write_text(text.replace("name: sample", f"name: {self.lab}"))

    @asynccontextmanager
    async def cockpit(self, size: tuple[int, int]) -> AsyncGenerator[Pilot[Any], None]:
        """Open the cockpit, with all that runs beside it."""
        frame = FrameSettings(
            config_path=self.folder / "config.toml", state_dir=self.folder / "state",
            cache_dir=self.folder / "cache", roots=(self.work,),
        )  # fmt: skip

        def make_engine(app: SkyforgeApp) -> InlineEngine[Any]:
            return InlineEngine(
                lambda: open_services(
                    frame, watch_runs=True, sync_projects=True, forgive_settings=True
                ),
                app.bridge.unheard,
            )

        app = SkyforgeApp(make_engine, current_principal(), motion=False)
        async with app.run_test(size=size) as pilot:
            yield pilot

    def inside(self, node: str, command: str) -> str:
        """Return what a command says inside of a node."""
        return subprocess.run(
            [self.folder / "nodes" / NODES.name, node, command], capture_output=True, text=True,
            timeout=100, check=True,
        ).stdout  # fmt: skip

    def namespaces(self) -> list[str]:
        """Return the namespaces of the lab that are there."""
        said = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout
        return [line.split()[0] for line in said.splitlines() if line.startswith(f"{self.lab}-")]

    def end(self) -> None:
        """End nodes that a test which failed has left behind."""
        if self.namespaces():
            subprocess.run(
                [self.folder / "nodes" / NODES.name, "down"], cwd=self.topology.parent,
                capture_output=True, timeout=100, check=False,
            )  # fmt: skip


async def walk(pilot: Pilot[Any], *keys: str, to: str | Sequence[str]) -> list[str]:
    """Press keys, then wait, as long as real things take, until the screen shows something."""
    await pilot.press(*keys)
    wanted = (to,) if isinstance(to, str) else tuple(to)
    try:
        async with asyncio.timeout(_LONG_S):
            while not shows(pilot.app, *wanted):
                await pilot.pause(0.2)
    except TimeoutError:
        rows = "\n".join(screen_text(pilot.app))
        raise AssertionError(f"never shown: {', '.join(wanted)}; the screen:\n{rows}") from None
    return screen_text(pilot.app)
