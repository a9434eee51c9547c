"""How a Semaphore server counts."""

from __future__ import annotations

from collections import Counter
from typing import Final

from skyforge_tui.demo.servers.semaphore.habits import Habits

_TOP: Final = 2**31 - 1


class Numbers:
    """Gives ids out, each once.

    A BoltDB counts tasks down from 2³¹, so that the newest comes first, and everything in a project
    from 1; SQL databases count up, over all projects.
    """

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._given: Counter[tuple[str, int]] = Counter()

    def next(self, kind: str, project_id: int = 0) -> int:
        """Return the next id of a kind of thing."""
        is_bolt = self._habits.database == "bolt"
        key = (kind, project_id if is_bolt and kind != "task" else 0)
        self._given[key] += 1
        return _TOP - self._given[key] if is_bolt and kind == "task" else self._given[key]
