"""One lab: its nodes, and its links, steps, runs and output; all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.lab import Lab, LabDetail, LabLink, LabNode
from skyforge_tui.tui.base_screen import WIDE, PlaceScreen
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.lab_commands import LabCommands
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.output_reading import OutputReading
from skyforge_tui.tui.presenters import lab as present
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.frame import MARGIN, crumb_line
from skyforge_tui.tui.presenters.lab_parts import Part, first_part
from skyforge_tui.tui.presenters.offers import Fact
from skyforge_tui.tui.screens.lab.known import Known, known_lab
from skyforge_tui.tui.screens.lab.looking import LOOKS_EVERY_S, LabLooking
from skyforge_tui.tui.screens.lab.parts_pane import PartsPane, Seer
from skyforge_tui.tui.screens.lab.wires import Wires
from skyforge_tui.tui.table_keys import Movable, TableKeys, facts_of_row
from skyforge_tui.tui.widgets.lines import LinesView, PaneLine
from skyforge_tui.tui.widgets.log_view import LogView
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import MadeRows

_NODE, _RULE = 40, 5
"""Cells of the node beside the table, and of the line between; as the style sheet says."""


class LabScreen(LabLooking, LabCommands, OutputReading, TableKeys, PlaceScreen):
    """Show a lab and follow it."""

    PLACE = Place.LAB
    TAB = Place.LABS
    CSS_PATH = "screen.tcss"

    def __init__(self, lab: Lab) -> None:
        self._known = Known(LabDetail(lab))
        self._is_asked = False
        self._follows = False
        """Whether it was seen moving: then its output comes to the front once, not again."""
        self._read: RunId | None = None
        super().__init__()
        self._status = LinesView([()], id="status")
        self._left = Vertical(id="left")
        self.table = ResourceTable(present.NODE_COLUMNS, least_height=2, id="nodes")
        self._missing = LinesView(id="missing")
        self._parts = PartsPane()
        self.output = self._parts.output
        self._rule = PaneLine()
        self._wires = Wires()
        self._node = LinesView(id="node", indent=0)

    def body(self) -> Iterator[Widget]:
        """Yield how it is, the nodes with what is below, and the node beside them."""
        with Horizontal(classes="body"):
            with self._left:
                yield self._status
                yield self.table
                yield self._missing
                yield self._parts
            yield self._rule
            yield self._node

    def crumb(self) -> Line:
        """Return the way to this lab."""
        lab = self._lab
        steps = (lab.project, "labs", lab.name) if lab.project else ("labs", lab.name)
        return crumb_line(*steps)

    def concerns(self, changes: Changes) -> bool:
        """Say whether labs, or the runs that move them, changed."""
        return bool(changes.labs or changes.run_ids)

    def on_mount(self) -> None:
        """Look again every few seconds at a lab that runs elsewhere."""
        super().on_mount()
        self.set_interval(LOOKS_EVERY_S, self.look)

    def node_here(self) -> LabNode | None:
        """Return the node under the cursor."""
        return None if self._is_below else self._chosen()

    def link_here(self) -> LabLink | None:
        """Return the link under the cursor."""
        return self._parts.link_of(self._known.detail) if self._is_below else None

    def heard(self, changes: Changes) -> None:
        """Show new output."""
        if self._read in changes.output:
            self.output.grew()

    def target(self) -> Lab:
        """Return the lab."""
        return self._lab

    def moved(self) -> Movable:
        """Return the nodes, or the part that was gone to."""
        return self._parts.moves if self._is_below else self.table

    def row_facts(self) -> list[Fact]:
        """Return what the row under the cursor shows: a node, a link, a step or a run."""
        front = self._parts.front if self._is_below else self.table
        return facts_of_row(front) if isinstance(front, ResourceTable) else []

    def lacks(self, command: Command) -> str:
        """Say what there is nothing to look at."""
        if command.id == "lab.choose" and not self._is_below and self._chosen() is None:
            return "no node here"
        return super().lacks(command)

    async def load(self) -> None:
        """Show the lab as it is known, then ask its provider for all there is."""
        before, principal = self._lab, self.bridge.principal
        is_first = not self._known.runs and not self._is_asked
        self._known = await self.ask(lambda services: known_lab(services, principal, before))
        is_moving = self._lab.state.is_moving
        if is_first or (is_moving and not self._follows):
            self._parts.part = first_part(self._known.detail, self._known.runs)
        self._follows = is_moving
        if self.focused is None:
            self._focus(self.table)
        self._show()
        await self._show_output()
        if self._is_asked and self._lab.folder and self._lab.state.is_moving:
            return  # each step is told; how its nodes are is looked at every few seconds
        detail = await self.told_now(self._lab)
        if detail is None:
            return
        self._is_asked = True
        self._known = self._known._replace(detail=detail)
        self._show()

    def on_resize(self) -> None:
        """Show the node beside the table where there is room."""
        self.call_after_refresh(self._show)

    def step_ages(self) -> None:
        """Draw the ages again."""
        self._show()

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Show another node."""
        event.stop()
        if event.table is self.table:
            self._show_node()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Look at what was clicked."""
        event.stop()
        self._focus(event.table)
        self.do_lab_choose()

    def on_parts_pane_shown(self, event: PartsPane.Shown) -> None:
        """Show another part, and go there."""
        event.stop()
        self._show()
        self._focus(self._parts.front)
        work = self._show_data if event.part is Part.DATA else self._show_output
        self.work(work(), group="output", exclusive=True)

    def on_log_view_moved(self, event: LogView.Moved) -> None:
        """Leave the footer as it is: all keys stay."""
        event.stop()

    # What the keys do.

    def do_lab_next(self) -> None:
        """Go to the part that is shown; from there to the next."""
        self._go(1)

    def do_lab_previous(self) -> None:
        """Go to the part that is shown; from there to the one before."""
        self._go(-1)

    def do_lab_choose(self) -> None:
        """Open the run under the cursor; of a node show the links."""
        if self._is_below:
            if (run_id := self._parts.run_id) is not None:
                self.cockpit.open_run(run_id)
            if node := self._parts.config_of:
                self.work(self.show_config(self._lab, node), group="config", exclusive=True)
        else:
            self._parts.turn(Part.LINKS)
            self._focus(self._parts.front)

    def leave(self) -> None:
        """Go back to the nodes, from there to the labs."""
        if self._is_below:
            self._focus(self.table)
        else:
            _ = self.dismiss()

    def _go(self, delta: int) -> None:
        if self._is_below:
            self._parts.turn(self._parts.after(delta))
        else:
            self._focus(self._parts.front)

    def _focus(self, widget: Widget) -> None:
        """Give the keys to a part, or back to the nodes, whose cursor shows it."""
        self.set_focus(widget, scroll_visible=False)
        self.table.refresh()
        self.show_frame()

    # What is shown.

    @property
    def _lab(self) -> Lab:
        return self._known.detail.lab

    @property
    def _is_below(self) -> bool:
        """Whether one is in the lower half."""
        return self.focused is not None and self.focused is self._parts.front

    async def _show_output(self) -> None:
        """Open the output of the run that belongs to the lab, once it is looked at."""
        told = self._known.told
        run_id = None if told is None else told.id
        if self._parts.part is not Part.OUTPUT or run_id == self._read:
            self.output.grew()
            return
        self._read = run_id
        if run_id is None:
            self.show_output(None)
            return
        principal = self.bridge.principal
        reader = await self.ask(lambda services: services.runs.open_log(principal, run_id))
        self.show_output(reader)
        self.output.grew()

    async def _show_data(self) -> None:
        try:
            self._parts.take_data(await self.data_of(self._lab))
        except SkyforgeError as error:
            self._parts.miss_data(str(error))
        self._show()

    def take_look(self, found: LabDetail | str) -> None:
        """Show a lab as its provider told it anew, or why it did not."""
        if isinstance(found, str):
            found = replace(self._known.detail, missing=(found,))
        self._known = self._known._replace(detail=found)
        self._show()

    def _show(self) -> None:
        detail, told = self._known.detail, self._known.told
        self._node.display = self._rule.display = self.app.size.width >= WIDE and bool(detail.nodes)
        self._show_status()
        rows = MadeRows(
            detail.nodes, lambda one: present.node_cells(one, detail.lab), lambda one: one.name
        )
        self.table.styles.height = rows.count + 1 if rows.count else 1
        self.table.show(rows, empty=present.empty_line(detail.lab, is_asked=self._is_asked))
        missing = present.missing_lines(detail, self._width)
        self._missing.show(missing)
        self._missing.display = bool(missing)
        seer = Seer(self.now, self.bridge.me, self._width)
        self._parts.show(detail, self._known.runs, told, seer)
        self._show_node()
        is_moving = detail.lab.state.is_moving or (told is not None and told.state.is_active)
        self.tick(self._show_status if is_moving else None)
        self.show_frame()

    @property
    def _width(self) -> int:
        """How many cells a row on the left has; known before anything is laid out."""
        beside = _NODE + _RULE if self._node.display else 0
        return max(20, self.app.size.width - beside - 2 * MARGIN)

    def _show_status(self) -> None:
        detail, source, _, usual = self._known
        told = self._known.told
        lines = [present.status_line(detail.lab, source, self.now, self._width)]
        lines += present.progress_lines(detail.lab, told, usual, self.now, self._width)
        self._status.show(lines)

    def _show_node(self) -> None:
        node = self._chosen()
        if self._node.display:
            width = _NODE - MARGIN
            detail = self._known.detail
            lines = []
            if node is not None:
                links = self._wires.of(detail, node.name)
                lines = present.node_lines(node, detail.lab, links, width)
            self._node.show(lines)

    def _chosen(self) -> LabNode | None:
        nodes, at = self._known.detail.nodes, self.table.cursor
        return nodes[at] if at < len(nodes) else None
