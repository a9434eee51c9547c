"""Measure tables of very many rows, and looking for some of them; reports, never gates.

python tests/benchmarks/tables.py [RUNS]
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import threading
from array import array
from asyncio import Event, sleep
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import DataTable

from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.query_parser import parse
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.view import Sort
from skyforge_tui.domain.vocabularies import RUNS
from skyforge_tui.ports.cache import RunSearch
from skyforge_tui.store.database import CACHE, open_database
from skyforge_tui.store.runs import SqliteRunCache
from skyforge_tui.tui.presenters.runs import COLUMNS, run_cells
from skyforge_tui.tui.row_window import RowWindow
from skyforge_tui.tui.theme import dress
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import Row
from tests.builders import NOON, a_detail, a_run

SIZE = (120, 50)
NOW = NOON + timedelta(days=10)
ROUNDS = 5


def report(name: str, value: float, unit: str = "ms") -> None:
    """Print one figure."""
    sys.stdout.write(f"{name:<60}{value:>12,.2f} {unit}\n")


class Shown(App[None]):
    """Nothing but a table."""

    def __init__(self, table: ResourceTable | DataTable[str]) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        """Show the table."""
        yield self.table

    def on_mount(self) -> None:
        """Wear the look."""
        dress(self)


@asynccontextmanager
async def shown(table: ResourceTable | DataTable[str]) -> AsyncIterator[Pilot[None]]:
    """Yield a pilot in front of a table."""
    app = Shown(table)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        yield pilot


class Drawn(Event):
    """Is set when a row of a table has been drawn."""

    def hear(self, table: ResourceTable | DataTable[str]) -> None:
        """Be set by this table from now on."""
        render = table.render_line

        def heard(y: int) -> Strip:
            self.set()
            return render(y)

        table.render_line = heard  # type: ignore[method-assign]


async def painted(
    pilot: Pilot[None], table: ResourceTable | DataTable[str], act: Callable[[], object]
) -> float:
    """Return the milliseconds until what `act` changes in a table has been painted."""
    await pilot.pause()
    return await echoed(table, act)


async def echoed(table: ResourceTable | DataTable[str], act: Callable[[], object]) -> float:
    """Return the same for a table whose application may be busy."""
    drawn = Drawn()
    drawn.hear(table)
    start = perf_counter()
    act()
    await drawn.wait()
    # The frame that began with this row is painted before anybody else has a turn.
    await sleep(0)
    took = (perf_counter() - start) * 1000
    del table.render_line
    return took


def some_run(number: int) -> Run:
    """Return a run that looks like others, but not too much."""
    state = RunState.ERROR if number % 10 == 0 else RunState.SUCCESS
    name = f"site-{number % 200} bgp" if number % 3 else f"wan-{number % 50} core"
    note = f"task 12 failed on leaf{number % 64}" if number % 10 == 0 else ""
    who = ("ada", "bob", "ci-bot")[number % 3]
    return a_run(number=number, state=state, template=name, started_by=who, note=note)


def window(count: int) -> RowWindow[Run]:
    """Return a window on `count` rows that fetches what is wanted at once."""

    def draw(key: str, run: Run) -> Row:
        return Row(key, run_cells(run, None, NOW, Me("ada")))

    rows: RowWindow[Run] = RowWindow(draw, lambda ids: rows.fill({n: some_run(n) for n in ids}))
    rows.reorder(array("q", range(1, count + 1)), lambda _: True)
    return rows


async def ours(count: int) -> dict[str, float]:
    """Return how long our table takes with `count` rows."""
    table = ResourceTable(COLUMNS)
    async with shown(table) as pilot:
        rows = window(count)
        took = {"fill and paint": await painted(pilot, table, lambda: table.show(rows))}
        took["page down"] = await painted(pilot, table, table.page_down)
        took["jump to the end"] = await painted(pilot, table, table.to_last)
        took["one row down"] = await painted(pilot, table, table.cursor_up)
        took["mark and go on"] = await painted(pilot, table, table.toggle_mark)
        return took


async def theirs(count: int) -> dict[str, float]:
    """Return how long the toolkit's own table takes with `count` rows."""
    table: DataTable[str] = DataTable()
    async with shown(table) as pilot:
        names = [column.key for column in COLUMNS]
        table.add_columns(*(column.title for column in COLUMNS))
        runs = [some_run(number) for number in range(1, count + 1)]

        def fill() -> None:
            for run in runs:
                cells = run_cells(run, None, NOW, Me("ada"))
                table.add_row(*("".join(span.text for span in cells[name]) for name in names))

        took = {"fill and paint": await painted(pilot, table, fill)}
        took["page down"] = await painted(pilot, table, table.action_page_down)
        return took


async def compare_tables() -> None:
    """Measure ours at three sizes in turns, and the toolkit's own once."""
    sizes = (1_000, 100_000, 1_000_000)
    rounds: dict[tuple[int, str], list[float]] = {}
    for _ in range(ROUNDS):
        for count in sizes:
            for name, took in (await ours(count)).items():
                rounds.setdefault((count, name), []).append(took)
    for (count, name), several in rounds.items():
        report(f"{name}, {count:,} rows", statistics.median(several))
    small, middle, large = (statistics.median(rounds[n, "fill and paint"]) for n in sizes)
    other = await theirs(100_000)
    for name, took in other.items():
        report(f"DataTable: {name}, 100,000 rows", took)
    report("1,000,000 rows to 1,000 rows", large / small, "times")
    report("DataTable to ours, 100,000 rows", other["fill and paint"] / middle, "times")


QUERIES: Sequence[tuple[str, Sort | None]] = (
    ("", None), ("bgp", None), ("!bgp", None), ("nothinglikethis", None), ("bgp ada failed", None),
    ("age<9d took>5s", None), ("template:core", None), (r"/leaf1\d/", None),
    ("/1[0-9] .*gp/", None), ("", Sort("template")), ("", Sort("took", is_descending=True)),
)  # fmt: skip


async def median_ms(ask: Callable[[], Awaitable[object]]) -> float:
    """Return the median milliseconds of a question."""
    took = []
    for _ in range(ROUNDS):
        start = perf_counter()
        await ask()
        took.append((perf_counter() - start) * 1000)
    return statistics.median(took)


async def look_for(count: int, directory: Path) -> None:
    """Measure looking for runs in the cache, and typing meanwhile."""
    async with open_database(directory / "cache.db", CACHE) as database:
        cache = SqliteRunCache(database)
        start = perf_counter()
        numbers = list(range(1, count + 1))
        random.Random(1).shuffle(numbers)
        for first in range(0, count, 5_000):
            some = [a_detail(run=some_run(number)) for number in numbers[first : first + 5_000]]
            await cache.write(some, [])
        report(f"write {count:,} runs", (perf_counter() - start) * 1000)
        report("order of all", await median_ms(cache.order))
        for text, sort in QUERIES:
            search = RunSearch(NOW, Me("ada"), parse(text, RUNS), sort)
            found = len((await cache.order(None, search)).rowids)
            took = await median_ms(partial(cache.order, None, search))
            report(f"{text or 'all'}{f' by {sort}' if sort else ''}: {found:,} found", took)
        await rows_and_echo(cache, directory)


async def rows_and_echo(cache: SqliteRunCache, directory: Path) -> None:
    """Measure from a question to painted rows, and a key's echo at rest and while it is asked."""
    search = RunSearch(NOW, Me("ada"), parse("bgp", RUNS))
    table = ResourceTable(COLUMNS)
    async with shown(table) as pilot:
        rows = window(1_000)
        table.show(rows)

        async def all_of_it() -> None:
            order = await cache.order(None, search)
            rows.reorder(order.rowids, lambda _: True)
            rows.fill(await cache.page(order.rowids[:120]))
            await painted(pilot, table, lambda: table.show(rows))

        bare = await median_ms(lambda: cache.order(None, search))
        whole = await median_ms(all_of_it)
        report("bgp: bare query", bare)
        report("bgp: rows on the screen", whole)
        report("rows on the screen to bare query", whole / bare, "times")
        rest = [await echo(table) for _ in range(200)]
        is_over = threading.Event()
        asking = threading.Thread(target=ask_again_and_again, args=(directory, search, is_over))
        asking.start()
        busy = [await echo(table) for _ in range(200)]
        is_over.set()
        await asyncio.to_thread(asking.join)
        report("a key's echo at rest", statistics.median(rest))
        report("a key's echo while runs are looked for", statistics.median(busy))
        ratio = statistics.median(busy) / statistics.median(rest)
        report("echo while looked for to echo at rest", ratio, "times")


async def echo(table: ResourceTable) -> float:
    """Return the milliseconds from a movement to its paint."""
    down = table.cursor < 20
    return await echoed(table, table.cursor_down if down else table.to_first)


def ask_again_and_again(directory: Path, search: RunSearch, is_over: threading.Event) -> None:
    """Look for runs without a pause, as the engine does: on a thread of its own."""

    async def ask() -> None:
        async with open_database(directory / "cache.db", CACHE) as database:
            cache = SqliteRunCache(database)
            while not is_over.is_set():
                await cache.order(None, search)

    asyncio.run(ask())


def main() -> None:
    """Run everything."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    asyncio.run(compare_tables())
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(look_for(count, Path(name)))


if __name__ == "__main__":
    main()
