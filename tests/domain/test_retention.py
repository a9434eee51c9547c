"""Which output goes when there are limits."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.domain.retention import Cause, Limits, retention_plan
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
