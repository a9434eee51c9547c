"""`skyforge runs`: what the Runs place shows and does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, narrate, perform, perform_on_runs, rows
from skyforge_tui.cli.moments import clock
from skyforge_tui.cli.refreshing import found_run, read_older, read_projects, refresh
from skyforge_tui.cli.run_decisions import confirm_run, reject_run
from skyforge_tui.cli.run_gc import collect_garbage
from skyforge_tui.cli.run_logs import run_logs
from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.identity import LOCAL, Principal, upstream_of
from skyforge_tui.domain.run import Run, RunState
from skyforge_tui.domain.template import FieldKind, Template

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.run_parts import RunParts

_BEHIND = 1 << 62

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")


@click.group()
def runs() -> None:
    """List, launch, watch, stop and repeat runs."""


runs.add_command(run_logs)
runs.add_command(collect_garbage)
runs.add_command(confirm_run)
runs.add_command(reject_run)


@runs.command("ls")
@_json
@click.option(
    "--limit", type=click.IntRange(min=1), help="At most so many, active and newest first."
)
@click.option("--older", is_flag=True, help="Read older runs that servers have, too.")
@click.pass_context
def list_runs(ctx: click.Context, as_json: bool, limit: int | None, older: bool) -> None:
    """List runs: active first, then newest."""

    async def work(services: RunParts, principal: Principal) -> int:
        code = await refresh(services, principal)
        if older:
            await read_older(services, principal)
        found = await services.runs.newest(principal, limit)
        now = datetime.now(UTC)
        answer(
            found,
            as_json=as_json,
            table=lambda: rows(
                ("STATE", "RUN", "TEMPLATE", "PROJECT", "WHO", "STARTED", "TOOK", "NOTE"),
                [_row(run, now) for run in found],
            ),
        )
        if limit is not None and len(found) == limit:
            narrate(f"cut at {limit}; leave --limit away for all")
        return code

    perform_on_runs(ctx, work)


@runs.command("show")
@click.argument("run")
@_json
@click.pass_context
def show_run(ctx: click.Context, run: str, as_json: bool) -> None:
    """Show one run with what was asked for."""

    async def work(services: RunParts, principal: Principal) -> int:
        run_id = await found_run(services, principal, run)
        detail = await services.runs.get(principal, run_id)
        facts = [
            ("run", f"{detail.run.number}  {detail.run.id}"),
            ("state", str(detail.run.state)),
            ("note", detail.run.note),
            ("template", detail.spec.template),
            ("project", detail.spec.project),
            ("command", " ".join(detail.spec.command)),
            ("directory", detail.spec.directory),
            ("started by", detail.run.who or detail.spec.started_by),
            *_times(detail.run, datetime.now(UTC)),
            ("exit code", "" if detail.run.exit_code is None else str(detail.run.exit_code)),
            ("signal", detail.run.signal),
            ("output", _written(detail.run)),
            *((f"answer {name}", value) for name, value in detail.spec.answers.items()),
            *((f"answer {name}", "secret, not kept") for name in detail.spec.secret_names),
        ]
        answer(
            {"run": detail.run, "spec": detail.spec, "use": detail.use},
            as_json=as_json,
            table=lambda: rows(("", ""), [fact for fact in facts if fact[1]])[1:],
        )
        return 0

    perform_on_runs(ctx, work)


@runs.command("launch")
@click.argument("template")
@click.option("-v", "--var", "answers", multiple=True, metavar="K=V", help="Answer a question.")
@click.option("--wait", is_flag=True, help="Wait for the end; exit 1 if it is no success.")
@_json
@click.pass_context
def launch_run(
    ctx: click.Context,
    template: str,
    answers: Sequence[str],
    wait: bool,
    as_json: bool,
) -> None:
    """Launch TEMPLATE: a name, or project/name.

    A secret is best given as K=env:NAME or K=file:PATH, so that it is on no command line.
    """
    given = dict(pair(one) for one in answers)

    async def work(services: Services, principal: Principal) -> int:
        found = await found_template(services, principal, template)
        resolved = await with_secrets(found, given)
        run = await services.runs.launch(principal, found.id, resolved)
        return await report(services, principal, run, wait=wait, as_json=as_json)

    perform(ctx, work, watch=wait)


@runs.command("rerun")
@click.argument("run")
@click.option("-v", "--var", "answers", multiple=True, metavar="K=V", help="Answer a secret anew.")
@click.option("--wait", is_flag=True, help="Wait for the end; exit 1 if it is no success.")
@_json
@click.pass_context
def rerun_run(
    ctx: click.Context,
    run: str,
    answers: Sequence[str],
    wait: bool,
    as_json: bool,
) -> None:
    """Launch the template of RUN again with the same answers; secrets are not kept."""
    given = dict(pair(one) for one in answers)

    async def work(services: Services, principal: Principal) -> int:
        run_id = await found_run(services, principal, run)
        spec = (await services.runs.get(principal, run_id)).spec
        template = services.catalog.template(spec.template_id)
        if template is None:
            await read_projects(services, principal)
            template = services.catalog.template(spec.template_id)
        resolved = given if template is None else await with_secrets(template, given)
        again = await services.runs.rerun(principal, run_id, resolved)
        return await report(services, principal, again, wait=wait, as_json=as_json)

    perform(ctx, work, watch=wait)


@runs.command("stop")
@click.argument("run")
@_json
@click.pass_context
def stop_run(ctx: click.Context, run: str, as_json: bool) -> None:
    """Ask RUN to end: interrupt, then terminate, then kill; again is firmer."""

    async def work(services: RunParts, principal: Principal) -> int:
        run_id = await found_run(services, principal, run)
        await services.runs.stop(principal, run_id)
        detail = await services.runs.get(principal, run_id)
        if detail.run.state.is_active:
            narrate(f"asked run {detail.run.number} to end")
        answer(brief(detail.run), as_json=as_json, table=lambda: [said(detail.run)])
        return 0

    perform_on_runs(ctx, work)


@runs.command("answer")
@click.argument("run")
@click.pass_context
def answer_run(ctx: click.Context, run: str) -> None:
    """Hand a line from standard input to a RUN that asks for one; it is not stored."""
    line = sys.stdin.buffer.readline()

    async def work(services: RunParts, principal: Principal) -> int:
        run_id = await found_run(services, principal, run)
        await services.runs.answer(principal, run_id, line)
        return 0

    perform_on_runs(ctx, work)


async def found_template(services: Services, principal: Principal, name: str) -> Template:
    """Return a template, from memory if it is known there, else after reading everything."""
    try:
        return await services.projects.find_template(principal, name)
    except NotFound:
        await read_projects(services, principal)
        return await services.projects.find_template(principal, name)


async def with_secrets(template: Template, answers: dict[str, str]) -> dict[str, str]:
    """Replace secret references among `answers` by their values.

    Raises:
        Invalid: a reference gives no secret; says why.
    """
    from skyforge_tui.integrations.secrets import SecretError, resolve

    secret_names = {one.name for one in template.survey if one.kind is FieldKind.SECRET}
    resolved = dict(answers)
    for name in secret_names & answers.keys():
        if answers[name].startswith(("env:", "file:", "keyring:", "cmd:")):
            try:
                resolved[name] = (await resolve(answers[name])).reveal()
            except (SecretError, ValueError) as error:
                raise Invalid(f"no value for the secret {name}: {error}") from None
    return resolved


async def report(
    services: Services, principal: Principal, run: Run, *, wait: bool, as_json: bool
) -> int:
    """Tell of a run that was started, at its end where one waits; return the exit code."""
    if wait:
        narrate(f"run {run.number} started; waiting for its end")
        # Nobody wants the bytes here: begin behind all there ever will be.
        async with aclosing(await services.runs.follow(principal, run.id, _BEHIND)) as chunks:
            async for _ in chunks:
                pass
        from skyforge_tui.cli.collecting import collected

        await collected(services, principal, run)
    last = (await services.runs.get(principal, run.id)).run
    answer(brief(last), as_json=as_json, table=lambda: [said(last)])
    return 1 if wait and last.state is not RunState.SUCCESS else 0


def brief(run: Run) -> dict[str, object]:
    """Return what scripts need of a run that something was done to."""
    return {
        "id": run.id, "number": run.number, "state": run.state, "template": run.template,
        "action": run.action, "project": run.project, "exit_code": run.exit_code,
        "note": run.note,
    }  # fmt: skip


def said(run: Run) -> str:
    """Return how a run stands, as a line."""
    return f"run {run.number} {run.state}" + (f": {run.note}" if run.note else "")


def pair(text: str) -> tuple[str, str]:
    """Return name and value of an answer as it is typed.

    Raises:
        click.BadParameter: it is none.
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not K=V", param_hint="-v")
    return name, value


def _row(run: Run, now: datetime) -> tuple[str, ...]:
    (_, started), _, (_, took) = _times(run, now)
    return (
        "asks you" if run.asks else str(run.state), str(run.number), run.title,
        run.project, run.started_by, started, took, run.note,
    )  # fmt: skip


def _times(run: Run, now: datetime) -> tuple[tuple[str, str], tuple[str, str], tuple[str, str]]:
    """Return when a run started and ended, and how long it took; empty where it has not."""
    took = run.duration(now)
    return (
        ("started", clock(run.started_at)),
        ("ended", clock(run.ended_at)),
        ("took", "" if took is None else f"{took.total_seconds():.0f}s"),
    )


def _written(run: Run) -> str:
    """Return how much a run wrote; empty where that is unknown, as before a server was asked."""
    is_known = run.log_bytes or upstream_of(run.id) == LOCAL
    return f"{run.log_bytes} bytes" if is_known else ""
