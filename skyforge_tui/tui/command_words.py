"""Gathers what a command line may name here and now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import FieldKind, SurveyField, Template
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.command_line import Known
from skyforge_tui.tui.commands import commands_of
from skyforge_tui.tui.filtering import FilteredPlace
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.launch import full_name

if TYPE_CHECKING:
    from skyforge_tui.tui.base_screen import PlaceScreen
    from skyforge_tui.tui.commanding import Commanding

_RUNS = 100
"""How many of the newest runs are offered."""


async def known_here(app: Commanding, place: PlaceScreen) -> Known:
    """Return what may be named: commands of the place, templates, runs, paths, views."""
    principal = app.bridge.principal
    listed = await place.views() if isinstance(place, FilteredPlace) else ()

    async def ask(services: Services) -> Known:
        templates = await services.projects.templates(principal)
        runs = await services.runs.newest(principal, _RUNS)
        return Known(
            commands=tuple(commands_of(place.PLACE)),
            templates=_named(
                [
                    (full_name(one, services.access.project(one.project_id)), one)
                    for one in templates
                ]
            ),
            runs={str(one.number): _about(one) for one in runs},
            paths=_paths(templates),
            views=tuple(one.name for one in listed),
            servers=tuple(one.name for one in await services.connections.servers(principal)),
        )

    return await app.bridge.ask(ask)


def _named(pairs: Sequence[tuple[str, Template]]) -> dict[str, tuple[SurveyField, ...]]:
    """Return templates by the names they go by: the short one where nobody else has it."""
    short = [one.name for _, one in pairs]
    named: dict[str, tuple[SurveyField, ...]] = {}
    for full, one in pairs:
        asked = tuple(each for each in one.survey if each.kind is not FieldKind.SECRET)
        if short.count(one.name) == 1:
            named[one.name] = asked
        named[full] = asked
    return named


def _paths(templates: Sequence[Template]) -> tuple[str, ...]:
    untrusted = (one for one in templates if not one.is_trusted)
    return tuple(sorted({source.path for one in untrusted for source in one.sources}))


def _about(run: Run) -> str:
    return f"{run.title}  {tones.run_look(run).word}"
