"""What a manifest says of files and of labs, by keystroke: a blueprint followed, servers chosen."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.gitea.files import FileChange
from tests import giteas
from tests.tui.cockpit_harness import press, until_gone, until_idle, until_shown, write
from tests.tui.git_cockpit import configure

MANIFEST = b"""[project]
name = "Core"
blueprint = "admin/fabric/small"
"""


async def put(client: GiteaClient, repo: str, path: str, text: str) -> None:
    """Write a file as somebody else does."""
    found = await client.files.read(f"admin/{repo}", path)
    operation, sha = ("update", found[1]) if found else ("create", "")
    change = FileChange(operation, path, text.encode(), sha)  # type: ignore[arg-type]
    await client.files.write_all(f"admin/{repo}", [change], "Change it", branch="main")


async def text_of(server: GiteaServer, path: str) -> str:
    """Return what a file of the project holds."""
    async with giteas.client_at(server.url, server.token("admin")) as client:
        found = await client.files.read("admin/core", path)
    return found[0].decode() if found else ""


async def test_files_come_and_edits_stay(tmp_path: Path) -> None:
    """A blueprint's files come by one key; of a file that both changed it is said whose stays.

    On which servers labs run is chosen in order and written to the manifest, beside the rest.
    """
    async with giteas.served_gitea() as server:
        async with giteas.client_at(server.url, server.token("admin")) as client:
            for name in ("fabric", "core"):
                await client.repos.create(name)
            await put(client, "fabric", "small/site.yml", "one")
            await put(client, "core", ".skyforge/project.toml", MANIFEST.decode())
        site = configure(tmp_path, server, "admin")
        async with site.app().run_test(size=(120, 36)) as pilot:
            await until_shown(pilot, "Projects", "fabric")
            await until_gone(pilot, "reading")
            await press(pilot, "1", "slash", shows="/")
            await write(pilot, "core")
            await press(pilot, "enter", shows=("Core", "○ not compared"))
            plan = ("blueprint admin/fabric/small", "+ site.yml", "y write this")
            await press(pilot, "S", shows=plan)
            await press(pilot, "y", shows="1 done")
            assert await text_of(server, "site.yml") == "one"
            async with giteas.client_at(server.url, server.token("admin")) as client:
                await put(client, "fabric", "small/site.yml", "theirs")
                await put(client, "core", "site.yml", "mine")
            await press(pilot, "r", shows=("! blueprint site.yml", "yours stays", "mine stays"))
            await press(pilot, "t", shows=("≠ site.yml", "y write this"))
            assert await text_of(server, "site.yml") == "mine"
            await press(pilot, "y", shows="1 done")
            assert await text_of(server, "site.yml") == "theirs"
            await press(pilot, "escape", shows="● in sync")
            await press(pilot, "w", shows=("Lab servers of core", "None is chosen", "netlab"))
            await press(pilot, "space", shows="1.")
            await press(pilot, "enter", shows="Written to the manifest")
            await press(pilot, "escape")
            await until_idle(pilot)
            said = await text_of(server, ".skyforge/project.toml")
            assert said.startswith(MANIFEST.decode().rstrip())
            assert 'lab_servers = ["netlab"]' in said
