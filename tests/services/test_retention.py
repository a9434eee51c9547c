"""Who may give output up, and that it happens once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden
from skyforge_tui.domain.identity import LOCAL, SYSTEM, Principal, RunId
from skyforge_tui.domain.retention import Limits
from skyforge_tui.domain.run import RunState
from skyforge_tui.jobs.log_retention import EVERY_S, FIRST_S, LogRetention
from skyforge_tui.services.retention import CLAIM
from tests.builders import a_detail, a_project
from tests.fakes.core import Core
from tests.fakes.waiting import under_way, until

ADA, EVE = Principal("ada"), Principal("eve")
RUN = RunId("local:1")
NOTHING = Limits(size=0)


@pytest.fixture
async def core() -> Core:
    """Return services with two ended runs and one that goes on."""
    core = Core()
    core.host.put(a_project())
    await core.catalog.read_all()
    for number, state in ((1, RunState.SUCCESS), (2, RunState.ERROR), (3, RunState.RUNNING)):
        core.engine.put(a_detail(number=number, state=state))
        core.logs.outputs[str(number)] = b"x" * 2048
    await core.runs.refresh(SYSTEM, LOCAL)
    return core


async def test_an_owner_gives_output_up(core: Core) -> None:
    """The oldest goes first, with its reason and its bookmarks; what goes on stays."""
    for run_id in (RUN, RunId("local:2")):
        await core.bookmark_store.put(run_id, 7)
    removed = await core.retention.collect(ADA, Limits(size=2 * 2048))
    assert [(one.number, one.size, one.failure) for one in removed] == [(1, 2048, None)]
    assert [await core.bookmark_store.bookmarks(RunId(f"local:{n}")) for n in (1, 2)] == [[], [7]]
    assert core.logs.dropped == [("1", f"removed {core.clock.now():%Y-%m-%d}: {CAUSE}")]
    everything = await core.retention.collect(ADA, NOTHING)
    assert [one.number for one in everything] == [1, 2]
    with pytest.raises(Conflict, match="has not ended"):
        await core.retention.drop(ADA, RunId("local:3"), "")


CAUSE = "the oldest, where there is too much"


async def test_a_stranger_does_not(core: Core) -> None:
    """Whoever does not own a project removes nothing of it, and is shown no plan for it."""
    with pytest.raises(Forbidden):
        await core.retention.drop(EVE, RUN, "")
    assert (await core.retention.plan(EVE, NOTHING)).doomed == ()
    assert await core.retention.collect(EVE, NOTHING) == ()
    assert core.logs.dropped == []


async def test_what_is_still_to_be_collected_stays(core: Core) -> None:
    """Output that nobody has read for what the run leaves is not removed."""
    core.shelf.cache.ended = [RUN]
    plan = await core.retention.plan(ADA, NOTHING)
    assert ([one.run.number for one in plan.doomed], plan.uncollected, plan.active) == ([2], 1, 1)


async def test_what_is_read_stays_and_is_told(core: Core) -> None:
    """A run that is being read keeps its output; the others go."""
    reader = await core.runs.open_log(ADA, RUN)
    removed = await core.retention.collect(ADA, NOTHING)
    assert [(one.number, one.size) for one in removed] == [(1, 0), (2, 2048)]
    assert isinstance(removed[0].failure, Conflict)
    reader.close()


async def test_one_program_at_a_time(core: Core) -> None:
    """While another program removes output, this one does not."""
    core.shelf.claims.taken.add(CLAIM)
    with pytest.raises(Conflict, match="another skyforge"):
        await core.retention.collect(ADA, NOTHING)
    job = LogRetention(core.retention, core.held_runs, core.clock)
    await job.run_once()
    assert core.logs.dropped == []


async def test_limits_are_kept_in_the_background(core: Core) -> None:
    """Where limits are configured, a job keeps them: a while after the start, and again."""
    core.retention._limits = Limits(age=timedelta(days=1))
    job = LogRetention(core.retention, core.held_runs, core.clock)
    async with under_way(job.run()):
        await until(lambda: len(core.logs.dropped) >= 2)
    assert core.clock.slept[0] == FIRST_S
    assert set(core.clock.slept[1:]) == {EVERY_S}


class Kept:
    """Output kept of servers' runs."""

    def __init__(self) -> None:
        self.held = {"1-7": 5000, "1-8": 3000}

    def sizes(self) -> dict[str, int]:
        """Return what there is."""
        return dict(self.held)

    def drop(self, native_run_id: str, reason: str) -> int:
        """Take one away."""
        return self.held.pop(native_run_id)


async def test_what_is_kept_of_servers_counts_and_goes(core: Core) -> None:
    """Output brought here from servers is in the totals, and goes by the same limits."""
    core.kept["far"] = Kept()
    details = [
        a_detail(number=number, id=RunId(f"far:1-{number}"), project_id="far:1", log_bytes=0)
        for number in (7, 8)
    ]
    await core.run_cache.write(details, ())
    plan = await core.retention.plan(SYSTEM, Limits(size=4096 + 2048))
    assert (plan.run_count, plan.size) == (5, 3 * 2048 + 8000)
    removed = await core.retention.collect(SYSTEM, NOTHING)
    assert {one.run_id: one.size for one in removed if one.run_id.startswith("far")} == {
        "far:1-7": 5000, "far:1-8": 3000,
    }  # fmt: skip
    assert core.kept["far"].held == {}
    with pytest.raises(Forbidden):
        await core.retention.drop(EVE, RunId("far:1-7"), "")
