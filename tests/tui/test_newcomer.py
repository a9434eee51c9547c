"""From an empty folder to a lab of one's own and back, by keyboard alone, with the real netlab."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.cockpit_harness import row_with
from tests.tui.newcomer import Machine, walk

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

NEEDED = ("tini", "vtysh", "ip", "unshare", "nsenter", "ping", "ps", "ansible-playbook")


@pytest.fixture
def machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_program: Callable[[str], Path]
) -> Machine:
    """Return a newcomer's machine."""
    return Machine(tmp_path, "mine").prepare(real_program("netlab"), monkeypatch)


@pytest.fixture
def machine_with_routers(
    monkeypatch: pytest.MonkeyPatch, real_program: Callable[[str], Path]
) -> Iterator[Machine]:
    """Return a newcomer's machine on which routers run, in namespaces that are gone afterwards."""
    netlab = real_program("netlab")
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.xfail("only root on Linux makes namespaces")
    for name in NEEDED:
        real_program(name)
    allowed = subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.xfail("this root may not make namespaces")
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as folder:
        machine = Machine(Path(folder), f"sky{os.getpid()}")
        machine.prepare(netlab, monkeypatch).with_nodes(netlab)
        try:
            yield machine
        finally:
            machine.end()


async def _make_it_mine(pilot: Pilot[Any], machine: Machine) -> None:
    """Make the sample, change it, trust it again, and have netlab create its files."""
    await walk(pilot, to=("Welcome", "make a sample project"))
    await walk(pilot, "enter", to=("Sample lab", "lab/topology.yml ✓ trusted"))
    await walk(pilot, "escape", "2", to=("○ stopped   sample", "0/2"))
    machine.edit()
    await walk(pilot, "s", to="nobody here has trusted it yet")
    await walk(pilot, "ctrl+t", to=("✓ trusted", "netlab up topology.yml"))
    await walk(pilot, "right", "right", to="netlab create topology.yml")
    await walk(pilot, "enter", to=("runs › 1 lab/topology.yml create", "✓ passed", "[CREATED]"))


async def test_the_first_steps(machine: Machine) -> None:
    """What is changed is trusted again; netlab makes its files; a start can be given up."""
    async with machine.cockpit((120, 36)) as pilot:
        await _make_it_mine(pilot, machine)
        assert (machine.topology.parent / "netlab.snapshot.pickle").exists()
        await walk(pilot, "2", to="○ stopped   mine")
        rows = await walk(pilot, "enter", to=("○ stopped   r1", "○ stopped   r2", "✓ passed"))
        assert any("Output of run 1" in row for row in rows)
        await walk(pilot, "tab", "enter", to="runs › 1 lab/topology.yml create")
        await _stop_a_start(pilot)


async def _stop_a_start(pilot: Pilot[Any]) -> None:
    """Start the lab, and stop that while it asks: the lab has failed, at once, and can go."""
    await walk(pilot, "2", "s", to="netlab up topology.yml")
    await walk(pilot, "enter", to=("? asks you", "Do you want to continue"))
    await walk(pilot, "2", to="? asks you   ?/2 up  0/2 ready")
    await walk(pilot, "u", "x", to="Stop run 2")
    await walk(pilot, "enter", to="■ stopped")
    await walk(pilot, "2", to=("× failed", "netlab ended during: starting provider external"))
    await walk(pilot, "x", to="netlab down")
    await walk(pilot, "enter", to=("lab/topology.yml down", "✓ passed"))
    await walk(pilot, "2", to="○ stopped   0/2 up")


async def test_the_whole_walk(machine_with_routers: Machine) -> None:
    """Real routers come up, are ready, give their configurations, and go; each step is shown."""
    machine = machine_with_routers
    async with machine.cockpit((80, 24)) as pilot:
        await _make_it_mine(pilot, machine)
        await _bring_up(pilot, machine)
        await _collect(pilot)
        await walk(pilot, "2", "x", to="netlab down")
        await walk(pilot, "enter", to=("lab/topology.yml down", "✓ passed"))
        await walk(pilot, "2", to=("○ stopped", "0/2 up"))
        await walk(pilot, "q", "q", to="Labs 0 of 1")
    assert machine.namespaces() == []


async def _bring_up(pilot: Pilot[Any], machine: Machine) -> None:
    """Start the lab, answer what it asks, and see it grow until it is ready."""
    await walk(pilot, "2", "s", to="netlab up topology.yml")
    await walk(pilot, "enter", to=("? asks you", "Do you want to continue"))
    await walk(pilot, "2", to=f"? asks you  {machine.lab}")
    await walk(pilot, "a", to="Answer run 2")
    await walk(pilot, "y", "enter", to=f"starting  {machine.lab}")
    await walk(pilot, "enter", to=("Output of run 2", "0/2 ready"))
    await walk(pilot, to=("2/2 up  0/2 ready", "◐ running   r1", "deploying"))
    await walk(pilot, to=("● ready   2/2 up  2/2 ready", "● ready     r2", "Links 3"))
    assert "198.51.100.101" in row_with(pilot.app, "● ready     r1")
    far = "10.1.0.2"
    assert far in row_with(await _at_links(pilot), "r1 eth1")
    assert " 0% packet loss" in machine.inside("r1", f"ping -c 1 -W 5 {far}")
    assert "router ospf" in machine.inside("r1", "vtysh -c 'show running-config'")


async def _at_links(pilot: Pilot[Any]) -> Any:
    await walk(pilot, "enter", to="r1 eth1")
    return pilot.app


async def _collect(pilot: Pilot[Any]) -> None:
    """Collect the configurations, read one in Artifacts, and go back to the run it came from."""
    await walk(pilot, "a", to="collect the running configurations")
    await walk(pilot, "k", to="netlab collect -o configs")
    await walk(pilot, "enter", to=("runs › 3 lab/topology.yml collect", "4 artifacts u"))
    await walk(pilot, "u", to="manifest.json")
    await walk(pilot, "enter", to="r2.cfg")
    await walk(pilot, "j", to=("r1.cfg", "hostname r1", "run 3 ✓"))
    await walk(pilot, "u", to="runs › 3 lab/topology.yml collect")
