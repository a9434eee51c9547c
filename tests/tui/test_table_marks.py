"""Marks, ranges, signs of sorting, underlined letters and small pictures of a table."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.view import Sort
from skyforge_tui.tui.presenters.bars import sparkline
from skyforge_tui.tui.presenters.cells import Span, plain
from skyforge_tui.tui.presenters.columns import fit, head_line, sort_letters
from skyforge_tui.tui.presenters.found import underlined
from skyforge_tui.tui.presenters.glyphs import twin
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import ListRows
from skyforge_tui.tui.widgets.table_marks import MOST_MARKED
from tests.tui.drawing import RUN_COLUMNS, Canvas, numbered, rows_of, text_row, until


class Counting(Canvas):
    """Remember what the table says of its marks."""

    def __init__(self, table: ResourceTable) -> None:
        super().__init__(table)
        self.counts: list[int] = []

    def on_resource_table_marked(self, message: ResourceTable.Marked) -> None:
        """Remember how many."""
        self.counts.append(message.count)


class Many:
    """A source of very many rows."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.keys = 0

    def row(self, index: int) -> None:
        """Have no row at hand."""

    def key(self, index: int) -> str:
        """Return the key of a row."""
        self.keys += 1
        return str(index)

    def is_heading(self, index: int) -> bool:
        """Say that no row is one."""
        return False

    def index_of(self, key: str) -> int | None:
        """Return where a row is."""
        return int(key) if int(key) < self.count else None

    def want(self, first: int, last: int) -> None:
        """Do nothing."""


def a_table(count: int = 10) -> ResourceTable:
    """Return a table of numbered runs."""
    return ResourceTable(RUN_COLUMNS, ListRows(numbered(count)))


async def test_marking_goes_on_to_the_next_row() -> None:
    """A mark stands at column 0, stays under the cursor, and is taken away the same way."""
    table = a_table()
    app = Counting(table)
    async with app.run_test(size=(80, 12)) as pilot:
        table.toggle_mark()
        table.toggle_mark()
        await until(pilot, lambda: app.counts[-1:] == [2])
        assert [row[0] for row in rows_of(app)[1:4]] == ["◆", "◆", "▌"]
        table.cursor_up()
        await until(pilot, lambda: rows_of(app)[2].startswith("◆ "))
        table.toggle_mark()
        await until(pilot, lambda: app.counts[-1:] == [1])
        assert table.marked == ("run-0",)


async def test_a_range_is_kept_when_it_ends() -> None:
    """A range spans from where it began to the cursor, either way, and is kept on demand."""
    table = a_table()
    app = Counting(table)
    async with app.run_test(size=(80, 12)) as pilot:
        table.move_to_key("run-5")
        table.toggle_range()
        table.move_to_key("run-3")
        assert set(table.marked) == {"run-3", "run-4", "run-5"}
        table.move_to_key("run-7")
        assert set(table.marked) == {"run-5", "run-6", "run-7"}
        table.toggle_range()
        table.to_first()
        assert set(table.marked) == {"run-5", "run-6", "run-7"}
        await until(pilot, lambda: [row[0] for row in rows_of(app)[6:9]] == ["◆"] * 3)
        assert table.clear_marks()
        assert not table.clear_marks()
        await until(pilot, lambda: app.counts[-1:] == [0])


async def test_a_range_stays_at_its_rows() -> None:
    """When rows appear above, a range still begins at the row it began at."""
    table = a_table()
    app = Counting(table)
    async with app.run_test(size=(80, 12)) as pilot:
        table.move_to_key("run-2")
        table.toggle_range()
        table.move_to_key("run-4")
        table.show(ListRows([text_row("new"), *numbered(10)]))
        assert set(table.marked) == {"run-2", "run-3", "run-4"}
        table.show(ListRows(numbered(10)[3:]))
        assert table.marked == ()
        await pilot.pause()


async def test_marks_outlast_what_hides_their_rows() -> None:
    """Marks are of things, not of places: what a filter hides stays marked."""
    table = a_table()
    app = Counting(table)
    async with app.run_test(size=(80, 12)):
        table.toggle_mark()
        table.show(ListRows(numbered(10)[5:]))
        assert table.marked == ("run-0",)
        assert table.mark_all()
        assert table.marked_count == 6


async def test_too_many_are_not_marked() -> None:
    """More rows than anybody means to act on are refused, without looking at them."""
    source = Many(1_000_000)
    table = ResourceTable(RUN_COLUMNS, source)
    app = Counting(table)
    async with app.run_test(size=(80, 12)) as pilot:
        await until(pilot, lambda: table.size.height == 12)
        assert not table.mark_all()
        assert table.marked == ()
        table.toggle_range()
        table.to_last()
        assert not table.toggle_range()
        assert table.marked_count == 1_000_000
        assert len(table.marked) == MOST_MARKED
        assert source.keys < 3 * MOST_MARKED


async def test_the_title_shows_what_is_sorted_by() -> None:
    """The sorted column's title is brighter and carries the way."""
    table = a_table()
    app = Counting(table)
    async with app.run_test(size=(80, 12)) as pilot:
        table.sort = Sort("template")
        await until(pilot, lambda: "TEMPLATE↑" in rows_of(app)[0])
        table.sort = Sort("run", is_descending=True)
        await until(pilot, lambda: "RUN↓" in rows_of(app)[0])
        assert "↑" not in rows_of(app)[0]


async def test_what_is_looked_for_is_underlined_where_it_is() -> None:
    """The table asks for every cell in view which of its letters are looked for."""
    table = a_table()
    app = Counting(table)
    async with app.run_test(size=(80, 12)) as pilot:
        asked: set[tuple[str, str]] = set()

        def letters(column: str, text: str) -> list[tuple[int, int]]:
            asked.add((column, text))
            return [(0, 3)] if column == "template" else []

        table.underline(letters)
        await until(pilot, lambda: ("template", "run-9") in asked)
        strip = table.render_line(1)
        assert [one.text for one in strip if one.style and one.style.underline] == ["run"]
        table.underline(None)


def test_a_sorted_title_has_room_for_its_sign() -> None:
    """A title as wide as its column gets one more cell for the sign."""
    for descending in (False, True):
        sort = Sort("start", is_descending=descending)
        titles = plain(head_line(fit(RUN_COLUMNS, 120, sort), sort))
        assert f"START{'↓' if descending else '↑'}" in titles


def test_every_column_has_its_letter() -> None:
    """Letters are of the title, and no two columns share one."""
    letters = sort_letters(RUN_COLUMNS)
    assert len({column.key for column in letters.values()}) == len(letters) == len(RUN_COLUMNS)
    assert all(letter in column.title.lower() for letter, column in letters.items())


@pytest.mark.parametrize(
    ("places", "pieces"),
    [
        ([], ["ab", "cd"]),
        ([(1, 3)], ["a", "b", "c", "d"]),
        ([(0, 4)], ["ab", "cd"]),
        ([(0, 1), (3, 9)], ["a", "b", "c", "d"]),
    ],
)
def test_underlining_keeps_the_text(places: list[tuple[int, int]], pieces: list[str]) -> None:
    """Underlining cuts spans where it must, and changes no letter and no tone."""
    cell = (Span("ab", "bad", bold=True), Span("cd", "muted"))
    lined = underlined(cell, places)
    assert [one.text for one in lined] == pieces
    assert plain(lined) == "abcd"
    assert {(one.tone, one.bold) for one in lined} == {("bad", True), ("muted", False)}
    wanted = {at for first, last in places for at in range(first, min(last, 4))}
    found = {at for at, one in enumerate("".join("1" if s.underline else "0" for s in lined
                                                 for _ in s.text)) if one == "1"}  # fmt: skip
    assert found == wanted


def test_a_sparkline_shows_the_last_values() -> None:
    """Heights follow the values, the newest at the end; nothing to show is a dash."""
    assert plain(sparkline([0, 1, 7], 8)) == "▁▂█"
    assert plain(sparkline([9, 9, 1, 2], 2)) == "▅█"
    assert plain(sparkline([0, 0], 4)) == "▁▁"
    assert plain(sparkline([], 4)) == "–"
    assert twin("▁▂▃▄▅▆▇█") == "_.-=+*%#"
