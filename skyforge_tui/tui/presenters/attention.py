"""What broke, what needs me, what runs: as rows, and as the calm when there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from skyforge_tui.domain.run import Doing, Run
from skyforge_tui.services.attention import Attention
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.bars import duration_bar
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, joined, literal
from skyforge_tui.tui.presenters.columns import Column

COLUMNS: tuple[Column, ...] = (
    Column("why", "Why", 9, priority=90),
    Column("state", "State", 10, priority=100),
    Column("run", "Run", 4, most=5, align="right", priority=80),
    Column("template", "Template", 17, most=20, priority=99, cut="middle", is_name=True),
    Column("project", "Project", 12, most=14, priority=30, cut="middle"),
    Column("age", "Age", 4, align="right", priority=70),
    Column("note", "Note", 16, most=None, priority=60),
)

_NOTES: Mapping[str, Tone] = {"broke": "bad", "needs me": "warn"}
_TICK = Span("✓", "ok")
NOTHING: tuple[Line, ...] = (
    (_TICK, Span("  Nothing broke.")),
    (_TICK, Span("  Nothing runs.")),
    (_TICK, Span("  Nothing needs you.")),
)


def sections(found: Attention) -> tuple[tuple[str, tuple[Run, ...]], ...]:
    """Return the lists in their order, each with its word."""
    return (("broke", found.broke), ("needs me", found.needs_me), ("runs", found.runs))


def counted(found: Attention) -> str:
    """Return how much there is, as the title says it."""
    total = len(found.broke) + len(found.needs_me) + len(found.runs)
    if not total:
        return ""
    things = "1 thing" if total == 1 else f"{total} things"
    return f"{things}, {len(found.broke)} broke" if found.broke else things


def cells(
    why: str, run: Run, usual: Mapping[Doing, timedelta], now: datetime, *, is_first: bool
) -> dict[str, Line]:
    """Return a run's cells in one of the lists; the first of a list says which it is."""
    took = run.duration(now)
    note: Line = (Span(literal(run.note), _NOTES.get(why, "muted")),) if run.note else ()
    if why == "runs":
        bar = duration_bar(took, usual.get(run.doing), run.state, 6)
        note = joined((bar, (Span(tones.duration(took)),)) if took is not None else (note,))
    return {
        "why": (Span(why if is_first else "", "strong", bold=True),),
        "state": tones.run_look(run).line,
        "run": (Span(str(run.number), "muted"),),
        "template": (Span(literal(run.title)),),
        "project": (Span(literal(run.project), "muted"),),
        "age": (Span(tones.age(now - run.created_at), "muted"),),
        "note": note,
    }
