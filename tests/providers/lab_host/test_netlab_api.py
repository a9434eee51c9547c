"""Labs of a netlab that only `netlab api` leads to: a pretended one with its bugs, and the real."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.clock import LiveClock
from skyforge_tui.demo.company import make_estate
from skyforge_tui.demo.servers.netlab_api.server import USER, NetlabApiServer, make_netlab_api
from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import LabState, NodeState
from skyforge_tui.domain.lab_action import LabAction, LabProgress
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.netlab.api import NetlabApi, open_http
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.web_access import WebAccess
from skyforge_tui.ports.lab_actions import why_not
from skyforge_tui.providers.labs.netlab_api import NetlabApiLabs
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.health import HealthBoard
from skyforge_tui.settings.load import load
from skyforge_tui.wiring.lab_servers import open_lab_servers
from tests.fakes.waiting import until
from tests.lab_hosts import QuickClock

CORE, NIGHTLY = LabId("nl:/srv/labs/core/topology.yml"), LabId("nl:/srv/labs/nightly/topology.yml")
LAB = LabId("nl:default")
_TOPOLOGY = """\
name: still
provider: external
defaults.device: linux
defaults.providers.external.start: "true"
defaults.providers.external.stop: "true"
nodes: [ r1, r2 ]
links: [ r1-r2 ]
"""


@asynccontextmanager
async def labs_at(
    url: str, folder: Path, password: str, *folders: str
) -> AsyncIterator[NetlabApiLabs]:
    """Give the labs of a service, as whoever knows its password."""
    secret = folder / "password"
    await asyncio.to_thread(secret.write_text, password)
    await asyncio.to_thread(secret.chmod, 0o600)
    access, clock = WebAccess(url, USER, password=SecretRef.parse(f"file:{secret}")), QuickClock()
    http = open_http(access, clock.sleep)
    try:
        yield NetlabApiLabs(NetlabApi(http), clock, owner="ada", upstream="nl", labs=folders)
    finally:
        await http.aclose()


@asynccontextmanager
async def pretended(
    folder: Path, **habits: Any
) -> AsyncIterator[tuple[NetlabApiServer, NetlabApiLabs]]:
    """Give a pretended service and its labs."""
    server = make_netlab_api(make_estate(clock=LiveClock()), **({"job_s": 0.0} | habits))
    await server.open()
    roots = ("~", "/srv/labs/core", "/srv/labs/nightly", "/srv/labs/none")
    try:
        async with labs_at(server.url, folder, server.password, *roots) as labs:
            yield server, labs
    finally:
        await server.close()


async def states(labs: NetlabApiLabs) -> dict[str, LabState]:
    """Return how the labs are."""
    listing = await labs.list_for_user()
    assert [one.mode for one in listing.sources] == [UpstreamState.LIVE]
    return {one.name: one.state for one in listing.labs}


async def test_the_life_of_a_lab(tmp_path: Path) -> None:
    """A topology is found at rest, brought up, told with its nodes, collected and taken down."""
    async with pretended(tmp_path) as (server, labs):
        assert await states(labs) == {"core": LabState.STOPPED, "nightly": LabState.STOPPED}
        with pytest.raises(Unavailable, match="before it is started"):
            await labs.get_metadata(CORE)
        told: list[LabProgress] = []
        await labs.start(CORE, told.append)
        assert not [one.text for one in told if "is success" in one.text]  # it has ended then
        steps = [one.step.text for one in told if one.step is not None]
        assert steps == ["netlab up was begun", "[SUCCESS] Lab devices configured"]
        assert await states(labs) == {"core": LabState.RUNNING, "nightly": LabState.STOPPED}
        detail = await labs.detail(LAB)
        assert [(one.name, one.state) for one in detail.nodes] == [
            (name, NodeState.UP) for name in ("p1", "p2", "pe1", "pe2")
        ]
        assert detail.lab.ready == 4
        assert "netlab api does not tell" in detail.missing[0]
        with pytest.raises(Conflict, match="up already"):
            await labs.start(LAB, told.append)
        await labs.save(LAB, told.append)
        await labs.stop(LAB, told.append)
        assert (await states(labs))["core"] is LabState.STOPPED
        assert server.asked.count("POST /jobs") == 3
        with pytest.raises(NotFound):
            await labs.stop(LAB, told.append)


async def test_a_job_that_stays_running(tmp_path: Path) -> None:
    """A job that netlab gave up says `running` for ever: its end tells, and that it failed."""
    async with pretended(tmp_path) as (server, labs):
        with pytest.raises(Unavailable, match="does not tell why"):
            await labs.start(NIGHTLY, lambda _: None)
        (job,) = server.works.jobs.values()
        assert (job.state, job.error, job.log) == ("running", None, "")
        found = {one.name: one for one in (await labs.list_for_user()).labs}
        assert (found["nightly"].id, found["nightly"].state) == (LAB, LabState.STARTING)


async def test_a_success_that_was_none(tmp_path: Path) -> None:
    """A `down` that says it was done is looked after: what is still there was not taken down."""
    async with pretended(tmp_path, lies_when_down=True) as (server, labs):
        await labs.start(CORE, lambda _: None)
        told: list[LabProgress] = []
        with pytest.raises(Unavailable, match="Containerlab is not installed"):
            await labs.stop(LAB, told.append)
        assert [one.step.failed for one in told if one.step is not None] == [False, True]
        assert server.works.labs


def set_by_a_step(begun: asyncio.Event, told: LabProgress) -> None:
    """Take note of the first step."""
    if told.step:
        begun.set()


async def test_a_service_started_anew(tmp_path: Path) -> None:
    """A service that was started anew knows no jobs: that is said, and nothing is sent twice."""
    async with pretended(tmp_path, job_s=60.0) as (server, labs):
        await states(labs)
        begun = asyncio.Event()
        starting = asyncio.create_task(labs.start(CORE, partial(set_by_a_step, begun)))
        await begun.wait()
        await server.restart()
        with pytest.raises(Unavailable, match="not found"):
            await starting
        assert server.asked.count("POST /jobs") == 1


async def test_nobody_asks_while_a_job_goes_on(tmp_path: Path) -> None:
    """While a job goes on the service is not asked how labs are: their output would get mixed."""
    async with pretended(tmp_path, job_s=60.0) as (server, labs):
        before = await states(labs)
        begun = asyncio.Event()
        starting = asyncio.create_task(labs.start(CORE, partial(set_by_a_step, begun)))
        await begun.wait()
        asked = server.asked.count("GET /status")
        assert await states(labs) == before
        assert (await labs.detail(CORE)).lab.state is LabState.STOPPED
        told = asyncio.create_task(labs.list_metadata())
        looked = len(server.asked)
        await until(lambda: len(server.asked) > looked + 1)
        assert {one.partition("/job-")[0] for one in server.asked[looked:]} == {"GET /jobs"}
        assert server.asked.count("GET /status") == asked
        starting.cancel()
        await asyncio.wait([starting])
        assert await told == ()


async def test_what_it_does_not_offer(tmp_path: Path) -> None:
    """What the service has no words for is refused with the reason; who is not let in hears so."""
    async with pretended(tmp_path) as (server, labs):
        assert "hands out no files" in why_not(labs, LabAction.EXPORT)
        assert why_not(labs, LabAction.WIPE) == "netlab cannot wipe labs"
        server.password = "another"
        (source,) = (await labs.list_for_user()).sources
        assert (source.mode, "wrong name or password" in source.error) == (
            UpstreamState.ERROR, True,
        )  # fmt: skip
    async with pretended(tmp_path) as (server, labs):
        server.chaos.add(Trouble(Kind.STATUS, "/status", status=200, body="[1, 2]"))
        (source,) = (await labs.list_for_user()).sources
        assert "no answer of netlab api" in source.error
        assert await is_silent(labs)


async def is_silent(labs: NetlabApiLabs) -> bool:
    """Say whether the source complains, and no lab is invented."""
    listing = await labs.list_for_user()
    return (listing.labs, listing.sources[0].mode) == ((), UpstreamState.ERROR)


class Service:
    """The real `netlab api`, on this machine; what it would have Ansible do is not done."""

    def __init__(self, folder: Path, program: Path) -> None:
        home, programs = folder / "home", folder / "programs"
        for one in (home, programs):
            one.mkdir()
        ansible = programs / "ansible-playbook"
        ansible.write_text("#!/bin/sh\nexit 0\n")
        ansible.chmod(0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        beside = Path(sys.executable).parent
        environ = {
            **os.environ, "HOME": str(home), "NETLAB_API_DATA_DIR": str(folder / "data"),
            "PATH": f"{programs}:{beside}:/usr/sbin:/usr/bin:/sbin:/bin",
            "NETLAB_API_PASSWORD": "s3cret",
        }  # fmt: skip
        self._process = subprocess.Popen(
            [program, "api", "--bind", "127.0.0.1", "--port", str(self.port), "--auth-user", USER],
            cwd=folder, env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(b"y\n" * 8)  # the provider `external` asks whether one means it
        self._process.stdin.flush()

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@pytest.mark.real
@pytest.mark.timeout(120)
async def test_the_real_one(tmp_path: Path, real_program: Callable[[str], Path]) -> None:
    """The real service brings a lab up and down, and gives up on what cannot be, as we know it."""
    folder, bad = tmp_path / "still", tmp_path / "bad"
    for one, text in ((folder, _TOPOLOGY), (bad, "nodes: [ r1 ]\nnonsense: true\n")):
        one.mkdir()
        (one / "topology.yml").write_text(text)
    service = await asyncio.to_thread(Service, tmp_path, real_program("netlab"))
    url = f"http://127.0.0.1:{service.port}"
    try:
        async with labs_at(url, tmp_path, "s3cret", str(folder), str(bad)) as labs:
            while await is_silent(labs):  # noqa: ASYNC110 - it tells nobody that it is up
                await asyncio.sleep(0.05)
            assert await states(labs) == {"still": LabState.STOPPED, "bad": LabState.STOPPED}
            await labs.start(LabId(f"nl:{folder}/topology.yml"), lambda _: None)
            listing = await labs.list_for_user()
            (lab,) = (one for one in listing.labs if one.name == "still")
            assert (lab.id, lab.state) == ("nl:external_still", LabState.RUNNING)
            assert [one.name for one in (await labs.detail(lab.id)).nodes] == ["r1", "r2"]
            with pytest.raises(Unavailable, match="netlab up failed"):
                await labs.start(LabId(f"nl:{bad}/topology.yml"), lambda _: None)
            await labs.stop(lab.id, lambda _: None)
            assert (await states(labs))["still"] is LabState.STOPPED
        async with labs_at(url, tmp_path, "not-it", str(folder)) as labs:
            (source,) = (await labs.list_for_user()).sources
            assert "wrong name or password" in source.error
    finally:
        await asyncio.to_thread(service.end)


async def test_hostile_answers(tmp_path: Path) -> None:
    """What is no job is no job, and a topology called oddly is shown as it is called."""
    async with pretended(tmp_path) as (server, labs):
        rows = {"templates": [{"name": 7, "path": "$(reboot).yml"}, {"path": None}, "x"]}
        server.chaos.add(Trouble(Kind.STATUS, "/templates", status=200, body=json.dumps(rows)))
        assert "$(reboot)" in await states(labs)
        server.chaos.add(Trouble(Kind.STATUS, "/jobs", status=202, body="{}"))
        with pytest.raises(Unavailable, match="no job"):
            await labs.start(LabId("nl:/srv/labs/core/$(reboot).yml"), lambda _: None)
    with pytest.raises(HttpError):
        await labs._api.http.call("GET", "/healthz")


async def test_a_service_that_nobody_checks_is_shown_as_such(tmp_path: Path) -> None:
    """Where a certificate is not looked at, the light of a web service of labs says so."""
    config, blind = tmp_path / "config.toml", 'url = "https://127.0.0.1:1"\ntls.verify = false\n'
    config.write_text(
        f"[eve.eve]\n{blind}[netlab.blind]\n{blind}[netlab.seen]\nurl = 'https://127.0.0.1:1'\n"
    )
    loaded, health = load(config, environ={}), HealthBoard(Bus())
    assert loaded.complaints == ()
    opening = open_lab_servers(
        loaded.settings, Access(), health, QuickClock(), "ada", None, tmp_path
    )
    async with opening as servers:
        assert servers.far == ["eve", "blind", "seen"]
    lights = {one.name: one.is_unchecked for one in health.lights()}
    assert lights == {"netlab": False, "eve": True, "blind": True, "seen": False}
