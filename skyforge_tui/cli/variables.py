"""`skyforge variables`: the variable groups of projects on servers; what is secret stays so."""

from __future__ import annotations

import click

from skyforge_tui.cli.answers import answer, perform, rows
from skyforge_tui.cli.automated import automated
from skyforge_tui.domain.automation import Variable, VariableGroup
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
HIDDEN = "••••••"
_USERS = 3
"""Templates named that use a group; --json tells all."""


@click.group()
def variables() -> None:
    """List variable groups and show one."""


@variables.command("ls")
@click.argument("project")
@_json
@click.pass_context
def list_groups(ctx: click.Context, project: str, as_json: bool) -> None:
    """List the variable groups of PROJECT."""

    async def work(services: Services, principal: Principal) -> int:
        found = await _groups(services, principal, project)
        answer(
            found,
            as_json=as_json,
            table=lambda: rows(
                ("GROUP", "VARIABLES", "SECRET", "USED BY"),
                [_row(one) for one in found],
            ),
        )
        return 0

    perform(ctx, work)


@variables.command("show")
@click.argument("project")
@click.argument("group")
@_json
@click.pass_context
def show_group(ctx: click.Context, project: str, group: str, as_json: bool) -> None:
    """Show GROUP of PROJECT, by name or number."""

    async def work(services: Services, principal: Principal) -> int:
        found = await _groups(services, principal, project)
        hits = [one for one in found if group in (one.name, str(one.number))]
        if not hits:
            names = ", ".join(one.name for one in found) or "none"
            raise NotFound(f"no variable group {group}", advice=f"there are: {names}")
        answer(
            hits[0],
            as_json=as_json,
            table=lambda: rows(
                ("VARIABLE", "GOES TO", "VALUE"),
                [(one.name, _goes_to(one), _shown(one)) for one in hits[0].variables],
            ),
        )
        return 0

    perform(ctx, work)


async def _groups(services: Services, principal: Principal, project: str) -> list[VariableGroup]:
    projects = await automated(services, principal, project)
    return [
        group
        for one in projects
        for group in await services.automation.variable_groups(principal, one.id)
    ]


def _row(one: VariableGroup) -> tuple[str, str, str, str]:
    secret = sum(each.value is None for each in one.variables)
    return (one.name, str(len(one.variables)), str(secret), _users(one))


def _users(one: VariableGroup) -> str:
    more = len(one.used_by) - _USERS
    named = ", ".join(one.used_by[:_USERS]) or "-"
    return f"{named} and {more} more" if more > 0 else named


def _goes_to(one: Variable) -> str:
    return "environment" if one.is_environment else "the run"


def _shown(one: Variable) -> str:
    return HIDDEN if one.value is None else one.value
