"""The size of the terminal reaches every screen, and pictures it, however busy the machine is."""

from __future__ import annotations

import errno
import os
import signal
from io import StringIO

import pytest
from textual.app import App
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.pilot import Pilot
from textual.screen import Screen

from skyforge_tui.tui import terminal
from tests.tui.cockpit_harness import press, screen_text, until_idle
from tests.tui.drawing import until
from tests.tui.pretend import Estate


def sizes(app: App[None]) -> set[tuple[int, int]]:
    """Return the sizes for which the screens in front and behind are laid out."""
    return {(one.outer_size.width, one.outer_size.height) for one in app.screen_stack}


async def resized(pilot: Pilot[None], width: int, height: int) -> None:
    """Give the terminal another size and wait until all screens have it."""
    await pilot.resize_terminal(width, height)
    await until(pilot, lambda: sizes(pilot.app) == {(width, height)})
    await until(pilot, lambda: len(screen_text(pilot.app)) == height)


async def test_a_size_is_told_though_the_timer_misses_its_shot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A timer that was kept waiting too long loses no size, neither this one nor the next."""
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await press(pilot, "question_mark", shows="Keys in Projects")
        now = [0.0]

        def late() -> float:
            now[0] += 1.0
            return now[0]

        with monkeypatch.context() as patched:
            patched.setattr("textual.timer._time.get_time", late)
            await resized(pilot, 120, 36)
        await resized(pilot, 60, 20)


def test_the_thread_that_writes_gets_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind every picture, and only there, whoever writes it is given the interpreter."""
    steps: list[str] = []
    monkeypatch.setattr(App, "_display", lambda *_: steps.append("drawn"))
    monkeypatch.setattr(App, "is_headless", False)
    monkeypatch.setattr(terminal, "sleep", lambda _: steps.append("let go"))
    app, screen = terminal.Terminal(), Screen[None]()
    app._display(screen, None)
    app._display(screen, "a picture")
    assert steps == ["drawn", "drawn", "let go"]


async def test_what_interrupts_another_program_does_not_end_this_one() -> None:
    """While another program has the terminal, `ctrl+c` is that one's, and afterwards ours again."""
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        before = signal.getsignal(signal.SIGINT)
        app.aside(lambda: os.kill(os.getpid(), signal.SIGINT))
        assert signal.getsignal(signal.SIGINT) is before
        await press(pilot, "3", shows="Runs")


async def test_a_terminal_that_is_gone_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is still drawn when the terminal was closed goes nowhere, and the writer ends."""

    class Gone(StringIO):
        def write(self, _: str) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(terminal, "canvas", Gone)
    driver = terminal.Terminal().get_driver_class()(App())
    writer = WriterThread(driver._file)  # type: ignore[attr-defined]
    writer.start()
    for _ in range(2 * MAX_QUEUED_WRITES):
        writer.write("more")
    writer.stop()
    assert not writer.is_alive()
