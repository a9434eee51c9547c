"""Runs that are on a server: what the screens ask it for, and what they say meanwhile."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.semaphore.server import Stock
from skyforge_tui.domain.identity import RunId
from skyforge_tui.tui.app import SkyforgeApp
from tests.tui.cockpit_harness import press, screen_text, until_gone, until_idle, until_shown
from tests.tui.far_cockpit import a_cockpit

LAST = "PLAY RECAP"


async def test_output_that_is_not_here_yet_is_said_to_be_asked_for(tmp_path: Path) -> None:
    """A page without output says whom it asks for that; when it comes, it stands there instead."""
    async with a_cockpit(tmp_path, Stock(past_runs=1)) as (server, pilot):
        (run,) = server.state.runs.values()
        silent = server.chaos.add(Trouble(Kind.HANG, path="*/output"))
        await press(pilot, "3", shows="Runs 1")
        assert isinstance(pilot.app, SkyforgeApp)
        pilot.app.open_run(RunId(f"far:{run.project_id}-{run.id}"))
        await until_shown(pilot, "asking far, ")
        assert not any(LAST in row for row in screen_text(pilot.app))
        server.chaos.remove(silent)
        await until_shown(pilot, LAST)
        await until_gone(pilot, "asking far, ")


async def test_browsing_asks_nothing_and_a_page_asks_twice(tmp_path: Path) -> None:
    """Among thousands of runs and templates rows are shown without a request; a run costs two."""
    stock = Stock(past_runs=2_000, more_templates=1_000)
    async with a_cockpit(tmp_path, stock) as (server, pilot):
        await press(pilot, "3", shows="Runs 2,000")
        await until_idle(pilot)
        count = server.chaos.add(Trouble(Kind.NO_UPGRADE))  # stops sockets only, and counts all
        await press(pilot, "G", "g", "L", shows="1,0")
        await until_idle(pilot)
        assert count.hits == 0
        await press(pilot, "escape", "enter", shows="› runs ›")
        await until_shown(pilot, LAST)
        await until_idle(pilot)
        assert count.hits == 2
