"""Who is what in a project, by keystroke: shared, demoted, changed by two at once."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.demo.servers.gitea.server import GiteaServer
from tests.giteas import api_of, encoded, served_gitea
from tests.tui.cockpit_harness import press, screen_text, until_gone, until_idle, until_shown, write
from tests.tui.git_cockpit import a_cockpit, configure

REPO = "/repos/net/lab-services"
MANIFEST = """\
[project]
name = "Labs"  # as people call it

[members]
owners = ["olga", "rosa"]
editors = ["mika"]
viewers = ["gus"]

[[templates]]
name = "Deploy"
playbook = "deploy.yml"
"""


async def declare(server: GiteaServer, text: str = MANIFEST) -> None:
    """Give lab-services its manifest."""
    async with api_of(server, "olga") as api:
        body = {"content": encoded(text), "message": "Say who is what"}
        made = await api.post(f"{REPO}/contents/.skyforge/project.toml", json=body)
        assert made.status_code == 201, made.text


async def manifest(server: GiteaServer) -> str:
    """Return the manifest as it stands."""
    async with api_of(server, "olga") as api:
        told = (await api.get(f"{REPO}/contents/.skyforge/project.toml")).json()
    return base64.b64decode(told["content"]).decode()


async def rights(server: GiteaServer) -> dict[str, str]:
    """Return who was let in, with what they may."""
    async with api_of(server) as api:
        names = [one["login"] for one in (await api.get(f"{REPO}/collaborators")).json()]
        return {
            name: (await api.get(f"{REPO}/collaborators/{name}/permission")).json()["permission"]
            for name in names
        }


async def open_people(pilot: Pilot[Any], name: str = "Labs") -> None:
    """Read the projects anew, go to lab-services, and open its people."""
    await press(pilot, "1", shows="Projects")
    await press(pilot, "slash")
    await write(pilot, "lab-services")
    await press(pilot, "enter")
    await pilot.press("R")
    await until_shown(pilot, name)
    await press(pilot, "m", shows=("People of lab-services", "olga", "enter write it"))


async def go_to(pilot: Pilot[Any], name: str) -> None:
    """Go to somebody's row."""
    rows = screen_text(pilot.app)
    head = next(at for at, row in enumerate(rows) if "NAME" in row and "MANIFEST" in row)
    words = [row[row.find("│") + 1 :].replace("▌", " ").split() for row in rows[head + 1 :]]
    at = next(at for at, found in enumerate(words) if found[:1] == [name])
    await pilot.press("home", *["down"] * at)


async def test_share(tmp_path: Path) -> None:
    """An owner lets somebody in and puts somebody out; both are so at the server after a sync."""
    async with a_cockpit(tmp_path, "olga") as (server, pilot):
        await declare(server)
        await open_people(pilot)
        await until_shown(pilot, "gus viewer viewer viewer", "tom – viewer – ≠")
        await press(pilot, "a", shows="name")
        await write(pilot, "ni")
        await press(pilot, "tab", "enter", "e", shows=("nick – → editor", "1 change not written"))
        await go_to(pilot, "gus")
        await press(pilot, "x", shows=("gus viewer → out", "2 changes not written"))
        await press(pilot, "escape", shows="Not written yet")
        await press(pilot, "enter", shows=("Written to the manifest", "nick editor – – ≠"))
        await press(pilot, "down", shows="nick")
        text = await manifest(server)
        assert '"nick"' in text
        assert "gus" not in text
        assert "# as people call it" in text
        assert (await rights(server))["gus"] == "read"
        await press(pilot, "S", shows=("+ collaborator nick", "− collaborator gus"))
        await press(pilot, "y", shows="done")
        await press(pilot, "escape", shows=("People of", "nick editor editor editor"))
        assert await rights(server) == {
            "olga": "admin", "rosa": "admin", "mika": "write", "nick": "write",
        }  # fmt: skip
        await press(pilot, "escape")
        await until_gone(pilot, "People of")
        await press(pilot, "d", shows=("created by", "editors mika, nick"))
        await press(pilot, "end", shows=("let in nick: editor", "put out gus: viewer → no role"))


async def test_demote(tmp_path: Path) -> None:
    """Who is demoted is less at once, as the lower counts; the last owner stays one."""
    async with a_cockpit(tmp_path, "olga") as (server, pilot):
        await declare(server)
        await open_people(pilot)
        await go_to(pilot, "rosa")
        await press(pilot, "v", shows="rosa owner → viewer")
        await go_to(pilot, "olga")
        await press(pilot, "e", shows="olga is the last owner: make somebody else owner first")
        await press(pilot, "enter", shows="rosa viewer owner viewer ≠")
        await until_shown(pilot, "Written to the manifest")
        assert 'owners = ["olga"]' in await manifest(server)
        await press(pilot, "escape")
        await until_gone(pilot, "People of")


async def test_two_people_change_one_project(tmp_path: Path) -> None:
    """The second sees what the first changed beside their own; apart, both stand.

    Where they meet nothing is written until one says which shall stand; nothing is lost.
    """
    async with served_gitea() as server:
        await declare(server)
        for name in ("olga", "rosa"):
            (tmp_path / name).mkdir()
        sites = [configure(tmp_path / name, server, name) for name in ("olga", "rosa")]
        async with sites[0].cockpit() as olga, sites[1].cockpit((120, 36)) as rosa:
            await open_people(olga)
            await open_people(rosa)
            await go_to(rosa, "mika")
            await press(rosa, "v", shows="mika editor → viewer")
            await go_to(olga, "gus")
            await press(olga, "e", shows="gus viewer → editor")
            await press(olga, "enter", shows="Written to the manifest")
            await press(
                rosa, "enter",
                shows=("was changed by somebody else", "Olga Owner", "Make gus editor",
                       "-gus viewer", "+gus editor", "-mika editor", "+mika viewer",
                       "They are apart"),
            )  # fmt: skip
            await press(rosa, "enter", shows=("Written to the manifest", "gus editor viewer"))
            text = await manifest(server)
            assert 'editors = ["gus"]' in text
            assert 'viewers = ["mika"]' in text
            assert "# as people call it" in text
            # Now both are about mika, and what olga looks at is old.
            await go_to(olga, "mika")
            await press(olga, "o", shows="mika editor → owner")
            await press(olga, "enter", shows=("Rosa Runner", "+mika viewer", "+mika owner",
                                              "They meet in one place, mika"))  # fmt: skip
            await press(olga, "enter", shows="They meet")
            assert await manifest(server) == text
            await press(olga, "escape", shows=("Not written yet", "mika viewer → owner"))
            await press(olga, "enter", shows="Written to the manifest")
            assert '"mika"' in (await manifest(server)).partition("editors")[0]


async def test_an_editor_makes_himself_nothing(tmp_path: Path) -> None:
    """Whoever may write files sees everybody, whatever he wrote of himself, and why he is less."""
    async with a_cockpit(tmp_path, "tom") as (server, pilot):
        repo, tom = server.state.repo("net/lab-services"), server.state.account("tom")
        assert repo is not None
        assert tom is not None
        repo.collaborators[tom.id] = "write"
        await declare(server, MANIFEST.replace('["olga", "rosa"]', '["olga", "tom"]'))
        await open_people(pilot)
        why = "may not let people in or out; its manifest says owner"
        await until_shown(pilot, f"a writer of lab-services (tom) {why[:20]}", "git grants writer")
        await until_shown(pilot, "tom owner editor editor")
        before = await manifest(server)
        await pilot.press("home", "o", "x", "p", "enter")
        await until_idle(pilot)
        assert await manifest(server) == before
