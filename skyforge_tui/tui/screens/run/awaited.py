"""What stands in place of output that is elsewhere and not here yet: who is asked, how long."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any

from skyforge_tui.domain.identity import LOCAL, RunId, upstream_of
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.presenters.waiting import waiting_line
from skyforge_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from skyforge_tui.domain.identity import Principal

Asking = Callable[[Services], Coroutine[Any, Any, None]]


class AwaitedOutput(LinesView):
    """Say that the output of a run is asked for, until it is here or is known to be empty."""

    DEFAULT_CSS = "AwaitedOutput { height: 1; display: none; }"

    def __init__(self, run_id: RunId) -> None:
        super().__init__([()])
        self._run_id = run_id
        self._asked_at: datetime | None = None
        self._is_answered = upstream_of(run_id) == LOCAL

    @property
    def is_wanted(self) -> bool:
        """Whether nobody has asked yet, though the output is elsewhere."""
        return self._asked_at is None and not self._is_answered

    @property
    def is_waiting(self) -> bool:
        """Whether it is shown."""
        return bool(self.display)

    def asked(self, principal: Principal, now: datetime) -> Asking:
        """Return what waits until the output is here as it is there."""
        self._asked_at = now

        async def ask(services: Services) -> None:
            reader = await services.runs.open_log(principal, self._run_id, is_whole=True)
            reader.close()

        return ask

    def answered(self) -> None:
        """Take note that all is here, though that may be nothing."""
        self._is_answered = True

    def show_at(self, now: datetime, size: int) -> None:
        """Show it while nothing is here: of the output there are `size` bytes."""
        self.display = not self._is_answered and self._asked_at is not None and size == 0
        if self._asked_at is not None:
            doing = f"asking {upstream_of(self._run_id)}"
            self.show([waiting_line(doing, now - self._asked_at)])
