"""A day with a lab host, by keystroke: met, its labs started and watched, stopped, taken down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.netlab.server import NetlabHost
from skyforge_tui.demo.servers.netlab_api.server import make_netlab_api
from tests.lab_hosts import served_host
from tests.tui.cockpit_harness import press, shows, until_gone, until_shown, write
from tests.tui.real_cockpit import Site


def a_site(base: Path, host: NetlabHost) -> Site:
    """Return a site that has a lab host in its configuration; `known` tells whether it is known."""
    site = Site(base, is_attended=True).prepare()
    site.config.write_text(
        f'[netlab.labhost]\nhost = "127.0.0.1"\nport = {host.port}\nuser = "netlab"\n'
        f'key = "{host.key_path}"\nknown_hosts = "{base / "known"}"\n'
    )
    return site


@asynccontextmanager
async def a_cockpit(base: Path, **habits: Any) -> AsyncIterator[tuple[NetlabHost, Pilot[Any]]]:
    """Open a cockpit that knows a lab host."""
    async with served_host(**habits) as host:
        await asyncio.to_thread((base / "known").write_text, f"{host.known_line}\n")
        async with a_site(base, host).cockpit() as pilot:
            yield host, pilot


async def at_lab(pilot: Pilot[Any], name: str) -> None:
    """Go to one lab of the host in Labs."""
    await press(pilot, "2", shows="labhost")
    await pilot.press("slash")
    await write(pilot, name)
    await press(pilot, "enter", shows="Labs 1 of")


async def test_a_lab_comes_up_on_its_host(tmp_path: Path) -> None:
    """A lab is started by two keys, watched to its end over a line that breaks, and is ready."""
    async with a_cockpit(tmp_path, pace_s=0.15) as (host, pilot):
        await at_lab(pilot, "edge")
        assert shows(pilot.app, "○ stopped edge 0/3")
        await press(pilot, "s", shows=("Launch labs/edge", "target labhost"))
        await press(pilot, "enter", shows=("labhost › runs › 1 labs/edge up", "◐ running"))
        assert host.cut() == 1
        await until_shown(pilot, "✓ passed", "3/3 hosts")
        await press(pilot, "2", shows="● ready edge 3/3 3/3")
        await press(pilot, "enter", shows=("● ready", "core", "Links 3"))
        await press(pilot, "u", shows="labhost › runs › 1 labs/edge up")
        # What is collected there lands among the artifacts, with the way back to its run.
        await press(pilot, "2", "a", shows="collect")
        await press(pilot, "k", shows="labs/edge")
        await press(pilot, "enter", shows="edge collect")
        await until_shown(pilot, "✓ passed", "3 artifacts u")
        await press(pilot, "u", shows=("labhost-2", "configs/"))
        await press(pilot, "g", "enter", shows=("core.cfg", "hostname core"))
        await press(pilot, "u", shows="labhost › runs › 2 labs/edge collect")
        await press(pilot, "3", "slash", "m", "i", "n", "e", "enter", shows=("Runs 2", "edge up"))
        await press(pilot, "2", "x", shows="down")
        await press(pilot, "enter", shows=("labs/edge down", "✓ passed"))
        await press(pilot, "2", shows=("labs › edge", "○ stopped 0/3 up"))


async def test_a_host_that_is_met_is_asked_about(tmp_path: Path) -> None:
    """A host whose key nobody knows yet is shown with it, in place; what waited then goes on."""
    async with served_host() as host, a_site(tmp_path, host).app().run_test() as pilot:
        await until_shown(pilot, "Is this labhost?", f"SHA256:{host.fingerprint}")
        await pilot.press("ctrl+t")
        await press(pilot, "2", shows=("netlab labhost", "dc1"))
        assert str(host.port) in (tmp_path / "known").read_text()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_changed_host_is_a_hard_stop(tmp_path: Path, size: tuple[int, int]) -> None:
    """A host that shows another key than before is not asked about: its light says why."""
    async with served_host() as other:
        known = other.known_line
    async with served_host() as host:
        line = known.replace(f":{other.port} ", f":{host.port} ")
        await asyncio.to_thread((tmp_path / "known").write_text, line)
        async with a_site(tmp_path, host).cockpit(size) as pilot:
            await press(pilot, "5", shows=("labhost", "CHANGED"))
            assert not shows(pilot.app, "Is this labhost?")
        assert host.habits.commands == 0


async def test_a_link_goes_down_and_up(tmp_path: Path) -> None:
    """A link of a lab of containerlab is chosen, taken down, seen down, and brought up again."""
    async with served_host(pace_s=0.0) as host:
        await asyncio.to_thread((tmp_path / "known").write_text, f"{host.known_line}\n")
        site = a_site(tmp_path, host)
        told = site.config.read_text().replace("[netlab.labhost]", "[containerlab.clabs]")
        await asyncio.to_thread(site.config.write_text, told)
        async with site.cockpit() as pilot:
            await press(pilot, "2", shows="○ stopped vlan")
            await press(pilot, "s", shows="Launch labs/vlan")
            await press(pilot, "enter", shows="✓ passed")
            await press(pilot, "2", shows="● ready vlan 3/3")
            await press(pilot, "enter", shows=("c2", "Links 2"))
            await press(pilot, "a", shows="take a link down its page, tab")
            await press(pilot, "escape", "tab", "j", "a", shows="take sw1:eth2 -- c2:eth1 down")
            await press(pilot, "i", shows=(
                "Take down sw1:eth2 -- c2:eth1 of vlan", "what crosses it",
                "skyforge labs link clabs:vlan 'sw1:eth2 -- c2:eth1' down",
            ))  # fmt: skip
            await press(pilot, "enter", shows=("sw1:eth2 -- c2:eth1 is down",
                                               "sw1 eth2 c2 eth1 down"))  # fmt: skip
            await press(pilot, "escape", "a", shows="take sw1:eth2 -- c2:eth1 up again")
            await press(pilot, "i", "enter", shows=("sw1:eth2 -- c2:eth1 is up",
                                                    "sw1 eth2 c2 eth1 veth"))  # fmt: skip


async def test_a_lab_behind_a_web_service(tmp_path: Path) -> None:
    """Where only `netlab api` is offered its labs start, stop and fail by the same keys."""
    server = make_netlab_api(make_estate(clock=LiveClock()), job_s=0.0)
    await server.open()
    try:
        site = Site(tmp_path).prepare()
        secret = tmp_path / "password"
        await asyncio.to_thread(secret.write_text, server.password)
        await asyncio.to_thread(secret.chmod, 0o600)
        await asyncio.to_thread(
            site.config.write_text,
            f'[netlab.nlapi]\nurl = "{server.url}"\nuser = "netlab"\n'
            f'password = "file:{secret}"\nlabs = ["/srv/labs/core", "/srv/labs/nightly"]\n',
        )
        async with site.cockpit() as pilot:
            await press(pilot, "2", shows=("○ stopped core", "netlab nlapi"))
            await press(pilot, "slash")
            await write(pilot, "core")
            await press(pilot, "enter", shows="Labs 1 of")
            await press(pilot, "a", shows="keep the running configurations it does not run")
            await press(pilot, "escape")
            await until_gone(pilot, "it does not run")
            await press(pilot, "s", shows="skyforge labs start nlapi:/srv/labs/core/topology.yml")
            assert not shows(pilot.app, "Not yours")
            await press(pilot, "enter", shows=("core runs", "● ready core 4/4 4/4"))
            await press(pilot, "escape", "m", shows=("● ready core", "/ core mine"))
            await press(pilot, "m")
            await press(pilot, "escape", "enter", shows=("pe1", "clab-core-pe1", "● ready"))
            await press(pilot, "a", shows=("keep the running", "netlab api hands out no"))
            await press(pilot, "escape")
            await until_gone(pilot, "hands out no")
            await press(pilot, "x", shows="Stop core")
            await press(pilot, "enter", shows=("core is stopped", "○ stopped"))
            await press(pilot, "2", "slash", "escape")
            await press(pilot, "slash")
            await write(pilot, "nightly")
            await press(pilot, "enter", shows="Labs 1 of")
            await press(pilot, "s", shows="Start nightly")
            await press(pilot, "enter", shows="it gave up, and the service does not tell why")
    finally:
        await server.close()
