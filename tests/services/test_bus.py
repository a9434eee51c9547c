"""Events reach whoever listens."""

from __future__ import annotations

from skyforge_tui.domain.events import Event, HealthChanged
from skyforge_tui.services.bus import Bus


def test_everybody_hears_in_order() -> None:
    """Every listener hears every event, in the order of subscription."""
    bus, heard = Bus(), []
    bus.subscribe(lambda event: heard.append(("first", event)))
    bus.subscribe(lambda event: heard.append(("second", event)))
    one, two = HealthChanged("a"), HealthChanged("b")
    bus.publish(one)
    bus.publish(two)
    assert heard == [("first", one), ("second", one), ("first", two), ("second", two)]


def test_unsubscribed_is_silent() -> None:
    """Who left hears nothing more, and may leave twice."""
    bus: Bus = Bus()
    heard: list[Event] = []
    leave = bus.subscribe(heard.append)
    leave()
    leave()
    bus.publish(HealthChanged("a"))
    assert heard == []


def test_leaving_while_hearing() -> None:
    """A listener may leave, or bring another one, while it hears an event."""
    bus: Bus = Bus()
    heard: list[str] = []

    def once(event: Event) -> None:
        heard.append("once")
        leave()
        bus.subscribe(lambda event: heard.append("late"))

    leave = bus.subscribe(once)
    bus.subscribe(lambda event: heard.append("other"))
    bus.publish(HealthChanged("a"))
    assert heard == ["once", "other"]
    bus.publish(HealthChanged("b"))
    assert heard == ["once", "other", "other", "late"]


def test_nobody_listens() -> None:
    """An event that nobody hears is no trouble."""
    Bus().publish(HealthChanged("a"))
