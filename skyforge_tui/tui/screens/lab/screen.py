"""One lab: its nodes, where their links lead, and the steps that brought it here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.lab import Lab, LabDetail, LabNode, LabSource
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.base_screen import TALL, PlaceScreen
from skyforge_tui.tui.commands import Place
from skyforge_tui.tui.lab_commands import LabCommands
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.presenters import lab as present
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.frame import crumb_line
from skyforge_tui.tui.table_keys import TableKeys
from skyforge_tui.tui.widgets.lines import LinesView, PaneLine
from skyforge_tui.tui.widgets.resource_table import LEAST_HEIGHT, ResourceTable
from skyforge_tui.tui.widgets.row_source import ListRows, Row

WIDE = 110
"""From so many columns on, the node under the cursor stands beside the table."""

_HEADED = LEAST_HEIGHT + 1


class LabScreen(LabCommands, TableKeys, PlaceScreen):
    """Show a lab and follow it."""

    PLACE = Place.LAB
    TAB = Place.LABS
    CSS_PATH = "screen.tcss"

    def __init__(self, lab: Lab) -> None:
        self._detail = LabDetail(lab)
        self._is_known = False
        self._source: LabSource | None = None
        super().__init__()
        self._status = LinesView([()], id="status")
        self.table = ResourceTable(present.NODE_COLUMNS, id="nodes")
        self._below = LinesView(id="below")
        self._rule = PaneLine()
        self._node = LinesView(id="node", indent=0)

    def body(self) -> Iterator[Widget]:
        """Yield the status row, the nodes with what is below, and the node beside them."""
        yield self._status
        with Horizontal(classes="body"):
            with Vertical(id="left"):
                yield self.table
                yield self._below
            yield self._rule
            yield self._node

    def crumb(self) -> Line:
        """Return the way to this lab."""
        lab = self._detail.lab
        steps = (lab.project, "labs", lab.name) if lab.project else ("labs", lab.name)
        return crumb_line(*steps)

    def concerns(self, changes: Changes) -> bool:
        """Say whether labs, or the runs that move them, changed."""
        return bool(changes.labs or changes.run_ids)

    def target(self) -> Lab:
        """Return the lab."""
        return self._detail.lab

    async def load(self) -> None:
        """Show the lab as it is known, then ask its provider for all there is."""
        before = self._detail.lab

        async def known(services: Services) -> tuple[Lab | None, tuple[LabSource, ...]]:
            view = await services.labs.all(self.bridge.principal)
            here = [one for one in view.labs if one.id == before.id]
            # A lab that was started, or stopped, goes by another id.
            here += [one for one in view.labs if _is_same(one, before)]
            return (here[0] if here else None), view.sources

        lab, sources = await self.ask(known)
        if lab is None:
            raise NotFound(f"{before.name} is gone", advice="q leads back to the labs")
        self._source = next((one for one in sources if one.provider == lab.provider), None)
        if self._is_known:
            self._detail = replace(self._detail, lab=lab)
        self._show()

        async def ask(services: Services) -> LabDetail:
            return await services.labs.get(self.bridge.principal, lab.id)

        self._detail, self._is_known = await self.ask(ask), True
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
        self._show_node()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Do nothing: all there is of a node is shown already."""
        event.stop()

    def leave(self) -> None:
        """Go back to the labs."""
        _ = self.dismiss()

    def _show(self) -> None:
        detail = self._detail
        is_wide = self.size.width >= WIDE
        self._node.display = self._rule.display = is_wide and bool(detail.nodes)
        self._status.show([present.status_line(detail.lab, self._source, self.now)])
        rows = [Row(one.name, present.node_cells(one)) for one in detail.nodes]
        # Where there is room, enough rows for the table to keep its head.
        self.table.styles.height = max(len(rows) + 1, _HEADED if self.size.height >= TALL else 2)
        self.table.show(
            ListRows(rows), empty=present.empty_line(detail if self._is_known else None)
        )
        self._show_node()
        self.show_frame()

    def _show_node(self) -> None:
        detail = self._detail
        node = self._chosen()
        if self._node.display:
            self._node.show([] if node is None else present.node_lines(node, detail.links))
        lines = present.below_lines(detail, self.now, with_links=True)
        self._below.show(lines)

    def _chosen(self) -> LabNode | None:
        key = self.table.cursor_key
        return next((one for one in self._detail.nodes if one.name == key), None)


def _is_same(one: Lab, other: Lab) -> bool:
    """Say whether two labs are made from one topology, or live in one folder."""
    if one.topology and other.topology:
        return one.topology == other.topology
    return bool(one.directory) and one.directory == other.directory
