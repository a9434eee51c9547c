"""Runs: every run of every engine, active first, then newest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from textual.widget import Widget

from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.identity import Me, upstream_of
from skyforge_tui.domain.run import Doing, Run
from skyforge_tui.domain.vocabularies import RUNS
from skyforge_tui.ports.cache import RunOrder
from skyforge_tui.services.contract import Services
from skyforge_tui.services.older_runs import Older
from skyforge_tui.tui.bulk_runs import BulkRuns
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.presenters import older_runs as older
from skyforge_tui.tui.presenters import runs as present
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.cut_off import stale_upstreams
from skyforge_tui.tui.presenters.frame import title_line
from skyforge_tui.tui.row_window import AROUND, RowWindow
from skyforge_tui.tui.superseding import Newest
from skyforge_tui.tui.table_filter import Hit, TableFilter, hit_among
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import Row


class RunsScreen(BulkRuns):
    """Show the table of runs."""

    PLACE = Place.RUNS
    CSS = """
    RunsScreen.-tall #tally { margin-bottom: 1; }
    """

    def __init__(self) -> None:
        self._usual: dict[Doing, timedelta] = {}
        self._stale: frozenset[object] | None = None
        self._lost: frozenset[str] = frozenset()
        self._me = Me("")
        self._asks = 0
        self._widest: tuple[Run, ...] = ()
        """The one with the longest number so far, if that needs more room than usual."""
        self._window: RowWindow[Run] = RowWindow(self._row, self._fetch)
        super().__init__()
        self._tally = LinesView([()], id="tally")
        self.table = ResourceTable(present.COLUMNS, empty=(Span("", "spin"),), id="runs")
        self.filters = (TableFilter(self.table, "runs", RUNS),)
        self._newest = Newest()

    def body(self) -> Iterator[Widget]:
        """Yield the counts, the filter and the table."""
        yield self._tally
        yield self.filter_line
        yield self.table

    def crumb(self) -> Line:
        """Return the title with how many runs there are."""
        return title_line("Runs", "" if self.awaited() else self.filter.counted)

    def concerns(self, changes: Changes) -> bool:
        """Say whether runs, or roles in their projects, changed."""
        if changes.run_ids:
            self._stale = (self._stale or frozenset()) | changes.run_ids
        if changes.project_ids and self._me != self.bridge.me:
            self._stale = None  # other rows are mine now
        if changes.health and self._lost != stale_upstreams(self.bridge.lights()):
            self._stale = None  # every row of a server that went or came back looks different
            return True
        awaits = changes.health and not self.filter.total
        return bool(changes.run_ids or changes.project_ids or awaits)

    def awaited(self) -> str:
        """Return what goes on while no run is known."""
        unread = "" if self.filter.total else self.bridge.unread(Subject.RUNS)
        return super().awaited() or (unread and f"reading {unread}")

    def target(self) -> Run | None:
        """Return the run under the cursor."""
        return self._window.thing(self.table.cursor_key)

    def lacks(self, command: Command) -> str:
        """Say that there is no run, where one is needed."""
        if command.id == "run.older":
            return "" if self.filter.beyond else "servers have no older runs than these"
        return "no run here" if command.id.startswith("run.") and self.target() is None else ""

    async def load(self) -> None:
        """Ask for the order and for what is in view, in one go."""
        first, last = self.table.visible_range
        query, sort = self.filter.query, self.filter.sort

        async def ask(services: Services) -> tuple[RunOrder, int, dict[int, Run], Usual]:
            order = await services.runs.order(self.bridge.principal, query, sort)
            rowids = order.rowids[max(0, first - AROUND) : max(last, 0) + 1 + AROUND]
            page = await services.runs.page(self.bridge.principal, rowids)
            beyond = await services.older_runs.count(self.bridge.principal, order)
            return order, beyond, page, await usual_of(services, self, page)

        stale, self._stale = self._stale, frozenset()
        try:
            order, beyond, page, usual = await self.ask(self._newest.work(ask))
        except BaseException:
            self._stale = None if stale is None else (self._stale or frozenset()) | stale
            raise
        self._usual.update(usual)
        self._lost, self._me = stale_upstreams(self.bridge.lights()), self.bridge.me
        self._widen(page.values())
        self._window.reorder(order.rowids, lambda run: stale is None or run.id in stale)
        self._window.fill(page)
        if not first and not query and sort is None:
            # What waits for a person is under way, and what is under way comes first.
            self._asks = sum(run.asks for run in page.values())
        self._tally.show([present.tally_line(order.by_state, self._asks)])
        self._tally.display = bool(order.total)
        self.filter.beyond = beyond
        self.filter.more = older.older_hint(self.cockpit.keymap.shown("run.older"))
        self.filter.show(self._window, order.total, present.none_line(self._lost))
        self.show_waiting()
        self._tick_while_running(page)
        self.show_frame()

    def footer_rank(self, command: Command) -> int:
        """Return where a command stands in the footer: older runs, where there are any."""
        if command.id == "run.older":
            return 5 if self.filter.beyond else 0
        return super().footer_rank(command)

    def do_run_older(self) -> None:
        """Read older runs of servers."""
        self.work(self._read_older(), group="older", exclusive=True)

    async def _read_older(self) -> None:
        async def ask(services: Services) -> Older:
            return await services.older_runs.read(self.bridge.principal)

        key = self.cockpit.keymap.shown("run.older")
        self.say(older.older_notice(await self.ask(ask), key))

    def refilter(self, which: TableFilter) -> None:  # noqa: ARG002
        """Ask for the runs anew."""
        self.show_frame()
        self.reload()

    async def hit(self, which: TableFilter, step: int) -> Hit:
        """Return the next or the previous hit from the cursor on, as the index finds them."""
        if which.query:
            return which.hit(step)

        async def ask(services: Services) -> RunOrder:
            return await services.runs.order(self.bridge.principal, which.sought, which.sort)

        order = await self.ask(ask)
        return hit_among(self._window.indexes_of(order.rowids), self.table.cursor, step)

    async def marked_runs(self) -> list[Run]:
        """Return the marked runs as they are now; those that are gone are left out."""
        rowids = [int(key) for key in self.table.marked]

        async def ask(services: Services) -> dict[int, Run]:
            return await services.runs.page(self.bridge.principal, rowids)

        return list((await self.ask(ask)).values())

    def step_ages(self) -> None:
        """Draw the ages again."""
        self.table.refresh()

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Show what may be done with another run."""
        event.stop()
        self.show_frame()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Open the chosen run."""
        event.stop()
        self.action_command("run.open")

    def _row(self, key: str, run: Run) -> Row:
        usual = self._usual.get(run.doing)
        is_stale = upstream_of(run.id) in self._lost
        return Row(key, present.run_cells(run, usual, self.now, self._me, is_stale=is_stale))

    def _fetch(self, rowids: Sequence[int]) -> None:
        self.work(self._fill(rowids), group="rows", exclusive=True)

    async def _fill(self, rowids: Sequence[int]) -> None:
        async def ask(services: Services) -> tuple[dict[int, Run], Usual]:
            page = await services.runs.page(self.bridge.principal, rowids)
            return page, await usual_of(services, self, page)

        page, usual = await self.ask(ask)
        self._usual.update(usual)
        self._widen(page.values())
        self._window.fill(page)
        self.table.refresh()
        self.show_frame()

    def _widen(self, runs: Iterable[Run]) -> None:
        """Give numbers that are longer than all before the room they need."""
        columns = present.columns_for((*runs, *self._widest))
        if columns != self.table.columns:
            self._widest = (max((*runs, *self._widest), key=lambda run: len(str(run.number))),)
            self.table.set_columns(columns)

    def _tick_while_running(self, page: Mapping[int, Run]) -> None:
        """Move the bars once a second while something in view runs."""
        moving = any(run.state.is_active for run in page.values())
        self.tick(self.table.refresh if moving else None)


Usual = dict[Doing, timedelta]


async def usual_of(services: Services, screen: RunsScreen, page: Mapping[int, Run]) -> Usual:
    """Return how long the runs of a page usually take."""
    doings = {run.doing for run in page.values()}
    return await services.runs.usual(screen.bridge.principal, doings)
