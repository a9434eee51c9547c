"""Places that say whom they wait for, and how long already, until there are rows to show."""

from __future__ import annotations

from datetime import datetime, timedelta

from textual.timer import Timer
from textual.worker import Worker, WorkerState

from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.missing import missing
from skyforge_tui.tui.presenters.waiting import failed_line, waiting_line
from skyforge_tui.tui.viewed_place import ViewedPlace

_STEP_S = 1.0
_UNKNOWN = "not known yet"


class PatientPlace(ViewedPlace):
    """A place whose tables show what is waited for while nothing is known."""

    def __init__(self) -> None:
        super().__init__()
        self._asked_at: datetime | None = None
        self._waiting: Timer | None = None
        self._has_failed = False

    def awaited(self) -> str:
        """Return what goes on while rows are waited for; empty when none are."""
        if not self.bridge.is_open:
            return "starting"
        return "" if all(one.has_loaded for one in self.filters[:1]) else "asking local"

    def denied(self, command: Command) -> Denied | None:
        """Say why a command is refused; not that there is nothing, while nobody knows."""
        denied = super().denied(command)
        if denied is None or self.target() is not None or not (doing := self.awaited()):
            return denied
        lacks = self.lacks(command) or missing(command.id, None)
        return Denied(f"{_UNKNOWN}: {doing}", "wait a moment") if lacks else denied

    def on_mount(self) -> None:
        """Begin to say what is waited for."""
        self._asked_at = self.now
        self._waiting = self.set_interval(_STEP_S, self.show_waiting)
        self.show_waiting()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that nothing is known, where loading failed; the notice says why."""
        super().on_worker_state_changed(event)
        if event.worker.group == "load":
            self._has_failed = event.state is WorkerState.ERROR
            self.show_waiting()

    def waiting(self) -> Line:
        """Return the line that stands for rows while they are waited for; nothing otherwise."""
        doing = self.awaited()
        if not doing:
            return ()
        if self._has_failed:
            return failed_line(self.cockpit.keymap.shown("app.refresh"))
        return waiting_line(doing, self.waited)

    @property
    def waited(self) -> timedelta:
        """How long rows were waited for, as long as they are."""
        return timedelta() if self._asked_at is None else self.now - self._asked_at

    def show_waiting(self) -> None:
        """Show it in the first table as long as that has no rows; then no more."""
        one = self.filters[0]
        line = self.waiting()
        if line and not one.table.source.count:
            one.table.show(one.table.source, empty=line)
        elif not line and self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        if not line and self._refusal is not None and self._refusal.body.startswith(_UNKNOWN):
            self.forget_refusal()  # it is known now
