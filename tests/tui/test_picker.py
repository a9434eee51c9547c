"""The picker by keystroke: what it finds, what it returns, and what it refuses."""

from __future__ import annotations

from typing import Any

from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.widgets.picker import Choice, Picker
from tests.tui.drawing import rows_of, segments_of, until
from tests.tui.overlay_bench import Stage, deck, inside, show


async def test_the_picker_finds_by_letters_and_returns_the_item() -> None:
    """What matches best is first, with its letters underlined; enter returns it."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        picker = deck()
        await show(pilot, picker)
        await pilot.press("n", "e", "t")
        await until(pilot, lambda: any("› net▏" in row for row in rows_of(app)))
        rows = rows_of(app)
        assert rows[2] == f"  ╭─ Launch {'─' * 56} 3 of 4 ─╮"
        assert inside(rows)[4].startswith("▌ 1  netlab-up             template")
        underlined = [
            one.text for row in segments_of(app) for one in row if one.style and one.style.underline
        ]
        assert underlined == ["net", "net", "net"]
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: app.results == ["inet-edge"])


async def test_what_cannot_be_picked_says_why() -> None:
    """A choice that is out of reach stays in the list, muted, and enter gives its reason."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, deck("flow"))
        await pilot.press("enter")
        assert app.results == []
        assert inside(rows_of(app))[-1] == "  wan-netflow eve-lab2 unreachable 3m"


async def test_digits_pick_only_while_nothing_is_typed() -> None:
    """A digit picks the pinned one at once; after a letter it is a letter like any other."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, deck())
        await pilot.press("2")
        await until(pilot, lambda: app.results == ["inet-edge"])
        picker = deck(at_once={".": ("same again", "again")})
        await show(pilot, picker)
        await pilot.press("l", "2", ".")
        assert picker.found == []
        await pilot.press("escape", ".")
        await until(pilot, lambda: app.results == ["inet-edge", "again"])
        assert app.leaks == 0


async def test_choices_that_arrive_later_leave_the_cursor_where_it_is() -> None:
    """New choices join the list; query and cursor stay."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        picker = deck()
        await show(pilot, picker)
        await pilot.press("down")
        more = [Choice("early", "early"), *picker.found]
        picker.update_choices(more)
        await until(pilot, lambda: any("early" in row for row in rows_of(app)))
        assert picker.current is not None
        assert picker.current.item == "lint"


async def test_thousands_are_drawn_as_they_are_seen() -> None:
    """Of thousands of choices only those in view are drawn, whatever is typed."""
    drawn: list[int] = []

    class Counted(Picker[int]):
        def _row(self, index: int, *args: Any, **options: Any) -> Line:
            drawn.append(index)
            return super()._row(index, *args, **options)

    choices = [Choice(number, f"play-{number}") for number in range(5_000)]
    columns = (Column("name", "Name", 18, is_name=True),)
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, Counted("Launch", columns, choices))
        await pilot.press("p", "l", "a", "y", "pagedown", "ctrl+end")
        await until(pilot, lambda: any("play-4999" in row for row in rows_of(app)))
    assert len(drawn) < 1_000
