"""`skyforge demo serve`: one line, and a world behind it, until it is ended."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from skyforge_tui.cli import run
from skyforge_tui.domain.artifact import MANIFEST, ArtifactRef
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.services.artifact_care import Soundness
from skyforge_tui.settings.frame import read_frame
from skyforge_tui.wiring import current_principal, open_services
from skyforge_tui.wiring.demo import stop_runs
from skyforge_tui.wiring.demo_artifacts import leave_artifacts
from tests.cli.headless import Headless
from tests.terminal import Terminal

COMMAND = (sys.executable, "-m", "skyforge_tui", "demo", "serve", "--json")


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Serve the estate; yield the process, and what its one line says."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serves_until_ended(number: signal.Signals) -> None:
    """One line tells addresses, credentials and a configuration; a signal ends it, tidily."""
    with serving("-o", "semaphore.version=2.10", "--as", "guest") as (process, told):
        semaphore = told["servers"]["semaphore"]
        config = Path(told["config"])
        settings = tomllib.loads(config.read_text(encoding="utf-8"))
        instance = settings["semaphore"]["demo"]
        secret = Path(instance["token"].removeprefix("file:"))
        assert instance["url"] == semaphore["url"]
        assert secret.stat().st_mode & 0o077 == 0
        headers = {"authorization": f"Bearer {secret.read_text().strip()}"}
        with httpx.Client(trust_env=False, headers=headers) as client:
            user = client.get(f"{semaphore['url']}/api/user").json()
            assert user["username"] == semaphore["credentials"]["guest"]["username"]
            assert client.get(f"{semaphore['url']}/api/info").json()["version"].startswith("2.10.")
        gitea = settings["gitea"]["git"]
        secret = Path(gitea["token"].removeprefix("file:"))
        headers = {"authorization": f"token {secret.read_text().strip()}"}
        with httpx.Client(trust_env=False, headers=headers) as client:
            user = client.get(f"{gitea['url']}/api/v1/user").json()
            branches = client.get(f"{gitea['url']}/api/v1/repos/net/campus/branches").json()
        assert user["login"] == told["servers"]["gitea"]["credentials"]["guest"]["username"]
        assert [one["name"] for one in branches] == ["main"]
        process.send_signal(number)
        assert process.wait(20) == 0
        assert not config.parent.exists()


def test_speaks_tls() -> None:
    """A certificate that nobody vouches for is believed by the configuration, and by no other."""
    with serving("--tls") as (_, told):
        settings = tomllib.loads(Path(told["config"]).read_text(encoding="utf-8"))
        instance = settings["semaphore"]["demo"]
        believing = ssl.create_default_context(cafile=instance["tls"]["ca_file"])
        ping = f"{instance['url']}/api/ping"
        assert httpx.get(ping, verify=believing, trust_env=False).text == "pong"
        with pytest.raises(httpx.ConnectError, match="self-signed"):
            httpx.get(ping, trust_env=False)
        port = httpx.URL(instance["url"]).port
        assert port is not None
        shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
        assert hashlib.sha256(shown).hexdigest() == told["tls"]["fingerprint"]


def test_ends_with_who_started_it() -> None:
    """An estate that a cockpit started ends when that cockpit does, however it died."""
    with serving("--until-eof") as (process, told):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
        assert not Path(told["config"]).parent.exists()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("semaphore.version=2.99", "2.99 is not between 2.8 and 2.18"),
        ("semaphore.mood=bad", "'mood' is none of"),
        ("semafor.version=2.10", "'semafor' is none of semaphore, gitea, eve, netlab"),
        ("gitea.version=1.9", "1.9 is not between 1.15 and 1.27"),
        ("version=2.10", "SERVER.NAME=VALUE"),
        ("semaphore.queue_s=soon", "queue_s"),
    ],
)
def test_wrong_options_are_named(
    option: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An option that no server knows is refused as a mistake in usage."""
    assert run(["demo", "serve", "-o", option]) == 2
    assert said in capsys.readouterr().err


def test_the_cockpit_names_a_wrong_option_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    """What the server's process says of an option is told in one line, as a mistake in usage."""
    assert run(["demo", "-o", "semaphore.mood=bad"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [one.startswith("skyforge: 'mood' is none of ") for one in said] == [True]


def test_options_stand_where_they_count(capsys: pytest.CaptureFixture[str]) -> None:
    """Options before `serve` are refused instead of going unheard."""
    assert run(["demo", "--speed", "3", "serve"]) == 2
    assert "behind serve" in capsys.readouterr().err


def test_nothing_goes_on_afterwards(sky: Headless) -> None:
    """What was started locally is ended, however little it wants to, before its place is gone."""
    sky.launch("endless")
    sky.launch("deaf")
    asyncio.run(stop_runs(sky.state))
    assert sky.runs.directories.live() == []


def test_runs_of_the_estate_left_something() -> None:
    """What runs of the pretend company left leads back to them; a second time nothing is added."""

    async def look(config: Path) -> None:
        left = await leave_artifacts(config, "demo")
        assert left == await leave_artifacts(config, "demo") > 5
        async with open_services(read_frame(config, None)) as services:
            principal = current_principal()
            root = ArtifactRef(LOCAL, "artifacts")
            found = [one async for one in await services.artifact_care.below(principal, root)]
            manifests = [one for one in found if one.name == MANIFEST]
            assert len(manifests) == left
            origins = [await services.lineage.origin(principal, one.ref) for one in manifests]
            assert all(one is not None and one.is_known for one in origins)
            verdicts = await services.artifact_care.verify(principal, found[0].ref)
            assert [one.soundness for one in verdicts] == [Soundness.SOUND]

    with serving() as (_, told):
        asyncio.run(look(Path(told["config"])))


def test_cockpit_opens_on_the_estate(tmp_path: Path) -> None:
    """`skyforge demo` opens the cockpit, and leaves nothing behind."""
    folder = tmp_path / "t"
    folder.mkdir()
    environ = os.environ | {"TERM": "xterm-256color", "TMPDIR": str(folder)}
    terminal = Terminal((sys.executable, "-m", "skyforge_tui", "demo"), tmp_path, environ)
    try:
        terminal.until(b"sample-lab")
        assert [one.name[:9] for one in folder.iterdir() if one.is_dir()] == ["sky-demo-"]
    finally:
        terminal.close(b"\x1b\x11")
    assert terminal.process.returncode == 0
    assert list(folder.iterdir()) == []
