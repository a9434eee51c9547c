"""Runs that broke, that need a person, that are under way: chosen from what is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from skyforge_tui.domain.run import Run, RunState

_BROKEN = (RunState.ERROR, RunState.LOST)
_REMEMBERED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RunAttention:
    """Three lists of runs, each newest first."""

    broke: tuple[Run, ...] = ()
    """The newest run of a template if it failed, and every run that was lost, within a week."""
    needs_me: tuple[Run, ...] = ()
    """Runs that wait for input."""
    runs: tuple[Run, ...] = ()
    """Runs under way or queued."""

    def __bool__(self) -> bool:
        return bool(self.broke or self.needs_me or self.runs)


def attention(last: Iterable[Run], newest: Iterable[Run], now: datetime) -> RunAttention:
    """Choose from the last run of every template and the newest runs, active ones first.

    A later success mends a failure, not a loss: what a lost run started may still go on.
    """
    newest = tuple(newest)
    under_way = [run for run in newest if run.state.is_active]
    lost = [run for run in newest if run.state is RunState.LOST]
    failed = [run for run in last if run.state in _BROKEN]
    broke = {run.id: run for run in (*failed, *lost) if now - run.created_at < _REMEMBERED}
    return RunAttention(
        broke=_newest_first(broke.values()),
        needs_me=_newest_first(run for run in under_way if run.asks),
        runs=_newest_first(run for run in under_way if not run.asks),
    )


def _newest_first(runs: Iterable[Run]) -> tuple[Run, ...]:
    return tuple(sorted(runs, key=lambda run: run.created_at, reverse=True))
