"""When the record of an output is asked for: seldom, and exactly when it proves something."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from skyforge_tui.ports.clock import Clock

LAG_S: Final = 2.5
"""Within which a line that was told is on record: half a second to two seconds, says the server."""
HOLD_S: Final = 4.0
"""For so long lines are held back for a record that does not come."""
AGAIN_S: Final = 0.7
"""Until the next look while lines are held back."""
ENDING_S: Final = (0.3, 0.7, 1.0, 1.0, 2.0, 2.0, 4.0)
"""Pauses between looks after the end, until the record stays as it is."""
LONG_AGO_S: Final = 15.0
"""An end that long ago has everything on record."""
POLLED_S: Final = (1.0, 5.0)
"""Between looks where nothing is told live: while lines come, and at most."""
SILENT_S: Final = (2.0, 10.0, 300.0)
"""Between looks where a socket is up and tells nothing: while lines come, at first, and at most.
Who is told of a task was settled when it was made: of some the socket never tells."""
LOOSE: Final = 20_000
"""So many lines that are not known to be on record are worth another look."""
LONGEST_PAUSE_S: Final = 30.0


class Looks:
    """The times of looks at one output."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: datetime | None = clock.now()
        """When to look next; None for not before something happens."""
        self._opened_at: datetime | None = None
        self._is_live = False
        self._is_polled = False
        self._poll_s = POLLED_S[0]
        self._silent_s = SILENT_S[1]
        self._count = -1
        """How many lines there were when the silence began; -1 where a look is not for that."""
        self._for_silence = False
        self._held_since: datetime | None = None
        self._began_at = clock.now()
        self._took = timedelta()
        self._failures = 0
        self._rows = -1
        self._ending = 0
        self.is_over = False
        """Whether the run has ended."""
        self._is_long_over = False
        self.is_done = False
        """Whether nothing more will come."""

    # What happens.

    def opened(self, *, is_live: bool) -> None:
        """Look now: what came before must be on record."""
        self._opened_at = self._clock.now()
        self._is_live, self._is_polled = is_live, not is_live
        self._poll_s = POLLED_S[0]
        self.ask()

    def cut(self) -> None:
        """Look no more, until there is somebody to ask again, or the run has ended."""
        self._is_live = self._is_polled = False
        self._opened_at = self._held_since = None
        if not self.is_over:
            self._at, self._count = None, -1

    def ended(self, at: datetime | None = None) -> None:
        """Look until the record stays as it is; once, if the end `at` is long ago."""
        if not self.is_over:
            self.is_over = True
            age = timedelta() if at is None else self._clock.now() - at
            self._is_long_over = age > timedelta(seconds=LONG_AGO_S)
            self._rows = -1
            self._in(0 if self._is_long_over else ENDING_S[0])

    def ask(self) -> None:
        """Look now."""
        self._in(0)

    def holds(self) -> None:
        """Take note that a first line is held back: the record will prove it in a moment."""
        self._held_since = self._held_since or self._clock.now()
        if not self._is_set:
            self._in(AGAIN_S)

    def loose(self, count: int, of: int) -> None:
        """Look when much was told that is not known to be on record."""
        if count >= max(LOOSE, of // 2) and not self._is_set:
            self.ask()

    # What is decided.

    def is_due(self, count: int) -> bool:
        """Say whether it is time to look; not for silence if there are more lines by now."""
        if self._at is None or self._at > self._clock.now():
            return False
        if -1 < self._count < count:
            self._silent_s = SILENT_S[1]
            self._in(self._silent_s)
            self._count = count
            return False
        return True

    def due_in_s(self, held: int) -> float | None:
        """Return how many seconds there are until something is to be done; None for no limit."""
        times = [] if self._at is None else [self._at]
        if held and self._held_since is not None:
            times.append(self._held_since + timedelta(seconds=HOLD_S))
        if not times:
            return None
        return max((min(times) - self._clock.now()).total_seconds(), 0.0)

    def should_release(self, held: int) -> bool:
        """Say whether lines were held back for too long."""
        if not held or self._held_since is None:
            return False
        is_late = self._clock.now() - self._held_since >= timedelta(seconds=HOLD_S)
        if is_late:
            self._held_since = None
        return is_late

    @property
    def is_settled(self) -> bool:
        """Whether the look that began last proves that nothing older than the opening is missing.

        What began so long after it.
        """
        opened = self._opened_at
        return (
            self._is_live
            and opened is not None
            and self._began_at - opened >= timedelta(seconds=LAG_S)
        )

    # How looks go.

    def begin(self) -> None:
        """Begin a look."""
        self._began_at = self._clock.now()
        self._for_silence = self._count >= 0
        self._at, self._count = None, -1

    def failed(self) -> None:
        """Look again later, each time later than before; with no connection, when there is one."""
        self._failures += 1
        if self._is_live or self._is_polled or self.is_over:
            self._in(min(2.0 ** (self._failures - 1), LONGEST_PAUSE_S))

    def answered(self, rows: int, loose: int) -> bool:
        """Take note of how many rows came; return whether that was the last look."""
        self._failures = 0
        self._took = self._clock.now() - self._began_at
        is_same = rows == self._rows and not loose
        self._rows = rows
        if not self.is_over:
            return False
        self._ending += 1
        return self._is_long_over or is_same or self._ending > len(ENDING_S)

    def joined(self, *, is_joined: bool, has_grown: bool, loose: int, count: int) -> None:
        """Decide when to look next, after a look that went well and left `count` lines."""
        if self._at is not None or self.is_done:
            return  # somebody asked meanwhile
        if self.is_over:
            self._in(ENDING_S[min(self._ending, len(ENDING_S) - 1)])
        elif self._is_polled:
            self._poll_s = POLLED_S[0] if has_grown else min(self._poll_s * 1.5, POLLED_S[1])
            self._in(max(self._poll_s, 5 * self._took.total_seconds()))
        elif self._is_live and not is_joined:
            self._in(AGAIN_S if loose else self._until_settled_s())
        elif self._is_live:
            self._listen(count, has_grown=has_grown)

    def _listen(self, count: int, *, has_grown: bool) -> None:
        """Look again only if nothing is told for a while; sooner if that was worth it before."""
        if not self._for_silence:
            self._silent_s = SILENT_S[1]
        else:
            self._silent_s = SILENT_S[0] if has_grown else min(self._silent_s * 2, SILENT_S[2])
        self._in(self._silent_s)
        self._count = count

    def _until_settled_s(self) -> float:
        if self._opened_at is None:
            return AGAIN_S
        settled = self._opened_at + timedelta(seconds=LAG_S)
        return max((settled - self._clock.now()).total_seconds(), 0.01)

    @property
    def _is_set(self) -> bool:
        """Whether there is to be a look, whatever is told until then."""
        return self._at is not None and self._count < 0

    def _in(self, seconds: float) -> None:
        self._at, self._count = self._clock.now() + timedelta(seconds=seconds), -1
