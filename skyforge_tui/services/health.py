"""One light per upstream: how it is, and since when; told on the edges only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.events import HealthChanged
from skyforge_tui.domain.freshness import Subject, UpstreamHealth, UpstreamState
from skyforge_tui.domain.guard import Guard
from skyforge_tui.services.bus import Bus


class HealthBoard:
    """Remembers how each upstream answered last; keeps the configured order."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._lights: dict[str, UpstreamHealth] = {}

    def register(
        self,
        name: str,
        kind: str,
        guard: Guard = Guard.NORMAL,
        *,
        is_unchecked: bool = False,
        tells: Iterable[Subject] = (),
    ) -> None:
        """Add an upstream that nobody has asked yet, and name what it `tells`."""
        light = UpstreamHealth(
            name, kind, UpstreamState.UNKNOWN, guard=guard, is_unchecked=is_unchecked,
            unread=frozenset(tells),
        )  # fmt: skip
        self._lights.setdefault(name, light)

    def remembered(self, name: str, at: datetime) -> None:
        """Note when an upstream answered before the program was started."""
        self._set(name, self._lights[name].state, at, "")

    def answered(self, name: str, at: datetime) -> None:
        """Note that an upstream answered in full."""
        self._set(name, UpstreamState.LIVE, at, "")

    def told(self, name: str, subject: Subject) -> None:
        """Note that all an upstream has of something was read once since we began."""
        light = self._lights.get(name)
        if light is not None and subject in light.unread:
            self._lights[name] = replace(light, unread=light.unread - {subject})
            self._bus.publish(HealthChanged(name))

    def failed(
        self,
        name: str,
        error: SkyforgeError,
        *,
        attempt: int = 0,
        retry_at: datetime | None = None,
    ) -> None:
        """Note that an upstream did not answer, or not to us; its last good time stays.

        `attempt` says how often it was tried since, `retry_at` when it is tried next.
        """
        as_of = self._lights[name].as_of
        self._set(name, UpstreamState.ERROR, as_of, error.message, attempt, retry_at)

    def disabled(self, name: str, reason: str) -> None:
        """Note that an upstream is switched off or not installed here, and why."""
        self._set(name, UpstreamState.DISABLED, None, reason)

    def light(self, name: str) -> UpstreamHealth | None:
        """Return one light; reading from another thread is safe."""
        return self._lights.get(name)

    def lights(self) -> tuple[UpstreamHealth, ...]:
        """Return all lights; reading from another thread is safe."""
        return tuple(self._lights.values())

    def _set(
        self,
        name: str,
        state: UpstreamState,
        as_of: datetime | None,
        error: str,
        attempt: int = 0,
        retry_at: datetime | None = None,
    ) -> None:
        before = self._lights[name]
        after = replace(
            before, state=state, as_of=as_of, error=error, attempt=attempt, retry_at=retry_at
        )
        self._lights[name] = after
        if replace(before, as_of=as_of) != after:
            self._bus.publish(HealthChanged(name))
