"""`skyforge view`: any log file, what is piped in, or several of those merged by time."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import guarded, narrate, perform_on_files, write
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.log_source import PIPED

if TYPE_CHECKING:
    from skyforge_tui.domain.log_source import LogProgress
    from skyforge_tui.ports.log_files import OpenedLog
    from skyforge_tui.services.file_parts import FileParts

_CHUNK = 1 << 20
_PAUSE_S = 0.05


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1)
@click.option(
    "--follow",
    "-f",
    is_flag=True,
    help="Begin at the end and keep it in view; without a screen, go on as files grow.",
)
@click.pass_context
def view(ctx: click.Context, files: tuple[str, ...], follow: bool) -> None:
    """Show log files; - is standard input. Several are merged by the times in their lines.

    Where standard output is no terminal, everything is written there.
    """
    names = files or (() if sys.stdin.isatty() else (PIPED,))
    if not names:
        raise click.UsageError("name a file, or pipe something in", ctx)
    if sys.stdout.isatty():
        from skyforge_tui.wiring.viewer import run_viewer

        invocation = ctx.obj
        ctx.exit(
            guarded(
                lambda: run_viewer(invocation.config_path, invocation.profile, names, follow=follow)
            )
        )

    async def work(parts: FileParts, principal: Principal) -> int:
        piped = os.dup(sys.stdin.fileno()) if PIPED in names else None
        log = await parts.files.open(principal, names, piped, is_live=follow)
        try:
            return await _written(parts, principal, log, follow=follow)
        finally:
            await asyncio.to_thread(log.close)

    perform_on_files(ctx, work)


async def _written(parts: FileParts, principal: Principal, log: OpenedLog, *, follow: bool) -> int:
    """Write everything as it comes; return 1 if something could not be read to its end."""
    reader, progress = log.reader, None
    offset = generation = 0
    while True:
        if reader.is_stale:
            await asyncio.to_thread(reader.reopen)
        progress = await parts.files.advance(principal, log, progress)
        reader.refresh()
        if reader.generation != generation:  # replaced or cut short: another text
            offset, generation = 0, reader.generation
        while chunk := reader.read(offset, _CHUNK):
            write(chunk)
            offset += len(chunk)
        if progress.is_whole and not (follow and progress.is_followed):
            return _told(progress)
        if not progress.has_more:
            await asyncio.sleep(_PAUSE_S)


def _told(progress: LogProgress) -> int:
    for trouble in progress.troubles:
        narrate(f"skyforge: {trouble}")
    return 1 if progress.troubles else 0
