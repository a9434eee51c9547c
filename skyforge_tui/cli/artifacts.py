"""`skyforge artifacts`: what the Artifacts place shows and does."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import aclosing
from pathlib import Path

import click

from skyforge_tui.cli.answers import answer, perform, rows
from skyforge_tui.cli.collecting import catch_up
from skyforge_tui.domain.artifact import Artifact, ArtifactRef, checked_key, checked_prefix
from skyforge_tui.domain.errors import Invalid, NotFound, Unavailable
from skyforge_tui.domain.identity import Principal
from skyforge_tui.services.contract import Services

_CHUNK = 1 << 20

_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
_store = click.option("--store", metavar="NAME", help="Not the usual store, but this one.")
_overwrite = click.option("--overwrite", is_flag=True, help="Replace what is there.")


@click.group()
def artifacts() -> None:
    """List, get, compare, put, copy and remove; what a run made is at artifacts/PROJECT/RUN/."""


@artifacts.command("ls")
@click.argument("prefix", default="")
@click.option("--recursive", "-r", is_flag=True, help="All of it, not one level.")
@_store
@_json
@click.pass_context
def list_artifacts(
    ctx: click.Context, prefix: str, recursive: bool, store: str | None, as_json: bool
) -> None:
    """List what lies below PREFIX."""

    async def work(services: Services, principal: Principal) -> int:
        ref = await _ref(services, principal, store, checked_prefix(prefix))
        await catch_up(services, principal)
        folders: list[str] = []
        found: list[Artifact] = []
        after = None
        while after != "":
            level = await services.artifacts.level(
                principal, ref, deep=recursive, after=after or ""
            )
            folders += [one.ref.key for one in level.folders]
            found += [one for one, _ in level.artifacts]
            after = level.next
        if ref.key and not (folders or found):
            raise NotFound(f"nothing lies below {ref.key}", advice="list what is: artifacts ls")
        listed = [(f"{one}/", "", "") for one in folders] + [_row(one) for one in found]
        answer(
            {"store": ref.store, "prefix": ref.key, "folders": folders, "artifacts": found},
            as_json=as_json,
            table=lambda: rows(("KEY", "BYTES", "WRITTEN"), sorted(listed)),
        )
        return 0

    perform(ctx, work)


@artifacts.command("get")
@click.argument("key")
@click.option("--output", "-o", metavar="FILE", help="Where to; - is standard output.")
@_store
@_json
@click.pass_context
def get_artifact(
    ctx: click.Context, key: str, output: str | None, store: str | None, as_json: bool
) -> None:
    """Write KEY to a new file, called like its last part unless said otherwise."""
    target = Path(output or key.rpartition("/")[2]).absolute()

    async def work(services: Services, principal: Principal) -> int:
        ref = await _ref(services, principal, store, checked_key(key))
        await catch_up(services, principal)
        if output == "-":
            async with aclosing(await services.artifacts.stream(principal, ref)) as chunks:
                async for chunk in chunks:
                    sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            return 0
        size = await services.artifacts.save(principal, ref, target)
        answer(
            {"key": ref.key, "file": str(target), "size": size},
            as_json=as_json,
            table=lambda: [f"{size} bytes in {target}"],
        )
        return 0

    perform(ctx, work)


@artifacts.command("compare")
@click.argument("run")
@click.option("--with", "other", metavar="RUN", help="Not the last good run before it, but this.")
@_json
@click.pass_context
def compare_artifacts(ctx: click.Context, run: str, other: str | None, as_json: bool) -> None:
    """Say which artifacts of RUN differ, by checksum, from what another run left."""

    async def work(services: Services, principal: Principal) -> int:
        await catch_up(services, principal)
        run_id = await services.runs.find(principal, run)
        with_id = None if other is None else await services.runs.find(principal, other)
        made = await services.artifacts.made_by(principal, run_id)
        if made is None or not made.prefix:
            raise NotFound(f"nothing is kept of run {run}", advice="artifacts ls lists what is")
        ref = ArtifactRef(made.store, made.prefix)
        found = await services.comparisons.compare(principal, ref, with_id)
        if found is None:
            raise NotFound(f"there is no run that {run} can be compared with")
        if with_id is not None and found.other.id != with_id:
            raise Invalid(f"run {other} did something else than run {run}, or left nothing")
        names = {key.removeprefix(f"{made.prefix}/"): like for key, like in found.by_key.items()}
        shown = [*sorted(names.items()), *((name, "gone") for name in found.gone)]
        answer(
            {"run": run_id, "with": found.other.id, "artifacts": names, "gone": found.gone},
            as_json=as_json,
            table=lambda: rows(("NAME", f"VS {found.other.number}"), shown),
        )
        return 0

    perform(ctx, work)


@artifacts.command("put")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.argument("key")
@_overwrite
@_store
@_json
@click.pass_context
def put_artifact(
    ctx: click.Context, file: Path, key: str, overwrite: bool, store: str | None, as_json: bool
) -> None:
    """Store FILE (- is standard input) as KEY."""

    async def work(services: Services, principal: Principal) -> int:
        ref = await _ref(services, principal, store, checked_key(key))
        stored = await services.artifacts.put(principal, ref, _bytes_of(file), overwrite=overwrite)
        answer(stored, as_json=as_json, table=lambda: [f"{stored.size} bytes in {ref}"])
        return 0

    perform(ctx, work)


@artifacts.command("cp")
@click.argument("source")
@click.argument("target")
@_overwrite
@_store
@_json
@click.pass_context
def copy_artifact(
    ctx: click.Context, source: str, target: str, overwrite: bool, store: str | None, as_json: bool
) -> None:
    """Store the artifact SOURCE a second time as TARGET."""

    async def work(services: Services, principal: Principal) -> int:
        one = await _ref(services, principal, store, checked_key(source))
        other = ArtifactRef(one.store, checked_key(target))
        await services.artifacts.copy(principal, one, other, overwrite=overwrite)
        answer(
            {"source": one.key, "key": other.key},
            as_json=as_json,
            table=lambda: [f"copied to {other}"],
        )
        return 0

    perform(ctx, work)


@artifacts.command("rm")
@click.argument("key")
@_store
@_json
@click.pass_context
def remove_artifact(ctx: click.Context, key: str, store: str | None, as_json: bool) -> None:
    """Remove the artifact KEY for good."""

    async def work(services: Services, principal: Principal) -> int:
        ref = await _ref(services, principal, store, checked_key(key))
        await services.artifacts.delete(principal, ref)
        answer({"removed": ref.key}, as_json=as_json, table=lambda: [f"removed {ref}"])
        return 0

    perform(ctx, work)


async def _ref(
    services: Services, principal: Principal, store: str | None, key: str
) -> ArtifactRef:
    usual = (await services.artifacts.stores(principal))[0]
    return ArtifactRef(store or usual, key)


def _bytes_of(file: Path) -> Generator[bytes, None, None]:
    """Yield what a person hands over."""
    if str(file) == "-":
        while chunk := sys.stdin.buffer.read(_CHUNK):
            yield chunk
        return
    try:
        if file.exists() and not file.is_file():
            raise Invalid(f"{file} is no regular file")
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                yield chunk
    except FileNotFoundError:
        raise NotFound(f"no file {file}") from None
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror or error}") from None


def _row(one: Artifact) -> tuple[str, str, str]:
    return one.key, str(one.size), f"{one.modified_at.astimezone():%Y-%m-%d %H:%M:%S}"
