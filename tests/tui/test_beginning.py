"""The first seconds: what is waited for is said, and what is known is there at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.app import SkyforgeApp
from tests.builders import a_project, a_template
from tests.fakes.core import Core
from tests.fakes.waiting import Gate
from tests.tui.cockpit_harness import press, screen_text, until_gone, until_idle, until_shown, write
from tests.tui.pretend import MARA, NOW

SIZE = (80, 24)
MANY = [a_project(path=f"/srv/net/p{number}", created_by="mara") for number in range(3)]


class Slow:
    """A workspace whose first reading waits until it is let go on."""

    def __init__(self) -> None:
        self.core = Core()
        self.now = NOW
        self.gates = {one.id: Gate() for one in MANY}
        for one in MANY:
            self.core.host.put(one, a_template(project_id=one.id, name=f"up-{one.slug}"))
            self.gates[one.id].close()
        self.core.host.slow = self.gates
        self.core.host.listing.close()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Services]:
        await self.core.catalog.open()
        yield self.core.services

    def app(self) -> SkyforgeApp:
        """Return the cockpit on it."""
        return SkyforgeApp(
            lambda app: InlineEngine(self._open, app.bridge.unheard), MARA, motion=False,
            clock=lambda: self.now,
        )  # fmt: skip


@asynccontextmanager
async def begun(slow: Slow) -> AsyncIterator[Pilot[Any]]:
    """Yield the cockpit while its workspace is read."""
    app = slow.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        app.run_worker(slow.core.projects.sync(MARA), group="default", exit_on_error=False)
        await slow.core.host.listing.reached()
        yield pilot
        for gate in (slow.core.host.listing, *slow.gates.values()):
            gate.open()


async def test_what_is_waited_for_is_said() -> None:
    """While nothing is known the list says what is looked through, for how long, and what helps."""
    slow = Slow()
    async with begun(slow) as pilot:
        rows = await until_shown(pilot, "* reading local, 0s")
        assert not any("No project here yet" in row for row in rows)
        slow.now += timedelta(seconds=12)
        await until_shown(pilot, "* reading local, 12s", "With [workspace] roots")


async def test_rows_come_as_they_are_read() -> None:
    """A project is shown when it was read, however long the others take."""
    slow = Slow()
    async with begun(slow) as pilot:
        await until_shown(pilot, "reading local")
        slow.core.host.listing.open()
        slow.gates[MANY[1].id].open()
        await until_shown(pilot, "p1", "Templates 1")
        assert not any("reading local" in row for row in screen_text(pilot.app))
        assert not any(" p0 " in row for row in screen_text(pilot.app))
        slow.gates[MANY[0].id].open()
        await until_shown(pilot, "p0", "p1")


async def test_nothing_found_is_said_in_the_end() -> None:
    """Only when all was looked through it is said that there is nothing."""
    slow = Slow()
    slow.core.host.contents.clear()
    slow.core.starter.config = Path("/home/mara/config.toml")  # else the first page stands there
    async with begun(slow) as pilot:
        await until_shown(pilot, "reading local")
        slow.core.host.listing.open()
        await until_shown(pilot, "No project here yet")
        await until_gone(pilot, "reading local")


async def test_the_deck_grows_while_one_looks() -> None:
    """`L` shows what is known and that more may come; what is read meanwhile is added."""
    slow = Slow()
    async with begun(slow) as pilot:
        await press(pilot, "L", shows=("* still reading  0", "Nothing is known yet."))
        slow.core.host.listing.open()
        slow.gates[MANY[1].id].open()
        await until_shown(pilot, "* still reading  1", "up-p1")
        await write(pilot, "up")
        slow.gates[MANY[0].id].open()
        slow.gates[MANY[2].id].open()
        await until_shown(pilot, "up-p0", "up-p1", "up-p2", "› up")
        await until_gone(pilot, "still reading")


async def test_a_failure_ends_the_waiting() -> None:
    """Where the workspace cannot be read, its light says so, and nobody waits for ever."""
    slow = Slow()
    slow.core.host.down = Unavailable("cannot read /srv/net", upstream="local")
    async with begun(slow) as pilot:
        await until_shown(pilot, "reading local")
        slow.core.host.listing.open()
        await until_gone(pilot, "reading local")
        await until_shown(pilot, "× local")
