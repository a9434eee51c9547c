"""What a server is asked for while somebody looks at it: nothing twice, next to nothing later."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.demo.servers.semaphore.server import Stock
from tests.tui.cockpit_harness import press, until_idle
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
            await press(pilot, "3", shows="Runs 4,000")
            await until_idle(pilot)
        each = [f"/project/{room}{path}" for room in server.state.rooms for path in FOR_EACH]
        # The first thing ever sent makes sure that the token is good, before eight others find out.
        assert tally.pop("GET /user") == 2
        assert tally == dict.fromkeys([f"GET {path}" for path in (*FOR_ONE, *each)], 1)
