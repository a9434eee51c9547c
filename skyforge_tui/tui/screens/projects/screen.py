"""Projects: the list, and beside it what a project is, declares and holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.identity import Role, upstream_of
from skyforge_tui.domain.vocabularies import (
    PROJECTS,
    TEMPLATES,
    project_record,
    template_record,
)
from skyforge_tui.tui.base_screen import SLIM, WIDE
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.presenters import projects as present
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.cut_off import stale_upstreams
from skyforge_tui.tui.presenters.deployments import deploys
from skyforge_tui.tui.presenters.frame import MARGIN, title_line
from skyforge_tui.tui.presenters.waiting import is_long
from skyforge_tui.tui.screens.projects.acting import ProjectActing
from skyforge_tui.tui.table_filter import Listed, TableFilter
from skyforge_tui.tui.widgets.lines import LinesView, PaneLine
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import Row

if TYPE_CHECKING:
    from skyforge_tui.domain.deployment import Deployment
    from skyforge_tui.domain.identity import ProjectId, TemplateId
    from skyforge_tui.domain.run import Run
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.contract import Services, Target
    from skyforge_tui.services.decisions import Denied
    from skyforge_tui.services.projects import ProjectView
    from skyforge_tui.tui.messages import Changes

_INDENT = 2
"""Cells before the pane's text: the cursor of its table stands there."""
_FEW = 4
"""Templates to be seen at least, below what the project is."""


class ProjectsScreen(ProjectActing):
    """Show the projects of this workspace and what can be launched in them."""

    PLACE = Place.PROJECTS
    ON_MARKED = frozenset({"project.trust"})
    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (SLIM, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012

    def __init__(self) -> None:
        self._views: dict[str, ProjectView] = {}
        self._named: Counter[str] = Counter()
        self._is_empty = False
        self._lost: frozenset[str] = frozenset()
        self._last: dict[TemplateId, Run] = {}
        self._deployed: dict[ProjectId, list[Deployment]] = {}
        super().__init__()
        self._list = ResourceTable(present.COLUMNS, id="projects", margin=0)
        self._pane = Vertical(id="pane")
        self._head = LinesView(id="head", indent=_INDENT)
        self._templates = ResourceTable(present.TEMPLATE_COLUMNS, id="templates", has_head=False)
        self._below = LinesView(id="below", indent=_INDENT)
        self.filters = (
            TableFilter(self._list, "projects", PROJECTS),
            TableFilter(self._templates, "templates", TEMPLATES),
        )

    @property
    def table(self) -> ResourceTable:  # type: ignore[override]
        """The table that moves: the one with the focus, or the one that is filtered."""
        if self._typing_in is not None:
            return self._typing_in.table
        return self._templates if self.focused is self._templates else self._list

    def body(self) -> Iterator[Widget]:
        """Yield the filter, and below it the list and the pane beside it."""
        yield self.filter_line
        with Horizontal(classes="body"):
            yield self._list
            yield PaneLine()
            with self._pane:
                yield self._head
                yield self._templates
                yield self._below

    def crumb(self) -> Line:
        """Return the title with how many there are."""
        return title_line("Projects", "" if self.awaited() else self.filters[0].counted)

    def concerns(self, changes: Changes) -> bool:
        """Say whether projects or runs changed; or, as long as there is none, the upstreams."""
        if changes.health and self._lost != stale_upstreams(self.bridge.lights()):
            return True  # rows of a server that went or came back look different
        if changes.labs and self._deployed:
            return True
        return super().concerns(changes) or (changes.health and not self._views)

    def awaited(self) -> str:
        """Return what goes on while no project is known."""
        unread = "" if self._views else self.bridge.unread(Subject.PROJECTS)
        return super().awaited() or (unread and f"reading {unread}")

    def show_waiting(self) -> None:
        """Say what is waited for, and beside it what helps when it takes long."""
        super().show_waiting()
        if not self._views:
            self._show_project()

    def target(self) -> Target:
        """Return the template under the cursor, or the project."""
        return self._template() or self._project()

    def denied(self, command: Command) -> Denied | None:
        """Say why not; what is done to several is decided for each when it is done."""
        if command.id in self.ON_MARKED and self.table.marked_count and self._untrusted():
            return None
        return super().denied(command)

    async def load(self) -> None:
        """Ask for the projects and for the last run of every template."""

        async def ask(services: Services) -> tuple[list[ProjectView], dict[TemplateId, Run]]:
            principal = self.bridge.principal
            views = await services.projects.all(principal)
            return views, await services.runs.last_by_template(principal)

        views, self._last = await self.ask(ask)
        self._lost = stale_upstreams(self.bridge.lights())
        self._views = {view.project.id: view for view in views}
        self._named = Counter(view.project.slug for view in views)
        self._is_empty = not views and not self.bridge.unread(Subject.PROJECTS)
        self.filters[0].list([self._listed(view) for view in views], present.NONE)
        self.show_waiting()
        if self.focused is None:
            self._go_into(self._list)
        self._show_project()
        self._look_at_deployments()

    def _look_at_deployments(self) -> None:
        """Ask how what the project in front deploys is; of the others nobody wants to know yet."""
        view = self._view()
        if view is not None and view.role > Role.NONE and deploys(view.project):
            project_id, principal = view.project.id, self.bridge.principal

            async def look() -> None:
                self._deployed[project_id] = await self.ask(
                    lambda services: services.deployments.of(principal, project_id)
                )
                self._show_project()

            self.work(look, group="deployments", exclusive=True)

    def refilter(self, which: TableFilter) -> None:
        """Show what is found."""
        if which.table is self._templates:
            self._show_project()
        else:
            super().refilter(which)

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Show the project under the cursor."""
        event.stop()
        if event.table is self._list:
            self._show_project()
            self._look_at_deployments()
        else:
            self.show_frame()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Go into the project, or to the template's card."""
        event.stop()
        self._go_into(event.table)
        self.action_command("project.open")

    def on_resize(self) -> None:
        """Give the peek the room there is."""
        self.call_after_refresh(self._show_project)

    # What the keys do.

    def do_project_open(self) -> None:
        """Go into the templates; from there to the card of the one under the cursor."""
        template = self._template()
        if template is not None:
            self.cockpit.open_card(template)
        elif self.filters[1].total:
            self._go_into(self._templates)
        else:
            self.action_command("project.files")

    def do_project_leave(self) -> None:
        """Go back to the list."""
        self._go_into(self._list)

    def _go_into(self, table: Widget) -> None:
        """Give a table the keys; where only one has room, it is the one that is shown."""
        self.set_focus(table, scroll_visible=False)
        self.set_class(table is self._templates, "inside")
        self.show_frame()
        self.call_after_refresh(self._show_project)

    leave = do_project_leave

    def _show_project(self) -> None:
        view = self._view()
        if view is None:
            is_slow = bool(self.awaited()) and is_long(self.waited)
            self._head.show(present.NONE_YET if self._is_empty else present.SLOW if is_slow else [])
            self.filters[1].list([], ())
            self._below.show([])
            self.show_frame()
            return
        width = max(20, self._pane.size.width - _INDENT - MARGIN)
        is_stale = upstream_of(view.project.id) in self._lost
        head = present.head_lines(view, self.now, width, is_stale=is_stale)
        templates = self.filters[1]
        templates.list([self._listed_template(one) for one in view.templates], ())
        rows = max(templates.found, 1 if view.templates else 0)
        if self._pane.size.height < len(head) + min(rows, _FEW):
            head = [head[0], head[-1]]  # what can be launched comes first
        below = max(4, self._pane.size.height - 1 - len(head))
        height = min(rows, max(3, below * 2 // 3) if view.project.files else below)
        self._head.show(head)
        self._templates.styles.height = height
        self._templates.display = bool(rows)
        mine = self._deployed.get(view.project.id, []) if deploys(view.project) else []
        self._below.show(present.below_lines(view, mine, self.now, below - height, width))
        self.show_frame()

    step_ages = _show_project

    def _listed(self, view: ProjectView) -> Listed:
        record = project_record(view.project, view.role, view.templates, self.now)
        is_stale = upstream_of(view.project.id) in self._lost
        has_twin = self._named[view.project.slug] > 1
        cells = present.project_cells(view, is_stale=is_stale, has_twin=has_twin)
        return Listed(Row(view.project.id, cells), record)

    def _listed_template(self, one: Template) -> Listed:
        last = self._last.get(one.id)
        row = Row(one.id, present.template_cells(one, last, self.now))
        return Listed(row, template_record(one, last, self.now))
