"""Starts what schedules say, on the estate's clock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from skyforge_tui.demo.clock import SECOND, Cancel, instant
from skyforge_tui.demo.cron import Cron
from skyforge_tui.demo.servers.semaphore.starting import start
from skyforge_tui.demo.servers.semaphore.state import Room
from skyforge_tui.demo.servers.semaphore.things import Schedule, TaskRequest

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.semaphore.server import SemaphoreServer


class Alarms:
    """The next alarm of every schedule that is on."""

    def __init__(self, server: SemaphoreServer) -> None:
        self._server = server
        self._set: dict[tuple[int, int], Cancel] = {}

    def set(self, room: Room, schedule: Schedule) -> None:
        """Set the alarm of a schedule anew, as it is now."""
        self.drop(room, schedule)
        if not (schedule.active and self._server.habits.runs_schedules):
            return
        now = self._server.estate.clock.now()
        at = _next(schedule, now)
        if at is not None and at > now:
            call = partial(self._ring, room, schedule)
            self._set[room.project.id, schedule.id] = self._server.estate.clock.after(
                (at - now) / SECOND, call
            )

    def set_all(self) -> None:
        """Set the alarms of all schedules."""
        for room in self._server.state.rooms.values():
            for schedule in room.schedules.values():
                self.set(room, schedule)

    def drop(self, room: Room, schedule: Schedule) -> None:
        """Call an alarm off."""
        cancel = self._set.pop((room.project.id, schedule.id), None)
        if cancel is not None:
            cancel()

    def _ring(self, room: Room, schedule: Schedule) -> None:
        request = TaskRequest(template_id=schedule.template_id, message=schedule.name)
        run = start(self._server.state, room, None, request)
        run.schedule_id = schedule.id
        self._server.life.begin(run)
        if schedule.delete_after_run:
            del room.schedules[schedule.id]
        else:
            self.set(room, schedule)


def _next(schedule: Schedule, now: int) -> int | None:
    """Return when a schedule is due; None if that is never again."""
    if schedule.type == "run_at":
        return instant(schedule.run_at or "")
    return Cron.parse(schedule.cron_format).after(now)
