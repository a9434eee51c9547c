"""`skyforge artifacts get|put|rm`: artifacts become files, come of files, and are removed."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Generator
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import answer, narrate, perform, told, write
from skyforge_tui.cli.artifact_care import as_json_option, confirm, meant, store_option
from skyforge_tui.cli.artifact_fetching import get_all
from skyforge_tui.cli.carrying import carried
from skyforge_tui.cli.collecting import catch_up
from skyforge_tui.domain.artifact import ArtifactRef, checked_key, checked_prefix
from skyforge_tui.domain.errors import SkyforgeError, Unavailable
from skyforge_tui.domain.identity import Principal

if TYPE_CHECKING:
    from skyforge_tui.domain.transfer import Transfer
    from skyforge_tui.services.contract import Services

_CHUNK = 1 << 20

_overwrite = click.option("--overwrite", is_flag=True, help="Replace what is there.")


@click.command("get")
@click.argument("key")
@click.option("--output", "-o", metavar="FILE", help="Where to; - is standard output.")
@click.option("--recursive", "-r", is_flag=True, help="All that lies below, into a folder.")
@_overwrite
@store_option
@as_json_option
@click.pass_context
def get_artifact(
    ctx: click.Context,
    key: str,
    output: str | None,
    recursive: bool,
    overwrite: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Write KEY to a file, called like its last part unless said otherwise.

    What was broken off goes on from where it was when the same is asked for again. With -r all that
    lies below KEY comes to lie in a folder called so, in the folder that -o names.
    """
    here = Path.cwd()
    if recursive:
        get_all(ctx, key, here / (output or ""), overwrite, store, as_json)
        return

    async def work(services: Services, principal: Principal) -> int:
        ref = await meant(services, principal, store, key)
        checked_key(ref.key)
        await catch_up(services, principal)
        if output == "-":
            await _write_out(services, principal, ref)
            return 0
        target = here / (output or ref.key.rpartition("/")[2])
        begun = await services.transfers.get(principal, ref, target, overwrite=overwrite)
        done = await carried(services, principal, begun)
        _say_kept(done)
        answer(
            {"key": ref.key, "file": str(target), "size": done.total},
            as_json=as_json,
            table=lambda: [f"{done.total} bytes in {target}"],
        )
        return 0

    perform(ctx, work)


@click.command("put")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.argument("key")
@_overwrite
@store_option
@as_json_option
@click.pass_context
def put_artifact(
    ctx: click.Context, file: Path, key: str, overwrite: bool, store: str | None, as_json: bool
) -> None:
    """Store FILE (- is standard input) as KEY.

    What was broken off goes on from where it was when the same is asked for again.
    """
    path = file.absolute()

    async def work(services: Services, principal: Principal) -> int:
        ref = await meant(services, principal, store, key)
        checked_key(ref.key)
        if str(file) == "-":
            await services.artifacts.put(principal, ref, _standard_input(), overwrite=overwrite)
        else:
            begun = await services.transfers.put(principal, ref, path, overwrite=overwrite)
            _say_kept(await carried(services, principal, begun))
        stored = await services.artifacts.known(principal, ref)
        answer(stored, as_json=as_json, table=lambda: [f"{stored.size} bytes in {ref}"])
        return 0

    perform(ctx, work)


@click.command("rm")
@click.argument("keys", nargs=-1, required=True)
@click.option("--recursive", "-r", is_flag=True, help="All that lies below, after counting it.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@store_option
@as_json_option
@click.pass_context
def remove_artifacts(
    ctx: click.Context,
    keys: tuple[str, ...],
    recursive: bool,
    dry_run: bool,
    yes: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Remove the artifacts KEYS for good, or with -r all that lies below them."""

    async def work(services: Services, principal: Principal) -> int:
        if not recursive:
            return await _remove(services, principal, store, keys, as_json, is_dry=dry_run)
        refs = [await meant(services, principal, store, checked_prefix(one)) for one in keys]
        counted = [await services.artifact_care.count(principal, one) for one in refs]
        count, size = sum(one.count for one in counted), sum(one.size for one in counted)
        if not dry_run:
            words = f"Remove {count:,} artifacts, {size:,} bytes, for good?"
            if count:
                confirm(words, is_said=yes)
            for one in refs:
                await services.artifact_care.clear(principal, one)
        verb = "would go" if dry_run else "are gone"
        answer(
            {"prefixes": [str(one) for one in refs], "count": count, "bytes": size,
             "dry_run": dry_run},
            as_json=as_json,
            table=lambda: [f"{count:,} artifacts with {size:,} bytes {verb}"],
        )  # fmt: skip
        return 0

    perform(ctx, work)


def _say_kept(done: Transfer) -> None:
    """Tell of what an earlier try had brought."""
    if done.kept:
        narrate(f"{done.kept:,} bytes were there already")


async def _remove(
    services: Services,
    principal: Principal,
    store: str | None,
    keys: tuple[str, ...],
    as_json: bool,
    *,
    is_dry: bool,
) -> int:
    """Remove one after the other; what fails is told, and the rest goes on."""
    removed: list[str] = []
    failed: dict[str, SkyforgeError] = {}
    for one in keys:
        ref = await meant(services, principal, store, one)
        try:
            checked_key(ref.key)
            if is_dry:
                await services.artifacts.head(principal, ref)
            else:
                await services.artifacts.delete(principal, ref)
            removed.append(ref.key)
        except SkyforgeError as error:
            failed[ref.key] = error
            if len(keys) > 1:
                narrate(f"skyforge: {ref}: {error}")
    verb = "would remove" if is_dry else "removed"
    why = {key: str(error) for key, error in failed.items()}
    answer(
        {"removed": removed, "failed": why, "dry_run": is_dry},
        as_json=as_json,
        table=lambda: [f"{verb} {one}" for one in removed],
    )
    if len(keys) == 1 and failed:
        return told(next(iter(failed.values())))
    return int(bool(failed))


async def _write_out(services: Services, principal: Principal, ref: ArtifactRef) -> None:
    """Write an artifact to standard output; its checksum is known when all of it is out."""
    known = await services.artifacts.known(principal, ref)
    digest = hashlib.sha256()
    if known.size:
        async with aclosing(await services.artifacts.stream(principal, ref)) as chunks:
            async for chunk in chunks:
                digest.update(chunk)
                write(chunk)
    if known.checksum and digest.hexdigest() != known.checksum:
        raise Unavailable(
            f"what came of {ref} is not what was stored: its checksum differs",
            upstream=ref.store, operation="artifact.get", advice="do not use what was written",
        )  # fmt: skip


def _standard_input() -> Generator[bytes, None, None]:
    """Yield what a person or a program hands over."""
    while chunk := sys.stdin.buffer.read(_CHUNK):
        yield chunk
