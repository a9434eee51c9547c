"""The page of a run whose output is on a server and not here yet."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.semaphore.server import Stock
from skyforge_tui.domain.identity import RunId
from skyforge_tui.tui.app import SkyforgeApp
from tests.estates import served_semaphore
from tests.tui.cockpit_harness import press, screen_text, until_gone, until_shown
from tests.tui.real_cockpit import Site

LAST = "PLAY RECAP"


async def test_output_that_is_not_here_yet_is_said_to_be_asked_for(tmp_path: Path) -> None:
    """A page without output says whom it asks for that; when it comes, it stands there instead."""
    site = Site(tmp_path).prepare()
    async with served_semaphore(stock=Stock(past_runs=1)) as server:
        (tmp_path / "token").write_text(server.token("admin"))
        (tmp_path / "token").chmod(0o600)
        site.config.write_text(
            f'[semaphore.far]\nurl = "{server.url}"\ntoken = "file:{tmp_path / "token"}"\n'
        )
        (run,) = server.state.runs.values()
        silent = server.chaos.add(Trouble(Kind.HANG, path="*/output"))
        async with site.cockpit() as pilot:
            await press(pilot, "3", shows="Runs 1")
            assert isinstance(pilot.app, SkyforgeApp)
            pilot.app.open_run(RunId(f"far:{run.project_id}-{run.id}"))
            await until_shown(pilot, "asking far, ")
            assert not any(LAST in row for row in screen_text(pilot.app))
            server.chaos.remove(silent)
            await until_shown(pilot, LAST)
            await until_gone(pilot, "asking far, ")
