"""The launch deck by keystroke: pins, same again, hotkeys of one's own, last answers."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.history import LineKind, Outcome
from skyforge_tui.domain.identity import TemplateId
from skyforge_tui.tui.keymap import Hotkey, Keymap
from skyforge_tui.tui.widgets.launch_card import LaunchCard
from tests.tui.cockpit_harness import press, until_gone, until_idle, until_shown, write
from tests.tui.drawing import until
from tests.tui.pretend import Estate, template_id

SIZE = (100, 30)


def answers_on(app: object) -> dict[str, str]:
    """Return what the card in front is filled in with."""
    card = app.screen  # type: ignore[attr-defined]
    assert isinstance(card, LaunchCard)
    return card.form.plain_answers


async def test_pinning() -> None:
    """What is pinned has a digit that picks it, also after the next start; pinning again frees."""
    estate = Estate()
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await press(pilot, "L", shows="ctrl+o pin")
        await write(pilot, "deploy-bgp")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: estate.core.history_store.pinned != {})
        assert estate.core.history_store.pinned == {1: template_id("deploy-bgp")}
        await until_shown(pilot, "1  deploy-bgp")
        await pilot.press("escape")
        await until_gone(pilot, "ctrl+o pin")
        await press(pilot, "L", shows="1-9 pinned")
        await press(pilot, "1", shows="Launch deploy-bgp")
        await pilot.press("escape")
        await press(pilot, "L", shows="1-9 pinned")
        await write(pilot, "deploy-bgp")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: estate.core.history_store.pinned == {})


async def test_pinned_and_gone() -> None:
    """A pin whose template is not in this workspace stays, with the reason, and opens nothing."""
    estate = Estate()
    estate.core.history_store.pinned[4] = TemplateId("local:/elsewhere#site.yml")
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await press(pilot, "L", shows="1-9 pinned")
        await press(pilot, "4", shows="is not in this workspace")


async def test_launching_is_logged() -> None:
    """A launch stands in the log as the headless command, and among the past launches."""
    estate = Estate()
    app = estate.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until_idle(pilot)
        await press(pilot, "L", shows="ctrl+o pin")
        await write(pilot, "deploy-bgp")
        await press(pilot, "enter", shows="Launch deploy-bgp")
        await pilot.press("enter")
        await until(pilot, lambda: estate.core.history_store.commands != [])
        sent = estate.core.history_store.commands[0]
        assert sent.line.startswith("skyforge runs launch edge-fabric/deploy-bgp")
        assert sent.outcome is Outcome.OK
        lines = estate.core.history_store.typed[LineKind.LAUNCH]
        assert lines[0].startswith("run edge-fabric/deploy-bgp")


@pytest.mark.parametrize("key", ["ctrl+l", "f5"])
async def test_hotkeys(key: str) -> None:
    """A hotkey of one's own opens the card, its answers filled in; nothing starts by itself."""
    estate = Estate()
    hotkeys = {key: Hotkey("netlab-up", {"topology": "dc9"})}
    app = estate.app(keymap=Keymap({}, hotkeys))
    async with app.run_test(size=(100, 40)) as pilot:
        await until_idle(pilot)
        before = len(estate.core.engine.held)
        await press(pilot, key, shows="Launch netlab-up")
        assert answers_on(app)["topology"] == "dc9"
        await pilot.press("escape")
        await until_gone(pilot, "Launch netlab-up")
        assert len(estate.core.engine.held) == before
        assert estate.core.history_store.commands == []


async def test_hotkey_to_nowhere() -> None:
    """A hotkey whose template is not here says so."""
    app = Estate().app(keymap=Keymap({}, {"f5": Hotkey("nosuch")}))
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await press(pilot, "f5", shows="no template named nosuch")


async def test_same_again() -> None:
    """The dot opens the card of one's last launch with its old answers, wherever one is."""
    estate = Estate()
    app = estate.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await until_idle(pilot)
        await pilot.press("2", "full_stop")
        await until_shown(pilot, "Launch ")
        assert isinstance(app.screen, LaunchCard)
