"""One light per upstream: how it is, and since when; told on the edges only."""

from __future__ import annotations

from datetime import datetime

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.events import HealthChanged
from skyforge_tui.domain.freshness import UpstreamHealth, UpstreamState
from skyforge_tui.services.bus import Bus


class HealthBoard:
    """Remembers how each upstream answered last; keeps the configured order."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._lights: dict[str, UpstreamHealth] = {}

    def register(self, name: str, kind: str) -> None:
        """Add an upstream that nobody has asked yet."""
        self._lights.setdefault(name, UpstreamHealth(name, kind, UpstreamState.UNKNOWN))

    def remembered(self, name: str, at: datetime) -> None:
        """Note when an upstream answered before the program was started."""
        self._set(name, self._lights[name].state, at, "")

    def answered(self, name: str, at: datetime) -> None:
        """Note that an upstream answered in full."""
        self._set(name, UpstreamState.LIVE, at, "")

    def failed(self, name: str, error: Unavailable) -> None:
        """Note that an upstream did not answer; its last good time stays."""
        self._set(name, UpstreamState.ERROR, self._lights[name].as_of, error.message)

    def disabled(self, name: str, reason: str) -> None:
        """Note that an upstream is switched off or not installed here, and why."""
        self._set(name, UpstreamState.DISABLED, None, reason)

    def lights(self) -> tuple[UpstreamHealth, ...]:
        """Return all lights; reading from another thread is safe."""
        return tuple(self._lights.values())

    def _set(self, name: str, state: UpstreamState, as_of: datetime | None, error: str) -> None:
        before = self._lights[name]
        self._lights[name] = UpstreamHealth(name, before.kind, state, as_of, error)
        if before.state is not state or before.error != error:
            self._bus.publish(HealthChanged(name))
