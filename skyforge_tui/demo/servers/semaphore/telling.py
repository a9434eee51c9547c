"""Writes down what happens to runs, and tells it to everybody who listens."""

from __future__ import annotations

from functools import partial
from typing import Final

from skyforge_tui.demo.clock import SECOND, written
from skyforge_tui.demo.servers.semaphore.feed import Feed
from skyforge_tui.demo.servers.semaphore.runs import Row, Run, Stage
from skyforge_tui.demo.servers.semaphore.state import State

_BATCH: Final = SECOND // 2
_BETWEEN_ROWS: Final = 17_311
"""Nanoseconds between two rows that are written without any work between them."""


class Teller:
    """Keeps rows and statuses, and publishes them."""

    def __init__(self, state: State, feed: Feed) -> None:
        self._state = state
        self._feed = feed
        self._audiences: dict[int, frozenset[int]] = {}

    def admit(self, run: Run) -> None:
        """Settle who hears of a run: those who may see it now."""
        members = self._state.rooms[run.project_id].members
        self._audiences[run.id] = frozenset(
            one.id
            for one in self._state.accounts.values()
            if one.person.is_admin or one.id in members
        )

    def say(self, run: Run, text: str) -> None:
        """Add a row of output; sockets have it before it can be fetched."""
        habits = self._state.habits
        at = self._state.estate.clock.now()
        if run.rows and not habits.equal_times:
            at = max(at, run.rows[-1].at + _BETWEEN_ROWS)
        stored_at = at + round(habits.row_lag_s * SECOND)
        if habits.version.batches_rows:
            stored_at += -stored_at % _BATCH
        run.rows.append(Row(at, text, stored_at))
        frame = {
            "type": "log",
            "output": text,
            "time": written(at, zone_min=habits.frame_zone_min),
            "task_id": run.id,
            "project_id": run.project_id,
        }
        if habits.frame_lag_s:
            tell = partial(self._publish, run, frame)
            self._state.estate.clock.after(habits.frame_lag_s, tell)
        else:
            self._publish(run, frame)

    def tell(self, run: Run) -> None:
        """Publish the status of a run."""
        self._publish(
            run,
            {
                "type": "update",
                "start": self._told(run.start),
                "end": self._told(run.end),
                "status": run.status,
                "task_id": run.id,
                "template_id": run.template_id,
                "project_id": run.project_id,
                "version": run.version,
            },
        )

    def stage(self, run: Run, name: str) -> None:
        """Begin a part of a run, which ends the one before; an empty name begins none."""
        now = self._state.estate.clock.now()
        if run.stages:
            run.stages[-1].end = now
            run.stages[-1].last_row = len(run.rows) - 1
        if name:
            run.stages.append(Stage(name, now, len(run.rows)))

    def note(self, run: Run) -> None:
        """Write the end of a run into the project's events."""
        if run.id not in self._state.runs:
            return  # deleted meanwhile
        room = self._state.rooms[run.project_id]
        name = room.templates[run.template_id].name
        is_old = self._state.habits.version.minor <= 10
        ended = f"finished{' -' if is_old else ' with status'} {run.status.upper()}"
        account = self._state.accounts.get(run.user_id or 0)
        description = f"Task ID {run.id} ({name}) {ended}"
        self._state.tell("task", run.id, description, room=room, account=account)

    def _publish(self, run: Run, frame: dict[str, object]) -> None:
        self._feed.publish(self._audiences.get(run.id, frozenset()), frame)

    def _told(self, instant: int | None) -> str | None:
        if instant is None:
            return None
        return written(instant, zone_min=self._state.habits.frame_zone_min)
