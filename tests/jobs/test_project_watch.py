"""Projects of servers are read again and again, and an outage is said once."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.events import Event, NoticeRaised
from skyforge_tui.domain.identity import SYSTEM
from skyforge_tui.jobs.log_retention import LogRetention
from skyforge_tui.jobs.project_watch import (
    EVERY_S,
    RUN_HOST_EACH_S,
    RUN_HOST_EVERY_S,
    ProjectWatch,
)
from skyforge_tui.jobs.runner import Job, running
from tests.builders import a_project, a_template
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.waiting import under_way, until


class LateClock(FakeClock):
    """Wakes a little later than it was asked to, as every real one does."""

    async def sleep(self, seconds: float) -> None:
        """Let time pass, and a moment more."""
        await super().sleep(seconds)
        self.move(0.1)


@pytest.fixture
def clock() -> LateClock:
    """Return time that passes as it is slept away."""
    return LateClock()


@pytest.fixture
def core() -> Core:
    """Return services whose host holds one project."""
    core = Core()
    core.host.put(a_project(), a_template())
    return core


def told(core: Core) -> list[str]:
    """Return where the words of notices are kept that are published from now on."""
    words: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, NoticeRaised):
            words.append(event.notice.title)

    core.bus.subscribe(hear)
    return words


async def test_an_outage_is_told_once(core: Core, clock: LateClock) -> None:
    """While a server is away its watch says so once, and once more when it goes again."""
    words, core.host.down = told(core), Unavailable("no route", upstream="local")
    watch = ProjectWatch(core.projects, clock, "local")
    async with running([watch], core.bus, clock):
        await until(lambda: clock.slept.count(EVERY_S) > 5)
        assert words == ["project watch of local failed"]
        core.host.down = None
        await until(lambda: len(core.host.reads) > 1)
        core.host.down = Unavailable("no route", upstream="local")
        before = len(clock.slept)
        await until(lambda: clock.slept[before:].count(EVERY_S) > 5)
    assert words == ["project watch of local failed"] * 2


async def test_output_that_cannot_be_removed_is_told_once(
    core: Core, clock: LateClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first wait is for the start of the program; after a failure there is no other."""
    words = told(core)
    job = LogRetention(core.retention, core.held_runs, clock)

    async def fails() -> None:
        raise Unavailable("the disk is read-only")

    monkeypatch.setattr(job, "run_once", fails)
    jobs: list[Job] = [job]
    async with running(jobs, core.bus, clock):
        await until(lambda: clock.slept.count(60.0) > 5)
    assert words == ["retention of output failed"]


@pytest.mark.parametrize(("number", "pause_s"), [(2, RUN_HOST_EVERY_S), (9, 9 * RUN_HOST_EACH_S)])
async def test_many_projects_are_read_less_often(core: Core, number: int, pause_s: float) -> None:
    """What was changed on a run engine is seen, at a price that does not grow with it."""
    for one in range(1, number):
        core.host.put(a_project(path=f"/srv/{one}"))
    await core.projects.sync(SYSTEM)
    core.host.put(a_project(description="new"), a_template())
    watch = ProjectWatch(
        core.projects, core.clock, "local", RUN_HOST_EVERY_S, RUN_HOST_EACH_S
    )  # fmt: skip
    async with under_way(watch.run()):
        await until(lambda: len(core.host.reads) >= 3 * number)
    assert "new" in {one.description for one in core.access.projects()}
    assert set(core.clock.slept) == {pause_s}
