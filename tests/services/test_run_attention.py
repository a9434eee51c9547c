"""What broke, what needs a person, what runs: chosen from runs."""

from __future__ import annotations

from datetime import timedelta

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.run import RunState
from skyforge_tui.services.run_attention import attention
from tests.builders import NOON, a_run


def test_a_later_success_mends_a_failure_but_not_a_loss() -> None:
    """A template that passed again is not broken; a lost run is, whatever passed since."""
    passed = a_run(id=RunId("local:3"), state=RunState.SUCCESS, created_at=NOON)
    failed = a_run(id=RunId("local:1"), state=RunState.ERROR, created_at=NOON)
    lost = a_run(id=RunId("local:2"), state=RunState.LOST, created_at=NOON)
    found = attention([passed], [passed, failed, lost], NOON)
    assert [run.id for run in found.broke] == ["local:2"]


def test_what_broke_long_ago_is_let_go() -> None:
    """After a week neither a failure nor a loss asks for attention."""
    long_ago = NOON - timedelta(days=8)
    failed = a_run(id=RunId("local:1"), state=RunState.ERROR, created_at=long_ago)
    lost = a_run(id=RunId("local:2"), state=RunState.LOST, created_at=long_ago)
    assert not attention([failed], [failed, lost], NOON)


def test_a_run_that_asks_needs_me_and_is_not_merely_running() -> None:
    """A run that waits for input stands where a person looks for it, and only there."""
    asks = a_run(id=RunId("local:1"), state=RunState.RUNNING, waits_for_input=True, created_at=NOON)
    runs = a_run(id=RunId("local:2"), state=RunState.RUNNING, created_at=NOON)
    found = attention([], [asks, runs], NOON)
    assert [run.id for run in found.needs_me] == ["local:1"]
    assert [run.id for run in found.runs] == ["local:2"]
