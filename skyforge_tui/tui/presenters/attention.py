"""What broke, what needs me, what runs: as rows under headings, and as the calm without any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from skyforge_tui.domain.concern import Attention, Concern, Distrust, Drift, Why
from skyforge_tui.domain.freshness import UpstreamHealth
from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import Doing, Run
from skyforge_tui.tui.presenters import glyphs, tones
from skyforge_tui.tui.presenters.bars import duration_bar
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, joined, line, literal, with_tone
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.labs import lab_look
from skyforge_tui.tui.presenters.runs import starter
from skyforge_tui.tui.presenters.tones import StateLook

COLUMNS: tuple[Column, ...] = (
    Column("state", "State", 10, priority=100),
    Column("what", "What", 8, most=10, priority=80),
    Column("name", "Name", 17, most=22, priority=99, cut="middle", is_name=True),
    Column("who", "Who", 6, most=8, priority=40),
    Column("age", "Age", 5, align="right", priority=70),
    Column("note", "Note", 22, most=None, priority=60),
)
_HEADINGS: Mapping[Why, tuple[str, Tone]] = {
    Why.BROKE: ("Broke", "bad"), Why.NEEDS_ME: ("Needs me", "warn"), Why.RUNS: ("Runs", "accent"),
}  # fmt: skip
_NOTES: Mapping[Why, Tone] = {Why.BROKE: "bad", Why.NEEDS_ME: "warn", Why.RUNS: "muted"}
_LOST = StateLook(glyphs.FAILED, "lost", "bad", "bad", bold=True)
_TRUST = StateLook(glyphs.ASKS, "trust", "warn", "warn", bold=True)
_DRIFT = StateLook(glyphs.CUT_OFF, "drift", "warn", "warn")
_PROBLEM = StateLook(glyphs.PARTIAL, "problem", "warn", "warn")
_TICK = Span("✓", "ok")
_LABEL = 15


def counted(found: Attention) -> str:
    """Return how much there is, as the title says it."""
    total, broke = len(found.concerns), len(found.of(Why.BROKE))
    parts = (
        tones.several(total, "thing") if total else "",
        f"{tones.count(broke)} broke" if broke else "",
        f"{tones.count(len(found.muted))} muted" if found.muted else "",
    )
    return ", ".join(filter(None, parts))


def heading(why: Why, number: int) -> Line:
    """Return the heading above the concerns of one kind."""
    word, tone = _HEADINGS[why]
    return (Span(word, tone, bold=True), Span(f" {tones.count(number)}", "muted"))


def cells(
    one: Concern, usual: Mapping[Doing, timedelta], now: datetime, me: Me, *, is_muted: bool
) -> dict[str, Line]:
    """Return a concern's cells, by column; a muted one is all in grey."""
    shown: dict[str, Line] = {
        "state": look_of(one).line,
        "what": (Span(literal(one.what), "muted"),),
        "name": (Span(literal(one.name)),),
        "who": (Span(_who(one), "text" if one.is_of(me) else "muted"),),
        "age": (Span("" if one.at is None else tones.age(now - one.at), "muted"),),
        "note": _note(one, usual, now),
    }
    if is_muted:
        shown = {key: with_tone(cell, "muted") for key, cell in shown.items()}
    return shown


def look_of(one: Concern) -> StateLook:
    """Return how a concern's state looks."""
    match one.thing:
        case Run():
            return tones.run_look(one.thing)
        case Lab():
            return lab_look(one.thing)
        case UpstreamHealth():
            return _LOST
        case Distrust():
            return _TRUST
        case Drift():
            return _DRIFT
        case Project():
            return _PROBLEM


def _note(one: Concern, usual: Mapping[Doing, timedelta], now: datetime) -> Line:
    note: Line = (Span(literal(one.note), _NOTES[one.why]),) if one.note else ()
    if one.why is not Why.RUNS or not isinstance(one.thing, Run):
        return note
    took, often = one.thing.duration(now), usual.get(one.thing.doing)
    if took is None:
        return note
    bar = duration_bar(took, often, one.thing.state, 6)
    return joined((bar, _left(took, often)))


def _left(took: timedelta, usual: timedelta | None) -> Line:
    """Return how long a run takes yet, or how long it takes longer than usual."""
    if usual is None:
        return (Span(tones.duration(took)),)
    if took > usual:
        return (Span(f"{tones.duration(took - usual)} over", "warn"),)
    return (Span(f"~{tones.duration(usual - took)} left", "muted"),)


# Below the rows.


def about_title(one: Concern, now: datetime, width: int) -> Line:
    """Return the heading of what is known of the concern under the cursor, with a thin rule."""
    since = "" if one.at is None else f", {tones.age(now - one.at, fine=True)} ago"
    name = f" {literal(one.name)}" if isinstance(one.thing, Run) else ""
    lead = line(Span(literal(one.what) if name else literal(one.name), "strong", bold=True),
                Span(f"{name}{since} ", "muted"))  # fmt: skip
    gap = width - sum(len(span.text) for span in lead)
    return line(lead, Span(glyphs.TRACK * max(0, gap), "line"))


def about_lines(one: Concern) -> list[Line]:
    """Return what is known of a concern that is no run: what was said, and what to do next."""
    match one.thing:
        case UpstreamHealth(error=error):
            return [(Span(literal(error), "bad"),), _advice("R", "asks again")]
        case Distrust(paths=paths):
            lines: list[Line] = [(Span(literal(path)),) for path in paths]
            return [*lines, _advice("t", "trusts what is there now, after you have read it")]
        case Drift(report=report):
            words = [*report.errors, *(step.words for step in report.left)]
            due: list[Line] = [(Span(literal(one), "warn"),) for one in words]
            return [*due, _advice("S", "in Projects shows it, and writes it on a yes")]
        case Project(notices=notices):
            return [
                joined(((Span(literal(one.title), "warn"),), (Span(literal(one.where), "muted"),)))
                for one in notices
            ]
        case Lab():
            return [(Span(literal(one.note), _NOTES[one.why]),)]
        case _:
            return []


def _advice(key: str, words: str) -> Line:
    return (Span(key, "strong", bold=True), Span(f" {words}", "muted"))


def upstream_notice(one: Concern) -> Notice:
    """Return what an upstream said that does not answer."""
    return Notice(Severity.ERROR, f"{one.name} does not answer", one.note, advice="R asks again")


def muted_notice(some: Sequence[Concern], loud: Sequence[str], key: str) -> Notice:
    """Return what was muted, or is heard again, and the way back."""
    names = ", ".join(f"{one.what} {one.name}" for one in some)
    if loud:
        return Notice(Severity.INFO, "Heard again", names)
    return Notice(Severity.INFO, "Muted until it changes", names,
                  advice=f"{key} shows what is muted")  # fmt: skip


def calm_lines(found: Attention, now: datetime, unread: str = "") -> list[Line]:
    """Return what stands there when nothing asks for attention, and what was last.

    While an upstream is still `unread`, nobody knows that yet.
    """
    lines: list[Line] = [(_TICK, Span(f"  {one}.")) for one in
                         ("Nothing broke", "Nothing runs", "Nothing needs you")]  # fmt: skip
    if unread:
        lines = [(Span(glyphs.PENDING, "spin"), Span(f"  reading {literal(unread)}", "muted"))]
    facts = [
        *_last("last failure", found.last_failure, now),
        *_last("last run", found.last_run, now),
    ]
    return [*lines, (), *facts] if facts else lines


def _who(one: Concern) -> str:
    return starter(one.thing) if isinstance(one.thing, Run) else literal(one.who)


def _last(label: str, run: Run | None, now: datetime) -> Iterator[Line]:
    if run is None:
        return
    look = tones.run_look(run)
    yield line(
        Span(f"   {label:<{_LABEL}}", "muted"),
        Span(f"run {run.number} {literal(run.title)} "), Span(look.glyph, look.tone),
        Span(f" {tones.age(now - run.created_at)} ago", "muted"),
    )  # fmt: skip
