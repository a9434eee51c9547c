"""The table: any number of rows, a cursor that stays on its row, columns that fit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from textual import events
from textual.widget import Widget

from skyforge_tui.domain.run import RunState
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.bars import duration_bar
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import ListRows, Row
from tests.tui.drawing import RUN_COLUMNS, Canvas, numbered, rows_of, text_row, until


class Spy:
    """A huge source that remembers what it was asked."""

    def __init__(self, count: int, missing: frozenset[int] = frozenset()) -> None:
        self.count = count
        self.missing = missing
        self.rows: list[int] = []
        self.keys = 0
        self.wanted: list[tuple[int, int]] = []

    def row(self, index: int) -> Row | None:
        """Return a row, or None where it is missing."""
        self.rows.append(index)
        return None if index in self.missing else text_row(f"run-{index}", run=str(index))

    def key(self, index: int) -> str:
        """Return the key of a row."""
        self.keys += 1
        return f"run-{index}"

    def is_heading(self, index: int) -> bool:
        """Say that no row is one."""
        return False

    def index_of(self, key: str) -> int | None:
        """Return where a row is."""
        index = int(key.removeprefix("run-"))
        return index if index < self.count else None

    def want(self, first: int, last: int) -> None:
        """Remember what is in view."""
        self.wanted.append((first, last))


class Listening(Canvas):
    """Remember what the table says."""

    def __init__(self, *widgets: Widget, theme: str = "dark") -> None:
        super().__init__(*widgets, theme=theme)
        self.highlighted: list[str | None] = []
        self.selected: list[str] = []

    def on_resource_table_highlighted(self, message: ResourceTable.Highlighted) -> None:
        """Remember where the cursor went."""
        self.highlighted.append(message.key)

    def on_resource_table_selected(self, message: ResourceTable.Selected) -> None:
        """Remember what was chosen."""
        self.selected.append(message.key)


def a_table(rows: Sequence[Row]) -> ResourceTable:
    """Return a table of runs."""
    return ResourceTable(RUN_COLUMNS, ListRows(rows))


def a_run(
    run: str, template: str, who: str, start: str, took: str, bar: Line, hosts: str, state: Line
) -> Row:
    """Return a run's row as the Runs place shows it."""
    return text_row(
        run, state=state, run=run, template=template, who=who, start=start, took=took, usual=bar,
        hosts=hosts,
    )  # fmt: skip


async def test_a_row_is_drawn_whole() -> None:
    """At 80 columns a run's row stands exactly where the wireframe puts it."""
    six = timedelta(seconds=6)

    def bar(took: int, state: RunState) -> Line:
        return duration_bar(timedelta(seconds=took), six, state, 6)

    asks = tones.run_state(RunState.RUNNING, waits_for_input=True).line
    running, failed = tones.run_state(RunState.RUNNING).line, tones.run_state(RunState.ERROR).line
    none = (Span("–"),)
    rows = [
        a_run("811", "wan-cutover", "jonas", "14:20", "11m", none, "–", asks),
        a_run("812", "deploy-bgp", "mara", "14:27", "4m12s", bar(4, RunState.RUNNING), "7/8",
              running),
        a_run("808", "srl-telemetry up", "mara", "13:20", "58s", bar(2, RunState.ERROR), "0/6",
              failed),
    ]  # fmt: skip
    table = a_table(rows)
    app = Canvas(table)
    async with app.run_test(size=(80, 12)) as pilot:
        table.focus()
        table.cursor_down()
        await until(pilot, lambda: rows_of(app)[2].startswith("▌"))
        assert rows_of(app)[:4] == [
            "  STATE       RUN  TEMPLATE           WHO     START    TOOK  VS USUAL    HOSTS",
            "  ? asks you  811  wan-cutover        jonas   14:20     11m  –               –",
            "▌ ◐ running   812  deploy-bgp         mara    14:27   4m12s  ━━━━──        7/8",
            "  × failed    808  srl-telemetry up   mara    13:20     58s  ━━────        0/6",
        ]


async def test_a_hundred_thousand_rows_cost_what_is_visible() -> None:
    """Only rows in view are asked for, however many there are and wherever one goes."""
    source = Spy(100_000)
    table = ResourceTable(RUN_COLUMNS, source)
    app = Canvas(table)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: source.wanted == [(0, 22)])
        table.focus()
        table.to_last()
        await until(pilot, lambda: "run-99999" in rows_of(app)[23])
        assert source.wanted[-1] == (99_977, 99_999)
        table.page_up()
        table.half_page_up()
        table.to_first()
        await until(pilot, lambda: "run-0" in rows_of(app)[1])
        assert len(set(source.rows)) < 150
        assert len(source.rows) < 1000
        assert source.keys < 50


async def test_the_cursor_stays_on_its_row() -> None:
    """When rows appear above, the cursor stays on its row, and that row where it is on screen."""
    table = a_table(numbered(100))
    app = Listening(table)
    async with app.run_test(size=(80, 24)) as pilot:
        table.focus()
        table.move_to_key("run-50")
        await until(pilot, lambda: any(row.startswith("▌") for row in rows_of(app)))
        at = next(y for y, row in enumerate(rows_of(app)) if row.startswith("▌"))
        said = len(app.highlighted)
        table.show(ListRows([text_row(f"new-{one}") for one in range(7)] + list(numbered(100))))
        await until(pilot, lambda: "new-6" not in rows_of(app)[1])
        assert table.cursor_key == "run-50"
        assert rows_of(app)[at].startswith("▌")
        assert "run-50" in rows_of(app)[at]
        assert len(app.highlighted) == said


async def test_a_row_that_is_gone_leaves_the_cursor_in_place() -> None:
    """When its row vanishes the cursor takes the one that moved up, and says so."""
    table = a_table(numbered(5))
    app = Listening(table)
    async with app.run_test(size=(80, 12)) as pilot:
        table.focus()
        table.move_to_key("run-4")
        table.show(ListRows(numbered(5)[:3]))
        await until(pilot, lambda: app.highlighted[-1:] == ["run-2"])
        table.show(ListRows(()), empty=(Span("No run here yet."),))
        await until(pilot, lambda: app.highlighted[-1:] == [None])
        assert rows_of(app)[1] == "  No run here yet."
        table.choose()
        table.cursor_down()
        table.page_down()
        await pilot.pause()
        assert app.selected == []


async def test_a_row_not_at_hand_is_a_dim_one_until_it_comes() -> None:
    """A miss is drawn as a placeholder, and only that row is drawn again when it arrives."""
    source = Spy(50, missing=frozenset({3}))
    table = ResourceTable(RUN_COLUMNS, source)
    app = Canvas(table)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: rows_of(app)[4] == "  …")
        await pilot.pause()
        source.missing = frozenset()
        source.rows.clear()
        table.update_row("run-3")
        table.update_row("run-49")
        await until(pilot, lambda: "run-3" in rows_of(app)[4])
        assert set(source.rows) == {3}


async def test_every_movement_ends_in_view() -> None:
    """Up, down, pages and ends move the cursor as named and keep it on screen."""
    table = a_table(numbered(100))
    app = Listening(table)
    async with app.run_test(size=(80, 24)) as pilot:
        table.focus()
        await until(pilot, lambda: table.size.height == 24)
        moves = [
            (table.cursor_down, 1), (table.cursor_down, 2), (table.cursor_up, 1),
            (table.page_down, 23), (table.half_page_down, 34), (table.half_page_up, 23),
            (table.page_up, 1), (table.to_last, 99), (table.cursor_down, 99), (table.to_first, 0),
            (table.cursor_up, 0),
        ]  # fmt: skip
        for move, index in moves:
            move()
            assert table.cursor == index
            first, last = table.visible_range
            assert first <= index <= last
        assert not table.move_to_key("run-1000")


def _wheel(table: ResourceTable) -> events.MouseScrollDown:
    return events.MouseScrollDown(
        table, x=5, y=5, delta_x=0, delta_y=1, button=0, shift=False, meta=False, ctrl=False
    )


async def test_the_wheel_scrolls_and_the_cursor_comes_along() -> None:
    """Scrolling moves the view; the cursor follows only to stay in it."""
    table = a_table(numbered(100))
    app = Listening(table)
    async with app.run_test(size=(80, 24)) as pilot:
        table.focus()
        table.move_to_key("run-10")
        await until(pilot, lambda: table.size.height == 24)
        table.post_message(_wheel(table))
        await until(pilot, lambda: table.visible_range == (3, 25))
        assert table.cursor_key == "run-10"
        for _ in range(10):
            table.post_message(_wheel(table))
        await until(pilot, lambda: table.visible_range[0] == 33)
        assert table.cursor == 33


async def test_clicking_goes_there_and_clicking_again_chooses() -> None:
    """The first click moves the cursor, a click on the cursor chooses; heads do nothing."""
    table = a_table(numbered(5))
    app = Listening(table)
    async with app.run_test(size=(80, 12)) as pilot:
        table.focus()
        await until(pilot, lambda: table.size.height == 12)
        await pilot.click(table, offset=(20, 3))
        await until(pilot, lambda: app.highlighted == ["run-2"])
        assert app.selected == []
        await pilot.click(table, offset=(20, 3))
        await until(pilot, lambda: app.selected == ["run-2"])
        await pilot.click(table, offset=(20, 0))
        await pilot.click(table, offset=(20, 9))
        await pilot.pause()
        assert table.cursor == 2


async def test_without_focus_the_cursor_is_idle() -> None:
    """A table that has no focus shows where its cursor is, but not as the one that moves."""

    class Focusable(LinesView, can_focus=True):
        pass

    other = Focusable([()])
    table = a_table(numbered(3))
    app = Canvas(table, other)
    async with app.run_test(size=(80, 12)) as pilot:
        other.focus()
        await until(pilot, lambda: rows_of(app)[1].startswith("›"))
        table.focus()
        await until(pilot, lambda: rows_of(app)[1].startswith("▌"))


async def test_a_tiny_terminal_still_has_a_list() -> None:
    """At 40 columns and 7 rows the head is gone; sign, word and name stay."""
    table = a_table([text_row("lint", state=tones.run_state(RunState.SUCCESS).line, run="803")])
    app = Canvas(table)
    async with app.run_test(size=(40, 7)) as pilot:
        table.focus()
        await until(pilot, lambda: rows_of(app)[0] == "▌ ✓ passed    803  lint")


async def test_growing_the_terminal_brings_columns_back() -> None:
    """A wider terminal shows more columns, the cursor unmoved."""
    table = a_table(numbered(30))
    app = Canvas(table)
    async with app.run_test(size=(80, 12)) as pilot:
        table.move_to_key("run-20")
        await until(pilot, lambda: "HOSTS" in rows_of(app)[0])
        assert "PROJECT" not in rows_of(app)[0]
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: "PROJECT" in rows_of(app)[0] and "NOTE" in rows_of(app)[0])
        assert table.cursor_key == "run-20"
