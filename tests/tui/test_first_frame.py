"""What one sees first after a key: the rows that are known, however many there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from skyforge_tui.demo.servers.semaphore.server import Stock
from skyforge_tui.tui import pacing
from tests.tui.cockpit_harness import press, screen_text, until_idle
from tests.tui.far_cockpit import a_far_site, heard_by

ROWS = ("passed", "failed", "stopped", "playbook")


class Frames:
    """Notes of every frame how many rows of a table were on it."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.rows: list[int] = []
        app: Any = pilot.app  # an attribute of ours takes the place of a method
        self._app, self._display = app, app._display
        app._display = self._noted

    def _noted(self, screen: Any, update: Any) -> None:
        self._display(screen, update)
        if update is not None:
            shown = screen_text(self._app)
            self.rows.append(sum(any(word in row for word in ROWS) for row in shown))


async def test_the_first_frame_has_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With thousands of runs of a server and of templates, no frame after a key is empty.

    Nothing is asked of the server for it.
    """
    monkeypatch.setattr(pacing, "HOLD_S", 60.0)  # rows end the wait, however busy a machine is
    stock = Stock(past_runs=2_000, more_templates=1_000)
    async with a_far_site(tmp_path, stock, tasks_in_list=2_000) as (server, site):
        async with site.cockpit() as pilot:
            await press(pilot, "3", shows="Runs 2,000")
            await until_idle(pilot)
        async with site.cockpit() as pilot:  # the program of the next day
            await until_idle(pilot)
            tally = heard_by(server)
            frames = Frames(pilot)
            for key, wanted in (("3", "Runs 2,000"), ("1", "Projects"), ("3", "Runs 2,000")):
                frames.rows.clear()
                await press(pilot, key, shows=wanted)
                await until_idle(pilot)
                assert frames.rows
                assert min(frames.rows) > 3
            frames.rows.clear()
            await press(pilot, "L", shows=" 1,025 ")
            assert min(frames.rows) > 3
            assert tally.total() == 0
