"""When a screen draws."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import Static

from skyforge_tui.tui import pacing
from skyforge_tui.tui.pacing import FRAMES, WITHIN_S, FramePace, PacedScreen
from tests.tui.drawing import rows_of, until


class Loop:
    """Keeps after how long something was to be called; time stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.delays: list[float] = []
        self.taken_back = 0
        monkeypatch.setattr(pacing, "monotonic", lambda: self.now)
        monkeypatch.setattr(pacing.asyncio, "get_running_loop", lambda: self)

    def call_later(self, delay: float, call: object) -> Loop:
        """Take note of a delay; what is returned can be taken back."""
        self.delays.append(delay)
        return self

    def cancel(self) -> None:
        """Take back what was to be called."""
        self.taken_back += 1


def test_a_few_frames_follow_each_other_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a beat because something else was drawn just before."""
    loop = Loop(monkeypatch)
    pace = FramePace(lambda: None)
    for _ in range(FRAMES):
        pace.resume()
        pace.pause()
        loop.now += 0.001
    assert loop.delays == [0.0] * FRAMES


def test_what_changes_all_the_time_is_drawn_no_more_often_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often something changes, so many frames begin within that time, and no more."""
    loop = Loop(monkeypatch)
    pace = FramePace(lambda: None)
    for _ in range(FRAMES):
        pace.resume()
        pace.pause()
        loop.now += 0.001
    for _ in range(3):
        pace.resume()
    assert loop.delays == pytest.approx([0.0] * FRAMES + [WITHIN_S - FRAMES * 0.001])
    loop.now += loop.delays[-1]
    pace.pause()
    pace.resume()
    assert loop.delays[-1] == pytest.approx(0.001), "the second of those frames makes room"


async def test_a_screen_draws_whatever_changes_until_it_is_gone() -> None:
    """Changes close together and far apart are all seen in the end; what is late does no harm."""

    class Paced(App[None]):
        def get_default_screen(self) -> PacedScreen[None]:
            return PacedScreen()

    app = Paced()
    async with app.run_test(size=(20, 3)) as pilot:
        static = Static("0")
        await app.screen.mount(static)
        for number in range(1, 8):
            static.update(f"number {number}")
            await until(pilot, lambda number=number: rows_of(app)[0] == f"number {number}")
        static.update("never seen")
        app.screen._update_timer.resume()
