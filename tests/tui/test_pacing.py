"""When a screen draws."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widgets import Static

from skyforge_tui.tui import pacing
from skyforge_tui.tui.pacing import HURRY_S, LEAST_S, FramePace, PacedScreen
from tests.tui.drawing import rows_of, until


class Loop:
    """Keeps after how long something was to be called; time stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self.delays: list[float] = []
        self.taken_back = 0
        monkeypatch.setattr(pacing, "monotonic", lambda: self.now)
        monkeypatch.setattr(asyncio, "get_running_loop", lambda: self)

    def call_later(self, delay: float, call: object) -> Loop:
        """Take note of a delay; what is returned can be taken back."""
        self.delays.append(delay)
        return self

    def cancel(self) -> None:
        """Take back what was to be called."""
        self.taken_back += 1


def test_what_changes_long_after_a_frame_is_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a beat when there was no frame just now."""
    loop = Loop(monkeypatch)
    pace = FramePace(lambda: None)
    pace.resume()
    pace.pause()
    loop.now += LEAST_S
    pace.resume()
    assert loop.delays == [0.0, 0.0]


def test_what_changes_all_the_time_is_drawn_no_more_often_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often something changes, frames begin no closer together than that, and no later."""
    loop = Loop(monkeypatch)
    pace = FramePace(lambda: None)
    pace.resume()
    pace.pause()
    loop.now += LEAST_S / 4
    for _ in range(3):
        pace.resume()
    assert loop.delays == pytest.approx([0.0, LEAST_S * 3 / 4])
    assert loop.taken_back == 1, "what was drawn otherwise is not drawn again"


def test_what_a_key_changes_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame that was put off comes at once when a key is pressed; so does what it changes."""
    loop = Loop(monkeypatch)
    pace = FramePace(lambda: None)
    pace.resume()
    pace.pause()
    pace.resume()
    assert loop.delays == pytest.approx([0.0, LEAST_S])
    pace.hurry()
    pace.pause()
    loop.now += HURRY_S / 2
    pace.resume()
    assert loop.delays[2:] == [0.0, 0.0]
    pace.pause()
    loop.now += HURRY_S / 2
    pace.resume()
    assert loop.delays[4:] == pytest.approx([LEAST_S - HURRY_S / 2])


def shows(app: App[None], text: str) -> bool:
    """Say whether the first row is this text."""
    return rows_of(app)[0] == text


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
            await until(pilot, partial(shows, app, f"number {number}"))
        static.update("never seen")
        app.screen._update_timer.resume()


async def test_what_is_due_in_a_batch_is_drawn_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual throws away what is drawn in a batch; what was due then comes when it has ended."""

    class Sheet(PacedScreen[None]):
        def compose(self) -> ComposeResult:
            yield Static("before")

    class Small(App[None]):
        def get_default_screen(self) -> Sheet:
            return Sheet()

    app = Small()
    async with app.run_test(size=(20, 2)):
        pace, text = app.screen._update_timer, app.screen.query_one(Static)
        assert isinstance(pace, FramePace)
        drawn: list[int] = []

        def render_line(y: int) -> Strip:
            drawn.append(y)
            return Strip.blank(20)

        monkeypatch.setattr(text, "render_line", render_line)
        text.update("behind")
        while pace._due is None:  # noqa: ASYNC110 - a pilot that waits would have it drawn
            await asyncio.sleep(0)
        due = pace._due
        with app.batch_update():
            while pace._due is due:  # noqa: ASYNC110
                await asyncio.sleep(0)
            assert not drawn
        async with asyncio.timeout(5):
            while not drawn:  # noqa: ASYNC110
                await asyncio.sleep(0)
