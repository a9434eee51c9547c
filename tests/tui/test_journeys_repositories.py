"""A day with repositories on a server, by keystroke."""

from __future__ import annotations

from pathlib import Path

from tests.giteas import served_gitea
from tests.tui.cockpit_harness import press, until_shown, write
from tests.tui.git_cockpit import a_cockpit, configure


async def test_repositories_are_projects(tmp_path: Path) -> None:
    """Repositories stand beside local folders, with role, branch and last commit."""
    async with a_cockpit(tmp_path, size=(120, 36)) as (server, pilot):
        await press(pilot, "1", shows=("Projects", "campus-wifi", "cloud-landing", "git"))
        await press(pilot, "slash")
        await write(pilot, "campus-wifi")
        await press(pilot, "enter", shows=("you: editor", "main", "in sync"))
        newest = server.estate.projects[1].repositories[1].commits[0]
        await until_shown(pilot, newest.sha[:7])


async def test_repositories_are_remembered(tmp_path: Path) -> None:
    """With the server gone, yesterday's repositories are shown at once, and that it is gone."""
    async with served_gitea() as server:
        site = configure(tmp_path, server, "gus")
        async with site.cockpit((120, 36)) as pilot:
            await press(pilot, "1", shows="campus-wifi")
    async with site.cockpit((120, 36)) as pilot:
        await press(pilot, "1", shows=("campus-wifi", "× git"))
