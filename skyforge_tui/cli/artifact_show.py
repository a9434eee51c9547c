"""`skyforge artifacts show`: one artifact or folder, and the run that made it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from skyforge_tui.cli.answers import answer, perform
from skyforge_tui.cli.artifact_care import as_json_option, meant, store_option
from skyforge_tui.cli.collecting import catch_up
from skyforge_tui.cli.moments import clock
from skyforge_tui.domain.artifact import ArtifactRef, checked_prefix
from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.identity import Principal

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.lineage import Origin


@click.command("show")
@click.argument("key")
@store_option
@as_json_option
@click.pass_context
def show(ctx: click.Context, key: str, store: str | None, as_json: bool) -> None:
    """Tell what is known of KEY, and of the run that made it, even where that is gone."""

    async def work(services: Services, principal: Principal) -> int:
        ref = await meant(services, principal, store, checked_prefix(key))
        await catch_up(services, principal)
        about = await _about(services, principal, ref)
        origin = await services.lineage.origin(principal, ref)
        run = None if origin is None else _run(origin)
        document = {"store": ref.store, "key": ref.key, **about, "run": run}
        answer(document, as_json=as_json, table=lambda: _lines(document))
        return 0

    perform(ctx, work)


async def _about(services: Services, principal: Principal, ref: ArtifactRef) -> dict[str, Any]:
    """Return what is at a key, or how much below it where it is a folder."""
    try:
        found = await services.artifacts.known(principal, ref)
    except (NotFound, Invalid):  # a directory knows a folder when it sees one
        bulk = await services.artifact_care.count(principal, ref)
        if not bulk.count:
            raise
        return {"is_folder": True, "count": bulk.count, "bytes": bulk.size}
    return {
        "is_folder": False, "bytes": found.size, "written": found.modified_at,
        "sha256": found.checksum or None,
    }  # fmt: skip


def _run(origin: Origin) -> dict[str, Any]:
    run, spec = origin.run, origin.detail.spec
    return {
        "id": run.id, "number": run.number, "state": run.state, "is_known": origin.is_known,
        "project": run.project, "template": run.title, "started_by": run.who,
        "created_at": run.created_at, "command": list(spec.command), "directory": spec.directory,
        "answers": dict(spec.answers), "commit": spec.commit or None,
    }  # fmt: skip


def _lines(document: dict[str, Any]) -> list[str]:
    run = document["run"]
    rows = [("store", document["store"]), ("key", document["key"]), ("bytes", document["bytes"])]
    if document["is_folder"]:
        rows.append(("holds", f"{document['count']:,} artifacts"))
    else:
        written = clock(document["written"])
        rows += [("written", written), ("sha256", document["sha256"] or "not noted")]
    if run is not None:
        known = "" if run["is_known"] else "  (its record is not here; its manifest tells)"
        rows += [
            ("run", f"{run['id']} {run['template']}, {run['state']}{known}"),
            ("by", f"{run['started_by']}, {run['project']}, {clock(run['created_at'])}"),
            ("command", shlex.join(run["command"])),
            ("directory", run["directory"]),
        ]
    return [f"{label:<11}{value}" for label, value in rows if value]
