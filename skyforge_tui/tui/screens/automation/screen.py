"""What a project's server does by itself: schedules, variable groups, and counts by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widget import Widget

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import upstream_of
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.presenters import automation as present
from skyforge_tui.tui.presenters import headless
from skyforge_tui.tui.presenters.automation import Part
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.frame import crumb_line
from skyforge_tui.tui.presenters.guarding import guard_line, guarded
from skyforge_tui.tui.presenters.waiting import failed_line, waiting_line
from skyforge_tui.tui.screens.automation.known import Known, rows_of
from skyforge_tui.tui.table_keys import TableKeys
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import ListRows

if TYPE_CHECKING:
    from textual.worker import Worker

    from skyforge_tui.domain.automation import Schedule
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.automation import Counts
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.messages import Changes

_PARTS = tuple(Part)


class AutomationScreen(TableKeys, PlaceScreen):
    """Show one of three tables of a project."""

    PLACE = Place.AUTOMATION
    TAB = Place.PROJECTS
    CSS = """
    AutomationScreen #names { height: 1; margin-bottom: 1; }
    AutomationScreen #sum { height: auto; margin-bottom: 1; }
    """

    def __init__(self, project: Project, template: Template | None = None) -> None:
        """Show the counts of a template, else the schedules; runs of a template are counted."""
        self._project, self._template = project, template
        self.part = Part.SCHEDULES if template is None else Part.COUNTS
        self._known: Known | None = None
        super().__init__()
        self._names = LinesView([()], id="names")
        self._sum = LinesView([()], id="sum")
        self._tables = {
            part: ResourceTable(columns, id=f"of-{part.value}")
            for part, columns in present.COLUMNS.items()
        }

    @property
    def table(self) -> ResourceTable:  # type: ignore[override]
        """The table that is shown."""
        return self._tables[self.part]

    def body(self) -> Iterator[Widget]:
        """Yield the names of the parts, and below them what each stands for."""
        yield self._names
        yield self._sum
        yield from self._tables.values()

    def crumb(self) -> Line:
        """Return the way here."""
        return crumb_line("projects", self._project.slug, self.part.value)

    def target(self) -> Project:
        """Return the project."""
        return self._project

    def concerns(self, changes: Changes) -> bool:
        """Say whether anything changed: nothing does, but by asking again."""
        del changes
        return False

    def lacks(self, command: Command) -> str:
        """Say what there is nothing to do with."""
        if command.id in ("schedule.turn", "schedule.counts") and self._schedule() is None:
            return "no schedule under the cursor; tab leads to them"
        return super().lacks(command)

    # The data road.

    async def load(self) -> None:
        """Ask the server; what it told before stays until then."""
        self._show(waiting_line(f"asking {self._upstream}", self.now - self.now))
        principal, project, template = self.bridge.principal, self._project.id, self._template

        async def ask(services: Services) -> Known:
            return Known(
                await services.automation.schedules(principal, project),
                await services.automation.variable_groups(principal, project),
                None if template is None
                else await services.automation.counts(principal, template.id),
            )  # fmt: skip

        self._known = await self.ask(ask)
        self._show()

    async def _refresh(self) -> None:
        await self.load()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that nothing is known, where asking failed; the notice says why."""
        super().on_worker_state_changed(event)
        if event.worker.error is not None and self._known is None:
            self._show(failed_line(self.cockpit.keymap.shown("app.refresh")))

    def on_lines_view_clicked(self, event: LinesView.Clicked) -> None:
        """Show the part whose name was clicked."""
        event.stop()
        self._turn_to(Part(event.ref))

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Count the runs of another schedule's template when one gets there."""
        event.stop()
        self.show_frame()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Show how the template of a schedule went."""
        event.stop()
        self.action_command("schedule.counts")

    # What the keys do.

    def do_automation_next(self) -> None:
        """Show the next part."""
        self._turn_to(_PARTS[(_PARTS.index(self.part) + 1) % len(_PARTS)])

    def do_automation_previous(self) -> None:
        """Show the part before."""
        self._turn_to(_PARTS[_PARTS.index(self.part) - 1])

    def do_schedule_turn(self) -> None:
        """Ask whether to turn a schedule on or off."""
        if (one := self._schedule()) is not None:
            self.work(self._ask_to_turn(one), group="turn", exclusive=True)

    def do_schedule_add(self) -> None:
        """Ask what to run, and when."""
        self.work(self._add({}), group="add", exclusive=True)

    def do_schedule_counts(self) -> None:
        """Count the runs of the template of a schedule."""
        one = self._schedule()
        if one is not None:
            self.work(self._count(one), group="count", exclusive=True)

    def leave(self) -> None:
        """Go back to the projects."""
        _ = self.dismiss()

    async def _ask_to_turn(self, one: Schedule) -> None:
        from skyforge_tui.tui.widgets.confirm import Confirm

        verb = "disable" if one.is_active else "enable"
        question = present.turn_question(one, self._upstream, self.bridge.line)
        question = guarded(question, self.bridge.careful([one.id]), f"{verb} {one.number}")
        if not await self.app.push_screen_wait(Confirm(question)):
            return

        async def turn(services: Services) -> None:
            principal = self.bridge.principal
            await services.automation.set_active(principal, one.id, active=not one.is_active)

        await self.bridge.act(headless.Other(("schedules", verb, one.id)), turn)
        self.reload()

    async def _add(self, answers: Mapping[str, str], said: str = "") -> None:
        from skyforge_tui.tui.widgets.launch_card import LaunchCard

        templates = await self._templates()
        offer = present.add_offer(self._project, templates, answers or self._suggested())
        offer = replace(offer, guard=guard_line(self.bridge.guard(self._upstream)))
        card = LaunchCard(
            offer, said=said,
            same_as=lambda plain: self.bridge.line(present.add_act(self._project, plain)),
        )  # fmt: skip
        given = await self.app.push_screen_wait(card)
        if given is None:
            return
        template = next((one for one in templates if one.name == given["template"]), None)
        if template is None:
            await self._add(given, f"no template is called {given['template']}")
            return
        if not await self._is_meant(template, given["cron"]):
            await self._add(given)
            return

        async def add(services: Services) -> Schedule:
            return await services.automation.add(
                self.bridge.principal, template.id, given["name"] or template.name, given["cron"],
                active=given["active"] == "true",
            )  # fmt: skip

        try:
            made = await self.bridge.act(present.add_act(self._project, given), add)
        except Invalid as error:
            await self._add(given, error.message)
            return
        self.say(
            Notice(Severity.INFO, f"Added schedule {made.number}", f"{made.template}  {made.cron}")
        )
        self.reload()

    async def _is_meant(self, template: Template, cron: str) -> bool:
        """Have words typed where the server is guarded so."""
        from skyforge_tui.tui.widgets.confirm import Confirm

        askers = self.bridge.careful([template.id])
        asked = present.add_question(template, cron)
        asked = guarded(asked, askers, f"schedule {self._project.slug}")
        return not askers or await self.app.push_screen_wait(Confirm(asked)) is True

    async def _templates(self) -> list[Template]:
        async def ask(services: Services) -> list[Template]:
            view = await services.projects.get(self.bridge.principal, self._project.id)
            return list(view.templates)

        return await self.ask(ask)

    async def _count(self, one: Schedule) -> None:
        async def ask(services: Services) -> Counts:
            return await services.automation.counts(self.bridge.principal, one.template_id)

        counts = await self.ask(ask)
        self._template = next((t for t in await self._templates() if t.id == one.template_id), None)
        if self._known is not None:
            self._known = self._known._replace(counts=counts)
        self._turn_to(Part.COUNTS)

    # What is shown.

    @property
    def _upstream(self) -> str:
        return upstream_of(self._project.id)

    def _suggested(self) -> dict[str, str]:
        one, template = self._schedule(), self._template
        name = template.name if template else one.template if one else ""
        return {"template": name} if name else {}

    def _schedule(self) -> Schedule | None:
        if self.part is not Part.SCHEDULES or self._known is None:
            return None
        key = self.table.cursor_key
        return next((one for one in self._known.schedules if one.id == key), None)

    def _turn_to(self, part: Part) -> None:
        self.part = part
        self._show()

    def _show(self, waiting: Line = ()) -> None:
        known = self._known
        if known is not None:
            waiting = ()
        rows = {} if known is None else rows_of(known, self.now)
        for part, table in self._tables.items():
            table.display = part is self.part
            table.show(ListRows(rows.get(part, [])), empty=waiting or self._empty(part))
        self._names.show([present.parts_line(
            self.part, None if known is None else len(known.schedules),
            None if known is None else len(known.groups),
            "" if self._template is None else self._template.name,
        )])  # fmt: skip
        counts = known.counts if known is not None and self.part is Part.COUNTS else None
        self._sum.show([] if counts is None else [present.counts_line(counts, self._upstream)])
        self._sum.display = counts is not None
        self.set_focus(self.table, scroll_visible=False)
        self.show_frame()

    def _empty(self, part: Part) -> Line:
        if part is Part.COUNTS and self._template is None:
            return (Span("enter", "strong", bold=True),
                    Span(" on a schedule counts the runs of its template", "muted"))  # fmt: skip
        return present.EMPTY[part]
