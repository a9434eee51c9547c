"""When a log view looks at its log: soon after it grew, in short steps, on no timer of its own.

Two kinds of looking. New bytes are indexed at once, up to a budget, at most 20 times a second. The
outline (where tasks begin, what failed) is read when that is drawn, in slices of a millisecond with
as much time between them, so that keys are answered in between; and seldom as long as lines are
counted on another thread, which would have to wait for each slice. When a key was just pressed,
both wait a moment, until what it does is on the screen.
"""

from __future__ import annotations

from asyncio import TimerHandle
from time import monotonic
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.tui.once import once
from skyforge_tui.tui.widgets.kept_rows import KeptRows
from skyforge_tui.tui.widgets.log_frame import BUDGET_BYTES, first_look

if TYPE_CHECKING:
    from skyforge_tui.ports.log_store import LogReader
    from skyforge_tui.tui.widgets.log_frame import LogFrame

STEP_S = 0.05
"""Least time between two looks at a growing log."""
RUSH_S = 0.08
"""The same where more than a screenful comes between two looks, which nobody reads."""
KEY_S = 0.03
"""How long a key is given way."""
LATEST_S = 0.2
"""Most time between two looks for all the keys that are pressed."""
SCAN_S = 0.001
"""How long the outline is read in one go."""
DRAWN_S = 0.01
"""How long it takes to draw what a look has seen."""
ASIDE_S = 0.04
"""Time between two slices while lines are still counted."""
TELL_S = 0.1
"""Least time between two times that a growing outline is told of."""


class LogWatch(KeptRows):
    """A widget that looks at `self.reader` and keeps `self.frame` up to date."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._timer: TimerHandle | None = None
        self._scanning: TimerHandle | None = None
        self._last_look = 0.0
        self._step_s = STEP_S
        self._last_told = 0.0
        self._last_scan = 0.0
        self._key_until = 0.0

    if TYPE_CHECKING:

        @property
        def reader(self) -> LogReader | None:
            """What is shown."""

        @property
        def frame(self) -> LogFrame | None:
            """What is drawn."""

    # What happens at a look.

    def start_over(self) -> None:
        """Draw another log, or another generation of it."""
        raise NotImplementedError

    def show_growth(self) -> None:
        """Draw what is new."""
        raise NotImplementedError

    def show_counted(self) -> None:
        """Tell that more lines are counted of what there was."""
        raise NotImplementedError

    def show_outline(self) -> None:
        """Draw what is known now of the lines there are."""
        raise NotImplementedError

    def cannot_read(self, error: Unavailable) -> None:
        """Tell that the log cannot be read at present."""
        raise NotImplementedError

    def check_stale(self, reader: LogReader) -> None:
        """Tell that there is more than the reader holds."""
        raise NotImplementedError

    # Looking.

    def grew(self) -> None:
        """Look at the log soon: it may have more bytes."""
        if self.reader is None or self._timer is not None or not self.is_attached:
            return
        wait = self._last_look + self._step_s - monotonic()
        self._timer = once(self, max(wait, 0.0), self._wake)

    def give_way(self) -> None:
        """Leave the next moment to a key that was pressed."""
        self._key_until = monotonic() + KEY_S

    def look_first(self) -> None:
        """Take in what the first picture of a log needs: nothing may keep it waiting."""
        self._look(0)

    def look_now(self) -> None:
        """Take in what is new."""
        self._look(BUDGET_BYTES)

    def _look(self, budget_bytes: int) -> None:
        reader = self.reader
        if reader is None:
            return
        self._last_look = monotonic()
        was, was_counted = reader.size, reader.counted_size
        try:
            has_more = reader.refresh(budget_bytes) if budget_bytes else first_look(reader)
            self._step_s = RUSH_S if 0 < was < reader.size - self.size.area else STEP_S
            if self.frame is None or reader.generation != self.frame.generation:
                self.start_over()
            self.show_growth()
            if was == reader.size and was_counted != reader.counted_size:
                self.show_counted()
        except Unavailable as error:
            self.cannot_read(error)
            return
        self.check_stale(reader)
        # What was seen is drawn first, so that a key waits for one of the two at most.
        self._scan_soon(DRAWN_S if budget_bytes else STEP_S)
        if has_more:
            self.grew()

    def _wake(self) -> None:
        wait = self._wait_for_key(self._last_look)
        if wait > 0:
            self._timer = once(self, wait, self._wake)
            return
        self._timer = None
        self.look_now()

    def _wait_for_key(self, last: float) -> float:
        """Return for how long to give way, after something was done last at that moment."""
        return min(self._key_until, last + LATEST_S) - monotonic()

    # The outline.

    def _scan_soon(self, after_s: float = 0.0) -> None:
        if self._scanning is None and self.is_attached:
            self._scanning = once(self, after_s, self._scan)

    def _scan(self) -> None:
        self._scanning = None
        wait = self._wait_for_key(self._last_scan)
        if wait > 0:
            self._scan_soon(wait)
            return
        reader, frame = self.reader, self.frame
        if reader is None or frame is None or reader.generation != frame.generation:
            return
        start = now = self._last_scan = monotonic()
        has_more = True
        was_at = frame.scan.outline.size
        try:
            while has_more and now - start < SCAN_S:
                has_more = frame.scan.look(reader.read, reader.size)
                now = monotonic()
        except Unavailable as error:
            self.cannot_read(error)
            return
        if frame.scan.outline.size != was_at and (not has_more or now - self._last_told > TELL_S):
            self._last_told = now
            self.show_outline()
        if has_more:
            is_counted = reader.counted_size >= reader.size
            self._scan_soon(now - start if is_counted else ASIDE_S)
