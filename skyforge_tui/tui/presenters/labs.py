"""Labs as rows, and what to say where there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.lab import Lab, LabSource, LabState
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, joined, line, literal
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.tones import StateLook

COLUMNS: tuple[Column, ...] = (
    Column("state", "State", 10, priority=100),
    Column("lab", "Lab", 14, most=20, priority=99, cut="middle", is_name=True),
    Column("up", "Up", 5, most=7, align="right", priority=90),
    Column("ready", "Ready", 5, most=7, align="right", priority=85),
    Column("owner", "Owner", 6, most=9, priority=60),
    Column("project", "Project", 13, priority=30, cut="middle"),
    Column("server", "Server", 16, most=20, priority=70),
    Column("age", "Age", 4, align="right", priority=80),
    Column("note", "Note", 23, most=None, priority=20),
)

_LOOKS: dict[LabState, StateLook] = {
    LabState.STOPPED: StateLook(glyphs.STOPPED_LAB, "stopped", "muted", "muted"),
    LabState.STARTING: StateLook(glyphs.PENDING, "starting", "spin"),
    LabState.RUNNING: StateLook(glyphs.RUNNING, "running", "accent"),
    LabState.STOPPING: StateLook(glyphs.PENDING, "stopping", "spin"),
    LabState.FAILED: StateLook(glyphs.FAILED, "failed", "bad", "bad", bold=True),
    LabState.MARKER: StateLook(glyphs.MARKER, "marker", "muted", "muted"),
    LabState.UNKNOWN: StateLook(glyphs.UNKNOWN, "unknown", "muted", "muted"),
}
_NOTE_TONES: Mapping[LabState, Tone] = {
    LabState.FAILED: "bad",
    LabState.STOPPED: "muted",
    LabState.MARKER: "muted",
}
_READY = StateLook(glyphs.READY, "ready", "ok")
_DEGRADED = StateLook(glyphs.PARTIAL, "degraded", "warn", "warn")
SHORT_KINDS = {"containerlab": "clab"}
"""Kinds that would leave no room for names."""


def lab_look(lab: Lab) -> StateLook:
    """Return how a lab looks: running is not ready, and one that asks waits for a person."""
    if lab.asks:
        return tones.ASKS
    if lab.is_ready:
        return _READY
    return _DEGRADED if lab.is_degraded else _LOOKS[lab.state]


def lab_cells(
    lab: Lab, source: LabSource | None, now: datetime, me: str, *, apart: str = ""
) -> dict[str, Line]:
    """Return a lab's cells, by column; those of a provider that is silent are muted and aged.

    What tells it `apart` from others of its name stands behind that.
    """
    stale = is_stale(source)
    look = lab_look(lab)
    if stale:
        look = StateLook(glyphs.STALE, look.word, "muted", "muted")
    text: Tone = "muted" if stale else "text"
    ready = ready_line(lab, is_short=True)
    return {
        "state": look.line,
        "lab": (
            Span(literal(lab.name), text),
            *((Span(f" {literal(apart)}", "muted"),) if apart else ()),
        ),
        "up": _part(lab.nodes_up, lab.nodes_total, text, rests=lab.state is LabState.STOPPED),
        "ready": _muted(ready) if stale else ready,
        "owner": (Span(literal(lab.owner), text if lab.owner == me else "muted"),),
        "project": (Span(literal(lab.project or lab.folder), text if lab.project else "muted"),),
        "server": server_line(lab, source, now, tone=text),
        "age": (Span(tones.age(now - lab.updated_at) if lab.updated_at else "", "muted"),),
        "note": _note(lab, source, now),
    }


def ready_line(lab: Lab, *, is_short: bool = False) -> Line:
    """Return how many nodes are ready: blue while it grows, green when all, amber when fewer."""
    if lab.ready is None or lab.state is LabState.STOPPED:
        return (Span(glyphs.NONE, "faint"),)
    tone: Tone = "ok" if lab.is_ready else "warn" if lab.is_degraded else "accent"
    if lab.state is LabState.FAILED:
        tone = "bad"
    return (Span(_of(lab.ready, lab.nodes_total, is_short=is_short), tone),)


def note_tone(lab: Lab) -> Tone:
    """Return how loud it is said why a lab deviates: what nobody can tell is no fault."""
    if lab.state is LabState.UNKNOWN and lab.scope:
        return "muted"
    return _NOTE_TONES.get(lab.state, "warn")


def up_text(lab: Lab) -> str:
    """Return how many nodes run, of how many."""
    return _of(lab.nodes_up, lab.nodes_total)


def is_stale(source: LabSource | None) -> bool:
    """Say whether a provider's labs are only what it said some time ago."""
    return source is not None and source.mode is not UpstreamState.LIVE


def source_lines(sources: Sequence[LabSource], *, has_labs: bool) -> list[Line]:
    """Return a line for each provider whose labs cannot be believed just now, and what to do.

    The light of one that is only silent says enough.
    """
    lines = []
    for source in sources:
        if source.mode is UpstreamState.ERROR and source.advice:
            sign = Span(f"{glyphs.FAILED} ", "bad", bold=True)
        elif source.mode is UpstreamState.DISABLED and has_labs:
            sign = Span(f"{glyphs.STOPPED_LAB} ", "muted")
        elif source.mode is UpstreamState.LIVE and source.error:
            sign = Span(f"{glyphs.PARTIAL} ", "warn")
        else:
            continue
        why = (Span(literal(source.error), "muted"),)
        advice = (Span(literal(source.advice), "muted"),) if source.advice else ()
        lines.append(joined([line(sign, Span(literal(source.provider))), why, advice]))
    return lines


def empty_line(sources: Sequence[LabSource]) -> Line:
    """Return what stands in an empty table: why it is empty, and the next key."""
    launch: Line = (Span("L", "strong", bold=True), Span(" launch", "muted"))
    again: Line = (Span("R", "strong", bold=True), Span(" look again", "muted"))
    if not sources:
        return (Span("asking for labs", "muted"),)
    if all(one.mode is UpstreamState.DISABLED for one in sources):
        why = "; ".join(literal(one.error) for one in sources)
        return joined([(Span(f"No labs: {why}.", "muted"),), again])
    if any(one.mode is UpstreamState.ERROR for one in sources):
        return joined([(Span("No lab is known, and not everybody answered.", "muted"),), again])
    return joined([(Span("No lab here yet.", "muted"),), launch, again])


def tally(labs: Sequence[Lab]) -> str:
    """Return how many labs there are, and how many of them are known not to rest."""
    awake = sum(one.state not in (LabState.STOPPED, LabState.MARKER) for one in labs)
    return f"{awake} of {len(labs)}" if awake < len(labs) else str(len(labs))


def _part(part: int | None, total: int | None, tone: Tone, *, rests: bool) -> Line:
    if total is None and part is None:
        return (Span(glyphs.NONE, "faint"),)
    return (Span(_of(part, total, is_short=True), "muted" if rests else tone),)


def _of(part: int | None, total: int | None, *, is_short: bool = False) -> str:
    """Return how many of how many; `is_short` tells them by the thousand where there are some."""
    is_many = is_short and max(part or 0, total or 0) >= 1000

    def figure(number: int | None) -> str:
        if number is None:
            return "?"
        return f"{number:,}" if not is_many else "<1" if 0 < number < 1000 else f"{number // 1000}"

    if part is None and total is None:
        return glyphs.NONE
    return f"{figure(part)}/{figure(total)}{'k' if is_many else ''}"


def server_line(
    lab: Lab,
    source: LabSource | None,
    now: datetime,
    *,
    tone: Tone = "text",
    is_padded: bool = True,
) -> Line:
    """Return what runs a lab and where, with the age of what a silent provider said last."""
    kind = Span(
        f"{literal(SHORT_KINDS.get(lab.kind, lab.kind)):<{6 if is_padded else 0}} ", "muted"
    )
    is_here = lab.provider in (lab.kind, LOCAL) and not lab.folder
    name = "here" if is_here else literal(lab.provider)
    if is_stale(source) and source is not None and source.as_of:
        return (kind, Span(f"{name} {glyphs.STALE}{tones.age(now - source.as_of)}", "muted"))
    return (kind, Span(name, tone))


def _note(lab: Lab, source: LabSource | None, now: datetime) -> Line:
    if is_stale(source) and source is not None:
        said = f"as of {tones.age(now - source.as_of)} ago" if source.as_of else "never answered"
        return (Span(said, "muted"),)
    if lab.asks:
        return (Span("its run waits for an answer", "warn"),)
    if lab.step and lab.state.is_moving:
        return (Span(literal(lab.step), "muted"),)
    if not lab.note:
        return ()
    return (Span(literal(lab.note), note_tone(lab)),)


def _muted(one: Line) -> Line:
    return tuple(Span(span.text, "muted") for span in one)
