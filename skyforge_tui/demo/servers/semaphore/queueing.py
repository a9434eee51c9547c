"""Which runs may go at the same time."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.demo.servers.semaphore.runs import Run
from skyforge_tui.demo.servers.semaphore.state import State


def has_room(state: State, busy: Sequence[Run], run: Run) -> bool:
    """Say whether a waiting run may start beside those that go already.

    One at a time for each template, unless it allows more (2.16), and as many in a project as it
    allows; 0 is any number.
    """
    room = state.rooms[run.project_id]
    template = room.templates[run.template_id]
    beside = [one for one in busy if one.project_id == run.project_id]
    most = room.project.max_parallel_tasks
    if most and len(beside) >= most:
        return False
    if template.allow_parallel_tasks and state.habits.version.has_parallel_tasks:
        return True
    return all(one.template_id != run.template_id for one in beside)
