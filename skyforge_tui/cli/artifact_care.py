"""`skyforge artifacts verify|url|find|gc|index`: what concerns many artifacts, or their proofs."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, narrate, perform, rows
from skyforge_tui.domain.artifact import ArtifactRef, checked_prefix
from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.query_values import EXAMPLES, number_of
from skyforge_tui.domain.searchable import FieldKind

if TYPE_CHECKING:
    from skyforge_tui.domain.retention import Limits
    from skyforge_tui.services.artifact_care import Bulk, OldRun
    from skyforge_tui.services.contract import Services

as_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
store_option = click.option("--store", metavar="NAME", help="Not the usual store, but this one.")


async def meant(
    services: Services, principal: Principal, store: str | None, text: str
) -> ArtifactRef:
    """Return what `[STORE:]KEY` means; `store` is what was said apart from it."""
    names = await services.artifacts.stores(principal)
    head, colon, rest = text.partition(":")
    if colon and store is None and head in names:
        return ArtifactRef(head, rest)
    return ArtifactRef(store or names[0], text)


@click.command("verify")
@click.argument("key")
@store_option
@as_json_option
@click.pass_context
def verify(ctx: click.Context, key: str, store: str | None, as_json: bool) -> None:
    """Read KEY, or all that lies below it, and compare with the noted checksums.

    Ends with 1 when something differs or cannot be read.
    """

    async def work(services: Services, principal: Principal) -> int:
        from skyforge_tui.services.artifact_care import Soundness

        ref = await meant(services, principal, store, checked_prefix(key))
        verdicts = await services.artifact_care.verify(principal, ref)
        bad = [
            one for one in verdicts if one.soundness in (Soundness.DIFFERENT, Soundness.UNREADABLE)
        ]
        found = [
            {"key": one.artifact.key, "bytes": one.artifact.size, "is": one.soundness,
             "reason": one.reason or None}
            for one in verdicts
        ]  # fmt: skip
        table = [(one.artifact.key, one.soundness, one.reason) for one in verdicts]
        answer(
            {"store": ref.store, "artifacts": found, "bad": len(bad)},
            as_json=as_json,
            table=lambda: rows(("KEY", "IS", "WHY"), table),
        )
        return 1 if bad else 0

    perform(ctx, work)


@click.command("url")
@click.argument("key")
@click.option("--lasts", default="1h", metavar="AGE", help="How long, 7d at most; 1h by default.")
@store_option
@as_json_option
@click.pass_context
def url(ctx: click.Context, key: str, lasts: str, store: str | None, as_json: bool) -> None:
    """Write an address where anybody can read KEY for a while, without keys."""

    async def work(services: Services, principal: Principal) -> int:
        ref = await meant(services, principal, store, key)
        span = timedelta(microseconds=_figure(FieldKind.AGE, "--lasts", lasts))
        address = await services.artifact_care.url(principal, ref, span)
        document = {"key": ref.key, "url": address, "lasts_s": int(span.total_seconds())}
        answer(document, as_json=as_json, table=lambda: [address])
        return 0

    perform(ctx, work)


@click.command("find")
@click.argument("text")
@click.argument("prefix", default="")
@store_option
@as_json_option
@click.pass_context
def find(ctx: click.Context, text: str, prefix: str, store: str | None, as_json: bool) -> None:
    """List artifacts below PREFIX whose key holds TEXT, large or small letters alike."""

    async def work(services: Services, principal: Principal) -> int:
        ref = await meant(services, principal, store, checked_prefix(prefix))
        found, is_more = await services.artifact_care.find(principal, ref, text)
        table = [(one.key, str(one.size)) for one in found]
        answer(
            {"store": ref.store, "artifacts": found, "is_more": is_more},
            as_json=as_json,
            table=lambda: rows(("KEY", "BYTES"), table),
        )
        if is_more:
            narrate("there are more: say a longer text, or a prefix")
        return 0 if found else 1

    perform(ctx, work)


@click.command("index")
@store_option
@as_json_option
@click.pass_context
def index(ctx: click.Context, store: str | None, as_json: bool) -> None:
    """Learn from the manifests in a store what runs left, as after a loss of the cache."""

    async def work(services: Services, principal: Principal) -> int:
        from skyforge_tui.cli.refreshing import refresh

        await refresh(services, principal)
        ref = await meant(services, principal, store, "")
        learned = await services.lineage.index(principal, ref.store)
        bad = [f"{one} cannot be read" for one in learned.unreadable]
        if learned.foreign:
            bad.append(f"{_runs(learned.foreign)} of other machines bear a number of ours")
        answer(
            {
                "store": ref.store,
                "runs": learned.runs,
                "unreadable": learned.unreadable,
                "foreign": learned.foreign,
            },
            as_json=as_json,
            table=lambda: [*bad, f"what {_runs(learned.runs)} left is known"],
        )
        return 1 if learned.unreadable else 0

    perform(ctx, work)


@click.command("gc")
@click.argument("prefix", default="artifacts")
@click.option("--older-than", metavar="AGE", help="Remove what runs left longer ago.")
@click.option("--keep", metavar="SIZE", help="Remove what the oldest runs left beyond this much.")
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
    dry_run: bool,
    yes: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Remove what runs left below PREFIX, by age and size: a run's artifacts as a whole.

    Without options the limits are those of the configuration, [artifacts]. Runs and their output
    stay.
    """

    async def work(services: Services, principal: Principal) -> int:
        ref = await meant(services, principal, store, checked_prefix(prefix))
        limits = _limits(await services.artifact_care.limits(principal), older_than, keep)
        total, doomed = await services.artifact_care.outdated(principal, ref, limits)
        size = sum(one.bulk.size for one in doomed)
        if doomed and not dry_run:
            words = f"Remove what {_runs(len(doomed))} left, {size:,} bytes, for good?"
            confirm(words, is_said=yes)
            for one in doomed:
                await services.artifact_care.clear(principal, ArtifactRef(ref.store, one.prefix))
        answer(
            _plain(ref, total, doomed, is_dry=dry_run),
            as_json=as_json,
            table=lambda: _lines(total, doomed, is_dry=dry_run),
        )
        return 0

    perform(ctx, work)


def confirm(question: str, *, is_said: bool) -> None:
    """Ask before something goes for good, unless that was said.

    Raises:
        Invalid: it was not said, and nobody is there to ask; or the answer is no.
    """
    if is_said:
        return
    if not sys.stdin.isatty():
        raise Invalid(
            "what is removed is gone for good", operation="artifact.delete",
            advice="say --yes, or look first with --dry-run",
        )  # fmt: skip
    if not click.confirm(question, err=True):
        raise Invalid("nothing was removed", operation="artifact.delete")


def _limits(configured: Limits, older_than: str | None, keep: str | None) -> Limits:
    limits = configured
    if older_than is not None:
        span = timedelta(microseconds=_figure(FieldKind.AGE, "--older-than", older_than))
        limits = replace(limits, age=span)
    if keep is not None:
        limits = replace(limits, size=_figure(FieldKind.SIZE, "--keep", keep))
    if limits.are_none:
        raise Invalid(
            "nothing says what goes", operation="artifact.gc",
            advice="say --older-than AGE or --keep SIZE, or age and size below [artifacts]",
        )  # fmt: skip
    return limits


def _figure(kind: FieldKind, option: str, text: str) -> int:
    number = number_of(kind, text)
    if number is None:
        raise Invalid(f"{option}: {text!r} is not {EXAMPLES[kind]}", operation="artifact.gc")
    return number


def _plain(
    ref: ArtifactRef, total: Bulk, doomed: list[OldRun], *, is_dry: bool
) -> dict[str, object]:
    return {
        "store": ref.store, "prefix": ref.key, "count": total.count, "bytes": total.size,
        "would_remove" if is_dry else "removed": [
            {"prefix": one.prefix, "count": one.bulk.count, "bytes": one.bulk.size,
             "newest": one.newest}
            for one in doomed
        ],
    }  # fmt: skip


def _lines(total: Bulk, doomed: list[OldRun], *, is_dry: bool) -> list[str]:
    table = [
        (one.prefix, str(one.bulk.count), f"{one.bulk.size:,}",
         f"{one.newest.astimezone():%Y-%m-%d %H:%M}")
        for one in doomed
    ]  # fmt: skip
    size = sum(one.bulk.size for one in doomed)
    verb = "would go" if is_dry else "are gone"
    return [
        *(rows(("RUN", "ARTIFACTS", "BYTES", "NEWEST"), table) if table else []),
        f"{total.size:,} bytes in {total.count:,} artifacts of runs",
        f"{size:,} bytes of {_runs(len(doomed))} {verb}",
    ]


def _runs(count: int) -> str:
    return f"{count} run{'s' * (count != 1)}"
