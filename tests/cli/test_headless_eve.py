"""Labs of an EVE-NG without the cockpit: connected, listed, started, taken along."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.demo.servers.eve.server import EveServer
from tests.beside import beside
from tests.cli.headless import Headless
from tests.eves import served_eve


@pytest.fixture
def eve() -> Iterator[EveServer]:
    """Return an EVE-NG of which nothing runs, with one node that never starts."""
    with beside(
        lambda: served_eve(clock=LiveClock(100), edition="pro", broken_nodes="spoke3")
    ) as one:
        one.state.runs.clear()
        yield one


def test_labs_from_a_shell(stranger: Headless, eve: EveServer) -> None:
    """A connected server's labs are started, stopped and exported by command, with its words."""
    environ = {"PASSWORD": "admin-pass"}
    done = stranger(
        "connect", "eve", f"{eve.url}/legacy/", "--user", "admin", "--name", "lab1",
        "--password-ref", "env:PASSWORD", environ=environ,
    )  # fmt: skip
    assert done.code == 0, done
    assert "ended that of its browser" in done.err

    def sky(*words: str) -> tuple[int, str, str]:
        done = stranger(*words, environ=environ)
        return done.code, done.out.decode(errors="replace"), done.err

    code, out, _ = sky("labs", "ls", "--json")
    labs = {one["name"]: one for one in json.loads(out)["labs"]}
    assert (code, labs["bgp-basics"]["state"], len(labs)) == (0, "stopped", 7)
    lab = labs["bgp-basics"]["id"]
    assert lab == "lab1:/bgp-basics.unl"

    code, _, told = sky("labs", "start", lab)
    assert (code, told.splitlines()[-1]) == (0, "3 of 3 run")
    code, _, told = sky("labs", "wipe", lab)
    assert (code, "3 of its nodes run" in told) == (4, True)
    assert sky("labs", "console", lab, "r1")[1].startswith("telnet://127.0.0.1:")
    code, _, told = sky("labs", "stop", lab)
    assert (code, len(eve.state.runs)) == (0, 0)
    code, _, told = sky("labs", "start", "dmvpn-phase3")
    assert (code, "1 of 4 nodes failed to start: spoke3" in told) == (3, True)

    code, out, _ = sky("labs", "create", "lab1", "fresh", "--folder", "/team")
    assert (code, out) == (0, "lab1:/team/fresh.unl\n")
    assert sky("labs", "lock", out.strip())[0] == 0
    assert eve.state.labs["/team/fresh.unl"].lock == 1
    archive = stranger.base / "fresh.zip"
    assert sky("labs", "export", out.strip(), str(archive))[0] == 0
    assert zipfile.ZipFile(archive).namelist() == ["team/fresh.unl"]
    archive.write_text("mine")
    code, _, told = sky("labs", "export", out.strip(), str(archive))
    assert (code, "is there already" in told, archive.read_text()) == (4, True, "mine")
    code, kept, _ = sky("labs", "export", out.strip())
    assert (code, kept.startswith("local:artifacts/unfiled/labs/lab1/fresh-")) == (0, True)

    code, out, _ = sky("labs", "servers")
    assert "lab1" in out
    assert "Pro 6.2.0-4-PRO  admin (admin)" in out
    code, _, told = sky("labs", "start", "nowhere")
    assert (code, "no lab named nowhere" in told) == (5, True)


def test_a_server_that_hangs_and_one_that_is_gone(stranger: Headless, eve: EveServer) -> None:
    """Labs of a server that hangs are listed as known, with their age; others wait for nobody."""
    environ = {"PASSWORD": "admin-pass", "TOKEN": "t"}
    words = ("--user", "admin", "--name", "lab1", "--password-ref", "env:PASSWORD")
    assert stranger("connect", "eve", eve.url, *words, environ=environ).code == 0
    assert stranger("labs", "ls", "--patience", "60s", environ=environ).code == 0
    config = stranger.base / "config" / "skyforge" / "config.toml"
    with config.open("a") as file:
        file.write('[gitea.git]\nurl = "http://127.0.0.1:1"\ntoken = "env:TOKEN"\n')
    eve.chaos.add(Trouble(Kind.HTML))
    done = stranger("labs", "ls", "--patience", "60s", environ=environ)
    assert (done.code, "got a web page" in done.err, "R looks" in done.err) == (3, True, False)
    eve.chaos.troubles[:] = [Trouble(Kind.HANG)]

    done = stranger("labs", "ls", "--patience", "1s", environ=environ)
    assert done.code == 3, done
    assert "skyforge: lab1: no answer within 1 s\n" in done.err
    assert "skyforge: git: " in done.err
    rows = [one for one in done.text.splitlines() if " lab1 " in one]
    assert (len(rows), [one for one in rows if not re.search(r"as of \d+s ago$", one)]) == (7, [])
    told = stranger("labs", "ls", "--patience", "1s", "--json", environ=environ).json
    (source,) = (one for one in told["sources"] if one["provider"] == "lab1")
    assert (source["mode"], source["error"]) == ("error", "no answer within 1 s")
    assert len(told["labs"]) == 7
    assert source["as_of"]
