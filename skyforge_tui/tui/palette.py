"""The palette: actions, past launches, and everything that has a name, in one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skyforge_tui.domain.history import LineKind
from skyforge_tui.domain.identity import LOCAL, ProjectId, upstream_of
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.query import quoted
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import Template
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.command_line import GoTo, past_card
from skyforge_tui.tui.commands import Command, Place, commands_of
from skyforge_tui.tui.keymap import shown_key
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, literal
from skyforge_tui.tui.presenters.columns import Column

if TYPE_CHECKING:
    from skyforge_tui.tui.commanding import Commanding
    from skyforge_tui.tui.widgets.picker import Choice


@dataclass(frozen=True, slots=True)
class Past:
    """A launch of before, as the line that opens its card again."""

    line: str


Item = Command | Template | Run | Project | Lab | Past

COLUMNS: tuple[Column, ...] = (
    Column("name", "Name", 24, most=40, priority=100, is_name=True, cut="middle"),
    Column("what", "What", 9, priority=60),
    Column("note", "", 12, most=None, priority=40),
)
_RUNS = 50
"""How many of the newest runs are offered."""
_LAUNCHES = 30
"""How many of the newest launches are offered."""


@dataclass(frozen=True, slots=True)
class _Offered:
    templates: list[Template]
    runs: list[Run]
    projects: list[Project]
    labs: list[Lab]
    launches: list[str]


async def choose(app: Commanding, screen: PlaceScreen) -> None:
    """Show the palette and carry out what is picked."""
    from skyforge_tui.tui.widgets.picker import Picker

    offered = await _ask(app)
    choices = [
        *(_command(app, screen, one) for one in commands_of(screen.PLACE)),
        *(_past(one) for one in offered.launches),
        *_things(app, offered),
    ]
    picked = await app.push_screen_wait(Picker("Palette", COLUMNS, choices, verb="do it"))
    app.lead_on()
    match picked:
        case Command() as command:
            screen.action_command(command.id)
        case Template() as template:
            app.open_card(template)
        case Run() as run:
            app.open_run(run.id)
        case Project() as project:
            await app.carry_out(GoTo(Place.PROJECTS, quoted(project.slug)))
        case Lab() as lab:
            await app.carry_out(GoTo(Place.LABS, quoted(lab.name)))
        case Past(line):
            await _again(app, line)
        case _:
            pass  # left without a choice


async def _ask(app: Commanding) -> _Offered:
    principal = app.bridge.principal

    async def ask(services: Services) -> _Offered:
        views = await services.projects.all(principal)
        return _Offered(
            await services.projects.templates(principal),
            await services.runs.newest(principal, _RUNS),
            [one.project for one in views if one.role],
            list((await services.labs.all(principal)).labs),
            await services.history.lines(principal, LineKind.LAUNCH, _LAUNCHES),
        )

    return await app.bridge.ask(ask)


async def _again(app: Commanding, line: str) -> None:
    """Open the card of a past launch; questions that are no longer asked are left out."""
    card = past_card(line)
    if card is not None:
        await app.show_named(card.template, card.answers)


def _things(app: Commanding, offered: _Offered) -> Iterator[Choice[Item]]:
    slugs: Mapping[ProjectId, str] = {one.id: one.slug for one in offered.projects}
    for template in offered.templates:
        about = template.description
        also = f"launch {slugs.get(template.project_id, '')} {about}"
        yield _choice(template, template.name, "launch", _muted(about), also, tone="accent")
    for run in offered.runs:
        look = tones.run_look(run)
        age = Span(f"  {tones.age(app.now() - run.created_at)} ago", "muted")
        also = f"run {run.state} {run.project}"
        yield _choice(run, f"{run.number} {run.title}", "run", (*look.line, age), also)
    for project in offered.projects:
        also = f"project {project.description} {project.path}"
        upstream = upstream_of(project.id)
        about = "  ".join(one for one in (upstream, project.description) if one not in ("", LOCAL))
        yield _choice(project, project.slug, "project", _muted(about), also)
    for lab in offered.labs:
        also = f"lab {lab.owner} {lab.project}"
        yield _choice(lab, lab.name, "lab", _muted(f"{lab.state}  {lab.provider}"), also)


def _command(app: Commanding, screen: PlaceScreen, command: Command) -> Choice[Item]:
    keys = " ".join(shown_key(key) for key in app.keymap.keys_of(command.id))
    note: Line = (Span(keys, "strong"), Span("  asks" if command.asks else "", "warn"))
    also = f"{command.id} {command.label}"
    reason = screen.hint(command).reason
    return _choice(command, command.help, "key", note, also, reason=reason)


def _past(line: str) -> Choice[Item]:
    return _choice(Past(line), literal(line.removeprefix("run ")), "again", (), "run again past")


def _muted(text: str) -> Line:
    return (Span(literal(text), "muted"),)


def _choice(
    item: Item, name: str, what: str, note: Line, also: str, *,
    reason: str = "", tone: Tone = "muted",
) -> Choice[Item]:  # fmt: skip
    from skyforge_tui.tui.widgets.picker import Choice

    cells: dict[str, Line] = {"what": (Span(what, tone),), "note": note}
    return Choice(item, name, cells, also=also, reason=reason)
