"""The palette: commands, templates, projects and the newest runs in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import Template
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.commands import Command, commands_of
from skyforge_tui.tui.keymap import shown_key
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.columns import Column

if TYPE_CHECKING:
    from skyforge_tui.tui.commanding import Commanding
    from skyforge_tui.tui.widgets.picker import Choice

Item = Command | Template | Run

COLUMNS: tuple[Column, ...] = (
    Column("name", "Name", 24, most=40, priority=100, is_name=True, cut="middle"),
    Column("what", "What", 9, priority=60),
    Column("note", "", 12, most=None, priority=40),
)
_RUNS = 50
"""How many of the newest runs are offered."""


@dataclass(frozen=True, slots=True)
class _Offered:
    templates: list[Template]
    runs: list[Run]


async def choose(app: Commanding, screen: PlaceScreen) -> None:
    """Show the palette and carry out what is picked."""
    from skyforge_tui.tui.widgets.picker import Picker

    async def ask(services: Services) -> _Offered:
        principal = app.bridge.principal
        return _Offered(
            await services.projects.templates(principal),
            await services.runs.newest(principal, _RUNS),
        )

    offered = await app.bridge.ask(ask)
    choices = [
        *(_command(app, screen, one) for one in commands_of(screen.PLACE)),
        *(_template(one) for one in offered.templates),
        *(_run(one, app) for one in offered.runs),
    ]
    match await app.push_screen_wait(Picker("Palette", COLUMNS, choices, verb="do it")):
        case Command() as command:
            screen.action_command(command.id)
        case Template() as template:
            app.open_card(template)
        case Run() as run:
            app.open_run(run.id)
        case _:
            pass  # left without a choice


def _command(app: Commanding, screen: PlaceScreen, command: Command) -> Choice[Item]:
    from skyforge_tui.tui.widgets.picker import Choice

    hint = screen.hint(command)
    keys = " ".join(shown_key(key) for key in app.keymap.keys_of(command.id))
    cells: dict[str, Line] = {
        "what": (Span("key", "muted"),),
        "note": (Span(keys, "strong"), Span("  asks" if command.asks else "", "warn")),
    }
    return Choice(command, command.help, cells, also=f"{command.id} {command.label}",
                  reason=hint.reason)  # fmt: skip


def _template(template: Template) -> Choice[Item]:
    from skyforge_tui.tui.widgets.picker import Choice

    cells: dict[str, Line] = {
        "what": (Span("launch", "accent"),),
        "note": (Span(literal(template.description), "muted"),),
    }
    return Choice(template, template.name, cells, also=f"launch {template.description}")


def _run(run: Run, app: Commanding) -> Choice[Item]:
    from skyforge_tui.tui.widgets.picker import Choice

    look = tones.run_look(run)
    cells: dict[str, Line] = {
        "what": (Span("run", "muted"),),
        "note": (*look.line, Span(f"  {tones.age(app.now() - run.created_at)} ago", "muted")),
    }
    return Choice(run, f"{run.number} {run.template}", cells, also=f"run {run.state} {run.project}")
