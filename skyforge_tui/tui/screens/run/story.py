"""All there is to tell of a run besides its output."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.task_count import TaskCount

if TYPE_CHECKING:
    from skyforge_tui.domain.collection import Collection
    from skyforge_tui.domain.identity import Principal, RunId
    from skyforge_tui.domain.run import Run, RunDetail
    from skyforge_tui.services.contract import Services

LOOKED_BACK = 50
"""Runs of a template that are looked through for earlier ones that did the same."""
TOLD = 6
"""How many of those are told of."""
MOST_COUNTED = 64 * 1024 * 1024
"""Bytes of an earlier run's output in which tasks are counted, at most."""
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Story:
    """A run, and what it is seen against."""

    detail: RunDetail
    before: Sequence[Run]
    """Runs that did the same, newest first."""
    usual: timedelta | None
    made: Collection | None
    counted: RunId | None
    """The earlier run whose tasks were counted."""
    expected: int | None
    """How many tasks that one had; None when there is none that says so, or no more is to come."""

    @property
    def run(self) -> Run:
        """The run itself."""
        return self.detail.run


async def story_of(
    services: Services, principal: Principal, run_id: RunId, known: Story | None
) -> Story:
    """Ask for all that is told of a run; what is `known` and does not change is not asked again."""
    detail = await services.runs.get(principal, run_id)
    doing = detail.run.doing
    latest = await services.runs.latest(principal, detail.run.template_id, LOOKED_BACK)
    before = [one for one in latest if one.doing == doing][:TOLD]
    usual = (await services.runs.usual(principal, [doing])).get(doing)
    made = await services.artifacts.made_by(principal, run_id)
    is_over = detail.run.state is RunState.SUCCESS
    examples = [] if is_over else [one for one in before if _is_example(one, detail.run)]
    passed = next(iter(examples), None)
    counted = None if passed is None else passed.id
    if known is not None and known.counted == counted:
        expected = known.expected
    else:
        expected = None if counted is None else await _tasks_of(services, principal, counted)
    return Story(detail, before, usual, made, counted, expected)


def _is_example(run: Run, of: Run) -> bool:
    return run.state is RunState.SUCCESS and run.id != of.id and run.created_at < of.created_at


async def _tasks_of(services: Services, principal: Principal, run_id: RunId) -> int | None:
    """Return how many tasks an earlier run had; None when its output tells of none."""
    reader = await services.runs.open_log(principal, run_id)
    try:
        return await asyncio.to_thread(_counted, reader.read)
    finally:
        reader.close()


def _counted(read: Callable[[int, int], bytes]) -> int | None:
    count = TaskCount()
    offset = 0
    while offset < MOST_COUNTED and (chunk := read(offset, _CHUNK)):
        count.feed(chunk)
        offset += len(chunk)
    return count.tasks or None
