"""Attention: what broke, what needs me, what runs. Empty is possible, and says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from textual.widget import Widget

from skyforge_tui.domain.attention_vocabulary import ATTENTION, concern_record
from skyforge_tui.domain.concern import Attention, Concern, Distrust, Drift, Why
from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.query import quoted
from skyforge_tui.domain.run import Doing, Run
from skyforge_tui.domain.template import Template
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.bulk_runs import BulkRuns
from skyforge_tui.tui.commands import BY_ID, Command, Place
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.presenters import attention as present
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.frame import MARGIN, title_line
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.screens.attention.last_lines import last_lines
from skyforge_tui.tui.table_filter import Listed, TableFilter
from skyforge_tui.tui.widgets.lines import LinesView
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import Row

_WAYS_ON = ("launch.deck", "place.labs", "place.runs", "app.command")
_LINES, _LINES_TALL = 4, 10
"""Rows of what is known of the concern under the cursor, its title included, least and most."""
_FRAME = 5
"""Rows that are neither of the table nor of that: places, crumbs, blanks, keys."""


class AttentionScreen(BulkRuns):
    """Show all concerns as one table under headings, or that there is nothing in it."""

    PLACE = Place.ATTENTION
    ON_MARKED = BulkRuns.ON_MARKED | {"attention.mute"}
    CSS = """
    AttentionScreen #nothing { height: 1fr; display: none; padding: 6 0 0 18; }
    AttentionScreen.-wide #nothing { padding: 8 0 0 36; }
    AttentionScreen #about { height: 1fr; margin-top: 1; display: none; }
    """

    def __init__(self) -> None:
        self._found: Attention | None = None
        self._concerns: dict[str, Concern] = {}
        self._usual: dict[Doing, timedelta] = {}
        self._shows_muted = False
        self._known: tuple[str, list[Line]] = ("", [])
        """What is known of one concern, by its key."""
        super().__init__()
        self.table = ResourceTable(present.COLUMNS, id="attention", has_head=False)
        self.filters = (TableFilter(self.table, "attention", ATTENTION, self._arranged),)
        self._about = LinesView(id="about")
        self._nothing = LinesView(id="nothing")

    def body(self) -> Iterator[Widget]:
        """Yield the filter, the table and what is known of one concern; or what stands for it."""
        yield self.filter_line
        yield self.table
        yield self._about
        yield self._nothing

    def crumb(self) -> Line:
        """Return the title with how many things, and how many of them broke."""
        if self._found is None or self.filter.query:
            return title_line("Attention", self.filter.counted)
        return title_line("Attention", present.counted(self._found))

    def concerns(self, changes: Changes) -> bool:
        """Say whether anything changed that may ask for attention."""
        others = changes.labs or changes.health or changes.attention
        return bool(changes.run_ids or changes.project_ids or others)

    def concern(self) -> Concern | None:
        """Return the concern under the cursor."""
        return self._concerns.get(self.table.cursor_key or "")

    def target(self) -> Run | Project | Lab | None:
        """Return the thing under the cursor; an upstream is none that one could act on."""
        match self.concern():
            case Concern(thing=Distrust(project=project) | Drift(project=project)):
                return project
            case Concern(thing=Run() | Project() | Lab() as thing):
                return thing
            case _:
                return None

    def lacks(self, command: Command) -> str:
        """Say what is missing under the cursor."""
        one = self.concern()
        if command.id.startswith(("run.", "attention.open", "attention.mute")) and one is None:
            return "nothing asks for attention here"
        if command.id.startswith("run.") and not isinstance(self.target(), Run):
            return f"{one.name} is no run" if one else "no run here"
        if command.id == "project.trust" and not self._distrusted():
            return "no file here changed after it was trusted"
        if command.id == "attention.muted" and not (self._found and self._found.muted):
            return "nothing is muted"
        return ""

    # The data road.

    async def load(self) -> None:
        """Ask for all concerns."""

        async def ask(services: Services) -> tuple[Attention, dict[Doing, timedelta]]:
            principal = self.bridge.principal
            found = await services.attention.all(principal)
            runs = (one.thing for one in found.of(Why.RUNS))
            doings = {run.doing for run in runs if isinstance(run, Run)}
            return found, await services.runs.usual(principal, doings)

        found, self._usual = await self.ask(ask)
        self._found, self._shows_muted = found, self._shows_muted and bool(found.muted)
        self._show()
        self._look()

    def refilter(self, which: TableFilter) -> None:  # noqa: ARG002
        """Show what is found."""
        self._show()

    async def marked_runs(self) -> list[Run]:
        """Return the marked runs; those that need no attention any more are left out."""
        marked = (self._concerns.get(key) for key in self.table.marked)
        return [one.thing for one in marked if one is not None and isinstance(one.thing, Run)]

    def step_ages(self) -> None:
        """Draw the ages again."""
        self._show()

    def on_resize(self) -> None:
        """Give the lines the room there is."""
        self.call_after_refresh(self._show)

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Go where the chosen concern is dealt with."""
        event.stop()
        self.action_command("attention.open")

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Show what may be done with another concern, and what is known of it."""
        event.stop()
        self.show_frame()
        self._look()

    def footer_hints(self) -> list[KeyHint]:
        """Return the keys that matter here; where nothing asks for attention, the ways on."""
        if self._found is not None and not self._concerns:
            return [self.hint(BY_ID[one]) for one in _WAYS_ON]
        return super().footer_hints()

    # What the keys do.

    def do_attention_open(self) -> None:
        """Go to the run, the lab or the project; of an upstream say what it said."""
        match self.concern():
            case Concern(thing=Run(id=run_id)):
                self.cockpit.open_run(run_id)
            case Concern(thing=Lab() as lab):
                self.cockpit.open_lab(lab)
            case Concern(
                thing=Project(slug=slug)
                | Distrust(project=Project(slug=slug))
                | Drift(project=Project(slug=slug))
            ):
                self.cockpit.show_place(Place.PROJECTS, quoted(slug))
            case Concern() as one:
                self.say(present.upstream_notice(one))

    def do_project_trust(self) -> None:
        """Ask whether to trust what changed."""
        self.work(self._trust, group="trust", exclusive=True)

    def do_attention_mute(self) -> None:
        """Hear no more of it until it changes; of what is muted, hear again."""
        keys = self.table.marked or (self.table.cursor_key or "",)
        some = [one for key in keys if (one := self._concerns.get(key)) is not None]
        self.work(partial(self._mute, some), group="mute", exclusive=True)

    def do_attention_muted(self) -> None:
        """Show what is muted too, or no more."""
        self._shows_muted = not self._shows_muted
        self._show()

    def _distrusted(self) -> Distrust | None:
        one = self.concern()
        return one.thing if one is not None and isinstance(one.thing, Distrust) else None

    async def _trust(self) -> None:
        distrust = self._distrusted()
        if distrust is None:
            return

        async def ask(services: Services) -> tuple[Template, ...]:
            view = await services.projects.get(self.bridge.principal, distrust.project.id)
            return tuple(one for one in view.templates if not one.is_trusted)

        self.cockpit.trust(await self.ask(ask))

    async def _mute(self, some: Sequence[Concern]) -> None:
        muted = set() if self._found is None else {one.key for one in self._found.muted}
        principal = self.bridge.principal
        quiet = [one.key for one in some if one.key not in muted]
        loud = [one.key for one in some if one.key in muted]

        async def change(services: Services) -> None:
            if quiet:
                await services.attention.mute(principal, quiet)
            if loud:
                await services.attention.unmute(principal, loud)

        await self.ask(change)
        self.table.clear_marks()
        shown = self.cockpit.keymap.shown
        self.say(present.muted_notice(some, loud, shown("attention.muted")))

    # What is shown.

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        me, now = self.bridge.me, self.now
        muted = found.muted if self._shows_muted else ()
        self._concerns = {one.key: one for one in (*found.concerns, *muted)}
        listed = []
        for one in self._concerns.values():
            is_muted = one in muted
            shown = present.cells(one, self._usual, now, me, is_muted=is_muted)
            listed.append(
                Listed(Row(one.key, shown), concern_record(one, now, me, is_muted=is_muted))
            )
        self.filter.list(listed, ())
        self.table.display = bool(listed)
        self._nothing.display = not listed
        unread = self.bridge.unread(Subject.RUNS)
        self._nothing.show(present.calm_lines(found, now, unread) if not listed else [])
        self._show_about()
        self.tick(self._show if any(one.why is Why.RUNS for one in found.concerns) else None)
        self.show_frame()

    def _arranged(self, found: Sequence[Listed]) -> list[Row]:
        """Return rows under a heading for each kind."""
        rows: list[Row] = []
        for why in Why:
            some = [one.row for one in found if self._concerns[one.row.key].why is why]
            if some:
                blank = [Row(f"blank {why}", heading=())] if rows else []
                rows += [*blank, Row(why, heading=present.heading(why, len(some))), *some]
        return rows

    def _look(self) -> None:
        """Ask for what is known of the concern under the cursor."""
        self.work(self._look_at, group="look", exclusive=True)

    async def _look_at(self) -> None:
        one = self.concern()
        if one is None:
            self._known = ("", [])
        elif isinstance(one.thing, Run):
            run_id = one.thing.id
            lines = await self.ask(
                lambda services: last_lines(services, self.bridge.principal, run_id)
            )
            self._known = (one.key, lines)
        else:
            self._known = (one.key, present.about_lines(one))
        self._show_about()

    def _show_about(self) -> None:
        one, (key, lines) = self.concern(), self._known
        is_known = one is not None and key == one.key and bool(lines)
        self._about.display = is_known and bool(self.table.display)
        rows = self.table.source.count
        if one is None or not self._about.display:
            self.table.styles.height = "1fr"
            return
        free = self.size.height - _FRAME - rows
        most = max(_LINES, min(_LINES_TALL, free))
        title = present.about_title(one, self.now, max(20, self.size.width - 2 * MARGIN))
        self._about.show([title, *lines[-(most - 1) :]])
        self.table.styles.height = max(3, min(rows, self.size.height - _FRAME - most))
