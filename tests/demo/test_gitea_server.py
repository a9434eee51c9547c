"""The pretend Gitea as a client meets it: who may what, pages, names, files, git itself."""

from __future__ import annotations

import asyncio
import base64
import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from skyforge_tui.demo import totp
from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.gitea import bare
from tests.giteas import api_of, encoded, served_gitea

FABRIC = "/repos/net/edge-fabric"
NEW = {"content": encoded("x"), "message": "m"}
WRITES: list[tuple[str, str, Any, str]] = [
    ("POST", f"{FABRIC}/contents/new.txt", NEW, "manager"),
    ("POST", f"{FABRIC}/branches", {"new_branch_name": "b/c"}, "manager"),
    ("PUT", f"{FABRIC}/collaborators/emma", {"permission": "read"}, "owner"),
    ("PATCH", FABRIC, {"description": "d"}, "owner"),
    ("POST", f"{FABRIC}/branch_protections", {"rule_name": "main"}, "owner"),
]
"""Method, path, body, and the weakest role that may."""
ROLES = {"guest": "gus", "task_runner": "rosa", "manager": "mika", "owner": "olga"}
SINCE = [
    ("/compare/staging...main", 16), ("/actions/tasks", 23), ("/actions/runs", 25),
]  # fmt: skip
ODD = "labs/ospf # 100%/Übersicht\nzwei.yml"


async def test_roles() -> None:
    """A role that may something may; a weaker one gets a 403, a stranger a 404."""
    async with served_gitea() as server:
        for method, path, body, weakest in WRITES:
            allowed = False
            for role, username in ROLES.items():
                allowed = allowed or role == weakest
                async with api_of(server, username) as api:
                    status = (await api.request(method, path, json=body)).status_code
                    assert (status < 300 or status in (409, 422)) if allowed else status == 403, (
                        path,
                        role,
                    )
            async with api_of(server, "nick") as api:
                assert (await api.request(method, path, json=body)).status_code == 404


async def test_git_holds_what_the_estate_tells() -> None:
    """Commits have the same names at every server of the estate, branches end where they should."""
    async with served_gitea() as server, api_of(server) as api:
        for project in server.estate.projects:
            for work in project.repositories:
                url = f"/repos/net/{work.name}"
                newest = (await api.get(f"{url}/commits", params={"limit": 1})).json()[0]
                assert newest["sha"] == work.commits[0].sha
                names = [one["name"] for one in (await api.get(f"{url}/branches")).json()]
                assert sorted(names) == sorted(work.branches)


async def test_a_clone_is_pushed_back(tmp_path: Path) -> None:
    """Git clones and pushes with a token; others are refused."""
    async with served_gitea() as server, api_of(server, "mika") as api:

        async def git(*words: str, who: str = "mika") -> tuple[int, str]:
            shown = f"{who}:{server.token(who)}".encode()
            header = f"authorization: basic {base64.b64encode(shown).decode()}"
            process = await asyncio.create_subprocess_exec(
                "git", "-c", f"http.extraheader={header}", "-c", "protocol.version=2", *words,
                cwd=tmp_path, env=os.environ | {"GIT_TERMINAL_PROMPT": "0"},
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            told, _ = await process.communicate()
            return process.returncode or 0, told.decode()

        assert (await git("clone", "-q", f"{server.url}/net/edge-fabric.git", "w"))[0] == 0
        (tmp_path / "w" / "new.txt").write_text("hello\n")
        assert (await git("-C", "w", "add", "-A"))[0] == 0
        assert (await git("-C", "w", "commit", "-q", "-m", "from a clone"))[0] == 0
        code, told = await git("-C", "w", "push", "-q", "origin", "HEAD:staging")
        assert code != 0
        assert "protected branch staging" in told
        assert (await git("-C", "w", "push", "-q", "origin", "HEAD:main", who="gus"))[0] != 0
        assert (await git("ls-remote", f"{server.url}/net/edge-fabric.git", who="nick"))[0] != 0
        assert (await git("-C", "w", "push", "-q", "origin", "HEAD:main"))[0] == 0
        newest = (await api.get(f"{FABRIC}/commits", params={"limit": 1})).json()[0]
        assert newest["commit"]["message"] == "from a clone\n"


async def test_pages_are_cut_without_a_word() -> None:
    """More than the cap is never answered; the total and the links are told, or only the links."""
    async with (
        served_gitea(max_response_items=3, root_url="https://elsewhere/git") as server,
        api_of(server) as api,
    ):
        response = await api.get("/orgs/net/repos", params={"limit": 100, "page": 2})
        assert len(response.json()) == 3
        assert response.headers["x-total-count"] == "8"
        assert "<https://elsewhere/git/api/v1/orgs/net/repos?" in response.headers["link"]
        assert (await api.get("/orgs/net/repos", params={"page": 9})).json() == []
        server.habits.tells_total = False
        assert "x-total-count" not in (await api.get("/orgs/net/repos")).headers


async def test_below_a_sub_path_other_pages_are_told_with_it_once() -> None:
    """What leads to the next page of a list can be followed."""
    async with served_gitea(sub_path="/git") as server, api_of(server) as api:
        response = await api.get("/orgs/net/repos", params={"limit": 3})
        assert f"<{server.url}/api/v1/orgs/net/repos?" in response.headers["link"]
        following = await api.get(response.links["next"]["url"])
        assert len(following.json()) == 3


async def test_a_renamed_repository_is_found_by_its_old_name() -> None:
    """The old name leads to the new one, whatever is below; before 1.21 by another status."""
    async with served_gitea(sub_path="/git") as server, api_of(server, "gus") as api:
        response = await api.get("/repos/net/edge/branches", params={"limit": 2})
        assert response.status_code == 301
        assert response.headers["location"] == (
            f"{server.url}/api/v1/repos/net/edge-fabric/branches?limit=2"
        )
    async with served_gitea("1.20") as server, api_of(server, "gus") as api:
        assert (await api.get("/repos/net/edge")).status_code == 307


async def test_tokens_may_what_their_scopes_say() -> None:
    """A token without a scope is refused with 403; one without access sees a 404; none, a 401."""
    async with served_gitea() as server:
        auth = ("mika", "mika-pass")
        body = {"name": "t", "scopes": ["read:repository"]}
        async with api_of(server, "") as api:
            made = await api.post("/users/mika/tokens", json=body, auth=auth)
            assert (await api.post("/users/mika/tokens", json=body, auth=auth)).status_code == 400
            api.headers["authorization"] = f"token {made.json()['sha1']}"
            assert (await api.get(FABRIC)).status_code == 200
            refused = await api.get("/user")
            assert refused.status_code == 403
            assert "required=[read:user]" in refused.json()["message"]
            assert (await api.post(f"{FABRIC}/contents/x", json=NEW)).status_code == 403
            assert (await api.get("/users/mika/tokens")).status_code == 403
            del api.headers["authorization"]
            assert (await api.get("/user")).json()["message"] == "token is required"
            assert (await api.get(FABRIC)).status_code == 404
            assert (await api.get("/repos/net/netlab-topologies")).status_code == 200


@pytest.mark.parametrize(
    ("version", "said"), [("1.24", "invalid provided OTP"), ("1.20", "Unauth")]
)
async def test_a_second_factor_is_wanted(version: str, said: str) -> None:
    """Who has a second factor needs its code with the password."""
    async with served_gitea(version) as server, api_of(server, "") as api:
        person = server.estate.people["tom"]
        auth = (person.username, person.password)
        refused = await api.get("/user", auth=auth)
        assert (refused.status_code, said in refused.json()["message"]) == (401, True)
        now = server.estate.clock.now()
        headers = {"x-gitea-otp": totp.code(person.totp_secret, now)}
        assert (await api.get("/user", auth=auth, headers=headers)).status_code == 200


async def test_files_are_written_against_what_they_were() -> None:
    """A write names what it replaces; what is stale, there already or without a name is refused."""
    async with served_gitea() as server, api_of(server, "mika") as api:
        url = f"{FABRIC}/contents/{quote(ODD)}"
        made = await api.post(url, json=NEW)
        assert made.status_code == 201
        assert made.json()["content"]["path"] == ODD
        assert (await api.post(url, json=NEW)).status_code == 422
        assert (await api.put(url, json=NEW)).json()["message"] == "[SHA]: Required"
        sha = made.json()["content"]["sha"]
        change = {"content": encoded("y"), "message": "m", "sha": sha}
        assert (await api.put(url, json=change)).status_code == 200
        stale = await api.put(url, json=change)
        assert stale.status_code == 422
        assert stale.json()["message"].startswith(f"sha does not match [given: {sha}, expected: ")
        assert (await api.get(f"{FABRIC}/raw/{quote(ODD)}")).text == "y"
        folder = (await api.get(f"{FABRIC}/contents/{quote('labs/ospf # 100%')}")).json()
        assert [one["path"] for one in folder] == [ODD]
        deleted = {"sha": folder[0]["sha"], "message": "m"}
        assert (await api.request("DELETE", url, json=deleted)).json()["content"] is None
        assert (await api.get(url)).status_code == 404
        protected = NEW | {"branch": "staging"}
        assert (await api.post(f"{FABRIC}/contents/x", json=protected)).status_code == 403


async def test_a_batch_is_one_commit_or_none() -> None:
    """Several files are written by one commit; if one of them cannot be, none is."""
    async with served_gitea() as server, api_of(server, "mika") as api:
        before = (await api.get(f"{FABRIC}/commits")).headers["x-total-count"]
        files = [
            {"operation": "create", "path": "a", "content": encoded("1")},
            {"operation": "create", "path": "README.md", "content": encoded("2")},
        ]
        url = f"{FABRIC}/contents"
        assert (await api.post(url, json={"files": files, "message": "m"})).status_code == 422
        assert (await api.get(f"{FABRIC}/contents/a")).status_code == 404
        files[1]["operation"] = "upload"
        made = await api.post(url, json={"files": files, "message": "m"})
        assert [one["path"] for one in made.json()["files"]] == ["a", "README.md"]
        after = (await api.get(f"{FABRIC}/commits")).headers["x-total-count"]
        assert int(after) == int(before) + 1
        asked = {"files": ["a", "nothing"]}
        told = (await api.post(f"{FABRIC}/file-contents", json=asked)).json()
        assert [one and one["content"] for one in told] == [encoded("1"), None]


async def test_empty_and_archived_repositories() -> None:
    """What is empty has no commits (409) and no branches; what is archived takes nothing (423)."""
    async with served_gitea() as server, api_of(server) as api:
        assert (await api.get("/repos/net/ideas/commits")).status_code == 409
        assert (await api.get("/repos/net/ideas/branches")).json() == []
        assert (await api.get("/repos/net/ideas/contents")).json() == []
        assert (await api.get("/repos/net/ideas/git/trees/main")).status_code == 404
        refused = await api.post("/repos/net/wan-2019/contents/x", json=NEW)
        assert refused.status_code == 423
        made = await api.post("/repos/net/ideas/contents/x", json=NEW | {"branch": "trunk"})
        assert made.status_code == 201
        assert (await api.get("/repos/net/ideas")).json()["default_branch"] == "trunk"


@pytest.mark.parametrize(("path", "since"), SINCE)
async def test_releases_know_what_they_know(path: str, since: int) -> None:
    """A route that came later is answered in plain text: `404 page not found`."""
    for minor, status in ((since - 1, 404), (since, 200)):
        async with served_gitea(f"1.{minor}") as server, api_of(server) as api:
            response = await api.get(FABRIC + path)
            assert response.status_code == status
            if status == 404:
                assert response.text == "404 page not found\n"


async def test_a_part_of_a_large_file_is_a_part() -> None:
    """A range is given alone, and a tree in pages that say how many entries there are."""
    async with served_gitea(tree_page=2) as server, api_of(server) as api:
        response = await api.get(f"{FABRIC}/raw/README.md", headers={"range": "bytes=2-5"})
        assert (response.status_code, response.text) == (206, "edge")
        first = (await api.get(f"{FABRIC}/git/trees/main", params={"per_page": 1000})).json()
        assert (len(first["tree"]), first["truncated"]) == (2, True)
        assert first["total_count"] > 8


async def test_troubles_are_those_of_every_server() -> None:
    """What goes wrong with a Gitea is said in the same words as of any other pretend server."""
    async with served_gitea() as server, api_of(server) as api:
        server.chaos.add(Trouble(Kind.STATUS, path="/api/v1/user", times=1, status=502))
        assert [(await api.get("/user")).status_code for _ in range(2)] == [502, 200]


async def test_a_repository_is_fetched_from_another() -> None:
    """Migrating makes a repository with the branches of the one it is made of."""
    async with served_gitea() as server, api_of(server, "olga") as api:
        await api.get(f"{FABRIC}/branches")
        repo = server.state.repo("net/edge-fabric")
        assert repo is not None
        body = {"clone_addr": str(repo.bare.path), "repo_name": "copy"}
        made = await api.post("/repos/migrate", json=body)
        assert made.status_code == 201
        names = [one["name"] for one in (await api.get("/repos/olga/copy/branches")).json()]
        assert names == sorted(repo.work.branches if repo.work else ())


def test_a_git_that_nobody_waits_for_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is closed in the middle of an answer leaves no process and no pipe."""
    left: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: left.append(told.exc_value))
    subprocess.run(["git", "init", "-q", "--bare", tmp_path], check=True)

    async def broken_off(turns: int) -> None:
        asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/info/refs"}
        answering = asyncio.create_task(bare.serve_git(tmp_path, b"", asked))
        for _ in range(turns):
            await asyncio.sleep(0)
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)

    for turns in range(0, 40, 4):
        asyncio.run(broken_off(turns))
    gc.collect()
    assert left == []
