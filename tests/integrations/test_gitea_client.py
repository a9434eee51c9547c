"""The Gitea client against the pretend server of several ages; what has caught other clients."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.gitea.asking import segments
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.gitea.files import FileChange, StaleError
from skyforge_tui.integrations.gitea.moments import between, moment
from tests.giteas import api_of, client_at, gitea_client, served_gitea
from tests.loopback import Asked, reply, serving

FABRIC = "net/edge-fabric"
AGES = ("1.15", "1.20", "1.27")
ODD = st.text(
    st.characters(codec="utf-8", exclude_characters="\0/", exclude_categories=["Cs"]),
    min_size=1,
    max_size=20,
).filter(lambda one: one not in (".", "..") and one.lower() != ".git")


@pytest.mark.parametrize("version", AGES)
async def test_every_age_is_spoken_with(version: str) -> None:
    """From the oldest to the newest release, people, repositories, files and commits are read."""
    async with gitea_client(version) as (server, client):
        assert (await client.version()).startswith(version)
        assert (await client.user()).login == "mika"
        assert (await client.limits()).max_response_items == 50
        names = {one.full_name for one in (await client.repos.mine()).items}
        assert {FABRIC, "net/campus", "net/ideas"} <= names
        repo = await client.repos.get(FABRIC)
        assert repo.permissions is not None
        assert (repo.permissions.push, repo.permissions.admin) == (True, False)
        page = await client.history.commits(FABRIC)
        known = server.estate.projects[0].repositories[0].commits
        assert (page.items[0].sha, page.total) == (known[0].sha, len(known))
        tree = await client.files.tree(FABRIC, known[0].sha)
        assert "README.md" in {one.path for one in tree.tree or ()}
        found = await client.files.read(FABRIC, "docs/Rückbau & Wiederanlauf (100%).md")
        assert found is not None
        assert found[0].startswith("# Rückbau".encode())
        assert {one.name for one in (await client.history.branches(FABRIC)).items} == {
            "main", "staging", "bgp-communities",
        }  # fmt: skip


@pytest.mark.parametrize("tells_total", [True, False])
@pytest.mark.parametrize("cap", [1, 3, 8])
async def test_pages_are_all_read_under_a_silent_cap(cap: int, tells_total: bool) -> None:
    """Whatever the server cuts pages to, and whether it tells a total, nothing is missed or twice.

    Links with an address of the server's own imagination are not followed.
    """
    async with gitea_client(
        who="admin", max_response_items=cap, tells_total=tells_total, root_url="http://wrong"
    ) as (server, client):
        names = [one.name for one in (await client.repos.of("net")).items]
        assert sorted(names) == sorted({one.name for one in server.state.repos.values()})


async def test_a_list_that_knows_no_pages_is_read_once() -> None:
    """An endpoint that tells everything whatever page is asked for ends, and names nobody twice."""
    rows = [{"id": number, "login": f"u{number}"} for number in range(60)]
    async with (
        serving(lambda _: reply(body=rows)) as server,
        client_at(server.url, "t") as client,
    ):
        assert len((await client.people.collaborators(FABRIC)).items) == 60


async def test_a_wrong_total_ends_no_list() -> None:
    """A total that is too small is not believed where a link says that more follows."""

    def answer(asked: Asked) -> bytes:
        page = int(asked.path.partition("page=")[2].partition("&")[0])
        link: dict[str, Any] = {"link": f'<http://x/?page={page + 1}>; rel="next"'}
        rows = [{"id": page * 10 + one, "login": "u"} for one in range(2)]
        return reply(body=rows, x_total_count="2", **(link if page < 3 else {}))

    async with serving(answer) as server, client_at(server.url, "t") as client:
        assert len((await client.people.collaborators(FABRIC)).items) == 6


async def test_a_page_that_does_not_come_is_no_list() -> None:
    """Half a list is never returned: a later page that fails fails the whole."""

    def answer(asked: Asked) -> bytes:
        if "page=1" in asked.path:
            return reply(body=[{"id": 1, "login": "u"}], x_total_count="9")
        return reply(500, {"message": ""})

    async with serving(answer) as server, client_at(server.url, "t") as client:
        with pytest.raises(TransportError):
            await client.people.collaborators(FABRIC)


async def test_paths_are_escaped_segment_by_segment() -> None:
    """Any name that git takes is written, told and read under exactly that name."""
    assert segments("a b/c#d/ü%.md") == "a%20b/c%23d/%C3%BC%25.md"
    async with gitea_client() as (_, client):

        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(
            HealthCheck))  # fmt: skip
        @given(st.lists(ODD, min_size=1, max_size=3))
        def holds(parts: list[str]) -> None:
            names.append("/".join(parts))

        names: list[str] = ["labs/ospf # 100%/Übersicht?\nzwei.yml", "a b/:c&d+e/'f\"g\\.yml"]
        holds()
        changes = [
            FileChange("create", f"n{number}/{name}", name.encode())
            for number, name in enumerate(names)
        ]
        await client.files.write_all("net/ideas", changes, "odd names", branch="main")
        for one in changes:
            assert await client.files.read("net/ideas", one.path) is not None
            part = await client.files.bytes_of("net/ideas", one.path, "main", 4096)
            assert part.data == one.data


async def test_a_write_without_or_with_an_old_sha_is_stale() -> None:
    """What is there already, has changed, or is gone is told as stale, and nothing is written."""
    async with gitea_client() as (_, client):
        files = client.files
        with pytest.raises(StaleError, match=r"README\.md"):
            await files.write(FABRIC, "README.md", b"mine", "m")
        found = await files.read(FABRIC, "README.md")
        assert found is not None
        await files.write(FABRIC, "README.md", b"theirs", "m", sha=found[1])
        with pytest.raises(StaleError):
            await files.write(FABRIC, "README.md", b"mine", "m", sha=found[1])
        with pytest.raises(StaleError):
            await files.delete(FABRIC, "README.md", found[1], "m")
        now = await files.read(FABRIC, "README.md")
        assert now is not None
        assert now[0] == b"theirs"
        await files.delete(FABRIC, "README.md", now[1], "m")
        with pytest.raises(StaleError):
            await files.write(FABRIC, "README.md", b"mine", "m", sha=now[1])


@pytest.mark.parametrize(("version", "commits"), [("1.17", 3), ("1.24", 1)])
async def test_a_batch_is_one_commit_where_the_server_can(version: str, commits: int) -> None:
    """Several files are one commit from 1.20 on, and one commit each before."""
    async with gitea_client(version) as (_, client):
        before = (await client.history.commits(FABRIC)).total
        readme = await client.files.read(FABRIC, "README.md")
        assert readme is not None
        changes = [
            FileChange("create", "a.txt", b"a"),
            FileChange("update", "README.md", b"r", readme[1]),
            FileChange("delete", "site.yml", sha=(await client.files.read(FABRIC, "site.yml") or
                                                 (b"", ""))[1]),
        ]  # fmt: skip
        made = await client.files.write_all(FABRIC, changes, "all at once")
        page = await client.history.commits(FABRIC)
        assert (len(made), page.total - before) == (commits, commits)
        assert page.items[0].sha == made[-1]
        told = await client.files.read_all(FABRIC, ["a.txt", "README.md", "site.yml"])
        assert {path: data for path, (data, _) in told.items()} == {
            "a.txt": b"a",
            "README.md": b"r",
        }
        with pytest.raises(StaleError, match=r"README\.md"):
            await client.files.write_all(FABRIC, changes[1:2], "again")


async def test_a_long_file_is_null_in_json_and_fetched_raw() -> None:
    """Content that is left out because it is long is fetched as bytes; only its beginning if so."""
    async with gitea_client(max_blob_size=10) as (_, client):
        data = bytes(range(256)) * 4096
        await client.files.write(FABRIC, "big.bin", data, "m")
        told = await client.files.content(FABRIC, "big.bin")
        assert told is not None
        assert (told.content, told.size) == (None, len(data))
        assert await client.files.read(FABRIC, "big.bin") == (data, told.sha)
        part = await client.files.bytes_of(FABRIC, "big.bin", "main", 1000)
        assert (part.data, part.is_whole) == (data[:1000], False)


async def test_a_folder_is_no_file() -> None:
    """The call that tells of a file tells a list of a folder: that is no file."""
    async with gitea_client() as (_, client):
        assert await client.files.content(FABRIC, "docs") is None
        assert await client.files.read(FABRIC, "nothing/here") is None


@pytest.mark.parametrize("version", ["1.15", "1.18", "1.24"])
async def test_an_empty_repository_has_nothing(version: str) -> None:
    """No branches, no commits (409), no files; the first write makes a branch."""
    async with gitea_client(version) as (_, client):
        assert (await client.repos.get("net/ideas")).empty
        assert (await client.history.branches("net/ideas")).items == ()
        assert (await client.history.commits("net/ideas")).items == ()
        assert await client.files.content("net/ideas", "x") is None
        await client.files.write("net/ideas", "x", b"x", "first", branch="main")
        assert [one.name for one in (await client.history.branches("net/ideas")).items] == ["main"]


@pytest.mark.parametrize("version", ["1.20", "1.24"])
async def test_a_renamed_repository_is_followed_with_method_and_body(version: str) -> None:
    """A write to an old name is written under the new one, as a write; reading is, too."""
    async with gitea_client(version) as (_, client):
        await client.files.write("net/edge", "a.txt", b"a", "under the old name")
        assert await client.files.read(FABRIC, "a.txt") is not None
        assert (await client.files.bytes_of("net/edge", "a.txt", "", 9)).data == b"a"


async def test_a_redirect_elsewhere_is_not_followed() -> None:
    """Only the name is taken from a redirect: nothing ever goes to another server."""
    async with serving(lambda _: reply(200, {})) as elsewhere:
        place = f"{elsewhere.url}/api/v1/repos/evil/twin"

        def answer(asked: Asked) -> bytes:
            return reply(301, location=place) if FABRIC in asked.path else reply(404, {})

        async with serving(answer) as server, client_at(server.url, "t") as client:
            with pytest.raises(TransportError) as caught:
                await client.repos.get(FABRIC)
        assert caught.value.kind == "missing"
        assert elsewhere.asked == []
        assert server.asked[-1].path.startswith("/api/v1/repos/evil/twin")


async def test_redirects_in_circles_end() -> None:
    """Two names that lead to each other are told as moved, after a few tries."""

    def answer(asked: Asked) -> bytes:
        other = "a/b" if "c/d" in asked.path else "c/d"
        return reply(301, location=f"/api/v1/repos/{other}")

    async with serving(answer) as server, client_at(server.url, "t") as client:
        with pytest.raises(TransportError) as caught:
            await client.repos.get("a/b")
        with pytest.raises(TransportError):
            await client.files.bytes_of("a/b", "x", "", 9)
    assert caught.value.kind == "moved"
    assert len(server.asked) < 15


async def test_what_is_archived_takes_nothing() -> None:
    """A write to an archived repository is refused, and not as if it were stale."""
    async with gitea_client(who="admin") as (_, client):
        with pytest.raises(TransportError) as caught:
            await client.files.write("net/wan-2019", "x", b"x", "m")
        assert "archived" in caught.value.message


async def test_private_is_missing_and_a_scope_is_forbidden() -> None:
    """What one may not see is missing; what only the token may not is forbidden."""
    async with served_gitea() as server:
        async with client_at(server.url, server.token("nick")) as client:
            with pytest.raises(TransportError) as caught:
                await client.repos.get(FABRIC)
            assert caught.value.kind == "missing"
        body = {"name": "narrow", "scopes": ["read:repository"]}
        async with api_of(server, "") as api:
            made = await api.post("/users/mika/tokens", json=body, auth=("mika", "mika-pass"))
        async with client_at(server.url, made.json()["sha1"]) as client:
            assert (await client.repos.get(FABRIC)).name == "edge-fabric"
            with pytest.raises(TransportError) as caught:
                await client.user()
            assert caught.value.kind == "forbidden"


async def test_deleting_sends_its_body() -> None:
    """The sha of what is deleted goes with the DELETE itself."""
    async with (
        serving(lambda _: reply(200, {"content": None})) as server,
        client_at(server.url, "t") as client,
    ):
        await client.files.delete(FABRIC, "a", "b" * 40, "m", branch="x/y")
    assert server.asked[0].method == "DELETE"
    assert server.asked[0].json() == {"sha": "b" * 40, "message": "m", "branch": "x/y"}


def test_times_that_never_were_are_none() -> None:
    """The year 1 and 1970 are unset; zones differ by host, and nothing takes less than no time."""
    assert moment("0001-01-01T00:00:00Z") is None
    assert moment("1970-01-01T00:00:00Z") is None
    assert moment("soon") is None
    began, ended = "2026-03-02T10:00:00+01:00", "2026-03-02T09:01:30Z"
    assert between(began, ended) == timedelta(seconds=90)
    assert between(began, "1970-01-01T00:00:00Z") is None


@pytest.mark.parametrize(("version", "kind"), [("1.22", None), ("1.23", "task"), ("1.25", "run")])
async def test_runs_are_told_as_the_release_can(version: str, kind: str | None) -> None:
    """No runs before 1.23, tasks in the words of runs after, and runs with jobs from 1.25 on."""
    async with gitea_client(version) as (_, client):
        runs = await client.actions.runs(FABRIC)
        assert (runs is None) is (kind is None)
        if runs is None:
            return
        words = {(one.status, bool(one.conclusion)) for one in runs.items}
        assert words <= {("completed", True), ("in_progress", False)}
        newest = runs.items[0]
        assert bool(newest.id) is (kind == "run")
        if kind == "run":
            assert newest.id != newest.run_number
            jobs = await client.actions.jobs(FABRIC, newest.id)
            assert jobs is not None
            assert [one.name for one in jobs.items] == ["lint", "syntax"]
            log, is_all = await client.actions.log(FABRIC, jobs.items[0].id, 4096)
            assert is_all
            assert "::group::Run lint" in log
        else:
            assert await client.actions.jobs(FABRIC, 1) is None


async def test_branches_with_slashes_are_branches() -> None:
    """A branch whose name holds slashes is made, told, written to, compared and deleted."""
    async with gitea_client() as (_, client):
        name = "feature/evpn/phase 2#x".replace(" ", "-")
        await client.history.create_branch(FABRIC, name, "main")
        await client.files.write(FABRIC, "a", b"a", "on it", branch=name)
        branch = await client.history.branch(FABRIC, name)
        assert branch.commit.message == "on it\n"
        assert await client.files.read(FABRIC, "a", name) is not None
        compared = await client.history.compare(FABRIC, "main", name)
        assert compared is not None
        assert [one.sha for one in compared.commits or ()] == [branch.commit.id]
        assert len((await client.history.commits(FABRIC, name, path="a")).items) == 1
        await client.history.delete_branch(FABRIC, name)
        with pytest.raises(TransportError):
            await client.history.branch(FABRIC, name)


async def test_people_are_let_in_and_out() -> None:
    """Collaborators and teams are changed by whoever rules; who may only write is refused."""
    async with served_gitea() as server:
        async with client_at(server.url, server.token("olga")) as client:
            await client.people.let_in(FABRIC, "nick", "read")
            assert await client.people.permission(FABRIC, "nick") == "read"
            await client.people.put_out(FABRIC, "nick")
            logins = [one.login for one in (await client.people.collaborators(FABRIC)).items]
            assert "nick" not in logins
            assert "gus" in logins
            with pytest.raises(TransportError) as caught:
                await client.people.let_in(FABRIC, "nobody", "read")
            assert caught.value.kind == "invalid"
        async with client_at(server.url, server.token("admin")) as client:
            await client.people.create_organisation("lab")
            mine = (await client.people.organisations()).items
            assert [one.login for one in mine] == ["net", "lab"]
            team = await client.people.create_team("net", "helpers", "write")
            await client.people.join(team.id, "nick")
            await client.people.give_repo(team.id, FABRIC)
            members = (await client.people.team_members(team.id)).items
            assert [one.login for one in members] == ["nick"]
            assert await client.people.permission(FABRIC, "nick") == "write"
            await client.people.leave(team.id, "nick")
        async with client_at(server.url, server.token("mika")) as client:
            with pytest.raises(TransportError) as caught:
                await client.people.let_in(FABRIC, "nick", "read")
            assert caught.value.kind == "forbidden"


async def test_a_repository_is_made_of_one_elsewhere() -> None:
    """The server fetches all branches of the other by itself."""
    async with gitea_client(who="olga") as (server, client):
        made = await client.repos.migrate(f"{server.url}/net/netlab-topologies.git", "copy")
        assert (made.full_name, made.empty) == ("olga/copy", False)
        its, others = await asyncio.gather(
            client.history.branches(made.full_name),
            client.history.branches("net/netlab-topologies"),
        )
        assert [one.name for one in its.items] == [one.name for one in others.items]


async def test_repositories_are_made_changed_found_and_deleted() -> None:
    """A new name is followed, a number stays, a taken name is told, and what is gone is missing."""
    async with gitea_client(who="olga") as (_, client):

        async def made(number: int) -> GiteaClient:
            await client.repos.create(f"r{number}", auto_init=True)
            return client

        await asyncio.gather(*(made(number) for number in range(4)))
        with pytest.raises(TransportError) as caught:
            await client.repos.create("r1")
        assert caught.value.kind == "exists"
        changed = await client.repos.change("olga/r1", name="r9", private=False)
        assert (await client.repos.by_id(changed.id)).full_name == "olga/r9"
        assert (await client.repos.get("olga/r1")).name == "r9"
        await client.repos.delete("olga/r9")
        with pytest.raises(TransportError):
            await client.repos.get("olga/r9")
        found = (await client.repos.search("r")).items
        assert {"r0", "r2", "r3"} <= {one.name for one in found}
