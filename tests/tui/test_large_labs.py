"""Labs of ten thousand nodes, at a server and on a host, as the program shows them."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.servers.eve.things import Node
from skyforge_tui.engine.thread import ThreadEngine
from skyforge_tui.integrations.eve import wire
from skyforge_tui.integrations.netlab import inspection, questions
from skyforge_tui.integrations.netlab import wire as netlab_wire
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.providers.runs.lab_host import projects
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.wiring import current_principal, open_services
from tests.eves import served_eve
from tests.lab_hosts import access_to, served_host
from tests.tui.cockpit_harness import press, until_shown, write
from tests.tui.real_cockpit import Site

COUNT = 10_000


class Readers:
    """Remembers which threads read what labs are told as."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: dict[str, set[int]] = {}
        self._monkeypatch = monkeypatch

    def hear(self, module: object, name: str) -> None:
        """Remember the threads that call a function."""
        called: Callable[..., Any] = getattr(module, name)
        threads = self.threads.setdefault(f"{getattr(module, '__name__', '')}.{name}", set())

        @functools.wraps(called)
        def heard(*arguments: Any, **named: Any) -> Any:
            threads.add(threading.get_ident())
            return called(*arguments, **named)

        self._monkeypatch.setattr(module, name, heard)


def an_app(site: Site) -> SkyforgeApp:
    """Return a cockpit whose engine has a thread of its own, as the program's has."""
    frame = FrameSettings(
        config_path=site.config, state_dir=site.state, cache_dir=site.folder / "cache",
        roots=(site.workspace,), motion=False,
    )  # fmt: skip

    def make_engine(app: SkyforgeApp) -> ThreadEngine[Any]:
        return ThreadEngine(
            lambda: open_services(
                frame, watch_runs=True, sync_projects=True, forgive_settings=True,
                is_attended=False,
            ),
            app.bridge.unheard,
        )  # fmt: skip

    return SkyforgeApp(make_engine, current_principal(), motion=False)


async def test_ten_thousand_nodes_are_read_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labs of ten thousand nodes are listed, opened and scrolled; the UI thread reads nothing."""
    readers = Readers(monkeypatch)
    for module, name in (
        (wire, "nodes"), (inspection, "nodes_of"), (inspection, "links_of"),
        (netlab_wire, "read_entries"), (questions, "document"), (projects, "read_shape"),
    ):  # fmt: skip
        readers.hear(module, name)
    async with served_eve(edition="pro") as server, served_host(pace_s=0) as host:
        server.state.runs.clear()
        server.state.labs["/bgp-basics.unl"].nodes = {
            number: Node(number, f"node{number}", ethernet=0) for number in range(1, COUNT + 1)
        }
        await _brought_up(host)
        secret, known = tmp_path / "password", tmp_path / "known"
        secret.write_text(server.state.accounts["olga"].password)
        secret.chmod(0o600)
        known.write_text(f"{host.known_line}\n")
        site = Site(tmp_path).prepare()
        site.config.write_text(
            f'[eve.lab1]\nurl = "{server.url}"\nusername = "olga"\npassword = "file:{secret}"\n'
            f'[netlab.far]\nhost = "127.0.0.1"\nport = {host.port}\nuser = "netlab"\n'
            f'key = "{host.key_path}"\nknown_hosts = "{known}"\n'
        )
        async with an_app(site).run_test(size=(120, 36)) as pilot:
            await press(pilot, "2", shows=("many", "10/10k", "0/10k"))
            await _opened(pilot, "bgp-basics", "node1 ", "0/10,000 up")
            await press(pilot, "G", shows="node10000")
            await press(pilot, "q", "escape", shows="many")
            await _opened(pilot, "many", "leaf1 ", "10,000/10,000 up", "Links 9,999")
            await press(pilot, "G", shows="leaf10000")
            await press(pilot, "tab", "G", shows="leaf9999 eth9999")
    ui = threading.get_ident()
    assert {name: bool(found) for name, found in readers.threads.items()} == dict.fromkeys(
        readers.threads, True
    )
    assert [name for name, found in readers.threads.items() if ui in found] == []


async def _opened(pilot: Any, name: str, *shown: str) -> None:
    await press(pilot, "slash", shows="esc clears")
    await write(pilot, name)
    await press(pilot, "enter", shows="Labs")
    await press(pilot, "enter")
    await until_shown(pilot, *shown)


async def _brought_up(host: Any) -> None:
    """Have a large lab run on a host."""
    lab = host.home / "labs" / "many"
    names = [f"leaf{number}" for number in range(1, COUNT + 1)]
    links = [f"leaf{number}-leaf{number + 1}" for number in range(1, COUNT)]
    text = f"name: many\nnodes: [ {', '.join(names)} ]\nlinks: [ {', '.join(links)} ]\n"

    def written() -> None:
        lab.mkdir()
        (lab / "topology.yml").write_text(text)

    await asyncio.to_thread(written)
    ssh = SshHost(access_to(host), Nobody())
    script = 'cd "$1" && PATH="$HOME/../bin:$PATH" PRETEND_PACE_S=0 netlab up'
    done = await ssh.run(script, [str(lab)])
    await ssh.aclose()
    assert done.exit_code == 0, done.stderr
