"""The pretend world keeps its pace, however late this machine comes to what is due."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from skyforge_tui.demo.clock import SECOND, Cancel, HandClock, LiveClock
from tests.estates import client_of, served_semaphore

LATE_S = 0.01


class LateClock(HandClock):
    """A clock that calls everybody a little too late, as a busy machine does."""

    def after(self, seconds: float, call: Callable[[], None]) -> Cancel:
        """Call `call` later than asked."""
        return super().after(seconds + LATE_S, call)


async def test_late_lines_make_no_later_ones_late() -> None:
    """A run of fifty lines a second for four seconds takes that, not as long as its delays."""
    clock = LateClock()
    async with served_semaphore(clock=clock) as server, client_of(server) as client:
        (room,) = [one for one in server.state.rooms.values() if one.project.name == "lab-services"]
        (flood,) = [one for one in room.templates.values() if one.name == "Flood"]
        path = f"/project/{room.project.id}/tasks"
        asked = json.dumps({"rate": "50", "seconds": "4", "name": "n"})
        body = {"template_id": flood.id, "environment": asked}
        number = (await client.post(path, json=body)).json()["id"]
        run = server.state.runs[number]
        await clock.until(lambda: run.is_over)
        lines = [row for row in run.rows if row.text.startswith("line ")]
        assert len(lines) == 200
        assert 4.0 <= (lines[-1].at - (run.start or 0)) / SECOND <= 4.0 + 2 * LATE_S


def test_what_has_passed_follows_the_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that waits count passes as fast as it did then, whatever the speed is later."""
    now = [1_000]
    monkeypatch.setattr(time, "monotonic_ns", lambda: now[0])
    clock = LiveClock(speed=2.0)
    now[0] += 5 * SECOND
    assert clock.passed() == 10 * SECOND
    clock.speed = 60.0
    now[0] += SECOND
    assert clock.passed() == 70 * SECOND
    clock.speed = 0.5
    now[0] += 4 * SECOND
    assert (clock.passed(), clock.speed) == (72 * SECOND, 0.5)
