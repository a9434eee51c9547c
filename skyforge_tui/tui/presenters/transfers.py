"""Transfers as the header and their list show them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from skyforge_tui.domain.transfer import Transfer, TransferKind, TransferState
from skyforge_tui.tui.presenters.amounts import size
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.glyphs import FAILED, PASSED, QUEUED, REFUSED, UNKNOWN
from skyforge_tui.tui.presenters.tones import StateLook

COLUMNS: tuple[Column, ...] = (
    Column("name", "What", 14, most=40, priority=100, is_name=True, cut="middle"),
    Column("state", "State", 11, priority=95),
    Column("far", "How far", 18, priority=90),
    Column("speed", "Speed", 9, align="right", priority=80),
    Column("left", "Left", 5, align="right", priority=85),
    Column("where", "Where to", 16, most=40, priority=60, cut="middle"),
)
_LOOKS: dict[TransferState, StateLook] = {
    TransferState.WAITING: StateLook(QUEUED, "waits", "muted"),
    TransferState.RUNNING: StateLook("→", "runs", "accent"),
    TransferState.DONE: StateLook(PASSED, "done", "ok"),
    TransferState.FAILED: StateLook(FAILED, "failed", "bad", "bad", bold=True),
    TransferState.STOPPED: StateLook(REFUSED, "stopped", "muted"),
    TransferState.UNKNOWN: StateLook(UNKNOWN, "unknown", "muted"),
}
_SIGNS = {TransferKind.GET: "↓", TransferKind.PUT: "↑", TransferKind.EXPORT: "↑"}


def active(transfers: Sequence[Transfer]) -> list[Transfer]:
    """Return those that are under way."""
    return [one for one in transfers if not one.state.is_final]


def busy_lines(transfers: Sequence[Transfer], now: datetime) -> list[Line]:
    """Return what the header says of transfers under way, the richest first; none when idle."""
    going = active(transfers)
    if not going:
        return []
    first = going[-1]
    sign = _SIGNS.get(first.kind, "⇄") if len(going) == 1 else f"⇄ {len(going)}"
    share = _share(going)
    short: Line = (Span(f"{sign} {share}", "accent"),)
    speed = sum(one.speed(now) for one in going)
    middle = line(short, Span(f" {size(int(speed))}/s", "muted") if speed else "")
    left = max((one.left_s(now) or 0 for one in going), default=0)
    ending = f" {_span(left)}" if left else ""
    if len(going) > 1:
        return [line(middle, Span(ending, "muted")), middle, short]
    rich = line(Span(f"{sign} {literal(first.name)} {share}", "accent"), middle[1:])
    return [line(rich, Span(ending, "muted")), line(middle, Span(ending, "muted")), middle, short]


def cells(one: Transfer, now: datetime) -> dict[str, Line]:
    """Return a transfer's row."""
    left = one.left_s(now)
    far = size(one.done) if not one.total else f"{size(one.done)} of {size(one.total)}"
    speed = one.speed(now)
    return {
        "state": _LOOKS[one.state].line,
        "far": (Span(far, "muted"),),
        "speed": (Span(f"{size(int(speed))}/s" if speed else "", "muted"),),
        "left": (Span("" if left is None else _span(left), "muted"),),
        "where": (Span(literal(one.target), "muted"),),
    }


def about_lines(one: Transfer) -> list[Line]:
    """Return what else is known of a transfer."""
    lines: list[Line] = [(Span(f"{one.kind} {literal(one.source)}", "muted"),)]
    if one.error:
        lines.append((Span(literal(one.error), "bad"),))
        lines.append((Span(literal(one.advice), "muted"),))
    elif one.is_resumed:
        lines.append((Span("gone on with after its program had ended", "muted"),))
    return lines


def _share(transfers: Sequence[Transfer]) -> str:
    total = sum(one.total for one in transfers)
    done = sum(one.done for one in transfers)
    return f"{min(100, done * 100 // total)}%" if total else "…"


def _span(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f}s"
    return f"{seconds / 60:.0f}m" if seconds < 3600 else f"{seconds / 3600:.0f}h"
