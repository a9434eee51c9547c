"""Who may give up runs that hosts keep, and that a host that is away loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import pytest

from skyforge_tui.domain.errors import Conflict, Forbidden, NotFound, Unavailable
from skyforge_tui.domain.guard import Guard
from skyforge_tui.domain.identity import SYSTEM, Principal, ProjectId, Role, RunId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant
from skyforge_tui.domain.retention import HeldLimits
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.jobs.log_retention import LogRetention
from skyforge_tui.services.held_runs import CLAIM
from tests.builders import NOON, a_project, a_run
from tests.fakes.core import Core

ADA, EVE = Principal("ada"), Principal("eve")
ONE = HeldLimits(count=1)


class Keeper:
    """A host that keeps three runs, the newest of which goes on."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.project_id = ProjectId(f"{upstream}:host")
        self.failure: Exception | None = None
        states = (RunState.SUCCESS, RunState.ERROR, RunState.RUNNING)
        self.held = {
            one.id: one
            for number, state in enumerate(states, 1)
            for one in [a_run(id=RunId(f"{upstream}:{number}"), number=number, state=state,
                              created_at=NOON + timedelta(hours=number))]
        }  # fmt: skip

    async def all(self) -> Sequence[Run]:
        """Return what is kept."""
        if self.failure is not None:
            raise self.failure
        return list(self.held.values())

    async def remove(self, run_ids: Collection[RunId]) -> frozenset[RunId]:
        """Remove what is there."""
        gone = frozenset(run_ids) & self.held.keys()
        for one in gone:
            del self.held[one]
        return gone


@pytest.fixture
def core() -> Core:
    """Return services with two hosts, of which ada owns the first."""
    core = Core(keepers=[Keeper("near"), Keeper("far")])
    permits = frozenset({Permission.RUN_DELETE})
    grant = Grant("ada", "user there", Role.OWNER, permits)
    core.access.learn([a_project(id=ProjectId("near:host"), slug="near", grant=grant)])
    return core


def left(core: Core, place: int = 0) -> list[int]:
    """Return the numbers of the runs that a host keeps."""
    return [one.number for one in core.keepers[place].held.values()]


async def test_old_runs_go_from_hosts_of_ones_own(core: Core) -> None:
    """What has ended goes from hosts that one owns, never what goes on; others are not asked."""
    # A host knows the account only: whoever sits here goes there as ada.
    assert [one.upstream for one in await core.held_runs.plan(EVE, ONE)] == ["near"]
    with pytest.raises(Forbidden):
        await core.held_runs.remove(EVE, "far", frozenset({RunId("far:1")}))
    with pytest.raises(NotFound):
        await core.held_runs.remove(ADA, "nowhere", frozenset())
    core.kept["near"] = kept = Kept()
    (removal,) = await core.held_runs.collect(ADA, ONE)
    assert removal.gone == {"near:1", "near:2"}
    assert (left(core), left(core, 1)) == ([3], [1, 2, 3])
    assert sorted(kept.dropped) == ["1", "2"]


class Kept:
    """What was brought here of a host's output."""

    def __init__(self) -> None:
        self.dropped: list[str] = []

    def drop(self, native_run_id: str, reason: str) -> int:
        """Take one away."""
        self.dropped.append(native_run_id)
        return 0


async def test_a_host_that_is_away_is_told(core: Core) -> None:
    """A host that does not answer loses nothing, and keeps no other from being looked after."""
    core.keepers[0].failure = Unavailable("no route")
    plans = {one.upstream: one for one in await core.held_runs.plan(SYSTEM, ONE)}
    assert str(plans["near"].failure) == "no route"
    assert [one.run.number for one in plans["far"].plan.doomed] == [1, 2]
    removals = {one.upstream: one for one in await core.held_runs.collect(SYSTEM, ONE)}
    assert [set(removals[one].gone) for one in ("near", "far")] == [set(), {"far:1", "far:2"}]


async def test_nothing_goes_by_itself(core: Core) -> None:
    """Without limits nothing goes; from a host that is read-only nothing does, for no job either.

    One program at a time removes.
    """
    job = LogRetention(core.retention, core.held_runs, core.clock)
    await job.run_once()
    assert left(core) == [1, 2, 3]
    core.held_runs._limits = ONE
    core.access.protect("near", Guard.READ_ONLY)
    await job.run_once()
    assert (left(core), left(core, 1)) == ([1, 2, 3], [3])
    core.shelf.claims.taken.add(CLAIM)
    core.access.protect("near", Guard.NORMAL)
    with pytest.raises(Conflict):
        await core.held_runs.collect(SYSTEM, ONE)
    await job.run_once()
    assert left(core) == [1, 2, 3]
