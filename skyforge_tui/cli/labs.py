"""`skyforge labs`: what the Labs place shows."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click

from skyforge_tui.cli.answers import answer, perform, rows
from skyforge_tui.cli.looking_at_labs import (
    PATIENCE,
    look,
    look_at_labs,
    look_at_projects,
    patience_option,
)
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import Principal, upstream_of
from skyforge_tui.domain.lab import Lab, LabDetail, LabSource
from skyforge_tui.services.contract import Services
from skyforge_tui.services.labs import LabsView


@click.group()
def labs() -> None:
    """List labs, look at one, and have its provider report on it."""


@labs.command("ls")
@click.option("--project", metavar="NAME", help="Only on the lab servers of this project.")
@patience_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def list_labs(ctx: click.Context, project: str | None, patience: timedelta, as_json: bool) -> None:
    """List every lab, those at rest last; of silent servers those known, and exit 3."""

    async def work(services: Services, principal: Principal) -> int:
        only: tuple[str, ...] = ()
        if project:
            await look_at_projects(services, principal, patience)
            only = await _servers_of(services, principal, project)
            code = await look_at_labs(services, principal, patience, only)
        else:
            code = await look(services, principal, patience)
        view = _only(await services.labs.all(principal), only)
        now, sources = datetime.now(UTC), {one.provider: one for one in view.sources}
        answer(
            {"labs": view.labs, "sources": view.sources},
            as_json=as_json,
            table=lambda: rows(
                ("LAB", "STATE", "UP", "READY", "OWNER", "PROVIDER", "PROJECT", "NOTE"),
                [_row(lab, sources.get(lab.provider), now) for lab in view.labs],
            ),
        )
        return code

    perform(ctx, work)


async def _servers_of(services: Services, principal: Principal, name: str) -> tuple[str, ...]:
    """Return the lab servers of a project; none where it leaves open which."""
    found = await services.projects.find(principal, name, services.founding.hosts)
    manifest = found.project.manifest
    return () if manifest is None else manifest.lab_servers


def _only(view: LabsView, servers: tuple[str, ...]) -> LabsView:
    """Return the labs on these servers, in the order of the servers; all where there is none."""
    if not servers:
        return view
    labs = [one for one in view.labs if one.provider in servers]
    labs.sort(key=lambda one: servers.index(one.provider))
    sources = tuple(one for one in view.sources if one.provider in servers)
    return LabsView(tuple(labs), sources)


@labs.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def show_lab(ctx: click.Context, name: str, as_json: bool) -> None:
    """Show one lab with nodes, links and steps, by name, id or folder."""

    async def work(services: Services, principal: Principal) -> int:
        lab = await found_lab(services, principal, name)
        detail = await services.labs.get(principal, lab.id)
        answer(detail, as_json=as_json, table=lambda: _lines(detail))
        return 0

    perform(ctx, work)


@labs.command("metadata")
@click.argument("name")
@click.pass_context
def show_metadata(ctx: click.Context, name: str) -> None:
    """Write, as JSON, all that the provider has written down of a lab."""

    async def work(services: Services, principal: Principal) -> int:
        lab = await found_lab(services, principal, name)
        answer(await services.labs.metadata(principal, lab.id), as_json=True, table=list)
        return 0

    perform(ctx, work)


@labs.command("report")
@click.argument("name")
@click.argument("report")
@click.pass_context
def show_report(ctx: click.Context, name: str, report: str) -> None:
    """Write one of the provider's reports on a lab, such as `wiring` or `addressing.md`."""

    async def work(services: Services, principal: Principal) -> int:
        lab = await found_lab(services, principal, name)
        sys.stdout.write(await services.labs.report(principal, lab.id, report))
        return 0

    perform(ctx, work)


@labs.command("graph")
@click.argument("name")
@click.pass_context
def show_graph(ctx: click.Context, name: str) -> None:
    """Write a lab's links in the DOT language."""

    async def work(services: Services, principal: Principal) -> int:
        lab = await found_lab(services, principal, name)
        sys.stdout.write(await services.labs.graph(principal, lab.id))
        return 0

    perform(ctx, work)


async def found_lab(services: Services, principal: Principal, name: str) -> Lab:
    """Return the lab that people call `name`; of an id only its own provider is asked.

    Raises: as `LabService.find`.
    """
    upstream = upstream_of(name)
    if upstream in services.lab_index.upstreams:
        projects = look_at_projects(services, principal, PATIENCE)
        await asyncio.gather(projects, services.labs.sync(principal, only=(upstream,)))
    else:
        await look(services, principal, PATIENCE)
    return await services.labs.find(principal, name)


def _row(lab: Lab, source: LabSource | None, now: datetime) -> Sequence[str]:
    ready = "-" if lab.ready is None else _of(lab.ready, lab.nodes_total)
    return (
        lab.name, _state(lab), _of(lab.nodes_up, lab.nodes_total), ready, lab.owner,
        lab.provider, lab.project, _aged(source, now) or lab.step or lab.note,
    )  # fmt: skip


def _aged(source: LabSource | None, now: datetime) -> str:
    """Return when what is told of a lab was so, where its server is silent; else nothing."""
    if source is None or source.mode is UpstreamState.LIVE or source.as_of is None:
        return ""
    from skyforge_tui.tui.presenters.amounts import age

    return f"as of {age(now - source.as_of)} ago"


def _state(lab: Lab) -> str:
    return "ready" if lab.is_ready else "degraded" if lab.is_degraded else str(lab.state)


_LINKS = {None: "-", True: "up", False: "down"}


def _of(part: int | None, total: int | None) -> str:
    return "-" if total is None else f"{'?' if part is None else part}/{total}"


def _lines(detail: LabDetail) -> list[str]:
    lab = detail.lab
    facts = [
        ("lab", lab.name),
        ("id", lab.id),
        ("state", _state(lab)),
        ("step", lab.step),
        ("note", lab.note),
        ("owner", lab.owner),
        ("folder", lab.directory or lab.folder),
        ("about", lab.description),
        ("seen as", lab.scope),
        ("locked", "yes" if lab.is_locked else ""),
        ("topology", lab.topology),
        ("project", lab.project),
        ("run", lab.run_id or ""),
    ]
    lines = rows(("FACT", "VALUE"), [fact for fact in facts if fact[1]])[1:]
    if detail.nodes:
        nodes = [
            (one.name, str(one.state), one.device, one.address, one.connection, one.machine)
            for one in detail.nodes
        ]
        head = ("NODE", "STATE", "DEVICE", "ADDRESS", "CONNECTION", "MACHINE")
        lines += ["", *rows(head, nodes)]
    if detail.links:
        ends = [
            [f"{end.node} {end.interface} {end.address}".rstrip() for end in one.ends]
            for one in detail.links
        ]
        links = [
            (link.name, _LINKS[link.is_up], " -- ".join(some))
            for link, some in zip(detail.links, ends, strict=True)
        ]
        lines += ["", *rows(("LINK", "STATE", "ENDS"), links)]
    if detail.steps:
        steps = [(one.at.isoformat() if one.at else "", one.text) for one in detail.steps]
        lines += ["", *rows(("AT", "STEP"), steps)]
    return [*lines, *(f"? {one}" for one in detail.missing)]
