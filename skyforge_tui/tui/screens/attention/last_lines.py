"""The lines of a run's output that say why it needs attention: the last failure, or the end."""

from __future__ import annotations

import asyncio

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import Principal, RunId
from skyforge_tui.domain.log import LogLine
from skyforge_tui.domain.log_severity import severity_of
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.ansi import parse, prepared
from skyforge_tui.tui.presenters.cells import Line, Span, literal

_LOOKED_AT = 200
"""Lines at the end among which the last failure is looked for."""
_WIDEST = 2_000
"""Bytes of a line that are looked at."""
MOST = 20


async def last_lines(services: Services, principal: Principal, run_id: RunId) -> list[Line]:
    """Return the lines up to the last one that failed, else the last ones; none without output."""
    try:
        reader = await services.runs.open_log(principal, run_id)
    except SkyforgeError:
        return []  # nothing was kept of it; its row says why
    try:
        return _dressed(await asyncio.to_thread(_tail, reader))
    finally:
        reader.close()


def _tail(reader: LogReader) -> list[LogLine]:
    reader.refresh()
    return reader.lines_before(reader.size, _LOOKED_AT)


def _dressed(tail: list[LogLine]) -> list[Line]:
    texts = [parse(*prepared(one.data[:_WIDEST])).text for one in tail]
    texts = [one for one in texts if one.strip()]
    failed = [at for at, text in enumerate(texts) if severity_of(text) == "bad"]
    end = failed[-1] + 1 if failed else len(texts)
    return [
        (Span(literal(text), "bad" if severity_of(text) == "bad" else "text"),)
        for text in texts[max(0, end - MOST) : end]
    ]
