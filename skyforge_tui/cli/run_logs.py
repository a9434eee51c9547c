"""`skyforge runs logs`: a run's output, or the part of it that somebody wants."""

from __future__ import annotations

import asyncio
import os
import sys
from bisect import bisect_left
from collections import deque
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import click

from skyforge_tui.cli.answers import narrate, perform_on_runs, write
from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import Principal, RunId

if TYPE_CHECKING:
    from skyforge_tui.domain.log_query import LogQuery
    from skyforge_tui.ports.log_store import LogReader
    from skyforge_tui.services.run_parts import RunParts

_CHUNK = 1 << 20
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What part of an output is wanted, and how."""

    query: LogQuery | None
    context: int
    since: datetime | None
    tail: int | None
    is_raw: bool


@click.command("logs")
@click.argument("run")
@click.option("--follow", "-f", is_flag=True, help="Go on until the run has ended.")
@click.option(
    "--grep", "-g", metavar="PATTERN",
    help="Only lines that hold a text, or match /PATTERN/; !… only those that do not. "
    "Exits 1 when there is none.",
)  # fmt: skip
@click.option(
    "--context", "-C", type=click.IntRange(min=0), default=0, metavar="N",
    help="With --grep, also N lines above and below.",
)  # fmt: skip
@click.option(
    "--since", metavar="5m|TIME",
    help="Only lines that came since then: an age, a time of day, or a date and time.",
)  # fmt: skip
@click.option(
    "--tail", "-n", type=click.IntRange(min=0), metavar="N",
    help="Only the last N lines of all this; with --follow, and what comes.",
)  # fmt: skip
@click.option(
    "--raw", is_flag=True,
    help="Write control sequences to a terminal too; elsewhere they always are.",
)  # fmt: skip
@click.pass_context
def run_logs(
    ctx: click.Context,
    run: str,
    follow: bool,
    grep: str | None,
    context: int,
    since: str | None,
    tail: int | None,
    raw: bool,
) -> None:
    """Write a run's output to standard output: all of it, byte by byte, or a part."""

    async def work(services: RunParts, principal: Principal) -> int:
        from skyforge_tui.cli.refreshing import found_run

        # What cannot be meant is told before anything is read.
        wanted = _Wanted(_query(grep), context, _moment(since), tail, raw)
        run_id = await found_run(services, principal, run)
        return await _written(services, principal, run_id, wanted, follows=follow)

    perform_on_runs(ctx, work, watch=follow)


def _query(text: str | None) -> LogQuery | None:
    if text is None:
        return None
    from skyforge_tui.domain.log_query import read_log_query

    return read_log_query(text)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    from skyforge_tui.cli.moments import moment_of

    moment = moment_of(text, datetime.now().astimezone())
    if moment is None:
        raise Invalid(
            f"{text!r} is no time", operation="run.log",
            advice="write an age as in 5m, a time as in 14:05, or 2026-11-29T14:05",
        )  # fmt: skip
    return moment


async def _written(
    services: RunParts, principal: Principal, run_id: RunId, wanted: _Wanted, *, follows: bool
) -> int:
    reader = await services.runs.open_log(principal, run_id, is_whole=not follows)
    try:
        start = await asyncio.to_thread(_start_of, reader, wanted)
        output = _Output(wanted, reader.size - start)
        if not follows:
            while chunk := await asyncio.to_thread(reader.read, start, _CHUNK):
                await output.take(chunk)
                start += len(chunk)
            for gap in reader.gaps():
                size = "" if gap.missing_bytes is None else f"{gap.missing_bytes:,} bytes "
                narrate(f"skyforge: {size}missing at byte {gap.offset:,}: {gap.reason}")
            return output.end()
    finally:
        reader.close()
    async with aclosing(await services.runs.follow(principal, run_id, start)) as chunks:
        async for chunk in chunks:
            await output.take(chunk)
    return output.end()


def _start_of(reader: LogReader, wanted: _Wanted) -> int:
    """Return the offset from which on everything is to be looked at."""
    reader.refresh(0)
    start = 0 if wanted.since is None else _first_since(reader, wanted.since)
    if wanted.tail is not None and wanted.query is None:
        last = reader.lines_before(reader.size, wanted.tail)
        start = max(start, last[0].offset if last else reader.size)
    return start


def _first_since(reader: LogReader, moment: datetime) -> int:
    """Return where the first line begins that came at a moment or later.

    Raises:
        Invalid: nobody knows when its lines came.
    """
    if reader.size and reader.time_at(reader.size - 1) is None:
        raise Invalid(
            "when its lines came was not recorded", operation="run.log",
            advice="leave --since away",
        )  # fmt: skip
    offsets = range(reader.size)
    at = bisect_left(offsets, moment, key=lambda offset: reader.time_at(offset) or _NEVER)
    line = next(iter(reader.lines_from(at, 1)), None)
    if line is None or line.offset == at:
        return at
    return min(line.end + 1, reader.size)


class _Output:
    """The way of bytes from the log to standard output."""

    def __init__(self, wanted: _Wanted, present: int) -> None:
        """Begin; `present` is how many bytes there are already."""
        from skyforge_tui.cli.safe_text import SafeText
        from skyforge_tui.store.log_sieve import LogSieve

        query, context = wanted.query, wanted.context
        self._sieve = None if query is None else LogSieve(query, context)
        is_tail = self._sieve is not None and wanted.tail is not None
        self._last = deque[bytes](maxlen=wanted.tail) if is_tail else None
        self._present = present
        is_shown = sys.stdout.isatty() and not wanted.is_raw
        self._safe = SafeText(keeps_colours="NO_COLOR" not in os.environ) if is_shown else None

    async def take(self, chunk: bytes) -> None:
        """Write what is wanted of the next bytes."""
        self._present -= len(chunk)
        if self._sieve is not None:
            chunk = await asyncio.to_thread(self._sieve.feed, chunk)
        if self._last is not None:
            self._last.extend(BytesIO(chunk))
            if self._present > 0:
                return
            chunk, self._last = self._kept(), None
        self._write(chunk)

    def end(self) -> int:
        """Write what was held back; return the exit code."""
        if self._sieve is not None:
            rest = self._sieve.finish()
            if self._last is not None:
                self._last.extend(BytesIO(rest))
                rest = self._kept()
            self._write(rest)
        if self._safe is not None:
            _write_text(self._safe.finish())
        return 0 if self._sieve is None or self._sieve.hits else 1

    def _kept(self) -> bytes:
        return b"".join(self._last or ())

    def _write(self, chunk: bytes) -> None:
        if self._safe is not None:
            _write_text(self._safe.feed(chunk))
        elif chunk:
            write(chunk)


def _write_text(text: str) -> None:
    if text:
        write(text.encode(sys.stdout.encoding, "backslashreplace"))
