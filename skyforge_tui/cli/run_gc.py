"""`skyforge runs gc`: how much output there is, and giving up what is too old or too much."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, narrate, perform, rows
from skyforge_tui.cli.held_runs import hosts_gone, hosts_lines, hosts_plain, hosts_told
from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.query_values import EXAMPLES, number_of
from skyforge_tui.domain.searchable import FieldKind

if TYPE_CHECKING:
    from skyforge_tui.domain.retention import HeldLimits, Limits, RetentionPlan
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.retention import Removal


@click.command("gc")
@click.option("--older-than", metavar="AGE", help="Remove the output of runs that ended earlier.")
@click.option("--keep", metavar="SIZE", help="Remove the oldest output beyond this much in all.")
@click.option("--host-older-than", metavar="AGE", help="Remove runs on hosts that ended earlier.")
@click.option("--host-keep", metavar="N", type=click.IntRange(1), help="Keep the newest N there.")
@click.option("--dry-run", is_flag=True, help="Only tell what there is and what would go.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def collect_garbage(
    ctx: click.Context,
    older_than: str | None,
    keep: str | None,
    host_older_than: str | None,
    host_keep: int | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Remove output of ended runs by age and size; the runs themselves stay.

    Without options the limits are those of the configuration, [retention]. Output that is still
    written, read or to be collected stays, whatever the limits. Your runs on hosts of labs go
    there as a whole, by age and number, where limits for that are set.
    """

    async def work(services: Services, principal: Principal) -> int:
        from skyforge_tui.cli.collecting import catch_up

        wanted = _limits(await services.retention.limits(principal), older_than, keep)
        held = _held_limits(await services.held_runs.limits(principal), host_older_than, host_keep)
        await catch_up(services, principal)
        plan = await services.retention.plan(principal, wanted)
        hosts = () if held.are_none else await services.held_runs.plan(principal, held)
        doomed = len(plan.doomed), sum(len(one.plan.doomed) for one in hosts)
        told = _plain(plan, wanted) | hosts_plain(hosts)
        if dry_run or not any(doomed):
            lines = [*_lines(plan, wanted), *hosts_lines(hosts)]
            answer(told, as_json=as_json, table=lambda: lines)
            return 1 if any(one.failure for one in hosts) else 0
        if not yes and not _is_confirmed(plan, doomed[1]):
            narrate("nothing was removed")
            return 1
        removed = await services.retention.collect(principal, wanted)
        gone = () if held.are_none else await services.held_runs.collect(principal, held)
        answer(
            {**told, "removed": [_gone(one) for one in removed], **hosts_gone(gone)},
            as_json=as_json,
            table=lambda: [*_told(removed), *hosts_told(gone)],
        )
        failures = [*(one.failure for one in removed), *(one.failure for one in gone)]
        return 1 if any(failures) else 0

    perform(ctx, work)


def _limits(configured: Limits, older_than: str | None, keep: str | None) -> Limits:
    limits = configured
    if older_than is not None:
        microseconds = _figure(FieldKind.AGE, "--older-than", older_than)
        limits = replace(limits, age=timedelta(microseconds=microseconds))
    if keep is not None:
        limits = replace(limits, size=_figure(FieldKind.SIZE, "--keep", keep))
    return limits


def _figure(kind: FieldKind, option: str, text: str) -> int:
    number = number_of(kind, text)
    if number is None:
        raise Invalid(f"{option}: {text!r} is not {EXAMPLES[kind]}", operation="run.gc")
    return number


def _held_limits(configured: HeldLimits, older_than: str | None, keep: int | None) -> HeldLimits:
    limits = configured
    if older_than is not None:
        microseconds = _figure(FieldKind.AGE, "--host-older-than", older_than)
        limits = replace(limits, age=timedelta(microseconds=microseconds))
    return limits if keep is None else replace(limits, count=keep)


def _is_confirmed(plan: RetentionPlan, on_hosts: int) -> bool:
    if not sys.stdin.isatty():
        raise Invalid(
            "output that is removed is gone for good", operation="run.gc",
            advice="say --yes, or look first with --dry-run",
        )  # fmt: skip
    runs = _runs(len(plan.doomed))
    there = f", and {_runs(on_hosts)} on hosts as a whole" if on_hosts else ""
    question = f"Remove the output of {runs}, {plan.doomed_size:,} bytes{there}, for good?"
    return click.confirm(question, err=True)


def _plain(plan: RetentionPlan, limits: Limits) -> dict[str, object]:
    return {
        "runs": plan.run_count,
        "bytes": plan.size,
        "limits": {
            "age_s": None if limits.age is None else int(limits.age.total_seconds()),
            "bytes": limits.size,
        },
        "would_remove": [
            {"id": one.run.id, "number": one.run.number, "bytes": one.run.log_bytes,
             "ended_at": one.run.ended_at, "cause": one.cause}
            for one in plan.doomed
        ],
        "would_remove_bytes": plan.doomed_size,
        "active": plan.active,
        "uncollected": plan.uncollected,
    }  # fmt: skip


def _lines(plan: RetentionPlan, limits: Limits) -> list[str]:
    body = [
        (str(one.run.number), one.run.template, one.run.project,
         "" if one.run.ended_at is None else f"{one.run.ended_at.astimezone():%Y-%m-%d %H:%M}",
         f"{one.run.log_bytes:,}", one.cause)
        for one in plan.doomed
    ]  # fmt: skip
    table = rows(("RUN", "TEMPLATE", "PROJECT", "ENDED", "BYTES", "WHY"), body) if body else []
    told = [f"{plan.size:,} bytes of output in {_runs(plan.run_count)}"]
    if limits.are_none:
        told.append("no limit is set: --older-than, --keep, or [retention] in the configuration")
    else:
        told.append(f"{plan.doomed_size:,} bytes in {_runs(len(plan.doomed))} would go")
    if plan.active:
        told.append(f"that of {_runs(plan.active)} stays: not ended yet")
    if plan.uncollected:
        told.append(f"that of {_runs(plan.uncollected)} stays: not collected yet")
    return [*table, *told]


def _told(removed: tuple[Removal, ...]) -> list[str]:
    failed = [f"run {one.number}: {one.failure}" for one in removed if one.failure]
    size = sum(one.size for one in removed)
    runs = _runs(len(removed) - len(failed))
    return [*failed, f"removed the output of {runs}, {size:,} bytes"]


def _runs(count: int) -> str:
    return f"{count} run{'s' * (count != 1)}"


def _gone(one: Removal) -> dict[str, object]:
    failure = None if one.failure is None else str(one.failure)
    return {"id": one.run_id, "number": one.number, "bytes": one.size, "failure": failure}
