"""Every key of every place, pressed in every state: nothing breaks, nothing happens unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.commands import TABS, Place, commands_of
from skyforge_tui.tui.widgets.overlay import Overlay
from tests.tui.cockpit_harness import is_idle, screen_text, until_idle, until_shown
from tests.tui.drawing import PATIENCE_S, until
from tests.tui.pretend import Estate
from tests.tui.pretend_labs import LabEstate, many_labs, silent_labs

SIDE_PANES = {Place.PROJECTS, Place.RUN}
"""Places with more in them on a large terminal."""
QUITS = "app.quit"
MOST_ESCAPES = 8

ESTATES: dict[str, Callable[[], Estate]] = {
    "full": Estate,
    "calm": lambda: Estate(is_calm=True),
    "empty": lambda: Estate(is_empty=True),
    "labs": lambda: LabEstate(core=many_labs()),
    "silent": lambda: LabEstate(core=silent_labs()),
}
STATES = [
    ("full", (80, 24)), ("calm", (80, 24)), ("empty", (80, 24)), ("full", (120, 36)),
    ("labs", (80, 24)), ("silent", (80, 24)),
]  # fmt: skip
PARTS = {Place.RUN: Place.RUNS, Place.LAB: Place.LABS}
"""Places that one enters from another."""


def world(estate: Estate) -> tuple[object, ...]:
    """Return everything that only a confirmed action may change."""
    core = estate.core
    return (
        sorted(core.engine.held), list(core.engine.stopped), list(core.engine.answered),
        sorted(core.trust.pairs), list(core.history_store.commands),
        dict(core.history_store.pinned),
    )  # fmt: skip


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until what a key began is there: loaded and painted, or waiting in an overlay."""
    app = pilot.app
    assert isinstance(app, SkyforgeApp)
    await pilot.pause()
    async with asyncio.timeout(PATIENCE_S):
        while not (is_idle(app) or (app.screen.is_modal and app.bridge.is_idle)):
            await pilot.pause()
    await pilot.pause()


async def back_to(pilot: Pilot[Any], place: Place) -> None:
    """Escape until nothing lies over a place; go to `place` if one came out elsewhere."""
    app = pilot.app
    assert isinstance(app, SkyforgeApp)
    for _ in range(MOST_ESCAPES):
        if not app.screen.is_modal and (app.place().PLACE is place or len(app.screen_stack) == 1):
            break
        await pilot.press("escape")
        await settled(pilot)
    assert not app.screen.is_modal, f"esc does not lead out of {app.screen}"
    if app.place().PLACE is not place:
        await arrive(pilot, place)


async def home(pilot: Pilot[Any]) -> None:
    """Escape all the way to a place with a digit."""
    for _ in range(MOST_ESCAPES):
        if len(pilot.app.screen_stack) == 1:
            return
        await pilot.press("escape")
        await settled(pilot)
    raise AssertionError(f"esc does not lead out of {pilot.app.screen}")


async def arrive(pilot: Pilot[Any], place: Place) -> None:
    """Go to a place by its digit, or to a run or a lab from the list of them."""
    app = pilot.app
    assert isinstance(app, SkyforgeApp)
    tab = PARTS.get(place, place)
    await pilot.press("escape", str(TABS.index(tab) + 1))
    await until(pilot, lambda: app.current_mode == tab.value)
    await settled(pilot)
    if place in PARTS:
        await pilot.press("enter")
        await until(pilot, lambda: app.place().PLACE is place)
        await settled(pilot)


async def crawl(pilot: Pilot[Any], estate: Estate, place: Place, keys: list[str]) -> list[str]:
    """Press each key in its place; return what changed the world by itself."""
    unasked = []
    for key in keys:
        await back_to(pilot, place)
        before = world(estate)
        await pilot.press(key)
        await settled(pilot)
        if world(estate) != before:
            unasked.append(f"{key} in {place}")
        if isinstance(pilot.app.screen, Overlay):
            # What is refused or unknown inside an overlay must not reach what lies behind.
            await pilot.press("f9", "ctrl+g")
            await settled(pilot)
    await home(pilot)
    return unasked


def places_of(state: str) -> list[Place]:
    """Return the places that can be reached, and are worth it."""
    if state == "labs":
        return [Place.LABS, Place.LAB]
    if state == "silent":
        return [Place.LAB]
    return [*TABS, Place.RUN] if state != "empty" else list(TABS)


@pytest.mark.parametrize(
    ("state", "size", "place"),
    [
        pytest.param(state, size, place, id=f"{state}-{size[0]}x{size[1]}-{place}")
        for state, size in STATES
        for place in places_of(state)
        if size[0] == 80 or place in SIDE_PANES
    ],
)
async def test_every_key(
    state: str,
    size: tuple[int, int],
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No key of the registry breaks a place or changes the world, and esc leads home from all."""
    monkeypatch.chdir(tmp_path)  # where output is saved to
    estate = ESTATES[state]()
    app = estate.app()
    async with app.run_test(size=size) as pilot:
        await until_idle(pilot)
        keys = [
            key for command in commands_of(place) if command.id != QUITS for key in command.keys
        ]
        assert await crawl(pilot, estate, place, keys) == []
        assert app.is_running


@pytest.mark.parametrize("state", ESTATES)
async def test_every_footer_key_is_bound(state: str) -> None:
    """What the footer shows of a place does something there: it is one of the keys in force."""
    app = ESTATES[state]().app()
    async with app.run_test(size=(120, 36)) as pilot:
        await until_idle(pilot)
        for place in places_of(state):
            await back_to(pilot, place)
            bound = set(app.keymap.bound(place).values())
            assert {one.command_id for one in app.place().footer_hints()} <= bound
            assert screen_text(app)[-1].rstrip().endswith("? keys")


async def test_refused_everywhere() -> None:
    """Somebody who may nothing is told why at every key, and nothing is sent."""
    from skyforge_tui.domain.identity import Principal

    estate = Estate()
    app = estate.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until_idle(pilot)
        app.bridge.principal = Principal("nobody")
        before = world(estate)
        for place in TABS:
            await arrive(pilot, place)
            await pilot.press("R")
            await settled(pilot)
            for key in ("r", "x", "a", "t", "enter", "y", "L", "full_stop"):
                await back_to(pilot, place)
                await pilot.press(key)
                await settled(pilot)
        await back_to(pilot, Place.RUNS)
        assert world(estate) == before
        await until_shown(pilot, "Runs")
