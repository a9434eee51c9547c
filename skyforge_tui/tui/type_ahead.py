"""Keys that are typed faster than what they are meant for can appear: kept, in order, for it.

`L n e t` typed at once is meant for the deck, though the deck is asked for first. Without this the
letters would be commands of the place behind.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from textual.worker import Worker, get_current_worker

from skyforge_tui.tui.key_order import KeyOrder
from skyforge_tui.tui.once import once

_MOST_S = 2.0
"""Longer nobody is kept from the keys; what was typed by then was meant for what never came."""


class TypeAhead(KeyOrder):
    """Holds input back while what it is meant for is on its way."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lead: Worker[None] | None = None

    def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run what ends in something in front; input waits for that, or for its end."""
        self._wait_for(self.run_worker(coroutine, exit_on_error=False))

    def lead_on(self) -> None:
        """Hold input back once more: what was answered leads to something else in front.

        For what `lead` runs, at once when it has the answer.
        """
        self._wait_for(get_current_worker())

    def _wait_for(self, worker: Worker[None]) -> None:
        self._lead = worker
        self.hold_input()
        _ = once(self, _MOST_S, lambda: self._give_up(worker))

    def let_in(self) -> None:
        """Hand on what was kept, in order."""
        self._lead = None
        super().let_in()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Let input in when what it waited for has come to nothing."""
        if event.worker is self._lead and event.worker.is_finished:
            self.let_in()

    def _give_up(self, worker: Worker[None]) -> None:
        if self._lead is worker:
            self._ahead.clear()
            self.let_in()
