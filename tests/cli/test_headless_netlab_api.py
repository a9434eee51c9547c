"""A netlab that only its web service leads to, without the cockpit."""

from __future__ import annotations

import json
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.netlab_api.server import NetlabApiServer, make_netlab_api
from tests.beside import beside
from tests.cli.headless import Headless


@asynccontextmanager
async def served() -> AsyncIterator[NetlabApiServer]:
    """Serve one whose jobs take no time."""
    server = make_netlab_api(make_estate(clock=LiveClock(200)), job_s=0.0)
    await server.open()
    try:
        yield server
    finally:
        await server.close()


@pytest.fixture
def api() -> Iterator[NetlabApiServer]:
    """Return a web service of netlab."""
    with beside(served) as server:
        yield server


def test_connected_started_stopped(stranger: Headless, api: NetlabApiServer) -> None:
    """Any page of the service will do to connect; its labs are started and stopped by command."""
    environ = {"RIGHT": api.password, "WRONG": "not-it"}
    command = ("connect", "netlab", f"{api.url}/status", "--user", "netlab", "--name", "nl")
    done = stranger(*command, "--password-ref", "env:WRONG", environ=environ)
    assert (done.code, "does not let netlab in" in done.err) == (4, True), done
    done = stranger(*command, "--password-ref", "env:RIGHT", environ=environ)
    assert done.code == 0, done
    assert "0 labs, and up, down and collect" in done.err
    config = stranger.base / "config" / "skyforge" / "config.toml"
    (table,) = tomllib.loads(config.read_text())["netlab"].values()
    assert table == {"url": api.url, "user": "netlab", "password": "env:RIGHT"}

    config.write_text(config.read_text().replace(
        "[netlab.nl]", '[netlab.nl]\nlabs = ["/srv/labs/core", "/srv/labs/nightly"]'
    ))  # fmt: skip
    done = stranger("connections", "--test", "--json", environ=environ)
    assert done.code == 0, done
    core, nightly = ("nl:/srv/labs/core/topology.yml", "nl:/srv/labs/nightly/topology.yml")
    assert stranger("labs", "start", core, environ=environ).code == 0
    labs = json.loads(stranger("labs", "ls", "--json", environ=environ).out)["labs"]
    assert {one["id"]: one["state"] for one in labs if one["provider"] == "nl"} == {
        "nl:default": "running", nightly: "stopped",
    }  # fmt: skip
    for words, said in (("export", "hands out no files"), ("report", "writes no reports")):
        more = ("wiring",) if words == "report" else ()
        done = stranger("labs", words, "nl:default", *more, environ=environ)
        assert (done.code, said in done.err, "runs launch" in done.err) == (4, True, False), done
    assert stranger("labs", "stop", "nl:default", environ=environ).code == 0
    assert api.works.labs == {}
