"""Labs: every lab of every provider in one table, and how those were heard of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from textual.widget import Widget

from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab, LabSource
from skyforge_tui.domain.lab_vocabulary import LABS, lab_record
from skyforge_tui.services.contract import Services
from skyforge_tui.services.labs import LabsView
from skyforge_tui.tui.bulk_labs import BulkLabs
from skyforge_tui.tui.commands import Place
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.presenters import lab_names as names
from skyforge_tui.tui.presenters import lab_servers as servers
from skyforge_tui.tui.presenters import labs as present
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.frame import title_line
from skyforge_tui.tui.table_filter import Listed, TableFilter
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import Row

_FRESH = timedelta(seconds=20)
"""An answer younger than this is not asked for again by coming here."""


class LabsScreen(BulkLabs):
    """Show the table of labs."""

    PLACE = Place.LABS
    DEFAULT_CSS = "LabsScreen.-tall #sources { margin-bottom: 1; }"

    def __init__(self) -> None:
        self._view: LabsView | None = None
        self._keys: dict[LabId, str] = {}
        self._by_key: dict[str, Lab] = {}
        super().__init__()
        self._sources = LinesView(id="sources")
        self.table = ResourceTable(present.COLUMNS, empty=(Span("", "spin"),), id="labs")
        self.filters = (TableFilter(self.table, "labs", LABS),)

    def body(self) -> Iterator[Widget]:
        """Yield what providers complain of, and the table."""
        self._sources.display = False
        yield self._sources
        yield self.filter_line
        yield self.table

    def crumb(self) -> Line:
        """Return the title with how many labs there are."""
        if self._view is None or self.filter.query:
            return title_line("Labs", self.filter.counted)
        return title_line("Labs", present.tally(self._view.labs))

    def concerns(self, changes: Changes) -> bool:
        """Say whether labs, the runs that move or name them, or their topologies changed."""
        return bool(changes.labs or changes.run_ids or changes.project_ids or changes.artifacts)

    def target(self) -> Lab | None:
        """Return the lab under the cursor."""
        key = self.table.cursor_key
        return None if key is None else self._by_key.get(key)

    async def load(self) -> None:
        """Ask for the labs as they are known."""

        async def ask(services: Services) -> LabsView:
            return await services.labs.all(self.bridge.principal)

        self._view = await self.ask(ask)
        self._show()

    def on_screen_resume(self) -> None:
        """Look at what others did meanwhile: labs are not watched while none moves."""
        super().on_screen_resume()
        if self.bridge.is_open and self._is_old():
            self.work(self._ask_for_a_look(), group="look", exclusive=True)

    def step_ages(self) -> None:
        """Draw the ages again."""
        self._show()

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Show what may be done with another lab."""
        event.stop()
        self.show_frame()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Open the chosen lab."""
        event.stop()
        self.action_command("lab.open")

    def do_lab_open(self) -> None:
        """Go to its nodes."""
        if (lab := self.target()) is not None:
            self.cockpit.open_lab(lab)

    def marked_labs(self) -> list[Lab]:
        """Return the marked labs as they are now."""
        marked = (self._by_key.get(key) for key in self.table.marked)
        return [lab for lab in marked if lab is not None]

    def row_key(self, lab: Lab) -> str:
        """Return what identifies a lab's row."""
        return self._keys.get(lab.id) or names.place_key(lab)

    def do_lab_running(self) -> None:
        """Look for labs that do not rest only, or for all again."""
        self._toggle("awake")

    def do_lab_mine(self) -> None:
        """Look for one's own labs only, or for everybody's again."""
        self._toggle("mine")

    def do_lab_servers(self) -> None:
        """Show what runs labs, how it answers and how its machines are."""
        self.cockpit.lead(self._servers())

    def _toggle(self, word: str) -> None:
        """Look for a word too, or no longer."""
        words = self.filter.text.split()
        rest = [one for one in words if one != word]
        self.look_for(self.filter, " ".join(rest if word in words else [*rest, word]))

    async def _servers(self) -> None:
        from skyforge_tui.tui.widgets.details import Details

        if self._view is not None:
            facts = servers.facts(self._view.sources, self._view.labs, self.now)
            await self.app.push_screen_wait(Details("Servers", facts))

    async def _ask_for_a_look(self) -> None:
        async def ask(services: Services) -> None:
            await services.labs.request_sync(self.bridge.principal)

        await self.ask(ask)

    def _is_old(self) -> bool:
        answers = [one.as_of for one in self._view.sources] if self._view is not None else []
        return any(at is not None and self.now - at > _FRESH for at in answers)

    def _show(self) -> None:
        view = self._view
        if view is None:
            return
        sources = {one.provider: one for one in view.sources}
        self._keys = names.row_keys(view.labs)
        self._by_key = {self._keys[one.id]: one for one in view.labs}
        apart = names.apart(view.labs)
        listed = [
            Listed(
                self._row(key, lab, sources, apart.get(lab.id, "")),
                lab_record(lab, self.now, self._me(lab)),
            )
            for key, lab in self._by_key.items()
        ]
        lines = present.source_lines(view.sources, has_labs=bool(view.labs))
        self._sources.show(lines)
        self._sources.display = bool(lines)
        self.filter.list(listed, present.empty_line(view.sources))
        self.show_frame()

    def _row(self, key: str, lab: Lab, sources: dict[str, LabSource], apart: str) -> Row:
        source = sources.get(lab.provider)
        me = self._me(lab)
        return Row(key, present.lab_cells(lab, source, self.now, me, apart=apart))

    def _me(self, lab: Lab) -> str:
        """Return by which name one goes where a lab runs."""
        return self.bridge.me.at_labs(lab.provider)
