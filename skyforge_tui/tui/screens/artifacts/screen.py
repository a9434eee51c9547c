"""Artifacts: the store as a tree, what lies at one prefix, and the first bytes of one object."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.worker import Worker

from skyforge_tui.domain.artifact_vocabulary import ARTIFACTS
from skyforge_tui.services.artifact_views import Held, Preview
from skyforge_tui.services.lineage import Origin
from skyforge_tui.tui.base_screen import SLIM, WIDE
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.presenters import artifacts as present
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.frame import title_line
from skyforge_tui.tui.screens.artifacts.glance_pane import GlancePane
from skyforge_tui.tui.screens.artifacts.keeping import ON_ANY
from skyforge_tui.tui.screens.artifacts.listing import ListingPlace
from skyforge_tui.tui.screens.artifacts.reading import ReadingKeys
from skyforge_tui.tui.screens.artifacts.rows import rows_of, title_words, twig_row
from skyforge_tui.tui.screens.artifacts.store_view import Glance, StoreView, look_at
from skyforge_tui.tui.table_filter import TableFilter
from skyforge_tui.tui.widgets.lines import LinesView, PaneLine
from skyforge_tui.tui.widgets.resource_table import LEAST_HEIGHT, ResourceTable
from skyforge_tui.tui.widgets.row_source import ListRows


class ArtifactsScreen(ReadingKeys, ListingPlace):
    """Show a store and walk through it."""

    PLACE = Place.ARTIFACTS
    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (SLIM, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012

    def __init__(self) -> None:
        self.here: str | None = None
        """The prefix whose content is shown; None before the first look."""
        self.view = StoreView()
        self._glance: Glance | None = None
        self._has_preview = True
        super().__init__()
        self._tree = ResourceTable(present.tree_columns(""), id="tree", margin=0)
        self.table = ResourceTable(present.COLUMNS, id="objects")
        self.filters = (TableFilter(self.table, "artifacts", ARTIFACTS),)
        self._left = Vertical(id="left")
        self._facts = LinesView(id="facts")
        self._pane = GlancePane(lambda: self.now, lambda: self.size.width < WIDE)
        self._split = PaneLine(id="split")
        self.preview = self._pane.lines

    def body(self) -> Iterator[Widget]:
        """Yield the filter, the tree, the objects, and what one of them holds."""
        self._tree.can_focus = False
        yield self.filter_line
        with Horizontal(classes="body"):
            yield self._tree
            yield PaneLine(id="trunk")
            with Horizontal(id="pane"):
                with self._left:
                    yield self.table
                    yield self._facts
                yield self._split
                yield self._pane

    def crumb(self) -> Line:
        """Return the title with where one is, and what is not to be seen there."""
        found = self.filter.counted if self.filter.query else ""
        return title_line("Artifacts", title_words(self.view, self.here or "", found, self.sizes))

    def concerns(self, changes: Changes) -> bool:
        """Say whether artifacts, the runs that make them, or roles changed."""
        return changes.artifacts or bool(changes.project_ids)

    def heard(self, changes: Changes) -> None:
        """Draw how far transfers have come."""
        if changes.transfers:
            self.step_transfers()

    def target(self) -> Held | None:
        """Return what is under the cursor."""
        return self.view.held(self.table.cursor_key)

    def lacks(self, command: Command) -> str:
        """Say what is missing under the cursor."""
        match command.id:
            case "artifact.up":
                return "" if self.here or self.sought or self.is_reading else "this is the top"
            case "artifact.store" if not self.view.stores:
                return "still asking which there are"
            case "artifact.run" if self.maker() is None:
                return "no run is known to have made it"
            case "artifact.compare" if self.marked_two() is not None:
                return ""
            case "artifact.compare" if not present.is_of_run(self.here or ""):
                return "mark two artifacts, or enter a run's folder"
            case one if one in ON_ANY and self.target() is None and not self.table.marked_count:
                return "nothing here"
            case "artifact.transfers" if not self.bridge.transfers():
                return "nothing was carried since the program began"
            case "artifact.log" if self.artifact() is None:
                return "it is a folder" if self.target() else "nothing here"
        return ""

    # The data road.

    def look(self) -> None:
        """Ask for what the thing under the cursor holds."""
        self.start(partial(self._look_at, self.target()), "look")

    async def _look_at(self, held: Held | None) -> None:
        if held is None or not self.bridge.role(held):
            self._glance = None
        else:
            self._glance = await self.ask(
                lambda services: look_at(services, self.bridge.principal, held)
            )
        self._show_glance()

    @property
    def is_reading(self) -> bool:
        """Whether the preview has the keys."""
        return self.focused is self.preview

    def step_ages(self) -> None:
        """Draw the ages again."""
        self.show_level()
        self._show_glance()

    def start(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Begin work that ends what is under way in its group.

        A function, not a coroutine: of one that is overtaken before it begins, none was made.
        """
        _: Worker[None] = self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    # What is shown.

    def show_level(self) -> None:
        """Show what there is: a level of the store, or what was found below it."""
        view, here = self.view, self.here or ""
        twigs = present.twigs(view.tree, here)
        self._tree.set_columns(present.tree_columns(view.store))
        self._tree.show(ListRows([twig_row(one, view) for one in twigs]))
        self._tree.move_to_key(here)
        columns = present.columns(view.comparison, is_search=(is_search := bool(view.search)))
        if columns != self.table.columns:
            self.table.set_columns(columns)
        below = f"{here}/" if here else ""
        listed = rows_of(view, self.sizes, self.now, lambda one: bool(self.bridge.role(one)), below)
        self.filter.list([*listed], present.nothing(here, is_search=is_search))
        self.show_frame()

    def _show_glance(self) -> None:
        glance = self._glance
        self._pane.show(glance)
        is_object = glance is not None and isinstance(glance.content, Preview)
        self._facts.display = is_object and self.size.width >= WIDE
        if glance is not None and isinstance(glance.content, Preview):
            width = self._left.size.width
            self._facts.show(present.fact_lines(glance.content, glance.origin, self.now, width))
        self._make_room()
        self.show_frame()

    def _make_room(self) -> None:
        """Let the facts follow the objects."""
        if not self._facts.display:
            self.table.styles.height = "1fr"
            return
        room = self._left.size.height - len(self._facts.lines)
        wanted = max(LEAST_HEIGHT, self.table.source.count + 2)
        self.table.styles.height = max(3, min(wanted, room))

    def on_resize(self) -> None:
        """Give the facts the room there is."""
        self.call_after_refresh(self._show_glance)

    def do_app_refresh(self) -> None:
        """Ask everything upstream again, the store too."""
        super().do_app_refresh()
        self.reload()

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Look at another object."""
        event.stop()
        if event.table is self.table:
            if self.is_reading:  # what was read is gone
                self.set_focus(self.table, scroll_visible=False)
            self.look()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Go into a folder, of the table or of the tree."""
        event.stop()
        if event.table is self._tree:
            self.go_to(event.key)
        else:
            self.action_command("artifact.open")

    # What the keys do.

    def origin(self) -> Origin | None:
        """Return what is known of the run that made what is under the cursor."""
        held = self.target()
        return self._glance.origin if self._glance and self._glance.held == held else None

    def show_difference(self, title: str, diff: str) -> None:
        """Show how two artifacts differ, and let it be read."""
        self._let_preview(True)
        self._pane.show_difference(title, diff)
        self.set_focus(self.preview, scroll_visible=False)
        self.show_frame()

    def do_artifact_open(self) -> None:
        """Go into a folder; begin to read an object."""
        held = self.target()
        if held is not None and held.is_folder:
            self.go_to(held.ref.key)
        elif held is not None and (self.is_reading or present.is_log(held.ref.key)):
            self.do_artifact_log()
        elif held is not None:
            self._let_preview(True)
            self.set_focus(self.preview, scroll_visible=False)
            self.show_frame()

    def do_artifact_up(self) -> None:
        """Stop reading; else go one folder up."""
        if self.is_reading:
            self.set_focus(self.table, scroll_visible=False)
            self.show_frame()
        elif not self.stop_finding() and self.here:
            self.go_to(self.here.rpartition("/")[0], came_from=self.here)

    leave = do_artifact_up

    def do_artifact_preview(self) -> None:
        """Show what is in it, or leave all the room to the list."""
        if self.is_reading:
            self.set_focus(self.table, scroll_visible=False)
        self._let_preview(not self._has_preview)

    def _let_preview(self, is_shown: bool) -> None:
        self._has_preview = is_shown
        self._pane.display = is_shown
        self.set_class(not is_shown, "-no-preview")

    def go_to(self, prefix: str, *, came_from: str = "", store: str | None = None) -> None:
        """Go into a folder, the cursor on where one came from or on the first thing there.

        Without `store` it is one of the store that is looked at.
        """
        self.store = self.store if store is None else store
        self.here, self.sought, self._glance = prefix, "", None
        self._show_glance()
        self.set_focus(self.table, scroll_visible=False)
        self.sizes.clear()
        self.table.clear_marks()
        self.filter.type("")
        self.start(partial(self.come, came_from), "load")
