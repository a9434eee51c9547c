"""Keys typed before what they are meant for is there go to it, in order, and nowhere else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual import events

from skyforge_tui.tui import pacing, type_ahead
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.bridge import Bridge
from skyforge_tui.tui.deck import Deck
from skyforge_tui.tui.screens.run.screen import RunScreen
from skyforge_tui.tui.screens.runs.screen import RunsScreen
from tests.tui.cockpit_harness import press, until_gone, until_idle, until_shown, write
from tests.tui.drawing import until
from tests.tui.pretend import Estate


def held_back(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Make the deck wait for what it returns before it shows anything."""
    gate = asyncio.Event()
    offered = Deck._offered

    async def late(self: Any) -> Any:
        await gate.wait()
        return await offered(self)

    monkeypatch.setattr(Deck, "_offered", late)
    return gate


async def test_letters_go_to_the_deck_they_are_meant_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed while the deck is asked for is its query, and no command of the place."""
    gate = held_back(monkeypatch)
    estate = Estate()
    app = estate.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await press(pilot, "3", "j", shows="▌ ◐ running 812")
        await pilot.press("L", "x", "n", "e", "backspace", "backspace", "backspace", *"net")
        assert not app.screen.is_modal
        gate.set()
        await until_shown(pilot, "› net", "netlab-up")
        await pilot.press("enter")
        await until_shown(pilot, "Launch netlab")
        assert estate.core.engine.stopped == []


async def test_a_line_is_carried_out_before_what_is_typed_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Keys behind the `enter` of a line, or of a choice, are for where that leads."""
    gate, ended = asyncio.Event(), []
    carry_out, show_card = SkyforgeApp.carry_out, SkyforgeApp.show_card

    async def late(self: Any, meaning: Any) -> None:
        await gate.wait()
        await carry_out(self, meaning)

    async def late_card(self: Any, *args: Any) -> None:
        await gate.wait()
        await show_card(self, *args)
        ended.append("card")

    monkeypatch.setattr(SkyforgeApp, "carry_out", late)
    monkeypatch.setattr(SkyforgeApp, "show_card", late_card)
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await pilot.press("colon", *"runs", "enter", "2")
        assert app.current_mode == "projects"
        gate.set()
        await until(pilot, lambda: app.current_mode == "labs")
        await until_idle(pilot)
        gate.clear()
        await pilot.press("L", *"net", "enter", "escape")
        gate.set()
        await until(pilot, lambda: ended == ["card"])
        assert app.current_mode == "labs"


async def test_keys_wait_for_the_rows_of_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Going to a place and into its first row are two keys, however fast they come."""
    monkeypatch.setattr(pacing, "ARRIVAL_S", 60)
    gate, load = asyncio.Event(), RunsScreen.load

    async def late(self: RunsScreen) -> None:
        await gate.wait()
        await load(self)

    monkeypatch.setattr(RunsScreen, "load", late)
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await pilot.press("3", "enter")
        gate.set()
        await until(pilot, lambda: isinstance(app.screen, RunScreen))


async def test_enter_is_enter_before_the_terminal_is_ours() -> None:
    """A terminal that still makes a line feed of `enter` does not keep it from being one."""
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await pilot.press("L", *"net", "ctrl+j")
        await until_shown(pilot, "Launch netlab")


async def test_nobody_is_kept_from_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it does not come, what was meant for it is dropped, and the keys work again."""
    monkeypatch.setattr(type_ahead, "_MOST_S", 0.4)
    held_back(monkeypatch)
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await pilot.press("L", "2")
        await until(pilot, lambda: app._lead is None)
        assert app.current_mode == "projects"
        await press(pilot, "3", shows="deploy-bgp")


async def test_what_comes_to_nothing_holds_nothing_back() -> None:
    """Keys after a command that only says something are commands of the place."""
    app = Estate(is_empty=True).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await pilot.press("L", "3")
        await until(pilot, lambda: app.current_mode == "runs")


async def test_a_filter_outlives_the_terminals_focus() -> None:
    """Looking elsewhere while typing a filter ends nothing: the next letters go on with it."""
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await press(pilot, "3", shows="deploy-bgp")
        await pilot.press("slash")
        await write(pilot, "dep")
        app.post_message(events.AppBlur())
        await until(pilot, lambda: not app.app_focus)
        app.post_message(events.AppFocus())
        await until(pilot, lambda: app.app_focus)
        await write(pilot, "loy")
        await until_shown(pilot, "/ deploy▏", "Runs 6 of 16")


async def test_keys_wait_for_the_program_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed before the services are there finds the rows it was meant for."""
    monkeypatch.setattr(pacing, "STARTING_S", 60)
    gate, opened = asyncio.Event(), Bridge.opened

    async def late(self: Bridge) -> None:
        await gate.wait()
        await opened(self)

    monkeypatch.setattr(Bridge, "opened", late)
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "starting, 0s")
        await pilot.press("3", "enter")
        assert app.current_mode == "projects"
        gate.set()
        await until(pilot, lambda: isinstance(app.screen, RunScreen))


async def test_nothing_is_not_said_to_be_here_while_nobody_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key that wants a row is refused for what is still asked, until the row is there."""
    monkeypatch.setattr(pacing, "ARRIVAL_S", 0.01)
    gate, load = asyncio.Event(), RunsScreen.load

    async def late(self: RunsScreen) -> None:
        await gate.wait()
        await load(self)

    monkeypatch.setattr(RunsScreen, "load", late)
    app = Estate().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await press(pilot, "3", "r", shows="not known yet: asking local. Nothing was sent")
        await press(pilot, "R", "d", shows="not known yet: asking local")
        gate.set()
        await until_gone(pilot, "not known yet")
        await until_shown(pilot, "▌ … queued")
