"""Nothing ticks when nothing moves: an idle cockpit has nothing to do, now or soon."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.cockpit_harness import is_idle, press, until_gone, until_idle, write
from tests.tui.drawing import until
from tests.tui.real_cockpit import Site

HORIZON_S = 2.0
"""Whatever ticks each second has something to do within this span, at any moment one looks."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a workspace with a template."""
    return Site(tmp_path).prepare()


def due() -> list[float]:
    """Return in how many seconds the loop has something to do; the engine shares it here."""
    loop: Any = asyncio.get_running_loop()
    return [one.when() - loop.time() for one in loop._scheduled if not one.cancelled()]


def is_still() -> bool:
    """Say whether nothing happens soon unless somebody makes it."""
    return min(due(), default=HORIZON_S) >= HORIZON_S


async def until_still(pilot: Pilot[Any]) -> None:
    """Wait for a moment without anything to do soon; only the ages, each ten seconds, may come."""
    await until_idle(pilot)
    await until(pilot, lambda: is_idle(pilot.app) and is_still())  # type: ignore[arg-type]


@pytest.mark.parametrize("key", list("12345"))
async def test_places_are_still(site: Site, key: str) -> None:
    """No place has anything to do while nothing runs."""
    async with site.cockpit() as pilot:
        await pilot.press(key)
        await until_still(pilot)


async def test_ended_run_is_still(site: Site) -> None:
    """A run that has ended is shown at no cost; while it goes on, its time is counted."""
    async with site.cockpit() as pilot:
        await press(pilot, "L", shows="type to filter")
        await write(pilot, "steps")
        await press(pilot, "enter", shows="nobody here has trusted it yet")
        await pilot.press("ctrl+t")
        await until_gone(pilot, "nobody here has trusted it yet")
        await press(pilot, "enter", shows=("◐ running", "begin dc1"))
        looks = []
        for _ in range(5):  # a timer that strikes just now is not due again yet
            looks.append(is_still())
            await pilot.pause()
        assert not all(looks)
        site.open_gate()
        await until_gone(pilot, "◐ running")
        await until_still(pilot)


async def test_overlays_are_still(site: Site) -> None:
    """What lies over a place waits without a beat of its own."""
    async with site.cockpit() as pilot:
        for key, words in (("question_mark", "Keys in"), ("ctrl+p", "Palette")):
            await press(pilot, key, shows=words)
            await until_still(pilot)
            await pilot.press("escape")
            await until_gone(pilot, words)
