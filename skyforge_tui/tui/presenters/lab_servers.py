"""What runs labs, as facts: how it answers, and how its machines are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.lab import Lab, LabSource, LabState
from skyforge_tui.domain.lab_action import LabServer
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, joined, line, literal
from skyforge_tui.tui.presenters.offers import Fact

_BAR = 10
_MOST = 8
"""Names of one kind that are told."""
_FULL, _BUSY = 90, 70
"""Percentages from which a figure is loud, and from which it is amber."""
_MODES: dict[UpstreamState, tuple[str, Tone]] = {
    UpstreamState.LIVE: (glyphs.READY, "ok"),
    UpstreamState.ERROR: (glyphs.FAILED, "bad"),
    UpstreamState.DISABLED: (glyphs.STOPPED_LAB, "muted"),
    UpstreamState.UNKNOWN: (glyphs.UNKNOWN, "muted"),
}


def facts(sources: Sequence[LabSource], labs: Sequence[Lab], now: datetime) -> list[Fact]:
    """Return each server's facts, with a rule between servers."""
    if not sources:
        return [Fact("servers", (Span("nobody has answered yet", "muted"),))]
    found: list[Fact] = []
    for source in sources:
        if found:
            found.append(Fact("", ()))
        found += _of(source, [one for one in labs if one.provider == source.provider], now)
    return found


def _of(source: LabSource, labs: Sequence[Lab], now: datetime) -> list[Fact]:
    glyph, tone = _MODES[source.mode]
    age = f"answered {tones.age(now - source.as_of)} ago" if source.as_of else "never answered"
    mode = line(Span(f"{glyph} ", tone), Span(str(source.mode)), Span(f"  {age}", "muted"))
    awake = sum(one.state not in (LabState.STOPPED, LabState.MARKER) for one in labs)
    way = " ".join(filter(None, (source.transport, source.endpoint)))
    rows: list[Fact] = [Fact(source.provider, mode)]
    if way:
        rows.append(Fact("way", (Span(literal(way)),)))
    rows.append(Fact("labs", (Span(f"{len(labs)}, {awake} not at rest"),)))
    if source.error:
        loud: Tone = "bad" if source.mode is UpstreamState.ERROR else "warn"
        rows.append(Fact("error", (Span(literal(source.error), loud),)))
    if source.advice:
        rows.append(Fact("next", (Span(literal(source.advice), "muted"),)))
    return rows + ([] if source.server is None else _figures(source.server))


def _figures(server: LabServer) -> list[Fact]:
    number = server.version.removesuffix("-PRO")
    version = " ".join(filter(None, (server.edition, number)))
    who = f"{server.user} ({server.role})" if server.role else server.user
    rows = [Fact(label, (Span(literal(text)),))
            for label, text in (("version", version), ("signed in", who)) if text]  # fmt: skip
    cpus = f" of {server.cpus} cores" if server.cpus else ""
    for label, percent, aside in (
        ("cpu", server.cpu_percent, cpus), ("memory", server.memory_percent, ""),
        ("disk", server.disk_percent, ""),
    ):  # fmt: skip
        if percent is not None:
            rows.append(Fact(label, (*_bar(percent), Span(f" {percent:3d}%{aside}"))))
    if server.counts:
        some = [one for one in server.counts if one[1]] or [("nodes", 0)]
        kinds = [(Span(f"{count} "), Span(literal(kind), "muted")) for kind, count in some]
        rows.append(Fact("runs there", joined(kinds, "  ")))
    for label, some_labs in (("cluster", server.members), ("labs of", server.pods)):
        if some_labs:
            named = [(Span(f"{literal(name)} "), Span(str(labs), "muted"))
                     for name, labs in some_labs[:_MOST]]  # fmt: skip
            more: Line = (Span(f"and {len(some_labs) - _MOST} more", "muted"),)
            row = joined([*named, *([more] if len(some_labs) > _MOST else [])], "  ")
            rows.append(Fact(label, row))
    if server.note:
        rows.append(Fact("note", (Span(literal(server.note), "warn"),)))
    return rows


def _bar(percent: int) -> Line:
    full = round(percent / 100 * _BAR)
    tone: Tone = "bad" if percent >= _FULL else "warn" if percent >= _BUSY else "accent"
    return (Span(glyphs.BAR * full, tone), Span(glyphs.TRACK * (_BAR - full), "faint"))
