"""When a log view looks at a log that grows."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from textual.geometry import Size

from skyforge_tui.tui.widgets import log_watch
from skyforge_tui.tui.widgets.log_watch import DRAWN_S, KEY_S, LATEST_S, RUSH_S, STEP_S, LogWatch


class Log:
    """Grows by so much at every look."""

    generation = 0
    size = 0
    more = 0
    counted_size = 1 << 40

    def read(self, offset: int, size: int) -> bytes:
        """Return nothing: nobody asks here."""
        return b""

    def refresh(self, budget: int) -> bool:
        """Grow."""
        self.size += self.more
        return False


class Watch(LogWatch):
    """Looks at a log while a clock of its own runs; counts its looks."""

    reader: Any
    frame: Any
    size = Size(80, 24)
    is_attached = True

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.reader = Log()
        self.now = 100.0
        self.looked: list[float] = []
        self.scanned: list[float] = []
        self._due: list[tuple[float, Callable[[], object]]] = []
        scan = SimpleNamespace(outline=SimpleNamespace(size=0), look=self._look_through)
        self.frame = SimpleNamespace(generation=0, scan=scan)
        monkeypatch.setattr(log_watch, "monotonic", lambda: self.now)
        monkeypatch.setattr(log_watch, "once", self._once)

    def _once(self, _: object, seconds: float, call: Callable[[], object]) -> object:
        self._due.append((self.now + seconds, call))
        return call

    def _look_through(self, *_: object) -> bool:
        self.scanned.append(self.now)
        return False

    def show_growth(self) -> None:
        """Count."""
        self.looked.append(self.now)

    def check_stale(self, reader: object) -> None:
        """Do nothing."""

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and do what is due meanwhile; the log grows all the time."""
        end = self.now + seconds
        while self._due and min(self._due, key=lambda one: one[0])[0] <= end:
            due = min(self._due, key=lambda one: one[0])
            self._due.remove(due)
            self.now = max(self.now, due[0])
            due[1]()
            self.grew()
        self.now = end


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Return one that was told of growth."""
    watch = Watch(monkeypatch)
    watch.grew()
    return watch


def test_a_log_that_grows_is_looked_at_again_and_again(watch: Watch) -> None:
    """At most twenty times a second, and when that is drawn its outline is read."""
    watch.pass_time(1.0 + DRAWN_S)
    assert len(watch.looked) == pytest.approx(1 / STEP_S, abs=1)
    assert watch.scanned == pytest.approx([at + DRAWN_S for at in watch.looked])


def test_a_flood_is_looked_at_less_often(watch: Watch) -> None:
    """Where more than a screenful comes between two looks, nobody reads what came."""
    watch.reader.more = 100 * 1000
    watch.pass_time(1.0)
    assert len(watch.looked) == pytest.approx(1 / RUSH_S, abs=1)
    watch.reader.more = 80
    watch.pass_time(RUSH_S)
    before = len(watch.looked)
    watch.pass_time(1.0)
    assert len(watch.looked) - before == pytest.approx(1 / STEP_S, abs=1)


def test_a_key_is_given_way(watch: Watch) -> None:
    """Looks and the outline wait for the key, and come right behind it."""
    watch.pass_time(STEP_S * 1.5)
    looks, scans = len(watch.looked), len(watch.scanned)
    watch.pass_time(STEP_S * 0.4)
    watch.give_way()
    pressed = watch.now
    watch.pass_time(KEY_S * 0.9)
    assert (len(watch.looked), len(watch.scanned)) == (looks, scans)
    watch.pass_time(KEY_S)
    assert watch.looked[looks:] == [pytest.approx(pressed + KEY_S)]


def test_keys_without_end_do_not_stop_the_log(watch: Watch) -> None:
    """Somebody who holds a key down still sees what comes, and what failed in it."""
    for _ in range(100):
        watch.pass_time(KEY_S / 3)
        watch.give_way()
    assert len(watch.looked) >= 100 * KEY_S / 3 / LATEST_S - 1
    assert len(watch.scanned) >= len(watch.looked) - 2
