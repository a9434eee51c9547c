"""A day with an EVE-NG, by keystroke: find, start, watch, stop, wipe, look into."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.eve.furnishing import add_lab
from skyforge_tui.demo.servers.eve.server import EveServer
from skyforge_tui.demo.servers.eve.things import Lab, Run
from skyforge_tui.tui.screens.lab.looking import LOOKS_EVERY_S
from skyforge_tui.tui.screens.lab.screen import LabScreen
from tests.eves import served_eve
from tests.tui.cockpit_harness import (
    press,
    row_with,
    shows,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.real_cockpit import Site


@asynccontextmanager
async def a_cockpit(
    base: Path, who: str = "olga", size: tuple[int, int] = (80, 24), guard: str = "normal"
) -> AsyncIterator[tuple[EveServer, Pilot[Any]]]:
    """Open a cockpit at its labs that knows an EVE-NG of which nothing runs."""
    site = Site(base).prepare()
    async with served_eve(edition="pro") as server:
        server.state.runs.clear()
        secret = base / "password"
        secret.write_text(server.state.accounts[who].password)
        secret.chmod(0o600)
        site.config.write_text(
            f'[eve.lab1]\nurl = "{server.url}"\nusername = "{who}"\npassword = "file:{secret}"\n'
            f'guard = "{guard}"\n'
        )
        async with site.cockpit(size) as pilot:
            await press(pilot, "2", shows=("bgp-basics", "scratch"))
            yield server, pilot


def runs(server: EveServer, path: str, who: str = "olga") -> Lab:
    """Have every node of a lab run in an account's pod."""
    lab = server.state.labs[path]
    for number in lab.nodes:
        server.state.runs[server.state.accounts[who].tenant, lab.id, number] = Run(0)
    return lab


async def to_lab(pilot: Pilot[Any], name: str) -> None:
    """Look for a lab, so that it alone is shown."""
    await press(pilot, "slash", shows="esc clears")
    await write(pilot, name)
    await press(pilot, "enter", shows="Labs 1 of")


async def test_found_started_watched_stopped_wiped(tmp_path: Path) -> None:
    """A lab is found, started under one's eyes, stopped, and wiped knowing what is lost."""
    async with a_cockpit(tmp_path) as (server, pilot):
        await to_lab(pilot, "dmvpn")
        await press(pilot, "s", shows=("Start dmvpn-phase3", "node by node", "made by mika",
                                       "skyforge labs start lab1:/dmvpn-phase3.unl"))  # fmt: skip
        assert server.state.asked["GET …/nodes/{node}/start"] == 0
        hang = server.chaos.add(Trouble(Kind.HANG, "*/nodes/4/start"))
        await press(pilot, "enter", shows=("starting", "3/4"))
        await press(pilot, "s", shows="is starting already")
        server.chaos.remove(hang)
        await until_shown(pilot, "dmvpn-phase3 runs", "running", "4/4")
        assert len(server.state.runs) == 4

        await press(pilot, "escape", "W", shows="dmvpn-phase3 is running: stop it first")
        await press(pilot, "escape", "x", shows=("Stop dmvpn-phase3", "Lost", "hold in memory"))
        await press(pilot, "enter", shows=("dmvpn-phase3 is stopped", "0/4"))
        await press(pilot, "escape", "W", shows=("Wipe dmvpn-phase3", "the disks of 4 nodes",
                                                 "4 of 4 nodes: hub, spoke1, spoke2"))  # fmt: skip
        await press(pilot, "escape")
        await until_gone(pilot, "Wipe dmvpn-phase3")
        assert server.state.asked["GET …/nodes/{node}/wipe"] == 0
        await press(pilot, "W", shows="Wipe dmvpn-phase3")
        await press(pilot, "enter", shows="dmvpn-phase3 is wiped")
        assert server.state.asked["GET …/nodes/{node}/wipe"] == 4
        assert server.state.asked["POST /auth/login"] == 1
        await press(pilot, "escape", "at", shows="labs wipe lab1:/dmvpn-phase3.unl")


async def test_several_stopped_one_again(tmp_path: Path) -> None:
    """Of several that are stopped one fails: each outcome is shown, and the failed one retried."""
    async with a_cockpit(tmp_path) as (server, pilot):
        for path in ("/bgp-basics.unl", "/dmvpn-phase3.unl"):
            runs(server, path)
        await press(pilot, "R", shows=("3/3", "4/4"))
        await press(pilot, "r", shows="Labs 2 of")
        said = '{"code":400,"status":"fail","message":"Cannot stop the node (15)."}'
        broken = Trouble(Kind.STATUS, "*/dmvpn-phase3.unl/nodes/2/stop*", status=400, body=said)
        server.chaos.add(broken)
        await press(pilot, "asterisk", shows="2 marked")
        await press(pilot, "x", shows=("Stop 2 labs", "bgp-basics", "dmvpn-phase3", "Lost"))
        await press(pilot, "enter", shows=("1 done, 1 failed", "retry failed",
                                           "1 of 4 nodes failed to stop: spoke1"))  # fmt: skip
        server.chaos.remove(broken)
        await press(pilot, "r", shows="2 done")
        assert server.state.runs == {}
        await press(pilot, "enter", "m", shows="Labs 0 of")


async def test_several_started_and_broken_off(tmp_path: Path) -> None:
    """Who breaks off is told what was done, what failed and what was not begun; those are marked.

    What can be done to none of the marked is greyed, and says why.
    """
    async with a_cockpit(tmp_path) as (server, pilot):
        runs(server, "/bgp-basics.unl")
        await press(pilot, "R", shows="3/3")
        await press(pilot, "r", shows="Labs 1 of")
        await press(pilot, "asterisk", shows="1 marked")
        await press(pilot, "s", shows="none of the marked can be: it is running already")
        await press(pilot, "escape", "escape", "r", shows="scratch")
        await press(pilot, "slash", shows="esc clears")
        await write(pilot, "/dmvpn|scratch|qos/")
        await press(pilot, "enter", "asterisk", shows="3 marked")
        hang = server.chaos.add(Trouble(Kind.HANG, "*/dmvpn-phase3.unl/nodes/1/start"))
        await press(pilot, "s", shows="Start 3 labs")
        await press(pilot, "enter", shows="0 of 3")
        await press(pilot, "x", shows="stopping after this one")
        server.chaos.remove(hang)
        await until_shown(pilot, "1 done, 2 left", "go on with the rest")
        await press(pilot, "escape", shows=(
            "Start 3 labs: 1 done, 2 not begun", "not begun: qos-lab, scratch", "2 marked",
        ))  # fmt: skip
        await press(pilot, "escape", "s", shows="Start 2 labs")
        await press(pilot, "enter", shows="2 done")
        await press(pilot, "escape")
        await until_gone(pilot, "2 done")
        assert not shows(pilot.app, "marked")


async def test_several_left_going(tmp_path: Path) -> None:
    """Starting several labs shows how far one is, goes on when it is left, and tells its end."""
    async with a_cockpit(tmp_path) as (server, pilot):
        server.habits.broken_nodes = "gen"
        await press(pilot, "slash", shows="esc clears")
        await write(pilot, "nodes>3 !ospf !dc1")
        await press(pilot, "enter", shows="Labs 2 of")
        hang = server.chaos.add(Trouble(Kind.HANG, "*/dmvpn-phase3.unl/nodes/4/start"))
        await press(pilot, "asterisk", "s", shows="Start 2 labs")
        await press(pilot, "enter", shows=("0 of 2", "dmvpn-phase3 lab1 / mika 3 of 4 started",
                                           "leave it going", "stop after this one"))  # fmt: skip
        await press(pilot, "escape", shows=("starting dmvpn-phase3", "3/4"))
        await press(pilot, "1", shows="edge-fabric")
        await press(pilot, "2", shows="dmvpn-phase3")
        server.chaos.remove(hang)
        await until_shown(pilot, "Start 2 labs: 1 done, 1 failed", "failed: qos-lab")
        assert len(server.state.runs) == 4 + 4


async def test_a_lab_looked_into(tmp_path: Path) -> None:
    """A lab's page tells nodes, links, configurations and data, and sees what others do."""
    async with a_cockpit(tmp_path) as (server, pilot):
        lab = runs(server, "/bgp-basics.unl")
        lab.nodes[2].config, lab.nodes[2].configuration = 1, "hostname r2\n[red]x[/] $(reboot)\n"
        await press(pilot, "R", shows="3/3")
        await to_lab(pilot, "bgp")
        await press(pilot, "enter", shows=("r1 Gi0/0", "3/3 up", "this account's pod", "Configs 1"))
        await press(pilot, *["tab"] * 5, shows=("none kept", "kept"))
        await press(pilot, "j", "enter", shows=("r2, as kept in bgp-basics", "[red]x[/] $(reboot)"))
        await press(pilot, "escape", "tab", shows=("description", "bgp-basics of olga"))
        assert shows(pilot.app, "nodes")

        screen = pilot.app.screen
        assert isinstance(screen, LabScreen)
        assert LOOKS_EVERY_S < 5
        server.state.runs.clear()
        screen.look()
        await until_shown(pilot, "○ stopped", "0/3 up")
        server.chaos.add(Trouble(Kind.CUT))
        screen.look()
        await until_shown(pilot, "cannot be reached")
        assert shows(pilot.app, "r1")


async def test_one_node_and_its_console(tmp_path: Path) -> None:
    """On a lab's page a node is started alone, and where its console is can be copied."""
    async with a_cockpit(tmp_path) as (server, pilot):
        await to_lab(pilot, "bgp")
        await press(pilot, "enter", shows="r1 Gi0/0")
        await press(pilot, "a", shows=("start r1 alone", "take a link down",
                                       "EVE-NG lets no program"))  # fmt: skip
        await press(pilot, "i", shows="EVE-NG lets no program suspend links: its page does (o)")
        assert server.state.asked["PUT …/nodes/{node}/interfaces"] == 0
        await press(pilot, "n", shows="Start r1 of bgp-basics")
        await press(pilot, "enter", shows=("r1 of bgp-basics runs", "1/3 up"))
        await press(pilot, "escape", "a", shows="copy where the console of r1 is")
        await press(pilot, "c", shows="Copied")
        assert pilot.app.clipboard.startswith("telnet://127.0.0.1:")
        server.state.labs["/bgp-basics.unl"].nodes[1].console = "file:///etc/passwd?"
        await press(pilot, "escape", "a", "c", shows="a console cannot be at file address")


async def test_node_by_node(tmp_path: Path) -> None:
    """On a lab's page each node of a long start is seen, the failed one with why, after it too."""
    async with a_cockpit(tmp_path) as (server, pilot):
        server.habits.broken_nodes = "spoke2"
        await to_lab(pilot, "dmvpn")
        await press(pilot, "enter", shows="hub Gi0/0")
        hang = server.chaos.add(Trouble(Kind.HANG, "*/nodes/4/start"))
        await press(pilot, "s", shows="Start dmvpn-phase3")
        await press(pilot, "enter", shows=("starting", "Steps 3", "hub started", "spoke1 started",
                                           "× spoke2: Failed to start node"))  # fmt: skip
        await press(pilot, "ctrl+q", shows=("Leave while something is done to dmvpn-phase3",
                                            "3 of 4 started", "stay"))  # fmt: skip
        await press(pilot, "escape", shows="Steps 3")
        server.chaos.remove(hang)
        await until_shown(pilot, "1 of 4 nodes failed to start: spoke2", "degraded", "3/4 up")
        await press(pilot, "escape", shows=("hub runs", "spoke3 runs", "× spoke2"))


async def test_a_lab_kept(tmp_path: Path) -> None:
    """A lab is kept as an archive by two keys, and is found among the artifacts."""
    async with a_cockpit(tmp_path) as (_, pilot):
        await to_lab(pilot, "bgp")
        await press(pilot, "a", shows="keep it as an archive")
        await press(pilot, "e", shows="Keeping bgp-basics")
        await press(pilot, "4", shows="artifacts")
        await press(pilot, "enter", shows="unfiled")
        await press(pilot, "enter", "enter", "enter", shows=".zip")
        (kept,) = (tmp_path / "state/artifacts/artifacts/unfiled/labs/lab1").glob("*.zip")
        assert zipfile.ZipFile(kept).namelist() == ["bgp-basics.unl"]
        await press(pilot, "at", shows="labs export lab1:/bgp-basics.unl")


async def test_who_may_not(tmp_path: Path) -> None:
    """What the account may not do at the server is greyed with the reason, and not sent."""
    async with a_cockpit(tmp_path, who="gus") as (server, pilot):
        await to_lab(pilot, "bgp")
        await press(pilot, "a", shows="a user of lab1 (gus)")
        await press(pilot, "l", shows="a user of lab1 (gus) may look, not edit labs")
        assert server.state.asked["PUT …/Lock"] == 0
    async with a_cockpit(tmp_path / "again", guard="read-only") as (server, pilot):
        await press(pilot, "s", shows="lab1 is read-only from here")
        assert not any("start" in one for one in server.state.asked)


async def test_a_guarded_server(tmp_path: Path) -> None:
    """A server that is guarded so wants the change in so many words."""
    async with a_cockpit(tmp_path, guard="confirm") as (_, pilot):
        await to_lab(pilot, "bgp")
        await press(pilot, "s", shows="Type start bgp-basics")
        await press(pilot, "enter", shows="Type start bgp-basics")
        await write(pilot, "start bgp-basics")
        await press(pilot, "enter", shows="bgp-basics runs")


async def test_hostile_labs(tmp_path: Path) -> None:
    """Names with markup, escape sequences and shell code are shown literally, never asked for."""
    async with a_cockpit(tmp_path, size=(120, 36)) as (server, pilot):
        for name in ("$(reboot)", "[red]x", "a\x1b[2Jb\x07"):
            add_lab(server.state, "/", name, "mika", ("n1",))
        rows = await press(pilot, "R", shows=("$(reboot)", "[red]x"))
        assert not any("\x1b" in row or "\x07" in row for row in rows)
        assert "unknown" in row_with(pilot.app, "$(reboot)")
        assert "EVE-NG can be asked" in row_with(pilot.app, "$(reboot)")
        await to_lab(pilot, "reboot")
        await press(pilot, "enter", shows="cannot be asked for a lab called")
        assert not any("reboot" in one for one in server.state.asked)


async def test_servers_and_silence(tmp_path: Path) -> None:
    """The panel of servers tells figures; one that is gone greys its own labs, with their age."""
    async with a_cockpit(tmp_path) as (server, pilot):
        runs(server, "/bgp-basics.unl")
        await press(pilot, "R", shows="3/3")
        await press(pilot, "S", shows=("Pro 6.2.0-4", "olga (admin)", "of 16 cores", "3 qemu"))
        await press(pilot, "escape")
        await until_gone(pilot, "of 16 cores")
        await server.close()
        await press(pilot, "R", shows="~ running")
        await press(pilot, "S", shows=("× error", "cannot be reached"))
        await press(pilot, "escape")
        await press(pilot, "j", "s", shows="lab1 does not answer")


async def test_rows_wait_for_nobody(tmp_path: Path) -> None:
    """Of three servers one hangs and one is dead: the rows of the third are on the screen.

    They are listed, opened and acted on while the others are asked yet; who hung is there later.
    """
    site = Site(tmp_path).prepare()
    async with AsyncExitStack() as stack:
        servers = {}
        for name in ("hung", "dead", "well"):
            server = await stack.enter_async_context(served_eve(edition="pro"))
            server.state.runs.clear()
            servers[name] = server
        secret = tmp_path / "password"
        secret.write_text(servers["well"].state.accounts["olga"].password)
        secret.chmod(0o600)
        site.config.write_text("".join(
            f'[eve.{name}]\nurl = "{server.url}"\nusername = "olga"\npassword = "file:{secret}"\n'
            for name, server in servers.items()
        ))  # fmt: skip
        hang = servers["hung"].chaos.add(Trouble(Kind.HANG))
        await servers["dead"].close()
        async with site.cockpit((120, 36)) as pilot:
            rows = await press(pilot, "2", shows=("dmvpn-phase3", "eve    well", "Labs 0 of 7"))
            assert hang.hits == 1
            assert not any("eve    hung" in one or "eve    dead" in one for one in rows)
            await to_lab(pilot, "bgp")
            await press(pilot, "enter", shows=("r1 Gi0/0", "0/3 up"))
            await press(pilot, "s", shows="Start bgp-basics")
            await press(pilot, "enter", shows="bgp-basics runs")
            assert servers["well"].state.asked["POST /auth/login"] == 1
            servers["hung"].chaos.remove(hang)
            await press(pilot, "q", "escape", "escape", "R", shows=("eve    hung", "of 14"))


async def test_made_beside(tmp_path: Path) -> None:
    """A lab is made beside another one, and is in the table at once."""
    async with a_cockpit(tmp_path) as (server, pilot):
        await to_lab(pilot, "qos")
        await press(pilot, "a", "m", shows="an empty lab in /team of lab1")
        await write(pilot, "fresh")
        await press(pilot, "enter", shows="fresh is made")
        assert "/team/fresh.unl" in server.state.labs
        await press(pilot, "escape", "escape", shows="fresh")
        await until_idle(pilot)
        assert "stopped" in row_with(pilot.app, "fresh")
