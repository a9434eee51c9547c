"""Attention: what broke, what needs me, what runs. Empty is possible, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from textual.widget import Widget

from skyforge_tui.domain.run import Doing, Run
from skyforge_tui.domain.vocabularies import ATTENTION, attention_record
from skyforge_tui.services.attention import Attention
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.bulk_runs import BulkRuns
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.presenters import attention as present
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.frame import title_line
from skyforge_tui.tui.table_filter import Listed, TableFilter
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import Row


class AttentionScreen(BulkRuns):
    """Show the three lists as one table, or that there is nothing in them."""

    PLACE = Place.ATTENTION
    CSS = """
    AttentionScreen #nothing { height: 1fr; display: none; padding: 6 0 0 18; }
    """

    def __init__(self) -> None:
        self._found: Attention | None = None
        self._runs: dict[str, Run] = {}
        self._usual: dict[Doing, timedelta] = {}
        super().__init__()
        self.table = ResourceTable(present.COLUMNS, id="attention")
        self.filters = (TableFilter(self.table, "attention", ATTENTION),)
        self._nothing = LinesView(present.NOTHING, id="nothing")

    def body(self) -> Iterator[Widget]:
        """Yield the filter and the table, or what stands for it."""
        yield self.filter_line
        yield self.table
        yield self._nothing

    def crumb(self) -> Line:
        """Return the title with how many things, and how many of them broke."""
        if self._found is None or self.filter.query:
            return title_line("Attention", self.filter.counted)
        return title_line("Attention", present.counted(self._found))

    def target(self) -> Run | None:
        """Return the run under the cursor."""
        return self._runs.get(self.table.cursor_key or "")

    def lacks(self, command: Command) -> str:
        """Say that there is no run, where one is needed."""
        return "no run here" if command.id.startswith("run.") and self.target() is None else ""

    async def load(self) -> None:
        """Ask for the three lists."""

        async def ask(services: Services) -> tuple[Attention, dict[Doing, timedelta]]:
            principal = self.bridge.principal
            found = await services.runs.attention(principal)
            doings = {run.doing for run in found.runs}
            return found, await services.runs.usual(principal, doings)

        self._found, self._usual = await self.ask(ask)
        self._show()

    def refilter(self, which: TableFilter) -> None:  # noqa: ARG002
        """Show what is found."""
        self._show()

    async def marked_runs(self) -> list[Run]:
        """Return the marked runs; those that need no attention any more are left out."""
        return [self._runs[key] for key in self.table.marked if key in self._runs]

    def step_ages(self) -> None:
        """Draw the ages again."""
        self._show()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Open the chosen run."""
        event.stop()
        self.action_command("run.open")

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Show what may be done with another run."""
        event.stop()
        self.show_frame()

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        listed: list[Listed] = []
        self._runs = {}
        me = self.bridge.principal.username
        # A list says its name once, unless its first row may be missing or elsewhere.
        is_apart = bool(self.filter.query or self.filter.sort)
        for kind, runs in present.sections(found):
            for run in runs:
                is_first = is_apart or run is runs[0]
                shown = present.cells(kind, run, self._usual, self.now, is_first=is_first)
                record = attention_record(kind, run, self.now, me)
                listed.append(Listed(Row(run.id, shown), record))
                self._runs[run.id] = run
        self.filter.list(listed, ())
        self.table.display = bool(listed)
        self._nothing.display = not listed
        self.tick(self._show if found.runs else None)
        self.show_frame()
