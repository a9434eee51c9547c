"""A day with a server, by keystroke: watch, find what failed, launch, confirm, stop, be refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.demo.servers.semaphore.server import Stock
from tests.estates import client_of, clock_of, started
from tests.semaphores import moving
from tests.tui.cockpit_harness import (
    press,
    screen_text,
    shows,
    until_gone,
    until_shown,
    write,
)
from tests.tui.far_cockpit import a_cockpit

QUIET = Stock()
PASSWORD = "correct-horse-battery"


async def card(pilot: Pilot[Any], words: str, name: str) -> None:
    """Open the card of a template from the deck."""
    await press(pilot, "L", shows="type to filter")
    await write(pilot, words)
    await press(pilot, "enter", shows=f"Launch {name}")


async def test_watched_to_its_failed_task(tmp_path: Path) -> None:
    """A run is watched from its first line to its bad end; one key leads to what failed."""
    async with a_cockpit(tmp_path, QUIET) as (server, pilot):
        async with client_of(server, "olga") as olga:
            await started(olga, environment='{"who": "fail"}')
        await press(pilot, "3", shows=("Runs 1", "olga"))
        await press(pilot, "enter", shows="› runs › 1 Greet")
        async with moving(server):
            await until_shown(pilot, "PLAY RECAP", "× failed")
        await press(pilot, "g", shows="PLAY [")
        await press(pilot, "e", shows="fatal:")


async def test_what_is_mine_on_a_server(tmp_path: Path) -> None:
    """Runs are mine by the login one has there, whatever one is called here and in full."""
    async with a_cockpit(tmp_path, QUIET, who="olga") as (server, pilot):
        for who in ("olga", "mika"):
            async with client_of(server, who) as client:
                await started(client, environment='{"who": "you"}')
        await press(pilot, "3", shows=("Runs 2", "olga", "mika"))
        await press(pilot, "slash", "m", "i", "n", "e", "enter", shows="Runs 1 of 2")
        await press(pilot, "x", shows="Stop run 1")
        assert not shows(pilot.app, "Not yours")
        await press(pilot, "escape", "escape", shows="Runs 2")
        await until_gone(pilot, "Stop run 1")
        await press(pilot, "g", "x", shows=("Stop run 2", "Not yours", "Mika Manager (mika)"))


async def test_launched_with_a_survey(tmp_path: Path) -> None:
    """Answers of a survey reach the server, its secret too, which is neither shown nor kept."""
    async with a_cockpit(tmp_path, QUIET) as (server, pilot):
        await card(pilot, "bgp policy", "BGP policy")
        await until_shown(pilot, "bgp_password")
        await press(pilot, "enter", shows="bgp_password")
        assert server.state.runs == {}
        await write(pilot, PASSWORD)
        await until_shown(pilot, "•" * 8)
        assert not shows(pilot.app, PASSWORD)
        await press(pilot, "enter", shows="› runs ›")
        async with moving(server):
            await until_shown(pilot, "✓ passed", "PLAY RECAP")
        assert len(server.state.runs) == 1
        assert not any(PASSWORD in row for row in screen_text(pilot.app))


async def test_confirmed(tmp_path: Path) -> None:
    """A run that waits for a yes says so, goes on after it, and not before."""
    async with a_cockpit(tmp_path, QUIET) as (server, pilot):
        await card(pilot, "network", "Network")
        await press(pilot, "enter", shows="› runs ›")
        async with moving(server):
            await until_shown(pilot, "asks you", "A confirm X reject")
        assert not shows(pilot.app, "a answer")
        await press(pilot, "A", shows="Confirm run 1")
        await pilot.press("escape")
        assert shows(pilot.app, "asks you")
        await press(pilot, "A", shows="Confirm run 1")
        await pilot.press("enter")
        async with moving(server):
            await until_gone(pilot, "asks you")
            await until_shown(pilot, "✓ passed")


async def test_rejected_in_so_many_words(tmp_path: Path) -> None:
    """A server whose guard says so wants a change to be typed; a run that is rejected ends."""
    async with a_cockpit(tmp_path, QUIET, more='guard = "confirm"\n') as (server, pilot):
        await card(pilot, "network", "Network")
        await until_shown(pilot, "! confirm")
        await press(pilot, "enter", shows="› runs ›")
        async with moving(server):
            await until_shown(pilot, "asks you")
        await press(pilot, "X", shows=("Reject run 1", "far asks for the words. Type  reject 1"))
        await write(pilot, "reject")
        await pilot.press("enter")
        assert shows(pilot.app, "Type  reject 1")
        (run,) = server.state.runs.values()
        assert run.status == "waiting_confirmation"
        await write(pilot, " 1")
        await pilot.press("enter")
        await until_gone(pilot, "Reject run 1")
        async with moving(server):
            await until_shown(pilot, "× failed")
    assert run.status == "error"


async def test_stopped(tmp_path: Path) -> None:
    """Stopping a run on a server asks first, and is seen to its end."""
    async with a_cockpit(tmp_path, QUIET) as (server, pilot):
        await card(pilot, "soak", "Soak test")
        await press(pilot, "enter", shows="› runs ›")
        while not shows(pilot.app, "◐ running"):
            await clock_of(server).advance(0.1)
            await pilot.pause()
        await press(pilot, "x", shows="Stop run 1")
        await pilot.press("enter")
        await until_gone(pilot, "Stop run 1")
        async with moving(server):
            await until_shown(pilot, "■ stopped")


async def test_a_guest_reads_the_reason(tmp_path: Path) -> None:
    """Who may only look is told why a run cannot be stopped, and whom to ask; nothing is sent."""
    stock = Stock(is_busy=True)
    async with a_cockpit(tmp_path, stock, who="gus") as (server, pilot):
        before = {one.id: one.status for one in server.state.runs.values()}
        await press(pilot, "3", shows="6 queued")
        await press(pilot, "x", shows=("¬ Refused", "a guest of", "may look, not stop runs"))
        await until_shown(pilot, "Nothing was sent")
        await press(
            pilot, "escape", "L", "enter", shows=("¬ a guest of", "may look, not run: ask ")
        )
        await press(pilot, "enter", shows="may look, not run")
        assert {one.id: one.status for one in server.state.runs.values()} == before
