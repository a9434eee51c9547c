"""Every key of every place, pressed in every state: nothing breaks, nothing happens unasked."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from skyforge_tui.domain.view import View
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.commands import TABS, Place, commands_of
from skyforge_tui.tui.widgets.overlay import Overlay
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.repositories import FakeRepositories
from tests.tui.cockpit_harness import is_idle, screen_text, until_idle
from tests.tui.drawing import PATIENCE_S, until
from tests.tui.pretend import NOW, Estate, PretendLogs
from tests.tui.pretend_artifacts import a_shelf
from tests.tui.pretend_labs import LabEstate, many_labs, silent_labs
from tests.tui.worlds import ErrorEstate, RefusedEstate, StaleEstate

QUITS = "app.quit"
MOST_ESCAPES = 8

ESTATES: dict[str, Callable[[], Estate]] = {
    "full": lambda: Estate(core=Core(clock=FakeClock(NOW), logs=PretendLogs(), shelf=a_shelf())),
    "calm": lambda: Estate(is_calm=True),
    "empty": lambda: Estate(is_empty=True),
    "new": lambda: Estate(is_new=True),
    "stale": StaleEstate,
    "refused": RefusedEstate,
    "error": ErrorEstate,
    "labs": lambda: LabEstate(core=many_labs()),
    "silent": lambda: LabEstate(core=silent_labs()),
    "repository": lambda: Estate(
        core=Core(clock=FakeClock(NOW), logs=PretendLogs(), hosts=[FakeRepositories(NOW)])
    ),
}
PARTS = {Place.RUN: Place.RUNS, Place.LAB: Place.LABS, Place.REPOSITORY: Place.PROJECTS}
"""Places that one enters from another."""
ENTERS = {Place.REPOSITORY: "f"}
"""The key that does, where it is not `enter`."""
STANDS_IN = {Place.WELCOME: Place.PROJECTS}
"""Places that stand where another one would."""
MOVES = frozenset({"Move", "Look", "Places"})
"""Groups whose keys do the same in every state."""
WIDE = {Place.PROJECTS, Place.RUN, Place.ARTIFACTS}
"""Places with more in them on a large terminal."""


def world(estate: Estate) -> tuple[object, ...]:
    """Return everything that only a confirmed action may change."""
    core = estate.core
    return (
        sorted(core.engine.held), list(core.engine.stopped), list(core.engine.answered),
        sorted(core.trust.pairs), list(core.history_store.commands),
        dict(core.history_store.pinned),
        sorted(kept_keys(estate)),
        list(getattr(core.host, "written", ())),
    )  # fmt: skip


def kept_keys(estate: Estate) -> list[str]:
    """Return the keys in the store of artifacts."""
    store: Any = estate.core.shelf.store._client._given
    return [one["path"] for batch in store.list() for one in batch]


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


def is_first_page(pilot: Pilot[Any]) -> bool:
    """Say whether the first page is in front, which leads nowhere back."""
    return getattr(pilot.app.screen, "PLACE", None) is Place.WELCOME


async def home(pilot: Pilot[Any]) -> None:
    """Escape all the way to a place with a digit."""
    for _ in range(MOST_ESCAPES):
        if len(pilot.app.screen_stack) == 1 or is_first_page(pilot):
            return
        await pilot.press("escape")
        await settled(pilot)
    raise AssertionError(f"esc does not lead out of {pilot.app.screen}")


async def arrive(pilot: Pilot[Any], place: Place) -> None:
    """Go to a place by its digit, or to a run or a lab from the list of them."""
    app = pilot.app
    assert isinstance(app, SkyforgeApp)
    tab = PARTS.get(place) or STANDS_IN.get(place, place)
    await pilot.press("escape", str(TABS.index(tab) + 1))
    await until(pilot, lambda: app.current_mode == tab.value)
    await settled(pilot)
    if place in PARTS:
        await pilot.press(ENTERS.get(place, "enter"))
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
    match state:
        case "labs":
            return [Place.LABS, Place.LAB]
        case "silent":
            return [Place.LAB]
        case "repository":
            return [Place.REPOSITORY]
        case "new":
            return [Place.WELCOME]
        case "full" | "calm" | "stale":
            return [*TABS, Place.RUN]
        case _:
            return list(TABS)


def keys_of(app: SkyforgeApp, place: Place, state: str) -> list[str]:
    """Return the keys to press: all of them where all is there, else those that act."""
    # What the first page begins is said on it, and is what `enter` there agrees to.
    commands = [
        one for one in commands_of(place) if one.id != QUITS and not one.id.startswith("welcome.")
    ]
    if state in ("full", "labs", "new"):
        return [key for one in commands for key in one.keys]
    shown = {one.command_id for one in app.place().footer_hints()}
    acting = (one for one in commands if one.id in shown or one.group not in MOVES)
    return [one.keys[0] for one in acting if one.keys]


@pytest.mark.parametrize(
    ("state", "size", "place"),
    [
        pytest.param(state, size, place, id=f"{state}-{size[0]}x{size[1]}-{place}")
        for state, size in (*((one, (80, 24)) for one in ESTATES), ("full", (120, 36)))
        for place in places_of(state)
        if size[0] == 80 or place in WIDE
    ],
)
async def test_every_key(
    state: str,
    size: tuple[int, int],
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No key breaks a place in any state or changes the world, and esc leads home from all."""
    monkeypatch.chdir(tmp_path)  # where output is saved to
    estate = ESTATES[state]()
    app = estate.app()
    async with app.run_test(size=size) as pilot:
        await until_idle(pilot)
        await back_to(pilot, place)
        assert await crawl(pilot, estate, place, keys_of(app, place, state)) == []
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


OVERLAYS: dict[str, tuple[str, ...]] = {
    "deck": ("L",),
    "card": ("j", "enter", "G", "enter"),
    "untrusted card": ("j", "j", "j", "j", "enter", "j", "enter"),
    "trust": ("j", "j", "j", "j", "t"),
    "stop": ("3", "j", "x"),
    "stop several": ("3", "asterisk", "x"),
    "answer": ("3", "j", "j", "j", "a"),
    "help": ("question_mark",),
    "palette": ("ctrl+p",),
    "command line": ("colon",),
    "command log": ("at",),
    "yank": ("y",),
    "details": ("d",),
    "views": ("3", "V"),
    "name of a view": ("3", "b"),
    "filter": ("3", "slash"),
    "sort": ("3", "comma"),
    "compare": ("4", "enter", "enter", "equals_sign"),
    "delete": ("4", "enter", "enter", "G", "D"),
    "save several": ("4", "enter", "enter", "asterisk", "S"),
    "connect": ("5", "c"),
}
"""Everything that lies over a place, and the keys that lead there from Projects."""
AGREES = frozenset({"enter", "ctrl+t", "ctrl+o", "ctrl+q", "ctrl+c", "ctrl+z"})
"""Keys that say yes, pin, or leave: what they do is meant."""
ANY = [
    *"abcdefghijklmnopqrstuvwxyzADELMRSVX019", "full_stop", "slash", "colon", "asterisk", "space",
    "minus", "backspace", "delete", "tab", "shift+tab", "up", "down", "left", "right", "pageup",
    "pagedown", "home", "end", "f1", "f2", "f9", "ctrl+d", "ctrl+e", "ctrl+g", "ctrl+n", "ctrl+p",
    "ctrl+u", "ctrl+x",
]  # fmt: skip


@pytest.mark.parametrize("name", OVERLAYS)
async def test_nothing_happens_without_a_yes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is typed over a place, without a yes the world stays, and esc leads home."""
    monkeypatch.chdir(tmp_path)
    estate = ESTATES["full"]()
    estate.core.view_store.held[("runs", "broken")] = View("runs", "broken", "failed")
    app = estate.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        for key in OVERLAYS[name]:
            await pilot.press(key)
            await settled(pilot)
        assert app.screen.is_modal or name in ("filter", "sort")
        before = world(estate)
        shuffled = [one for one in ANY if one not in AGREES]
        random.Random(name).shuffle(shuffled)
        await pilot.press(*shuffled)
        await settled(pilot)
        assert world(estate) == before
        assert app.is_running
        await home(pilot)
        assert world(estate) == before
