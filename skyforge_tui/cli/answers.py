"""How commands run, answer and fail: one place for services, JSON, tables and exit codes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from skyforge_tui.cli import Invocation
from skyforge_tui.domain.errors import LOOK_AGAIN, Invalid, NotFound, SkyforgeError, Unavailable
from skyforge_tui.domain.events import Event, NoticeRaised
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.notice import Notice

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.file_parts import FileParts
    from skyforge_tui.services.offered import Offered
    from skyforge_tui.services.run_parts import RunParts
    from skyforge_tui.settings.frame import FrameSettings

    Opened = TypeVar("Opened", bound=Offered)
    Work = Callable[[Opened, Principal], Coroutine[Any, Any, int]]
    Open = Callable[[FrameSettings], AbstractAsyncContextManager[Opened]]


def perform(ctx: click.Context, work: Work[Services], *, watch: bool = False) -> None:
    """Open the services, run `work` and leave with the exit code it returns.

    `watch` also keeps the runs in step with their engines meanwhile.
    """
    from skyforge_tui.wiring import open_services

    def opened(frame: FrameSettings) -> AbstractAsyncContextManager[Services]:
        return open_services(frame, watch_runs=watch)

    ctx.exit(guarded(lambda: asyncio.run(_perform(ctx.obj, opened, work))))


def perform_on_runs(ctx: click.Context, work: Work[RunParts], *, watch: bool = False) -> None:
    """Do as `perform` with what is known of runs alone, which opens sooner."""
    from skyforge_tui.wiring import open_runs

    def opened(frame: FrameSettings) -> AbstractAsyncContextManager[RunParts]:
        return open_runs(frame, watch_runs=watch)

    ctx.exit(guarded(lambda: asyncio.run(_perform(ctx.obj, opened, work))))


def perform_on_files(ctx: click.Context, work: Work[FileParts]) -> None:
    """Do as `perform` with log files alone: no configuration is checked, nothing is watched."""
    from skyforge_tui.wiring.file_parts import open_files

    ctx.exit(guarded(lambda: asyncio.run(_perform(ctx.obj, open_files, work))))


def guarded(call: Callable[[], int]) -> int:
    """Return what `call` returns, or the exit code of its failure, which is said."""
    from skyforge_tui.settings.complaint import SettingsError

    try:
        return call()
    except BrokenPipeError:
        _let_go_of_output()
        return 0  # whoever read our output has left, as `head` does
    except SettingsError as error:
        for complaint in error.complaints:
            narrate(str(complaint))
        return 2
    except SkyforgeError as error:
        return told(error)


def told(error: SkyforgeError) -> int:
    """Say why something failed, and return the exit code of that."""
    narrate(f"skyforge: {error}")
    if advice := said_here(error.advice):
        narrate(f"  {advice}")
    return exit_code(error)


def said_here(advice: str) -> str:
    """Return what is advised, unless that is a key of the cockpit: here one asks again."""
    return "" if advice == LOOK_AGAIN else advice


def exit_code(error: SkyforgeError) -> int:
    """Return the exit code that a failure of this family has."""
    match error:
        case Unavailable():
            return 3
        case NotFound():
            return 5
        case Invalid():
            return 2
        case _:
            return 4


def narrate(text: str) -> None:
    """Write a line to standard error, which shows what its encoding lacks as escapes."""
    sys.stderr.write(literal(text) + "\n")


def narrate_notice(notice: Notice) -> None:
    """Write a notice as one line to standard error."""
    parts = (notice.title, notice.body, notice.where, notice.advice)
    narrate("skyforge: " + "; ".join(part for part in parts if part))


def answer(value: object, *, as_json: bool, table: Callable[[], Iterable[str]]) -> None:
    """Write `value` as one JSON document, or as the lines of `table`."""
    if as_json:
        from msgspec import json

        write(json.encode(value) + b"\n")
        return
    text = "".join(line + "\n" for line in table())
    write(text.encode(sys.stdout.encoding, "backslashreplace"))


def write(data: bytes) -> None:
    """Write bytes to standard output at once.

    Raises:
        BrokenPipeError: nobody reads it any more.
        Unavailable: it cannot be written.
    """
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _let_go_of_output()
        raise Unavailable(f"standard output cannot be written: {error.strerror}") from None


def _let_go_of_output() -> None:
    """Keep the interpreter from complaining at its end about what could not be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
    """Return aligned text lines; text from elsewhere is made harmless."""
    table = [tuple(head), *(tuple(literal(cell) for cell in row) for row in body)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def literal(text: str) -> str:
    """Return a text with what cannot be printed as escapes."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


async def _perform(invocation: Invocation, opened: Open[Opened], work: Work[Opened]) -> int:
    from skyforge_tui.settings.frame import read_frame
    from skyforge_tui.wiring import current_principal

    frame = read_frame(invocation.config_path, invocation.profile)
    async with opened(frame) as services:
        services.bus.subscribe(_hear)
        for notice in services.notices:
            narrate_notice(notice)
        return await work(services, current_principal())


def _hear(event: Event) -> None:
    if isinstance(event, NoticeRaised):
        narrate_notice(event.notice)
