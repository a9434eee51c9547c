"""What a server is asked for while somebody looks at it: nothing twice, next to nothing later."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from skyforge_tui.demo.chaos import Kind, Trouble
from skyforge_tui.demo.servers.semaphore.server import Stock
from tests.tui.cockpit_harness import press, row_with, shows, until_gone, until_idle, until_shown
from tests.tui.far_cockpit import a_far_site, heard_by

FOR_ONE = ("/projects", "/ws")
FOR_EACH = (
    "/role", "/users", "/templates", "/inventory", "/repositories", "/environment",
    "/tasks/last", "/tasks",
)  # fmt: skip
"""The newest runs of a project come first, then those before, as far back as the server lists."""


async def test_each_thing_is_asked_for_once_at_the_start(tmp_path: Path) -> None:
    """With ten thousand runs and a thousand templates, nothing is asked for twice at the start."""
    stock = Stock(past_runs=10_000, more_templates=1_000)
    async with a_far_site(tmp_path, stock) as (server, site):
        tally = heard_by(server)
        async with site.cockpit() as pilot:
            await press(pilot, "3", shows="Runs 4,000 of 10,000")
            await until_idle(pilot)
        each = [f"/project/{room}{path}" for room in server.state.rooms for path in FOR_EACH]
        # The first thing ever sent makes sure that the token is good, before eight others find out.
        assert tally.pop("GET /user") == 2
        assert tally == dict.fromkeys([f"GET {path}" for path in (*FOR_ONE, *each)], 1)


async def test_runs_that_are_still_read_are_said_to_be(tmp_path: Path) -> None:
    """Before a server has told its runs, no place says that there is none; then it does."""
    async with a_far_site(tmp_path, Stock()) as (server, site):
        silent = server.chaos.add(Trouble(Kind.HANG, path="*/tasks/last"))
        async with site.cockpit() as pilot:
            await press(pilot, "3", shows="reading far, ")
            assert not shows(pilot.app, "Runs 0")
            assert not shows(pilot.app, "No run yet")
            await press(pilot, "5", shows="reading far")
            assert not shows(pilot.app, "Nothing broke")
            server.chaos.remove(silent)
            await until_shown(pilot, "Nothing broke.")
            await press(pilot, "3", shows="No run yet.  L launch")


async def test_projects_of_a_silent_server_are_as_last_known(tmp_path: Path) -> None:
    """When a server goes, its projects grey with the sign of what is old, and nothing else does."""
    async with a_far_site(tmp_path, Stock()) as (server, site), site.cockpit() as pilot:
        await press(pilot, "1", shows="● in sync")
        assert not shows(pilot.app, "~ in sync")
        await server.listener.close()
        await until_shown(pilot, "~ in sync", "lost")
        assert "~" not in row_with(pilot.app, "ic local")[:28]
        await press(pilot, "3", shows="No run is known: far does not answer.  R asks again")
        await server.listener.open()
        await press(pilot, "R", "1", shows="● in sync")
        await until_gone(pilot, "~ in sync")


async def test_older_runs_are_counted_and_read_when_asked_for(tmp_path: Path) -> None:
    """What a server has and does not list is counted in the title, and comes by a key."""
    stock = Stock(past_runs=10_000)
    async with a_far_site(tmp_path, stock) as (server, site), site.cockpit() as pilot:
        await press(pilot, "3", shows=("Runs 4,000 of 10,000", "O older"))
        await press(pilot, "slash", "z", "z", "enter", shows="esc clears O reads older ones")
        await press(pilot, "escape", shows="Runs 4,000 of 10,000")
        tally = heard_by(server)
        await press(pilot, "O", shows=("Read ", "O reads on"))
        assert sum(tally.values()) == 8
        assert {one.rpartition("/")[2] for one in tally} == {"tasks"}
        for _ in range(9):
            await press(pilot, "O")
            await until_idle(pilot)
        most = Counter(one.template_id for one in server.state.runs.values())
        kept = sum(max(0, count - 1_000) for count in most.values())
        listed = f"{10_000 - kept:,} of 10,000" if kept else "10,000"
        await until_shown(pilot, f"Runs {listed}")
        before = tally.total()
        await press(pilot, "O")
        await until_idle(pilot)
        assert tally.total() == before
