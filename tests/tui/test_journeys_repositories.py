"""A day with repositories on a server, by keystroke."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from textual.pilot import Pilot

from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.domain.repository import Entry
from skyforge_tui.ports.editor import Draft
from skyforge_tui.tui.presenters import repository as present
from tests.contract.repository_worlds import make_large
from tests.giteas import api_of, encoded, served_gitea
from tests.tui.cockpit_harness import press, until_gone, until_shown, write
from tests.tui.git_cockpit import a_cockpit, configure
from tests.tui.real_cockpit import Site
from tests.worktrees import git


async def test_repositories_are_remembered(tmp_path: Path) -> None:
    """With the server gone, yesterday's repositories are shown at once, and that it is gone."""
    async with served_gitea() as server:
        site = configure(tmp_path, server, "gus")
        async with site.cockpit((120, 36)) as pilot:
            await press(pilot, "1", shows="campus-wifi")
    async with site.cockpit((120, 36)) as pilot:
        await press(pilot, "1", shows=("campus-wifi", "× git"))


class Scripted:
    """An editor that does what the test says; keeps drafts in memory."""

    def __init__(self, *edits: Callable[[bytes], bytes]) -> None:
        self.edits = list(edits)
        self.kept: dict[str, bytes] = {}

    def edit(self, name: str, data: bytes) -> Draft:
        """Make the next edit."""
        draft = Draft(f"/drafts/{len(self.kept)}-{name}", self.edits.pop(0)(data))
        self.kept[draft.path] = draft.data
        return draft

    def discard(self, draft: Draft) -> None:
        """Keep a draft no more."""
        del self.kept[draft.path]


def give(pilot: Pilot[Any], editor: Scripted) -> None:
    """Let the cockpit use an editor."""
    pilot.app._make_editor = lambda: editor  # type: ignore[attr-defined]


async def open_repository(pilot: Pilot[Any], name: str) -> None:
    """Go to a project of the server, and into its repository."""
    await press(pilot, "1", shows="Projects")
    await press(pilot, "slash")
    await write(pilot, name)
    await press(pilot, "enter", "f", shows=(f"projects › {name}", "Files", "README.md"))


async def put(server: GiteaServer, who: str, path: str, text: str) -> None:
    """Write a file of campus-wifi as somebody else."""
    async with api_of(server, who) as api:
        url = f"/repos/net/campus-wifi/contents/{path}"
        sha = (await api.get(url)).json()["sha"]
        body = {"content": encoded(text), "message": "Mine first", "sha": sha}
        assert (await api.put(url, json=body)).status_code == 200


async def test_walked_read_and_looked_back(tmp_path: Path) -> None:
    """A repository is a project: walked through, its files, commits and branches looked at."""
    async with a_cockpit(tmp_path) as (server, pilot):
        newest = server.estate.projects[1].repositories[1].commits[0]
        await press(pilot, "1", shows=("Projects", "campus-wifi", "cloud-landing", "git"))
        await open_repository(pilot, "campus-wifi")
        await until_shown(pilot, f"main {newest.sha[:7]}", "editor")
        await press(pilot, "g", "j", "j", "enter", shows=("campus-wifi › labs", "ospf triangle/"))
        await press(pilot, "enter", "enter", shows=("topology.yml ─", "1 defaults.device: frr"))
        await press(pilot, "h", shows="SIZE")
        await press(pilot, "h", "h", shows=("CHANGES.md", "Files 5"))
        await press(pilot, "G", "c", shows=("› README.md", "Commits 1"))
        await press(pilot, "enter", shows=("new file mode", "+name: check"))
        await press(pilot, "escape", "escape", shows="Files 5")
        await press(pilot, "b", shows=("main default", "next"))
        await press(pilot, "j", "enter", shows=("Files 5", "next "))
        await press(pilot, "escape", shows="PROJECT")


async def test_edited_and_committed(tmp_path: Path) -> None:
    """What one edits is committed; with somebody else's change to the file both are shown first.

    Apart they are committed together, with nobody's lost, and no draft stays behind.
    """
    async with a_cockpit(tmp_path, size=(120, 36)) as (server, pilot):
        editor = Scripted(
            lambda text: text + b"more\n", lambda text: text, lambda text: text + b"mine\n"
        )
        give(pilot, editor)
        await open_repository(pilot, "campus-wifi")
        await press(pilot, "G", "e", shows=("Commit to main", "Change README.md"))
        await write(pilot, " twice")
        await press(pilot, "enter", shows=("Committed README.md", "Commits 38"))
        assert editor.kept == {}
        async with api_of(server) as api:
            url = "/repos/net/campus-wifi"
            assert (await api.get(f"{url}/raw/README.md")).text.endswith("offices.\nmore\n")
            newest = (await api.get(f"{url}/commits")).json()[0]["commit"]
        assert newest["message"] == "Change README.md twice\n"
        assert newest["author"]["name"] == "Mika Manager"
        await press(pilot, "e", shows="Nothing was changed")
        await press(pilot, "e", shows="Commit to main")
        theirs = "# Theirs\n\nAccess switches and wireless of the offices.\nmore\n"
        await put(server, "tom", "README.md", theirs)
        await press(
            pilot, "enter",
            shows=("changed by somebody else", "Tom Twofactor", "-# campus-wifi", "+# Theirs",
                   "+mine", "/drafts/0-README.md"),
        )  # fmt: skip
        await press(pilot, "enter", shows=("Committed README.md", "Commits 40"))
        async with api_of(server) as api:
            text = (await api.get("/repos/net/campus-wifi/raw/README.md")).text
        assert (text, editor.kept) == (theirs + "mine\n", {})


async def test_what_meets_is_edited_or_left(tmp_path: Path) -> None:
    """The same line changed twice goes through the editor; left alone, one's own text is kept.

    Where the server's guard says so, a commit is typed before it is sent.
    """
    more = 'guard = "confirm"\n'
    async with a_cockpit(tmp_path, size=(120, 36), more=more) as (server, pilot):
        editor = Scripted(
            lambda _: b"mine\n", lambda _: b"mine\n",
            lambda text: text.replace(b"<<<<<<< yours\n", b"").replace(b"=======\n", b"")
            .replace(b">>>>>>> theirs\n", b""),
        )  # fmt: skip
        give(pilot, editor)
        await open_repository(pilot, "campus-wifi")
        await press(pilot, "G", "e", shows="Commit to main")
        await put(server, "tom", "README.md", "theirs\n")
        await press(pilot, "enter", shows=("! confirm", "commit campus-wifi"))
        await write(pilot, "commit campus-wifi")
        await press(pilot, "enter", shows=("They meet in one place", "+theirs"))
        await press(pilot, "escape", shows=("Not committed", "/drafts/0-README.md"))
        assert list(editor.kept.values()) == [b"mine\n"]
        await press(pilot, "e", shows="Commit to main")
        await put(server, "tom", "README.md", "again\n")
        await press(pilot, "enter", shows="commit campus-wifi")
        await write(pilot, "commit campus-wifi")
        await press(pilot, "enter", shows="They meet in one place")
        await press(pilot, "e", shows="Committed README.md")
        async with api_of(server) as api:
            text = (await api.get("/repos/net/campus-wifi/raw/README.md")).text
        assert text == "mine\nagain\n"


async def test_who_may_look_may_not_edit(tmp_path: Path) -> None:
    """A reader sees everything, and why `e` is refused."""
    async with a_cockpit(tmp_path, "gus") as (_, pilot):
        await open_repository(pilot, "campus-wifi")
        await press(pilot, "G", "e", shows="a reader of campus-wifi (gus) may look")


MOST_DRAWN = 1_000
"""Rows made on the UI thread for all that: those that are shown, however many are searched."""


def rows_drawn(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Return a list that takes every entry of a folder of which a row is made from now on."""
    drawn: list[Entry] = []
    made = present.entry_cells

    def making(entry: Entry) -> Any:
        drawn.append(entry)
        return made(entry)

    monkeypatch.setattr(present, "entry_cells", making)
    return drawn


async def look_through(pilot: Pilot[Any], *names: str) -> None:
    """Go to the end of a folder of 50,000 files, and find names in it from there."""
    await press(pilot, "G", shows="file 49999.yml")
    for wanted in names:
        await press(pilot, "slash", shows="Find here")
        await write(pilot, wanted)
        await press(pilot, "enter", shows=f"file {wanted}.yml")
        await until_gone(pilot, "Find here")


async def test_a_large_repository_of_this_machine_is_browsed_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """50,000 files, 200 MB and odd names of a local repository are read as far as looked at."""
    site = Site(tmp_path).prepare()
    top = site.workspace / "edge-fabric"
    odd = top / "ä #1 100%\nzwei"
    odd.mkdir()
    (odd / "x").write_text("odd\n")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "Odd")
    git(top, "branch", "feature/a/b")
    await asyncio.to_thread(make_large, top / ".git", tmp_path / "hollow", 50_000, 200 << 20, 3)
    git(top, "reset", "-q")
    async with site.cockpit((120, 36)) as pilot:
        drawn = rows_drawn(monkeypatch)
        await press(pilot, "f", shows=("projects › edge-fabric", "flat/"))
        await press(pilot, "g", "G", shows="steps.sh ─")
        await press(pilot, "g", "j", "j", shows="flat")
        await press(pilot, "g", "enter", shows=("edge-fabric › flat", "Files 50,000"))
        await look_through(pilot, "02345", "00042")
        assert len(drawn) < MOST_DRAWN
        await press(pilot, "h", "b", shows="feature/a/b")
        await press(pilot, "j", "enter", shows=("feature/a/b", "ä #1 100%"))


async def test_a_large_repository_is_browsed_without_a_hitch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """50,000 files and 200 MB cost a few requests, whatever is looked at; odd names are names."""
    odd = "ä #1 100%\nzwei"
    async with a_cockpit(tmp_path, size=(120, 36)) as (server, pilot):
        repo = server.state.repo("net/campus-wifi")
        assert repo is not None
        await server.ready(repo)
        spare = tmp_path / "hollow"
        await asyncio.to_thread(make_large, repo.bare.path, spare, 50_000, 200 << 20, 3)
        async with api_of(server) as api:
            body = {"content": encoded("odd\n"), "message": "m", "new_branch": "feature/a/b"}
            url = f"/repos/net/campus-wifi/contents/{quote(odd)}/x"
            assert (await api.post(url, json=body)).status_code == 201
        server.habits.requests = 0
        drawn = rows_drawn(monkeypatch)
        await open_repository(pilot, "campus-wifi")
        await press(pilot, "G", shows=("big.bin ─", "210 MB", "binary", "more lines"))
        await press(pilot, "g", "j", "j", "enter", shows=("campus-wifi › flat", "Files 50,000"))
        await look_through(pilot, "02345")
        assert server.habits.requests < 25
        assert len(drawn) < MOST_DRAWN
        await press(pilot, "h", "b", shows="feature/a/b")
        await press(pilot, "j", "enter", shows=("feature/a/b", "ä #1 100%"))
        await press(pilot, "g", *"jjjj", "enter", shows=("100%", "x   "))
        await press(pilot, "enter", shows="1 odd")
