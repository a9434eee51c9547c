"""A play as people follow it: the task one reads, its tally, and what came of tasks on hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from skyforge_tui.domain.outline import HostRow, Outcome, Outline
from skyforge_tui.tui.presenters import amounts
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    cut_text,
    joined,
    line,
    literal,
    spread,
    width_of,
)
from skyforge_tui.tui.presenters.glyphs import FAILED, NOW, PARTIAL, TRACK

NAME = 12
"""Cells of a host's name, at least; more where names are longer and there is room."""
MOST_NAME = 24
FIGURE = 12
"""Cells at the right for how far a host came."""
_TENTH = 10
_LOOKED_AT = 64
"""Hosts that are looked at for which signs are to be explained."""

_HEAD = re.compile(r"(?P<kind>TASK|RUNNING HANDLER) \[(?P<name>.*)\]")
_PLAY = re.compile(r"PLAY \[(?P<name>.*)\]")
_WORDS: tuple[tuple[Outcome, str, Tone], ...] = (
    (Outcome.OK, "ok", "muted"),
    (Outcome.CHANGED, "changed", "muted"),
    (Outcome.SKIPPED, "skipped", "muted"),
    (Outcome.RETRYING, "retrying", "warn"),
    (Outcome.IGNORED, "ignored", "warn"),
    (Outcome.RESCUED, "rescued", "warn"),
    (Outcome.FAILED, "failed", "bad"),
    (Outcome.UNREACHABLE, "unreachable", "bad"),
)
_CELLS: Mapping[int, Span] = {
    Outcome.NONE: Span(" "),
    Outcome.RETRYING: Span("~", "warn"),
    Outcome.SKIPPED: Span("-", "muted"),
    Outcome.OK: Span("•", "ok"),
    Outcome.CHANGED: Span("+", "warn"),
    Outcome.IGNORED: Span(PARTIAL, "warn"),
    Outcome.RESCUED: Span("^", "warn"),
    Outcome.FAILED: Span(FAILED, "bad", bold=True),
    Outcome.UNREACHABLE: Span("!", "bad", bold=True),
}
_NOW = Outcome.UNREACHABLE + 1
_TO_COME = Outcome.UNREACHABLE + 2
_SIGNS = {**_CELLS, _NOW: Span(NOW, "accent"), _TO_COME: Span("·", "faint")}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which tasks a grid shows, and where."""

    first: int
    count: int
    """How many cells there are for tasks."""
    name: int = NAME


def task_title(head: str) -> tuple[str, str]:
    """Return what a heading begins, `TASK` or `HANDLER`, and its name."""
    found = _HEAD.match(head)
    if found is None:
        return "TASK", literal(head)
    return ("TASK" if found["kind"] == "TASK" else "HANDLER"), literal(found["name"])


def task_line(
    number: int, head: str, tally: Mapping[Outcome, int], took: timedelta | None, width: int
) -> Line:
    """Return the row above the log: the task it shows, and what came of it so far."""
    kind, name = task_title(head)
    counted = [one for one in _WORDS if one[0] in tally]
    right = [_count(tally[one], word, tone) for one, word, tone in counted]
    bad = sum(tone == "bad" for _, _, tone in counted)
    if took is not None:
        right.append((Span(amounts.duration(took), "muted"),))
    left = line(Span(f"{kind} {number} ", "accent", bold=True), Span(name, "strong", bold=True))
    wanted = min(width_of(left), width // 2)
    # What went well gives way to the name, then the time; what went wrong stays.
    while len(right) > bad and width - width_of(joined(right)) - 2 < wanted:
        right.pop(0 if len(right) > bad + (took is not None) else -1)
    return spread(left, joined(right), width)


def play_line(head: str, outline: Outline, width: int) -> Line:
    """Return that row where no task is: the play that begins, or how a recap says it ended."""
    found = _PLAY.match(head)
    if found is not None:
        name = Span(literal(found["name"]), "strong", bold=True)
        return spread(line(Span("PLAY ", "accent", bold=True), name), (), width)
    told = [host for host in outline.hosts if host.recap is not None]
    out = sum(host.is_out for host in told)
    well = line(Span(amounts.count(len(told) - out)), Span(" well", "muted"))
    counts = [well, _count(out, "out", "bad")] if out else [well]
    return spread((Span("RECAP", "accent", bold=True),), joined(counts) if told else (), width)


def _count(number: int, word: str, tone: Tone) -> Line:
    if tone == "bad":
        return (Span(f"{amounts.count(number)} {word}", "bad", bold=True),)
    figure = Span(amounts.count(number), "text" if tone == "muted" else tone)
    return (figure, Span(f" {word}", tone))


def progress_line(outline: Outline, expected: int | None, width: int, *, has_grid: bool) -> Line:
    """Return how far a play came, `25/60 tasks  7/8 hosts`, or what of it fits.

    Where a grid says how hosts are, only tasks are told.
    """
    if not outline.tasks:
        return ()
    parts = [_of(len(outline.tasks), expected, "task")]
    if outline.hosts and not has_grid:
        well = sum(not host.is_out for host in outline.hosts)
        parts.append(_of(well, len(outline.hosts), "host"))
    while parts and width_of(joined(parts)) > width:
        parts.pop()
    return joined(parts)


def _of(number: int, of: int | None, word: str) -> Line:
    total = () if of is None or of < number else (Span(f"/{amounts.count(of)}", "muted"),)
    many = number if of is None else of
    return line(Span(amounts.count(number)), total, Span(f" {word}{'s' * (many != 1)}", "muted"))


# The grid


def columns_for(outline: Outline, width: int, cursor: int | None, expected: int | None) -> Columns:
    """Return the tasks to show in `width` cells: those around the cursor, or the latest ones."""
    longest = max((len(host.name) for host in outline.hosts), default=0)
    name = min(max(NAME, longest + 2), MOST_NAME, max(NAME, width // 3))
    count = max(1, width - name - FIGURE)
    tasks = max(len(outline.tasks), expected or 0)
    if tasks <= count:
        return Columns(0, count, name)
    latest = max(0, len(outline.tasks) - count)
    if cursor is None:
        return Columns(latest, count, name)
    return Columns(max(0, min(cursor - count // 2, latest)), count, name)


def grid_head(outline: Outline, columns: Columns, width: int) -> Line:
    """Return the heading of the grid, with what its signs mean as far as there is room."""
    shown = slice(columns.first, columns.first + columns.count)
    seen = {code for host in outline.hosts[:_LOOKED_AT] for code in set(host.cells[shown])}
    legend: list[Line] = [
        line(_CELLS[one], Span(f" {word}", "muted")) for one, word, _ in _WORDS if one in seen
    ]
    title: Line = (Span("hosts × tasks", "strong", bold=True),)
    if columns.first or len(outline.tasks) > columns.count:
        last = min(columns.first + columns.count, len(outline.tasks))
        title = line(title, Span(f" {columns.first + 1}–{last} of {len(outline.tasks)}", "muted"))
    if outline.is_cut:
        title = line(title, Span("  too many to show all", "warn"))
    # What is well explains itself before what is not.
    while legend and width_of(title) + width_of(joined(legend)) + 3 > width:
        legend.pop(0)
    right = joined(legend)
    room = width - width_of(title) - width_of(right) - 3
    if room < 0 or not legend:
        return spread(title, (), width)
    return line(title, " ", Span(TRACK * room, "line"), "  ", right)


def host_line(
    host: HostRow,
    outline: Outline,
    columns: Columns,
    expected: int | None,
    *,
    is_live: bool,
    cursor: int | None = None,
) -> Line:
    """Return one host: its name, a sign for each task, and how far it came.

    `cursor` is the task that is pointed at, if one in this row is.
    """
    tone: Tone = "bad" if host.is_out else "muted"
    name = f"{cut_text(literal(host.name), columns.name - 2, 'middle'):<{columns.name}}"
    codes = _codes(host, outline, columns, expected, is_live=is_live)
    spans: list[Span] = []
    at = columns.first
    for code, run in groupby(codes):
        length = len(list(run))
        sign = _SIGNS[code]
        if cursor is not None and at <= cursor < at + length:
            before, after = cursor - at, at + length - cursor - 1
            spans += [
                Span(sign.text * before, sign.tone, bold=sign.bold),
                Span(sign.text, "pill", bold=True, on="pill"),
                Span(sign.text * after, sign.tone, bold=sign.bold),
            ]
        else:
            spans.append(Span(sign.text * length, sign.tone, bold=sign.bold))
        at += length
    figure = _figure(host, outline, expected, is_live=is_live)
    return line(
        Span(name, tone), *(span for span in spans if span.text), spread((), figure, FIGURE)
    )


def _codes(
    host: HostRow, outline: Outline, columns: Columns, expected: int | None, *, is_live: bool
) -> Sequence[int]:
    tasks = len(outline.tasks)
    codes: list[int] = list(host.cells[columns.first : columns.first + columns.count])
    codes += [0] * (columns.count - len(codes))
    now = tasks - 1 - columns.first
    is_waiting = is_live and not _is_absent(host, outline) and not outline.is_over(tasks - 1)
    if is_waiting and 0 <= now < len(codes) and not codes[now]:
        codes[now] = _NOW
    for task in range(tasks, min(expected or 0, columns.first + columns.count)):
        if (task + 1) % _TENTH == 0:
            codes[task - columns.first] = _TO_COME
    return codes


def _is_absent(host: HostRow, outline: Outline) -> bool:
    """Return whether a host takes no part in what is going on: it is out, or not in this play."""
    first = outline.play
    is_elsewhere = first < len(outline.tasks) - 1 and len(host.cells) <= first
    return host.is_out or not outline.tasks or is_elsewhere


def _figure(host: HostRow, outline: Outline, expected: int | None, *, is_live: bool) -> Line:
    if host.is_out:
        return (Span(f"out at {len(host.cells)}", "bad"),)
    if host.last is Outcome.RETRYING:
        return (Span(f"retry {host.retries_left}", "warn"),)
    done = len(host.cells) - host.cells.count(Outcome.NONE) - host.cells.count(Outcome.RETRYING)
    if not done or (is_live and _is_absent(host, outline)):
        return (Span("not in play", "muted"),)
    if expected is not None and expected >= len(outline.tasks):
        return (Span(str(len(host.cells))), Span(f"/{expected}", "muted"))
    return (Span(str(done)), Span(f" task{'s' * (done != 1)}", "muted"))
