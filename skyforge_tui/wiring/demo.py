"""Opens the cockpit on the pretend estate, or serves the estate alone.

The estate lives in a process of its own, so that it disturbs no picture; it ends when whoever
started it closes its standard input, by whatever death.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, cast
from urllib.parse import urlsplit

from skyforge_tui.demo.company.staff import BY_ROLE
from skyforge_tui.domain.errors import Conflict, Invalid, NotFound, SkyforgeError, Unavailable
from skyforge_tui.domain.identity import LOCAL, RunId
from skyforge_tui.providers.runs.local import LocalRunEngine
from skyforge_tui.providers.starter.local import LocalStarter
from skyforge_tui.settings.sample import sample
from skyforge_tui.store.run_directories import FileRunDirectories

ROLES: Final = tuple(BY_ROLE)
"""Whom one can be in the pretend company."""
_NAMES: Final = {"semaphore": "demo", "gitea": "git", "eve": "eve", "netlab": "labhost"}
"""What the configuration calls the servers, by kind."""
_STATE: Final = "state"
_WORKSPACE: Final = "workspace"
_SETTLING_S: Final = 3.0
"""Seconds until the cockpit that was opened on the estate has read what it shows first."""
_ENDS_WITHIN_S: Final = 10
_USAGE: Final = 2
_ASKED_TO_STOP: Final = 10
_BETWEEN_STOPS_S: Final = 0.2


def serve_demo(
    tell: Callable[[dict[str, Any]], None],
    *,
    role: str,
    seed: int = 1,
    speed: float = 1.0,
    servers: dict[str, dict[str, Any]] | None = None,
    tls: bool = False,
    until_eof: bool = False,
) -> None:
    """Serve the estate until SIGINT, SIGTERM or SIGHUP, or the end of standard input.

    `tell` is called once, with addresses, credentials by role, and the path of a configuration
    that signs in as `role`. `servers` holds options by kind; with `tls` they show a certificate
    that nobody vouches for, and that the configuration believes.

    Raises:
        ValueError: an option is nothing that its server knows.
        OSError: a port is taken.
    """
    from skyforge_tui.demo.certificates import make_certificate
    from skyforge_tui.demo.program import Options, open_estate, until_ended

    async def serve() -> None:
        with _home() as home:
            certificate = make_certificate(home) if tls else None
            context = None if certificate is None else certificate.context
            options = Options(seed, speed, servers or {}, context, home / "servers")
            async with open_estate(options) as estate:
                told = estate.told()
                if certificate is not None:
                    told["tls"] = {
                        "ca_file": str(certificate.path),
                        "fingerprint": certificate.fingerprint,
                    }
                config = _configure(home, told, role)
                await _furnish(home)
                tell({**told, "config": str(config)})
                # Only who looks sees what runs left: whoever serves the estate alone need not wait.
                leaving = asyncio.create_task(_leave_artifacts(config)) if until_eof else None
                await until_ended(eof=until_eof)
                if leaving is not None:
                    leaving.cancel()
                    await asyncio.gather(leaving, return_exceptions=True)

    asyncio.run(serve())


def open_demo(arguments: Sequence[str]) -> int:
    """Open the cockpit on an estate that is served with these options; return the exit code.

    Raises:
        Invalid: an option says what no server knows.
        Unavailable: the estate cannot be served.
    """
    from skyforge_tui.wiring import run_cockpit

    with _served(arguments) as config:
        try:
            return run_cockpit(config, None)
        finally:
            asyncio.run(stop_runs(config.parent / _STATE))


@contextmanager
def _served(arguments: Sequence[str]) -> Iterator[Path]:
    """Serve the estate in a process of its own; yield its configuration."""
    command = [sys.executable, "-m", "skyforge_tui", "demo", "serve", "--json", "--until-eof"]
    with tempfile.TemporaryFile("w+") as complaints:
        child = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True,
            start_new_session=True,  # what ends the cockpit must not end the estate first
        )  # fmt: skip
        with child:
            line = cast("IO[str]", child.stdout).readline()
            if not line:
                code = child.wait(_ENDS_WITHIN_S)
                complaints.seek(0)
                said = complaints.read().strip()
                if code == _USAGE:
                    raise Invalid(said.rpartition("Error: ")[2], operation="demo")
                raise Unavailable(f"the pretend estate: {said}")
            try:
                yield Path(json.loads(line)["config"])
            finally:
                cast("IO[str]", child.stdin).close()
                try:
                    child.wait(_ENDS_WITHIN_S)
                except subprocess.TimeoutExpired:
                    child.kill()


@contextmanager
def _home() -> Iterator[Path]:
    """Make a folder for all that the demo keeps, and remove it with everything in it."""
    home = Path(tempfile.mkdtemp(prefix="sky-demo-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _configure(home: Path, told: dict[str, Any], role: str) -> Path:
    """Write a configuration that knows the servers, and the secrets that it names."""
    lines = [f"state_dir = {_text(home / _STATE)}", f"cache_dir = {_text(home / 'cache')}"]
    lines += ["", "[workspace]", 'name = "demo"', f"roots = [{_text(home / _WORKSPACE)}]"]
    for kind, server in told["servers"].items():
        who = server["credentials"][role]
        if kind == "netlab":
            lines += _lab_host_lines(server["url"], who)
            continue
        if kind == "netlab_api":
            lines += _netlab_api_lines(home, server["url"], who, told)
            continue
        proof = "token" if "token" in who else "password"
        secret = home / f"{kind}.{proof}"
        secret.write_text(who[proof] + "\n", encoding="utf-8")
        secret.chmod(0o600)
        name = _NAMES[kind]
        lines += ["", f"[{kind}.{name}]", f"url = {_text(server['url'])}"]
        lines += [f"username = {_text(who['username'])}"] if proof == "password" else []
        lines += [f"{proof} = {_text(f'file:{secret}')}"]
        if "tls" in told:
            lines += ["", f"[{kind}.{name}.tls]", f"ca_file = {_text(told['tls']['ca_file'])}"]
    config = home / "config.toml"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config


def _lab_host_lines(url: str, who: Mapping[str, str]) -> list[str]:
    parts = urlsplit(url)
    way = [
        f"host = {_text(parts.hostname)}", f"port = {parts.port}",
        f"user = {_text(who['username'])}", f"key = {_text(who['key'])}",
        f"known_hosts = {_text(who['known_hosts'])}",
    ]  # fmt: skip
    root = f"state_root = {_text(who['state_root'])}"
    return ["", "[netlab.labhost]", *way, root, "", "[containerlab.clabs]", *way]


def _netlab_api_lines(
    home: Path, url: str, who: Mapping[str, str], told: Mapping[str, Any]
) -> list[str]:
    secret = home / "netlab_api.password"
    secret.write_text(who["password"] + "\n", encoding="utf-8")
    secret.chmod(0o600)
    lines = [
        "", "[netlab.nlapi]", f"url = {_text(url)}", f"user = {_text(who['username'])}",
        f"password = {_text(f'file:{secret}')}",
        'labs = ["/srv/labs/core", "/srv/labs/nightly"]',
    ]  # fmt: skip
    if "tls" in told:
        lines += ["", "[netlab.nlapi.tls]", f"ca_file = {_text(told['tls']['ca_file'])}"]
    return lines


async def _furnish(home: Path) -> None:
    """Put the sample project into the workspace, so that there is something local too."""
    (home / _WORKSPACE).mkdir()
    starter = LocalStarter(home / "config.toml", sample)
    await starter.write_sample(home / _WORKSPACE / "sample-lab", with_containers=False)


async def _leave_artifacts(config: Path) -> None:
    """Leave what runs would have left, once the cockpit's first pictures are drawn."""
    from skyforge_tui.wiring.demo_artifacts import leave_artifacts

    await asyncio.sleep(_SETTLING_S)
    with suppress(SkyforgeError):  # a server that was told to fail; all else is there
        await leave_artifacts(config, _NAMES["semaphore"])


async def stop_runs(state_dir: Path) -> None:
    """End what was started on this machine meanwhile: its place is about to be removed."""
    directories = FileRunDirectories(state_dir)
    engine = LocalRunEngine(directories)
    for _ in range(_ASKED_TO_STOP):  # each time more firmly
        live = await asyncio.to_thread(directories.live)
        if not live:
            return
        for number in live:
            with suppress(Conflict, NotFound):  # it has ended by itself
                await engine.stop(RunId(f"{LOCAL}:{number}"))
        await asyncio.sleep(_BETWEEN_STOPS_S)


def _text(value: object) -> str:
    """Return a text of TOML."""
    return json.dumps(str(value), ensure_ascii=False)
