"""`skyforge artifacts gc`: what runs left goes by age and size, and what was broken off goes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, perform, rows
from skyforge_tui.cli.artifact_care import (
    as_json_option,
    confirm,
    figure,
    meant,
    runs,
    store_option,
)
from skyforge_tui.domain.artifact import ROOT, ArtifactRef, checked_prefix
from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.searchable import FieldKind

if TYPE_CHECKING:
    from skyforge_tui.domain.retention import Limits
    from skyforge_tui.domain.unfinished import Unfinished
    from skyforge_tui.services.artifact_care import Bulk, OldRun
    from skyforge_tui.services.contract import Services


@click.command("gc")
@click.argument("prefix", default="")
@click.option("--older-than", metavar="AGE", help="Remove what runs left longer ago.")
@click.option("--keep", metavar="SIZE", help="Remove what the oldest runs left beyond this much.")
@click.option("--unfinished", is_flag=True, help="Only what was broken off; what runs left stays.")
@click.option("--dry-run", is_flag=True, help="Only tell what there is and what would go.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@store_option
@as_json_option
@click.pass_context
def collect_garbage(
    ctx: click.Context,
    prefix: str,
    older_than: str | None,
    keep: str | None,
    unfinished: bool,
    dry_run: bool,
    yes: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Remove what runs left below PREFIX, by age and size: a run's artifacts as a whole.

    Without options the limits are those of the configuration, [artifacts]. Runs and their output
    stay. Uploads that were broken off, and that nobody goes on with, are let go of as well.
    """

    async def work(services: Services, principal: Principal) -> int:
        said = await meant(services, principal, store, checked_prefix(prefix))
        ref = said if said.key else ArtifactRef(said.store, ROOT)
        total: Bulk | None = None
        doomed: list[OldRun] = []
        if not unfinished:
            limits = _limits(await services.artifact_care.limits(principal), older_than, keep)
            total, doomed = await services.artifact_care.outdated(principal, ref, limits)
        broken = await services.transfers.unfinished(principal, said)
        if (doomed or broken) and not dry_run:
            confirm(_question(doomed, broken), is_said=yes)
            for old in doomed:
                goal = ArtifactRef(ref.store, old.prefix)
                with contextlib.suppress(NotFound):  # somebody else was faster
                    await services.artifact_care.clear(principal, goal, until=old.newest)
            for one in broken:
                await services.transfers.drop(principal, ArtifactRef(one.store, one.key), one)
        answer(
            _plain(ref, total, doomed, broken, is_dry=dry_run),
            as_json=as_json,
            table=lambda: _lines(total, doomed, broken, is_dry=dry_run),
        )
        return 0

    perform(ctx, work)


def _limits(configured: Limits, older_than: str | None, keep: str | None) -> Limits:
    limits = configured
    if older_than is not None:
        span = timedelta(microseconds=figure(FieldKind.AGE, "--older-than", older_than))
        limits = replace(limits, age=span)
    if keep is not None:
        limits = replace(limits, size=figure(FieldKind.SIZE, "--keep", keep))
    if limits.are_none:
        raise Invalid(
            "nothing says what goes", operation="artifact.gc",
            advice="say --older-than AGE, --keep SIZE or --unfinished, or age and size below "
            "[artifacts]",
        )  # fmt: skip
    return limits


def _question(doomed: Sequence[OldRun], broken: Sequence[Unfinished]) -> str:
    parts: list[str] = []
    if doomed:
        size = sum(one.bulk.size for one in doomed)
        parts.append(f"what {runs(len(doomed))} left, {size:,} bytes")
    if broken:
        size = sum(one.size for one in broken)
        parts.append(f"{_uploads(len(broken))} with {size:,} bytes")
    return f"Remove {', and '.join(parts)}, for good?"


def _plain(
    ref: ArtifactRef,
    total: Bulk | None,
    doomed: Sequence[OldRun],
    broken: Sequence[Unfinished],
    *,
    is_dry: bool,
) -> dict[str, object]:
    document: dict[str, object] = {"store": ref.store, "prefix": ref.key}
    if total is not None:
        document |= {"count": total.count, "bytes": total.size}
        document["would_remove" if is_dry else "removed"] = [
            {"prefix": one.prefix, "count": one.bulk.count, "bytes": one.bulk.size,
             "newest": one.newest}
            for one in doomed
        ]  # fmt: skip
    document["would_let_go" if is_dry else "let_go"] = [
        {"key": one.key or None, "bytes": one.size, "begun_at": one.begun_at} for one in broken
    ]
    return document


def _lines(
    total: Bulk | None, doomed: Sequence[OldRun], broken: Sequence[Unfinished], *, is_dry: bool
) -> list[str]:
    verb = "would go" if is_dry else "are gone"
    lines: list[str] = []
    if doomed:
        table = [
            (one.prefix, str(one.bulk.count), f"{one.bulk.size:,}",
             f"{one.newest.astimezone():%Y-%m-%d %H:%M}")
            for one in doomed
        ]  # fmt: skip
        lines += rows(("RUN", "ARTIFACTS", "BYTES", "NEWEST"), table)
    if total is not None:
        size = sum(one.bulk.size for one in doomed)
        lines += [
            f"{total.size:,} bytes in {total.count:,} artifacts of runs",
            f"{size:,} bytes of {runs(len(doomed))} {verb}",
        ]
    if broken or total is None:
        uploads = [
            (one.key or "?", f"{one.size:,}", f"{one.begun_at.astimezone():%Y-%m-%d %H:%M}")
            for one in broken
        ]
        lines += rows(("BROKEN OFF", "BYTES", "BEGUN"), uploads) if uploads else []
        size = sum(one.size for one in broken)
        lines.append(f"{size:,} bytes of {_uploads(len(broken))} {verb}")
    return lines


def _uploads(count: int) -> str:
    return f"{count} upload{'s' * (count != 1)} that broke off"
