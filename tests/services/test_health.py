"""The lights of upstreams change at the edges only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.events import Event, HealthChanged
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.services.bus import Bus
from skyforge_tui.services.health import HealthBoard
from tests.builders import NOON

LATER = NOON + timedelta(seconds=30)


@pytest.fixture
def events() -> list[Event]:
    """Return what was published."""
    return []


@pytest.fixture
def board(events: list[Event]) -> HealthBoard:
    """Return a board with two lights."""
    bus = Bus()
    bus.subscribe(events.append)
    board = HealthBoard(bus)
    board.register("local", "workspace")
    board.register("gitea", "repositories")
    return board


def test_unasked_is_unknown(board: HealthBoard, events: list[Event]) -> None:
    """Nobody knows how an upstream is that nobody asked; order is that of the configuration."""
    assert [(one.name, one.state) for one in board.lights()] == [
        ("local", UpstreamState.UNKNOWN),
        ("gitea", UpstreamState.UNKNOWN),
    ]
    assert events == []


def test_edges_are_told(board: HealthBoard, events: list[Event]) -> None:
    """Only a change of state or of its reason is told."""
    board.answered("gitea", NOON)
    board.answered("gitea", LATER)
    assert events == [HealthChanged("gitea")]
    board.failed("gitea", Unavailable("timed out"))
    board.failed("gitea", Unavailable("timed out"))
    assert events == [HealthChanged("gitea")] * 2
    board.failed("gitea", Unavailable("no route"))
    assert events == [HealthChanged("gitea")] * 3
    board.answered("gitea", LATER)
    assert events == [HealthChanged("gitea")] * 4


def test_last_good_time_stays(board: HealthBoard) -> None:
    """A dead upstream still says when it last answered, and why it does not."""
    board.answered("gitea", NOON)
    board.failed("gitea", Unavailable("no route"))
    light = board.lights()[1]
    assert (light.state, light.as_of, light.error) == (UpstreamState.ERROR, NOON, "no route")
    board.answered("gitea", LATER)
    light = board.lights()[1]
    assert (light.state, light.as_of, light.error) == (UpstreamState.LIVE, LATER, "")


def test_age_moves_quietly(board: HealthBoard) -> None:
    """An answer like the one before moves the time without being told."""
    board.answered("local", NOON)
    board.answered("local", LATER)
    assert board.lights()[0].as_of == LATER


def test_registering_twice(board: HealthBoard) -> None:
    """Registering an upstream again forgets nothing."""
    board.answered("local", NOON)
    board.register("local", "workspace")
    assert board.lights()[0].state is UpstreamState.LIVE
