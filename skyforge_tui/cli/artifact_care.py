"""`skyforge artifacts verify|url|find|index`: what concerns many artifacts, or their proofs."""

from __future__ import annotations

import sys
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
        span = timedelta(microseconds=figure(FieldKind.AGE, "--lasts", lasts))
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
            bad.append(f"{runs(learned.foreign)} of other machines bear a number of ours")
        answer(
            {
                "store": ref.store,
                "runs": learned.runs,
                "unreadable": learned.unreadable,
                "foreign": learned.foreign,
            },
            as_json=as_json,
            table=lambda: [*bad, f"what {runs(learned.runs)} left is known"],
        )
        return 1 if learned.unreadable else 0

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


def figure(kind: FieldKind, option: str, text: str) -> int:
    """Return what a person wrote as a number.

    Raises:
        Invalid: it is none.
    """
    number = number_of(kind, text)
    if number is None:
        raise Invalid(f"{option}: {text!r} is not {EXAMPLES[kind]}", operation="artifact.gc")
    return number


def runs(count: int) -> str:
    """Return that many runs in words."""
    return f"{count} run{'s' * (count != 1)}"
