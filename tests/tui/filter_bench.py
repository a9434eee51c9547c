"""A place with everything loaded, and how one filters it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from skyforge_tui.tui.filtering import FilteredPlace
from tests.tui.cockpit_harness import screen_text, until_idle, write
from tests.tui.drawing import until
from tests.tui.pretend import Estate


@asynccontextmanager
async def opened(
    estate: Estate | None = None, key: str = "3", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[None]]:
    """Yield a pilot at a place, everything loaded."""
    app = (estate or Estate()).app()
    async with app.run_test(size=size) as pilot:
        await until_idle(pilot)
        await pilot.press(key)
        await until_idle(pilot)
        yield pilot


def place(pilot: Pilot[None]) -> FilteredPlace:
    """Return the place in front."""
    screen = pilot.app.screen
    assert isinstance(screen, FilteredPlace)
    return screen


def numbers(pilot: Pilot[None]) -> list[str]:
    """Return the run numbers that are shown, from top to bottom."""
    words = [row[2:].split() for row in screen_text(pilot.app)]
    return [one for row in words for one in row[1:5] if one.isdigit() and len(one) == 3]


async def looked_for(pilot: Pilot[None], text: str) -> list[str]:
    """Type a filter and wait until it is answered."""
    await pilot.press("slash")
    await write(pilot, text)
    one = place(pilot).filter
    await until(pilot, lambda: one.text == text)
    await until_idle(pilot)
    return screen_text(pilot.app)
