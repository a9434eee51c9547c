"""`skyforge labs start` and the like: what whatever runs a lab can do to it itself."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import click

from skyforge_tui.cli.answers import answer, narrate, perform, rows, write
from skyforge_tui.cli.carrying import carried
from skyforge_tui.cli.labs import found_lab, labs
from skyforge_tui.cli.looking_at_labs import look_at_labs, patience_option
from skyforge_tui.domain.errors import Conflict, Unavailable
from skyforge_tui.domain.events import Event, LabsChanged
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.lab_action import LabAction, LabServer, NewLab
from skyforge_tui.domain.lab_host_actions import containerlab_answers
from skyforge_tui.domain.template import TemplateKind
from skyforge_tui.services.contract import Services

_ASKED_OF_RUNS = {LabAction.START: "up", LabAction.STOP: "down"}
"""What runs of topologies are asked for, in netlab's words."""

Do = Callable[[Services, Principal, Lab], Awaitable[object]]


def _act(ctx: click.Context, name: str, action: LabAction, do: Do) -> None:
    """Find a lab, have something done to it and tell how far that is."""

    async def work(services: Services, principal: Principal) -> int:
        lab = await found_lab(services, principal, name)
        if reason := services.lab_can(lab, action):
            advice = await _by_run(services, principal, lab, action)
            raise Conflict(reason, operation=f"lab.{action}", advice=advice)
        told: list[str] = []

        def hear(event: Event) -> None:
            now = services.lab_index.lab(lab.id)
            if isinstance(event, LabsChanged) and now is not None and now.step:
                if now.step not in told[-1:]:
                    narrate(now.step)
                told.append(now.step)

        unsubscribe = services.bus.subscribe(hear)
        try:
            await do(services, principal, lab)
        finally:
            unsubscribe()
        return 0

    perform(ctx, work)


async def _by_run(services: Services, principal: Principal, lab: Lab, action: LabAction) -> str:
    """Return which run of a lab's topology does what whatever runs the lab does not."""
    if action not in _ASKED_OF_RUNS:
        return ""
    template = await services.labs.template_for(principal, lab.id)
    if template is None:
        return f"no topology of this workspace makes {lab.name}"
    project = (await services.projects.get(principal, template.project_id)).project
    answers = {"action": _ASKED_OF_RUNS[action]}
    if template.kind is TemplateKind.CONTAINERLAB:
        answers = containerlab_answers(answers)
    name = f"{project.slug}/{template.name}"
    words = ("skyforge", "runs", "launch", name, "-v", f"action={answers['action']}")
    return f"a run of its topology does it: {shlex.join(words)}"


@labs.command("start")
@click.argument("name")
@click.option("--node", help="Only this node.")
@click.pass_context
def start_lab(ctx: click.Context, name: str, node: str | None) -> None:
    """Start every node of a lab, and return when all run."""

    def do(services: Services, principal: Principal, lab: Lab) -> Awaitable[object]:
        if node is not None:
            return services.lab_actions.start_node(principal, lab.id, node)
        return services.lab_actions.start(principal, lab.id)

    _act(ctx, name, LabAction.START if node is None else LabAction.NODE_START, do)


@labs.command("stop")
@click.argument("name")
@click.option("--node", help="Only this node.")
@click.pass_context
def stop_lab(ctx: click.Context, name: str, node: str | None) -> None:
    """Stop every node of a lab, and return when none runs."""

    def do(services: Services, principal: Principal, lab: Lab) -> Awaitable[object]:
        if node is not None:
            return services.lab_actions.stop_node(principal, lab.id, node)
        return services.lab_actions.stop(principal, lab.id)

    _act(ctx, name, LabAction.STOP if node is None else LabAction.NODE_STOP, do)


@labs.command("wipe")
@click.argument("name")
@click.pass_context
def wipe_lab(ctx: click.Context, name: str) -> None:
    """Have every node of a lab forget what it keeps, configurations that are not saved too."""
    _act(ctx, name, LabAction.WIPE, lambda services, principal, lab:
         services.lab_actions.wipe(principal, lab.id))  # fmt: skip


@labs.command("save")
@click.argument("name")
@click.pass_context
def save_lab(ctx: click.Context, name: str) -> None:
    """Keep the running configurations in the lab."""
    _act(ctx, name, LabAction.SAVE, lambda services, principal, lab:
         services.lab_actions.save(principal, lab.id))  # fmt: skip


@labs.command("lock")
@click.argument("name")
@click.pass_context
def lock_lab(ctx: click.Context, name: str) -> None:
    """Let nobody edit a lab."""
    _act(ctx, name, LabAction.LOCK, lambda services, principal, lab:
         services.lab_actions.lock(principal, lab.id, True))  # fmt: skip


@labs.command("unlock")
@click.argument("name")
@click.pass_context
def unlock_lab(ctx: click.Context, name: str) -> None:
    """Let a lab be edited again."""
    _act(ctx, name, LabAction.LOCK, lambda services, principal, lab:
         services.lab_actions.lock(principal, lab.id, False))  # fmt: skip


@labs.command("export")
@click.argument("name")
@click.argument(
    "file", required=False, type=click.Path(dir_okay=False, writable=True, path_type=Path)
)
@click.pass_context
def export_lab(ctx: click.Context, name: str, file: Path | None) -> None:
    """Keep a lab, as an archive, among the artifacts and write where; or write it into a new FILE.

    `-` is standard output.
    """

    async def do(services: Services, principal: Principal, lab: Lab) -> None:
        if file is None:
            begun = await services.lab_keeping.keep(principal, lab.id)
            done = await carried(services, principal, begun)
            answer(done, as_json=False, table=lambda: [done.target])
            return
        exported = await services.lab_actions.export(principal, lab.id)
        if str(file) == "-":
            write(exported.content)
            return
        await asyncio.to_thread(_write_new, file, exported.content)

    _act(ctx, name, LabAction.EXPORT, do)


def _write_new(file: Path, content: bytes) -> None:
    """Write a file that was not there, whole or not at all."""
    try:
        with file.open("xb") as new:
            try:
                new.write(content)
                new.flush()
            except OSError:
                file.unlink()
                raise
    except FileExistsError:
        words = f"{file} is there already"
        advice = "move it away, or name another file; nothing is overwritten"
        raise Conflict(words, operation="lab.export", advice=advice) from None
    except OSError as error:
        why = (error.strerror or "").lower()
        raise Unavailable(f"{file} cannot be written ({why})", operation="lab.export") from None


@labs.command("link")
@click.argument("name")
@click.argument("link")
@click.argument("state", type=click.Choice(("up", "down")))
@click.pass_context
def set_link(ctx: click.Context, name: str, link: str, state: str) -> None:
    """Take a lab's LINK down, or up again; `labs show` tells what its links are called."""
    _act(ctx, name, LabAction.LINK, lambda services, principal, lab:
         services.lab_actions.set_link(principal, lab.id, link, state == "up"))  # fmt: skip


@labs.command("console")
@click.argument("name")
@click.argument("node")
@click.pass_context
def show_console(ctx: click.Context, name: str, node: str) -> None:
    """Write where a node's console is."""

    async def do(services: Services, principal: Principal, lab: Lab) -> None:
        found = await services.lab_actions.console(principal, lab.id, node)
        answer(found, as_json=False, table=lambda: [found.url])

    _act(ctx, name, LabAction.CONSOLE, do)


@labs.command("create")
@click.argument("server")
@click.argument("name")
@click.option("--folder", default="", help="Where the server keeps it.")
@click.option("--description", default="", help="What it is for.")
@click.pass_context
def create_lab(ctx: click.Context, server: str, name: str, folder: str, description: str) -> None:
    """Make an empty lab NAME at SERVER, and write its id."""

    async def work(services: Services, principal: Principal) -> int:
        await services.labs.sync(principal, False, (server,))
        lab = NewLab(name, folder, description)
        made = await services.lab_actions.create(principal, server, lab)
        answer({"lab_id": made}, as_json=False, table=lambda: [made])
        return 0

    perform(ctx, work)


@labs.command("servers")
@patience_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def list_servers(ctx: click.Context, patience: timedelta, as_json: bool) -> None:
    """List what runs labs, how it answers, and how its machine is."""

    async def work(services: Services, principal: Principal) -> int:
        await look_at_labs(services, principal, patience)
        sources = (await services.labs.all(principal)).sources
        head = ("SERVER", "KIND", "MODE", "VERSION", "WHO", "CPU", "MEM", "DISK", "RUNS", "NOTE")
        answer(
            sources,
            as_json=as_json,
            table=lambda: rows(
                head,
                [
                    (one.provider, one.kind, str(one.mode), *_figures(one.server), one.error)
                    for one in sources
                ],
            ),
        )
        return 0

    perform(ctx, work)


def _figures(server: LabServer | None) -> tuple[str, ...]:
    if server is None:
        return ("-",) * 6
    percents = (server.cpu_percent, server.memory_percent, server.disk_percent)
    runs = sum(count for _, count in server.counts)
    return (
        f"{server.edition} {server.version}".strip() or "-",
        f"{server.user} ({server.role})" if server.role else server.user or "-",
        *("-" if one is None else f"{one}%" for one in percents),
        str(runs),
    )
