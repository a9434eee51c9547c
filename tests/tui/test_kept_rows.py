"""Rows that stay drawn until they change."""

from __future__ import annotations

import gc

from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.filter import Monochrome
from textual.geometry import Region
from textual.strip import Strip

from skyforge_tui.tui.widgets.kept_rows import KeptRows
from tests.tui.drawing import rows_of, until


class Rows(KeptRows):
    """Says how often each row was drawn."""

    DEFAULT_CSS = "Rows { height: 1fr; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.drawn: dict[int, int] = {}

    def render_line(self, y: int) -> Strip:
        """Count."""
        self.drawn[y] = self.drawn.get(y, 0) + 1
        text = f"{y} drawn {self.drawn[y]}".ljust(self.size.width)
        return Strip([Segment(text, Style(color="red"))], self.size.width)


class Screen(App[None]):
    """Nothing but rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows()

    def compose(self) -> ComposeResult:
        """Yield them."""
        yield self.rows


async def test_only_rows_that_change_are_drawn_again() -> None:
    """A row in the middle changes and is drawn; its neighbours stay as they were drawn."""
    app = Screen()
    async with app.run_test(size=(20, 4)) as pilot:
        app.rows.drawn.clear()
        app.rows.refresh()
        await until(pilot, lambda: rows_of(app)[3] == "3 drawn 1")
        # Textual draws everything between two changed rows.
        app.rows.refresh(Region(0, 0, 20, 1), Region(0, 2, 20, 1))
        await until(pilot, lambda: rows_of(app)[2] == "2 drawn 2")
        assert rows_of(app) == ["0 drawn 2", "1 drawn 1", "2 drawn 2", "3 drawn 1"]


def first_colour(strip: Strip) -> ColorTriplet:
    """Return in what colour a strip begins."""
    style = next(iter(strip)).style
    assert style is not None
    assert style.color is not None
    return style.color.get_truecolor()


async def test_rows_are_drawn_anew_in_another_size_and_another_light() -> None:
    """What was drawn for another width, or with other colours, is never shown."""
    app = Screen()
    async with app.run_test(size=(20, 2)) as pilot:
        await pilot.resize_terminal(30, 2)
        await until(pilot, lambda: app.rows.size.width == 30)
        assert [one.cell_length for one in app.rows.render_lines(Region(0, 0, 30, 2))] == [30, 30]
        assert [one.text for one in app.rows.render_lines(Region(2, 1, 5, 1))] == ["drawn"]
        before = app.rows.render_lines(Region(0, 0, 30, 1))[0]
        app._filters.append(Monochrome())
        after = app.rows.render_lines(Region(0, 0, 30, 1))[0]
        assert len(set(first_colour(before))) > 1, "reddish"
        assert len(set(first_colour(after))) == 1, "grey"


async def test_rows_that_are_gone_leave_no_garbage() -> None:
    """A row that was drawn, cut and replaced is gone at once: nothing has to look for it."""
    app = Screen()
    async with app.run_test(size=(20, 2)):
        (row,) = app.rows.render_lines(Region(0, 0, 20, 1))
        assert row.divide([20]) == [row]
        assert [one.text for one in row.divide([2, 20])] == ["0 ", row.text[2:]]
        kept = [one for one in gc.get_referrers(row) if isinstance(one, list)]
        assert not kept, "only the widget and this test hold it"
