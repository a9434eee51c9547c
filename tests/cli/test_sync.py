"""`skyforge sync` says what is due, writes only when told, and finds nothing due afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer
from skyforge_tui.integrations.gitea.files import FileChange
from tests import giteas
from tests.beside import beside
from tests.cli.headless import Headless
from tests.estates import served_semaphore

MANIFEST = b"""
[project]
name = "Edge"
engine = "runs"

[members]
owners = ["olga"]
viewers = ["gus"]
"""


@dataclass
class Servers:
    """Both servers."""

    gitea: GiteaServer
    semaphore: SemaphoreServer


@asynccontextmanager
async def _both() -> AsyncIterator[Servers]:
    async with giteas.served_gitea() as gitea, served_semaphore() as semaphore:
        async with giteas.client_at(gitea.url, gitea.token("admin")) as client:
            await client.repos.create("edge")
            await client.repos.create("plain")
            change = FileChange("create", ".skyforge/project.toml", MANIFEST)
            await client.files.write_all("admin/edge", [change], "Say what", branch="main")
        yield Servers(gitea, semaphore)


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Serve both, with a project that has a manifest."""
    with beside(_both) as both:
        yield both


def connected(stranger: Headless, servers: Servers) -> dict[str, str]:
    """Write a configuration for both servers, and return the tokens that it refers to."""
    folder = stranger.base / "config" / "skyforge"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        f'[gitea.git]\nurl = "{servers.gitea.url}"\ntoken = "env:GIT_TOKEN"\n'
        f'[semaphore.runs]\nurl = "{servers.semaphore.url}"\ntoken = "env:RUN_TOKEN"\n'
    )
    git, runs = servers.gitea.token("admin"), servers.semaphore.token("admin")
    return {"GIT_TOKEN": git, "RUN_TOKEN": runs}


def test_a_plan_is_read_before_it_is_written(stranger: Headless, servers: Servers) -> None:
    """The same steps are said, then done; then the project is in step."""
    environ = connected(stranger, servers)
    planned = stranger("sync", "edge", "--json", environ=environ)
    assert (planned.code, planned.err) == (0, "")
    (plan,) = json.loads(planned.out)
    assert plan["done"] == []
    done = stranger("sync", "--apply", "--json", environ=environ)
    assert (done.code, done.err) == (0, "")
    (report,) = json.loads(done.out)
    assert report["done"] == plan["left"]
    assert report["left"] == []
    again = stranger("sync", environ=environ)
    assert again.code == 0
    assert re.fullmatch(r"edge: in step  \(git \d+, runs \d+ requests\)\n", again.text)
    assert report["requests"].keys() == {"git", "runs"}
    refused = stranger("sync", "nothing", environ=environ)
    assert refused.code == 5


def test_secrets_of_the_configuration_are_written(stranger: Headless, servers: Servers) -> None:
    """What is cloned with, and the secrets of one project, go where they are wanted and no further.

    One that is not there is said, and the rest is done.
    """
    environ = connected(stranger, servers)
    config = stranger.base / "config" / "skyforge" / "config.toml"
    config.write_text(
        config.read_text()
        + '[gitea.git.clone]\nusername = "robot"\npassword = "env:CLONE"\n'
        + '[gitea.git.secrets."admin/edge"]\nTOKEN = "env:TOKEN"\n'
    )
    lacking = stranger("sync", "--apply", environ={**environ, "CLONE": "pass-one"})
    assert (lacking.code, "the secret TOKEN: env:TOKEN: is not set" in lacking.text) == (1, True)
    secret = {"CLONE": "pass-one", "TOKEN": "token-one"}
    done = stranger("sync", "--apply", environ={**environ, **secret})
    assert (done.code, "change variable group edge variables: secret TOKEN" in done.text) == (
        0, True,
    )  # fmt: skip
    (room,) = [one for one in servers.semaphore.state.rooms.values() if one.project.name == "Edge"]
    (group,) = [one for one in room.environment.values() if one.name == "edge variables"]
    assert [(one.name, one.secret) for one in group.secrets] == [("TOKEN", "token-one")]
    (key,) = [one for one in room.keys.values() if one.name == "gitea-http"]
    assert key.login_password.password == "pass-one"
    assert not any(one in f"{done.text}{done.err}{lacking.text}" for one in secret.values())
    assert stranger("sync", environ={**environ, **secret}).text.startswith("edge: in step")


def test_a_project_is_made_shared_and_deleted(stranger: Headless, servers: Servers) -> None:
    """From nothing to a project with people in it and back, each command saying what it did."""
    environ = connected(stranger, servers)
    made = stranger(
        "projects", "create", "core", "--on", "git", "--engine", "runs", "--owner", "olga",
        environ=environ,
    )  # fmt: skip
    assert made.code == 0
    assert made.text.splitlines() == [
        "● repository core at git", "● manifest .skyforge/project.toml",
        "● create collaborator olga: owner", "● create run project core",
        "● create member olga: owner", "● create key none",
        "● create repository core", "● create inventory localhost",
        "● create variable group core variables",
    ]  # fmt: skip
    shared = stranger("projects", "share", "core", "--editor", "mika", "--private", environ=environ)
    assert (shared.code, shared.text) == (0, "mika  editor\nolga  owner\n")
    seen = stranger("projects", "members", "core", "--json", environ=environ).json
    told = [(one["name"], one["manifest"], one["granted"], one["due"]) for one in seen["members"]]
    assert told == [
        ("olga", "owner", "owner", ""),
        ("admin", "none", "owner", ""),
        ("mika", "editor", "none", "let in at the next sync"),
    ]
    assert stranger("projects", "share", "core", "--viewer", "mika", environ=environ).code == 0
    old = ("--seen", seen["manifest"])
    late = stranger("projects", "share", "core", "--out", "mika", *old, environ=environ)
    assert late.code == 4
    assert "theirs  mika: editor → viewer" in late.err
    assert "yours   mika: editor → no role" in late.err
    assert "they meet: mika; nothing was written" in late.err
    assert stranger("sync", "core", "--apply", environ=environ).code == 0
    assert "core: in step" in stranger("sync", "core", environ=environ).text
    unclear = stranger("projects", "show", "core", environ=environ)
    assert (unclear.code, "say git:core or runs:core" in unclear.err) == (4, True)
    for server in ("git", "runs"):
        shown = stranger("projects", "show", f"{server}:core", "--json", environ=environ)
        assert shown.json["server"] == server
    of_one = [
        stranger("projects", "audit", name, "--json", environ=environ).json
        for name in ("git:core", "core")
    ]
    assert of_one[0] == of_one[1] != []
    planned = stranger("projects", "rm", "core", "--dry-run", "--json", environ=environ)
    assert planned.code == 0
    engine, repository = planned.json["steps"]
    assert (engine["what"], engine["went"]) == ("run project core at runs", "left")
    assert "access of admin, mika, olga" in engine["parts"]
    assert repository["parts"][0] == "1 file with its whole history"
    said = stranger("projects", "rm", "core", "--dry-run", environ=environ).text
    assert "○ run project core at runs\n    key None (not of its manifest)\n" in said
    assert "· stays: its artifacts\n" in said
    refused = stranger("projects", "rm", "core", environ=environ)
    assert (refused.code, "type core to delete it" in refused.err) == (2, True)
    gone = stranger("projects", "rm", "core", "--confirm", "core", environ=environ)
    assert gone.code == 0
    assert gone.text.startswith("● run project core at runs\n● repository http")
    kept = stranger("projects", "audit", "core", "--json", environ=environ).json
    done = [(one["login"], one["deed"], one["words"], one["outcome"]) for one in kept]
    assert ("admin", "demote", "mika: editor → viewer", "ok") in done
    assert ("admin", "put out", "mika: viewer → no role", "refused") in done
    assert {deed for _, deed, _, _ in done[-2:]} == {"create", "sync"}
    assert [(deed, outcome) for _, deed, _, outcome in done][:2] == [
        ("delete", "ok"), ("delete", "refused"),
    ]  # fmt: skip
    left = stranger("projects", "ls", "--json", environ=environ).json
    assert [one["slug"] for one in left if one["slug"] == "core"] == []


def test_a_plain_repository_is_adopted(stranger: Headless, servers: Servers) -> None:
    """What would be done is said first; then a manifest is there, and once more is refused."""
    environ = connected(stranger, servers)
    words = ("projects", "adopt", "plain", "--title", "Plain one", "--engine", "runs")
    odd = stranger(*words, "--lab-server", "eve-9", environ=environ)
    assert (odd.code, "no lab server is called eve-9" in odd.err) == (2, True)
    planned = stranger(*words, "--dry-run", environ=environ)
    assert planned.code == 0
    assert "○ manifest .skyforge/project.toml\n" in planned.text
    assert planned.text.endswith("nothing was changed\n")
    done = stranger(*words, environ=environ)
    assert done.code == 0
    assert "● create run project Plain one\n" in done.text
    again = stranger(*words, environ=environ)
    assert (again.code, "plain has a manifest already" in again.err) == (2, True)


def test_a_dead_server_holds_up_no_other(stranger: Headless, servers: Servers) -> None:
    """Whatever is not on the dead one is listed, found and kept in step; what may be is unknown."""
    environ = connected(stranger, servers)
    config = stranger.base / "config" / "skyforge" / "config.toml"
    config.write_text(
        config.read_text()
        + '[semaphore.dead]\nurl = "http://127.0.0.1:1"\ntoken = "env:RUN_TOKEN"\n'
    )
    listed = stranger("projects", "ls", "--json", environ=environ)
    assert listed.code == 3
    assert {"edge", "plain", "fabric"} <= {one["slug"] for one in listed.json}
    assert "dead: " in listed.err
    assert "its projects are shown as last known" in listed.err
    done = stranger("sync", "--apply", "--json", environ=environ)
    assert done.code == 0
    assert [(one["slug"], one["left"], one["errors"]) for one in done.json] == [("edge", [], [])]
    assert stranger("repo", "ls", "edge", environ=environ).code == 0
    lost = stranger("repo", "ls", "nothing", environ=environ)
    assert (lost.code, "no project named nothing is known; dead: " in lost.err) == (3, True)
    asks = stranger("attention", "ls", "--json", environ=environ)
    assert asks.code == 3
    assert "dead" in {one["name"] for one in asks.json}


def test_a_silent_server_is_waited_for_no_longer_than_a_pass_may_take(
    stranger: Headless, servers: Servers
) -> None:
    """One that never answers is given up when the time of a pass is over, and told."""
    environ = connected(stranger, servers)
    servers.semaphore.chaos.add(Trouble(Kind.HANG))
    done = stranger("sync", "--within", "1s", environ=environ)
    assert "runs: no answer within 1 s: its projects are shown as last known" in done.err
