"""`skyforge doctor`: what this machine has, what it lacks, and what to do about it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable

import click

from skyforge_tui.cli.answers import answer, rows
from skyforge_tui.domain.machine import Check, CheckState

_ORDER = (CheckState.ERROR, CheckState.WARNING, CheckState.MISSING, CheckState.OK)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Look at this machine: tools, folders, terminal. Exits 1 when something is in the way.

    It changes nothing and asks nobody else. What is missing is no error: it only cannot be used.
    """
    checks = asyncio.run(_examined(ctx))
    is_usable = all(one.state is not CheckState.ERROR for one in checks)
    answer(
        {"ok": is_usable, "checks": [_plain(one) for one in checks]},
        as_json=as_json,
        table=lambda: _lines(checks),
    )
    ctx.exit(0 if is_usable else 1)


async def _examined(ctx: click.Context) -> tuple[Check, ...]:
    from skyforge_tui.settings.frame import read_frame
    from skyforge_tui.wiring import current_principal
    from skyforge_tui.wiring.beginnings import open_doctor

    frame = read_frame(ctx.obj.config_path, ctx.obj.profile)
    return await open_doctor(frame).examine(current_principal())


def _plain(check: Check) -> dict[str, str | None]:
    return {
        "name": check.name,
        "group": str(check.group),
        "state": str(check.state),
        "purpose": check.purpose,
        "version": check.version or None,
        "where": check.where or None,
        "detail": check.detail or None,
        "advice": check.advice or None,
    }


def _lines(checks: tuple[Check, ...]) -> Iterable[str]:
    yield from rows(("STATE", "WHAT", "VERSION", "FOUND", "FOR"), [_row(one) for one in checks])
    if advised := [one for one in checks if one.advice]:
        yield ""
        yield from rows(("WHAT", "DO"), [(one.name, one.advice) for one in advised])
    counts = Counter(one.state for one in checks)
    yield ""
    yield ", ".join(f"{counts[state]} {state}" for state in _ORDER if counts[state])


def _row(check: Check) -> tuple[str, ...]:
    found = "  ".join(one for one in (check.where, check.detail) if one)
    return (str(check.state), check.name, check.version or "-", found or "-", check.purpose)
