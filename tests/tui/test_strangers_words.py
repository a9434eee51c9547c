"""What a server calls its things moves no cursor, sets no title and draws nothing but itself."""

from __future__ import annotations

import unicodedata

import pytest
from rich.cells import cell_len

from skyforge_tui.tui.look import Look
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.painted import strip_of
from skyforge_tui.tui.widgets.picker import Choice, Picker
from tests.tui.drawing import Canvas, rows_of, until

EVIL = "\x1b[31mEvil\x1b]0;owned\x07 [b]x[/]\u202e\n\x9b2J"
COLUMNS = (Column("name", "Name", 20, priority=9, is_name=True),)


async def test_choices_are_found_and_drawn_as_words() -> None:
    """A name full of commands is a row of signs, in the title as well, and is found by typing."""
    behind: list[Line] = [()]
    app = Canvas(LinesView(behind))
    async with app.run_test(size=(80, 24)) as pilot:
        choices = [Choice("evil", EVIL, reason=EVIL), Choice("lint", "lint")]
        await app.push_screen(Picker(EVIL, COLUMNS, choices))
        await pilot.press("e", "v", "i", "l")
        await until(pilot, lambda: any("1 of 2" in row for row in rows_of(app)))
        rows = rows_of(app)
    assert all(row.isprintable() for row in rows)
    assert sum("␛[31mEvil␛]0;owned␇ [b]x[/]" in row for row in rows) >= 2


@pytest.mark.parametrize("is_ascii", [False, True])
def test_nothing_that_terminals_obey_is_ever_painted(is_ascii: bool) -> None:
    """Where somebody forgot to make a text harmless, its row has its width, and no command."""
    strip = strip_of((Span(EVIL), Span("\x00\x7f end")), 40, Look(ascii=is_ascii))
    assert strip.cell_length == cell_len(strip.text) == 40
    assert not any(unicodedata.category(one) == "Cc" for one in strip.text)
