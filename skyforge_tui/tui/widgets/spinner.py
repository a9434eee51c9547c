"""One clock for everything that turns; it stands still when nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

from skyforge_tui.tui.look import Look
from skyforge_tui.tui.presenters.glyphs import FROZEN, SPINNER
from skyforge_tui.tui.theme import look_of

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

    from skyforge_tui.tui.widgets.painted import Painted

PERIOD_S = 0.1


class Spinner:
    """Turns the signs of the rows that were last drawn with one, ten times a second at most.

    Rows on a screen that something lies over stand still until it is gone.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = ref(app)
        self._rows: WeakKeyDictionary[Painted, set[int]] = WeakKeyDictionary()
        self._turn = 0
        self._timer: Timer | None = None

    @property
    def is_turning(self) -> bool:
        """Whether the clock runs."""
        return self._timer is not None

    def frame(self, look: Look) -> str:
        """Return the sign as it is now."""
        if look.ascii or not look.motion:
            return FROZEN
        return SPINNER[self._turn % len(SPINNER)]

    def watch(self, widget: Painted, row: int) -> None:
        """Draw this row again at the next turn, and at every one until it is drawn without."""
        app = widget.app
        look = look_of(app)
        if look.ascii or not look.motion:
            return
        self._rows.setdefault(widget, set()).add(row)
        if self._timer is None:
            self._timer = app.set_interval(PERIOD_S, self.turn, name="spinner")

    def release(self, widget: Painted, row: int) -> None:
        """Let a row be: it was drawn without a turning sign."""
        rows = self._rows.get(widget)
        if rows is not None:
            rows.discard(row)
            if not rows:
                del self._rows[widget]

    def turn(self) -> None:
        """Show the next frame, or stop the clock when nothing turns any more."""
        app = self._app()
        if app is None:
            return
        look = look_of(app)
        for widget, rows in list(self._rows.items()):
            rows.difference_update([row for row in rows if row >= widget.size.height])
            if not widget.is_attached or not rows:
                del self._rows[widget]
        if self._timer is not None and (not self._rows or look.ascii or not look.motion):
            self._timer.stop()
            self._timer = None
            self._rows.clear()
            return
        self._turn += 1
        for widget, rows in self._rows.items():
            if widget.screen is app.screen:
                widget.refresh_rows(rows)


_SPINNERS: WeakKeyDictionary[App[Any], Spinner] = WeakKeyDictionary()


def spinner_of(app: App[Any]) -> Spinner:
    """Return the clock of an application."""
    found = _SPINNERS.get(app)
    if found is None:
        found = _SPINNERS[app] = Spinner(app)
    return found
