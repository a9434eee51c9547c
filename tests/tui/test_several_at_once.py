"""Marks on rows, and what is done with all that are marked."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import RunId
from tests.tui.cockpit_harness import press, until_gone, until_shown
from tests.tui.filter_bench import looked_for, opened
from tests.tui.pretend import Estate, run_id


async def test_marks_are_shown_and_counted() -> None:
    """`space` marks and goes on; the footer says how many; `esc` unmarks."""
    async with opened() as pilot:
        await pilot.press("space", "space")
        rows = await until_shown(pilot, "◆ 2 marked")
        marked = [row for row in rows[3:23] if row.startswith("◆")]
        assert len(marked) == 2
        assert rows[23].startswith("  ◆ 2 marked")
        await pilot.press("escape")
        await until_gone(pilot, "marked")


async def test_a_range_follows_the_cursor() -> None:
    """`v` begins a range that grows and shrinks with the cursor; `v` again keeps it."""
    async with opened() as pilot:
        await pilot.press("v", "j", "j", "j")
        await until_shown(pilot, "◆ 4 marked")
        await pilot.press("k")
        await until_shown(pilot, "◆ 3 marked")
        await pilot.press("v", "G")
        await until_shown(pilot, "◆ 3 marked")


async def test_all_that_are_found_are_marked() -> None:
    """`*` marks what the filter left, and nothing that it hides."""
    async with opened() as pilot:
        await looked_for(pilot, "failed")
        await pilot.press("enter", "asterisk")
        await until_shown(pilot, "◆ 2 marked")
        await pilot.press("escape", "escape")
        await until_gone(pilot, "/ failed")


async def test_stopping_several_lists_them_first() -> None:
    """Marked runs are listed with owner and what is lost, those that cannot be stopped with why."""
    estate = Estate()
    async with opened(estate, size=(80, 36)) as pilot:
        await pilot.press("asterisk", "x")
        rows = await until_shown(pilot, "Stop 4 runs", "Not yours", "Left out")
        assert "let them run" in "".join(rows)
        assert estate.core.engine.stopped == []
        await pilot.press("escape")
        await until_gone(pilot, "Stop 4 runs")
        assert estate.core.engine.stopped == []
        await until_shown(pilot, "◆ 16 marked")


async def test_each_outcome_is_shown_and_failed_ones_are_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What failed is shown with why, and `r` tries exactly that again."""
    estate = Estate()
    engine = estate.core.engine
    stop, refused = engine.stop, {run_id(810)}

    async def sometimes(one: RunId) -> None:
        if one in refused:
            refused.discard(one)
            raise Unavailable("the supervisor does not answer", advice="try again")
        await stop(one)

    monkeypatch.setattr(engine, "stop", sometimes)
    async with opened(estate, size=(80, 36)) as pilot:
        await looked_for(pilot, "running")
        await pilot.press("enter", "asterisk", "x")
        await until_shown(pilot, "Stop 3 runs")
        await pilot.press("enter")
        rows = await until_shown(pilot, "2 done, 1 failed", "does not answer", "retry failed")
        assert any("× " in row and "810" in row for row in rows)
        assert set(engine.stopped) == {run_id(811), run_id(812)}
        await press(pilot, "r", shows="3 done")
        assert engine.stopped[-1] == run_id(810)
        await pilot.press("escape")
        await until_gone(pilot, "marked")


async def test_rerunning_several_starts_each() -> None:
    """Each is started again or refused on its own; what is refused is not offered for a retry."""
    estate = Estate()
    async with opened(estate, size=(80, 36)) as pilot:
        await looked_for(pilot, "passed age<2h")
        await pilot.press("enter", "asterisk", "r")
        await until_shown(pilot, "Rerun 3 runs", "what was secret is", "not known any more")
        before = len(estate.core.engine.held)
        rows = await press(pilot, "enter", shows=["2 done, 1 failed", "asks no question"])
        assert not any("retry failed" in row for row in rows)
        assert len(estate.core.engine.held) == before + 2


async def test_none_that_can_be_stopped_is_said() -> None:
    """Stopping only runs that have ended is refused with the reason, and nothing is asked."""
    async with opened() as pilot:
        await looked_for(pilot, "passed")
        await pilot.press("enter", "asterisk", "x")
        await until_shown(pilot, "Refused", "none of them can be", "has ended already")
