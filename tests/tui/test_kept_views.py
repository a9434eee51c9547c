"""Filters that are kept under a name."""

from __future__ import annotations

from tests.tui.cockpit_harness import press, until_gone, until_shown, write
from tests.tui.drawing import until
from tests.tui.filter_bench import looked_for, opened
from tests.tui.pretend import Estate


async def test_a_view_is_kept_and_brought_back() -> None:
    """A filter and an order are kept under a name, listed, brought back and dropped."""
    estate = Estate()
    async with opened(estate) as pilot:
        await looked_for(pilot, "failed")
        await pilot.press("enter", "comma", "t")
        await until_shown(pilot, "TEMPLATE↑")
        await press(pilot, "b", shows="Keep this view")
        await write(pilot, "broken")
        await press(pilot, "enter", shows="Kept  broken")
        await pilot.press("escape", "escape")
        await until_gone(pilot, "/ failed")
        await press(pilot, "V", shows=["Views of runs", "broken"])
        await pilot.press("enter")
        await until_shown(pilot, "/ failed", "Runs 2 of 16", "TEMPLATE↑")
        await press(pilot, "V", shows="broken")
        await pilot.press("delete")
        await until(pilot, lambda: not estate.core.view_store.held)
        await pilot.press("escape")


async def test_nothing_is_no_view() -> None:
    """A table that is looked at as usual cannot be kept as a view."""
    async with opened() as pilot:
        await press(pilot, "b", shows="Keep this view")
        await write(pilot, "x")
        await press(pilot, "enter", shows="nothing is looked for here")


async def test_without_views_the_way_to_one_is_said() -> None:
    """Asking for views where there are none says how one is made."""
    async with opened() as pilot:
        await press(pilot, "V", shows="No views yet")
