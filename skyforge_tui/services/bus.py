"""Typed in-process events: services publish after the commit, whoever cares listens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skyforge_tui.domain.events import Event

    Listener = Callable[[Event], None]


class Bus:
    """Hands every event to every listener, in the order in which they subscribed.

    Lives on the engine's loop; listeners must be quick and must not raise.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener and return the function that takes it away again."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell everybody who listens now."""
        for listener in tuple(self._listeners):
            listener(event)
