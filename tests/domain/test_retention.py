"""Which output goes when there are limits."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.retention import Cause, HeldLimits, Limits, held_plan, retention_plan
from skyforge_tui.domain.run import Run, RunState
from tests.builders import NOON, a_run

NOW = NOON + timedelta(days=100)
STATES = [RunState.SUCCESS, RunState.ERROR, RunState.LOST, RunState.RUNNING, RunState.STARTING]


def a_held_run(number: int, age_d: int, size: int, state: RunState) -> Run:
    """Return a run that was created so many days ago."""
    created = NOW - timedelta(days=age_d)
    return a_run(number=number, created_at=created, log_bytes=size, state=state)


held_runs = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 1000), st.sampled_from(STATES)), max_size=12
).map(lambda facts: [a_held_run(number, *one) for number, one in enumerate(facts, start=1)])
limits = st.builds(
    Limits,
    st.none() | st.integers(0, 100).map(lambda days: timedelta(days=days)),
    st.none() | st.integers(0, 5000),
)


@given(held_runs, limits, st.sets(st.integers(1, 12)))
def test_limits_hold_and_nothing_goes_that_must_stay(
    runs: list[Run], limits: Limits, unread: set[int]
) -> None:
    """What ended and was read goes by age, then the oldest by size; all else stays."""
    plan = retention_plan(runs, limits, NOW, {run.id for run in runs if run.number in unread})
    doomed = [one.run for one in plan.doomed]
    assert plan.size == sum(run.log_bytes for run in runs)
    assert plan.run_count == sum(1 for run in runs if run.log_bytes)
    stays = [run for run in runs if run not in doomed and run.log_bytes]
    may_go = [run for run in stays if run.state.is_final and run.number not in unread]
    assert all(run.state.is_final and run.log_bytes and run.number not in unread for run in doomed)
    ends = [run.ended_at for run in doomed if run.ended_at]
    assert ends == sorted(ends)
    if limits.age is not None:
        assert all(run.ended_at and NOW - run.ended_at <= limits.age for run in may_go)
    if limits.size is not None:
        assert sum(run.log_bytes for run in stays) <= limits.size or not may_go
    by_size = [one.run for one in plan.doomed if one.cause is Cause.SIZE]
    if by_size and limits.size is not None:
        # None of them went for nothing.
        before_last = sum(run.log_bytes for run in stays) + by_size[-1].log_bytes
        assert before_last > limits.size
    if limits.are_none:
        assert not doomed
    assert plan.active + plan.uncollected + len(may_go) + len(doomed) == plan.run_count


held_limits = st.builds(
    HeldLimits,
    st.none() | st.integers(0, 100).map(lambda days: timedelta(days=days)),
    st.none() | st.integers(1, 12),
)


@given(held_runs, held_limits, st.sets(st.integers(1, 12)))
def test_runs_of_a_host_go_by_age_and_number(
    runs: list[Run], limits: HeldLimits, unread: set[int]
) -> None:
    """What ended too long ago goes, and what is beyond the newest.

    What goes on never does, nor what somebody still has to read.
    """
    plan = held_plan(runs, limits, NOW, {run.id for run in runs if run.number in unread})
    doomed = {one.run.number for one in plan.doomed}
    newest = sorted((one.number for one in runs), reverse=True)
    for run in runs:
        is_old = limits.age is not None and NOW - run.created_at > limits.age
        is_beyond = limits.count is not None and newest.index(run.number) >= limits.count
        may_go = run.state.is_final and run.number not in unread
        assert (run.number in doomed) == (may_go and (is_old or is_beyond))
    assert [one.run.number for one in plan.doomed] == sorted(doomed)
    assert (plan.run_count, plan.active) == (
        len(runs), sum(not one.state.is_final for one in runs)
    )  # fmt: skip
