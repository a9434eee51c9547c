"""Journeys over filtered and sorted tables: keys in, what a person sees out."""

from __future__ import annotations

import pytest

from skyforge_tui.tui.app import SkyforgeApp
from tests.tui.cockpit_harness import (
    press,
    row_with,
    screen_text,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.drawing import segments_of, until
from tests.tui.filter_bench import looked_for, numbers, opened, place


async def test_typing_filters_while_one_types() -> None:
    """Rows go as one types; the title counts them, the line says how many it hides."""
    async with opened() as pilot:
        rows = await looked_for(pilot, "deploy mara")
        assert rows[1].startswith("  Runs 5 of 16")
        line = next(row for row in rows if row.startswith("  / "))
        assert line.startswith("  / deploy mara▏")
        assert line.endswith("hides 11 · esc clears")
        assert numbers(pilot) == ["812", "806", "799", "791", "788"]
        head = next(y for y, row in enumerate(rows) if row.startswith("  STATE"))
        assert rows[head - 1] == line


async def test_what_is_looked_for_is_underlined() -> None:
    """The letters that match are underlined in the cells, and nothing else is."""
    async with opened() as pilot:
        await looked_for(pilot, "ploy")
        lined = [
            segment.text
            for row in segments_of(pilot.app)[4:23]
            for segment in row
            if segment.style is not None and segment.style.underline
        ]
        assert set(lined) == {"ploy"}


async def test_enter_keeps_and_escape_clears() -> None:
    """`enter` gives the keys back and keeps the filter; `esc` takes it away."""
    async with opened() as pilot:
        await looked_for(pilot, "failed")
        assert numbers(pilot) == ["808", "799"]
        await pilot.press("enter", "j")
        await until(pilot, lambda: row_with(pilot.app, " 799 ").startswith("▌"))
        assert "/ failed" in "".join(screen_text(pilot.app))
        await pilot.press("escape")
        await until_gone(pilot, "/ failed")
        await until_idle(pilot)
        assert len(numbers(pilot)) == 16
        assert row_with(pilot.app, " 799 ").startswith("▌")


async def test_escape_while_typing_clears_at_once() -> None:
    """`esc` on the line itself clears the filter and gives the keys back."""
    async with opened() as pilot:
        await looked_for(pilot, "failed")
        await pilot.press("escape")
        await until_gone(pilot, "/ failed")
        await until_idle(pilot)
        assert screen_text(pilot.app)[1].startswith("  Runs 16  ")
        before = place(pilot).table.cursor
        await pilot.press("j")
        await until(pilot, lambda: place(pilot).table.cursor == before + 1)


async def test_a_filter_is_remembered_by_its_place() -> None:
    """Going elsewhere and back leaves the filter as it was; other places have their own."""
    async with opened() as pilot:
        await looked_for(pilot, "lint")
        await pilot.press("enter", "1")
        await until_shown(pilot, "Projects")
        assert "/ lint" not in "".join(screen_text(pilot.app))
        await pilot.press("3")
        await until_shown(pilot, "/ lint", "Runs 2 of 16")


async def test_a_mistake_is_shown_at_its_column() -> None:
    """What cannot be read is said in words, its letter marked, and the rows stay as they were."""
    async with opened() as pilot:
        rows = await looked_for(pilot, "lint stat:x")
        assert "runs have no stat; state?" in next(row for row in rows if row.startswith("  / "))
        assert numbers(pilot) == ["813", "803"]
        y = next(y for y, row in enumerate(rows) if row.startswith("  / "))
        lined = [one for one in segments_of(pilot.app)[y] if one.style and one.style.underline]
        assert [one.text for one in lined] == ["s"]
        assert rows[y][4:].index("stat") == 5


async def test_tab_completes() -> None:
    """`tab` takes the first field, word or value that fits."""
    async with opened() as pilot:
        await looked_for(pilot, "temp")
        await until_shown(pilot, "tab template:")
        await pilot.press("tab")
        await until_shown(pilot, "/ template:▏")
        await write(pilot, "lint sta")
        await pilot.press("tab")
        await write(pilot, "pas")
        await pilot.press("tab")
        await until_shown(pilot, "/ template:lint state:passed▏", "Runs 1 of 16")


async def test_nothing_found_says_how_to_get_back() -> None:
    """An empty result says of how many, and how to clear it."""
    async with opened() as pilot:
        await looked_for(pilot, "nothinglikethis")
        await until_shown(pilot, "0 of 16 · esc clears")


async def test_keys_type_while_one_types() -> None:
    """Letters that are commands elsewhere are letters here."""
    async with opened() as pilot:
        await looked_for(pilot, "xLq5")
        assert "/ xLq5▏" in "".join(screen_text(pilot.app))
        assert pilot.app.current_mode == "runs"


async def test_up_and_down_move_while_one_types() -> None:
    """The arrows move the cursor of the table, whose band stays lively."""
    async with opened() as pilot:
        await looked_for(pilot, "deploy")
        await pilot.press("down", "down")
        await until(pilot, lambda: place(pilot).table.cursor == 2)
        assert any(row.startswith("▌") for row in screen_text(pilot.app))


# Sorting.


async def test_sorting_by_a_letter() -> None:
    """`,` says the letters; one sorts, again the other way, a third time as usual."""
    async with opened() as pilot:
        usual = numbers(pilot)
        await press(pilot, "comma", shows="sort  s state")
        strip = row_with(pilot.app, "sort  s state")
        assert all(one in strip for one in ("s state", "t template", "o took", "n note"))
        await pilot.press("t")
        await until_shown(pilot, "TEMPLATE↑")
        await until_idle(pilot)
        assert numbers(pilot)[:2] == ["809", "798"]
        await press(pilot, "comma", "t", shows="TEMPLATE↓")
        await until_idle(pilot)
        assert numbers(pilot)[0] == "811"
        await pilot.press("comma", "t")
        await until_gone(pilot, "TEMPLATE↓")
        await until_idle(pilot)
        assert numbers(pilot) == usual


async def test_the_strip_goes_away() -> None:
    """Any other key closes the strip and does nothing else."""
    async with opened() as pilot:
        await press(pilot, "comma", shows="sort  s state")
        await pilot.press("5")
        await until_gone(pilot, "sort  s state")
        assert pilot.app.current_mode == "runs"
        await pilot.press("5")
        await until(pilot, lambda: pilot.app.current_mode == "attention")


# The other places.


async def test_both_tables_of_projects_have_their_own_filter() -> None:
    """The list and the templates are filtered apart, by the same keys."""
    async with opened(key="1", size=(120, 36)) as pilot:
        await looked_for(pilot, "edge")
        await until_shown(pilot, "Projects 1 of 7")
        await pilot.press("enter", "enter")
        await until_idle(pilot)
        await looked_for(pilot, "netlab")
        rows = await until_shown(pilot, "netlab-up", "netlab-down")
        assert not any("collect-facts" in row for row in rows)
        await pilot.press("enter", "h")
        await until_shown(pilot, "/ edge")
        await pilot.press("escape")
        await until_shown(pilot, "Projects 7")


async def test_attention_is_filtered() -> None:
    """Attention takes the same language, and knows why something is there."""
    async with opened(key="5") as pilot:
        await looked_for(pilot, "why:needs")
        rows = await until_shown(pilot, "Attention 2 of", "wan-cutover")
        assert not any("deploy-bgp" in row for row in rows)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12)])
async def test_the_line_fits_every_terminal(size: tuple[int, int]) -> None:
    """The filter is one row at every size, with what was typed in view."""
    async with opened(size=size) as pilot:
        await looked_for(pilot, "deploy bgp mara failed")
        line = next(row for row in screen_text(pilot.app) if row.startswith("  / "))
        assert len(line) <= size[0]
        assert "failed▏" in line


async def test_the_newest_filter_wins() -> None:
    """Answers to what is no longer asked for are never shown."""
    async with opened() as pilot:
        app = pilot.app
        assert isinstance(app, SkyforgeApp)
        one = place(pilot)
        for text in ("deploy", "lint", "failed", "collect"):
            one.look_for(one.filter, text)
        await until_idle(pilot)
        assert numbers(pilot) == ["809", "798"]
        assert one.filter.found == 2


async def test_n_goes_from_hit_to_hit() -> None:
    """With all rows shown again, `n` and `N` go around what was looked for, and say which it is."""
    async with opened() as pilot:
        await looked_for(pilot, "failed")
        await pilot.press("escape")
        await until_gone(pilot, "/ failed")
        await until_idle(pilot)
        at = place(pilot).table
        reached = []
        for key in ("g", "n", "n", "n", "N"):
            await pilot.press(key)
            await until_idle(pilot)
            reached.append((row_with(pilot.app, "▌").split()[3], screen_text(pilot.app)[-1][2:12]))
        assert [run for run, _ in reached[1:]] == ["808", "799", "808", "799"]
        assert [said for _, said in reached[1:]] == [
            "hit 1 of 2", "hit 2 of 2", "hit 1 of 2", "hit 2 of 2"
        ]  # fmt: skip
        assert at.source.count == 16
        await press(pilot, "escape", shows="enter output")


async def test_n_in_a_list_at_hand() -> None:
    """In a table whose rows are all at hand, the hits are those its filter would leave."""
    async with opened(key="1") as pilot:
        await looked_for(pilot, "role:owner")
        await pilot.press("escape")
        await until_gone(pilot, "/ role")
        await pilot.press("g", "n", "n")
        await until_shown(pilot, "hit 2 of 3")
        assert row_with(pilot.app, "▌").split()[1] == "sandbox-mara"


async def test_n_among_hits_alone() -> None:
    """While only hits are shown, `n` goes down and from the last to the first."""
    async with opened() as pilot:
        await looked_for(pilot, "failed")
        await pilot.press("enter", "n")
        await until(pilot, lambda: row_with(pilot.app, " 799 ").startswith("▌"))
        await pilot.press("n")
        await until(pilot, lambda: row_with(pilot.app, " 808 ").startswith("▌"))


async def test_n_before_anything_was_looked_for() -> None:
    """Where nothing was looked for, `n` says so instead of doing nothing."""
    async with opened() as pilot:
        await press(pilot, "n", shows=("nothing was looked for here yet", "/ looks for something"))
