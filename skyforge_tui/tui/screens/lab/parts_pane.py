"""The lower half of a lab's page: its links, steps, runs or output, one of them at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Vertical
from textual.message import Message

from skyforge_tui.domain.identity import Me, RunId
from skyforge_tui.tui.presenters import lab_parts as present
from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.glyphs import PENDING
from skyforge_tui.tui.presenters.lab_parts import Part
from skyforge_tui.tui.presenters.runs import columns_for
from skyforge_tui.tui.table_keys import Movable, OutputMoves
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.log_view import LogView
from skyforge_tui.tui.widgets.resource_table import LEAD, ResourceTable
from skyforge_tui.tui.widgets.row_source import ListRows, MadeRows, Row, RowSource

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from skyforge_tui.domain.lab import LabDetail, LabLink
    from skyforge_tui.domain.run import Run

_AT = 8
"""Cells of a step's time, with the gap behind it."""


class Seer(NamedTuple):
    """Who looks, when, and how many cells a row has."""

    now: datetime
    me: Me
    width: int


class PartsPane(Vertical):
    """Show one part of a lab under the names of all."""

    class Shown(Message):
        """Another part is shown."""

        def __init__(self, part: Part) -> None:
            super().__init__()
            self.part = part

    def __init__(self) -> None:
        super().__init__(id="parts")
        self.part = Part.LINKS
        self.output = LogView()
        self._names = LinesView([()], id="names")
        self._tables = {
            part: ResourceTable(columns, least_height=2, id=part.value)
            for part, columns in present.COLUMNS.items()
        }
        self._none = LinesView([()])
        self._data: list[Row] = []
        self._no_data: Line = (Span(PENDING, "spin"), Span(" asking", "muted"))
        self._parts = tuple(Part)

    def compose(self) -> ComposeResult:
        """Yield the names, and below them what each stands for."""
        yield self._names
        yield from self._tables.values()
        yield self.output
        yield self._none

    @property
    def front(self) -> ResourceTable | LogView:
        """What shows the part."""
        return self._tables.get(self.part, self.output)

    @property
    def moves(self) -> Movable:
        """What moves in the part."""
        table = self._tables.get(self.part)
        return OutputMoves(self.output) if table is None else table

    @property
    def run_id(self) -> RunId | None:
        """The run under the cursor, where runs are shown."""
        key = self._tables[Part.RUNS].cursor_key if self.part is Part.RUNS else None
        return None if key is None else RunId(key)

    @property
    def config_of(self) -> str:
        """The node under the cursor, where configurations are shown."""
        key = self._tables[Part.CONFIGS].cursor_key if self.part is Part.CONFIGS else None
        return (key or "").partition("\0")[0]

    def link_of(self, detail: LabDetail) -> LabLink | None:
        """Return the link under the cursor, where links are shown."""
        key = self._tables[Part.LINKS].cursor_key if self.part is Part.LINKS else None
        at = int(key) if key is not None else len(detail.links)
        return detail.links[at] if at < len(detail.links) else None

    def take_data(self, rows: Sequence[present.Cells]) -> None:
        """Show this as what is written down of the lab, from the next showing on."""
        self._data = [Row(f"{number}", cells) for number, cells in enumerate(rows)]
        self._no_data = (Span(present.EMPTY[Part.DATA], "muted"),)

    def miss_data(self, why: str) -> None:
        """Say why nobody tells what is written down, from the next showing on."""
        self._data, self._no_data = [], (Span(literal(why), "muted"),)

    def show(self, detail: LabDetail, runs: Sequence[Run], told_by: Run | None, seer: Seer) -> None:
        """Show what there is now; `told_by` is the run whose output belongs to the lab."""
        now, me, width = seer
        self._parts = present.parts_of(detail)
        steps = present.step_rows(detail.steps, now, width - _AT - LEAD)
        told = [one for one in detail.nodes if one.has_config is not None]
        rows: Mapping[Part, RowSource] = {
            Part.LINKS: MadeRows(detail.links, present.link_cells),
            Part.STEPS: ListRows([Row(f"{at}", cells) for at, cells in enumerate(steps)]),
            Part.CONFIGS: MadeRows(told, present.config_cells, lambda one: one.name),
            Part.DATA: ListRows(self._data),
            Part.RUNS: ListRows([Row(one.id, present.run_cells(one, now, me)) for one in runs]),
        }
        columns = columns_for(runs, present.COLUMNS[Part.RUNS])
        if columns != self._tables[Part.RUNS].columns:
            self._tables[Part.RUNS].set_columns(columns)
        for part, table in self._tables.items():
            table.show(rows[part], empty=self._empty(part))
        self._names.show([present.parts_line(detail, runs, told_by, self.part, width)])
        self._none.show([(Span(present.EMPTY[Part.OUTPUT], "muted"),)])
        self._show_front(has_output=told_by is not None)

    def _empty(self, part: Part) -> Line:
        """Return what stands where a part has no rows."""
        return self._no_data if part is Part.DATA else (Span(present.EMPTY[part], "muted"),)

    def turn(self, part: Part) -> None:
        """Show another part."""
        if part is not self.part:
            self.part = part
            self.post_message(self.Shown(part))

    def after(self, delta: int) -> Part:
        """Return the part that follows the shown one, or precedes it."""
        at = self._parts.index(self.part) if self.part in self._parts else 0
        return self._parts[(at + delta) % len(self._parts)]

    def on_lines_view_clicked(self, event: LinesView.Clicked) -> None:
        """Show the part whose name was clicked."""
        event.stop()
        self.turn(Part(event.ref))

    def _show_front(self, *, has_output: bool) -> None:
        for part, table in self._tables.items():
            table.display = part is self.part
        is_output = self.part is Part.OUTPUT
        self.output.display = is_output and has_output
        self._none.display = is_output and not has_output
