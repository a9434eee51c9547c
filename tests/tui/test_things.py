"""Journeys around the thing under the cursor: details, its page, and the place before."""

from __future__ import annotations

import pytest

from tests.tui.cockpit_harness import press, screen_text, shows, until_gone, until_idle, until_shown
from tests.tui.drawing import until
from tests.tui.pretend import EDGE, WAN, Estate

SMALL = (80, 24)


async def test_details_show_what_has_no_room() -> None:
    """`d` shows a run's columns that 80 cells cut or leave out, and what was asked for."""
    app = Estate().app()
    async with app.run_test(size=SMALL) as pilot:
        await until_idle(pilot)
        await press(pilot, "3", shows="deploy-bgp")
        await until_idle(pilot)
        await press(pilot, "j", "d", shows="run 812 deploy-bgp")
        await until_shown(pilot, "project edge-fabric", "3 more")
        await press(pilot, "G", shows=("limit all", "vault_pw secret, not kept"))
        assert not shows(app, "3 more")
        await pilot.press("d")
        await until(pilot, lambda: not app.screen.is_modal)


async def test_details_lead_to_the_copies() -> None:
    """`y` in the details opens the yank menu of the same thing."""
    app = Estate().app()
    async with app.run_test(size=SMALL) as pilot:
        await until_idle(pilot)
        await press(pilot, "d", shows="created by")
        await press(pilot, "y", shows="Copy dc1-underlay")


@pytest.mark.parametrize("key", ["d", "y", "o"])
async def test_nothing_has_no_details(key: str) -> None:
    """Where nothing is under the cursor, the keys of a thing say so."""
    app = Estate(is_empty=True).app()
    async with app.run_test(size=SMALL) as pilot:
        await until_idle(pilot)
        await press(pilot, "3", shows="No run yet")
        await press(pilot, key, shows="nothing here")


async def test_a_page_is_opened() -> None:
    """`o` opens the page of a project's repository and says which."""
    estate = Estate()
    estate.core.host.pages[EDGE.id] = "https://git.example.net/net/edge-fabric"
    app = estate.app()
    async with app.run_test(size=SMALL) as pilot:
        await until_idle(pilot)
        await press(pilot, "j", "o", shows="https://git.example.net/net/edge-fabric")
        assert estate.core.browser.opened == ["https://git.example.net/net/edge-fabric"]


async def test_without_a_browser_the_address_is_copied() -> None:
    """Over SSH there is no browser: the address is copied, and said."""
    estate = Estate()
    estate.core.host.pages[EDGE.id] = "https://git.example.net/net/edge-fabric"
    estate.core.browser.is_there = False
    app = estate.app()
    async with app.run_test(size=SMALL) as pilot:
        await until_idle(pilot)
        await press(pilot, "j", "o", shows="No browser here: its address is copied")
        assert app.clipboard == "https://git.example.net/net/edge-fabric"


async def test_what_has_no_page_says_why() -> None:
    """A repository without an origin, and a run of this machine, have no page; nothing opens."""
    estate = Estate()
    app = estate.app()
    async with app.run_test(size=SMALL) as pilot:
        await until_idle(pilot)
        await press(pilot, "o", shows=("Not found  open page", "names no origin on the web"))
        await press(pilot, "3", shows="deploy-bgp")
        await press(pilot, "o", shows="is on this machine and has no web page")
        assert estate.core.browser.opened == []


async def test_back_to_the_place_before() -> None:
    """`-` goes to and fro between two places, each as it was left."""
    app = Estate().app()
    async with app.run_test(size=SMALL) as pilot:
        await until_idle(pilot)
        await press(pilot, "minus", shows="No place before this one")
        await press(pilot, "3", "j", "enter", shows="TASK")
        await press(pilot, "4", shows="No artifact yet")
        await press(pilot, "minus", shows="TASK")
        await press(pilot, "minus", shows="No artifact yet")
        await until_gone(pilot, "TASK")
        assert screen_text(app)[0].startswith("  1 Projects")


async def test_several_projects_are_trusted_at_once() -> None:
    """What marked projects declare is listed, then trusted one by one; what may not be is told."""
    files = {one: f"{one.path}/skyforge.toml" for one in (EDGE, WAN)}
    estate = Estate(untrusted=frozenset(files.values()))
    app = estate.app()
    async with app.run_test(size=(80, 36)) as pilot:
        await until_idle(pilot)
        before = set(estate.core.trust.pairs)
        await press(pilot, "asterisk", shows="◆ 7 marked")
        await press(pilot, "t", shows="Trust 2 files")
        assert set(estate.core.trust.pairs) == before
        await press(pilot, "enter", shows=("1 done, 1 failed", "needs owner in wan-refresh"))
        assert {path for path, _ in set(estate.core.trust.pairs) - before} == {files[EDGE]}
