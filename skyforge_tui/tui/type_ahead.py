"""Keys that are typed faster than what they are meant for can appear: kept, in order, for it.

`L n e t` typed at once is meant for the deck, though the deck is asked for first. Without this the
letters would be commands of the place behind.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from textual import events
from textual.app import App
from textual.worker import Worker

from skyforge_tui.tui.once import once

LEAVING = frozenset({"ctrl+q", "ctrl+c", "ctrl+z"})
"""Keys that are never kept back."""
_MOST_S = 2.0
"""Longer nobody is kept from the keys; what was typed by then was meant for what never came."""


class TypeAhead(App[None]):
    """Holds input back while what it is meant for is on its way."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._waiting_input: list[events.Event] = []
        self._is_holding = False
        self._lead: Worker[None] | None = None

    def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run what ends in something in front; input waits for that, or for its end."""
        self._lead = worker = self.run_worker(coroutine, exit_on_error=False)
        self.hold_input()
        _ = once(self, _MOST_S, lambda: self._give_up(worker))

    def hold_input(self) -> None:
        """Keep input from now on until it is let in."""
        self._is_holding = True

    def let_in(self) -> None:
        """Hand on what was kept, in order."""
        self._lead, self._is_holding = None, False
        if self._waiting_input:
            self.call_next(self._hand_on)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Let input in when what it waited for has come to nothing."""
        if event.worker is self._lead and event.worker.is_finished:
            self.let_in()

    async def on_event(self, event: events.Event) -> None:
        """Keep input back while somebody holds it; never let it overtake what was kept."""
        is_input = isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded
        is_leaving = isinstance(event, events.Key) and event.key in LEAVING
        if is_input and not is_leaving:
            self._waiting_input.append(event)
            await self._hand_on()
        else:
            await super().on_event(event)

    async def _hand_on(self) -> None:
        while self._waiting_input and not self._is_holding:
            await super().on_event(self._waiting_input.pop(0))

    def _give_up(self, worker: Worker[None]) -> None:
        if self._lead is worker:
            self._waiting_input.clear()
            self.let_in()
