"""What is asked before something is done to several runs at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.run import Run
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.headless import Act, OnRun, line_of
from skyforge_tui.tui.presenters.offers import Question


def run_line(run: Run) -> Line:
    """Return a run in one line, with its owner and place."""
    return line(
        Span(f"{run.number} ", "muted"),
        Span(literal(run.title), "strong", bold=True),
        Span(f"  {literal(run.project)}  {literal(run.who)}", "muted"),
    )


def _thing(run: Run, now: datetime) -> Line:
    look = tones.run_look(run)
    sign = Span(f"{look.glyph} ", look.tone, bold=look.bold)
    return line(sign, run_line(run), "  ", Span(tones.duration(run.duration(now))))


def question(
    verb: str,
    runs: Sequence[Run],
    left_out: Sequence[tuple[Run, str]],
    me: Me,
    now: datetime,
    said: Callable[[Act], str] = line_of,
) -> Question:
    """Return the question: every run that is meant, and those that are left out with why."""
    stops = verb == "stop"
    lost: Line = (Span("unfinished tasks; nothing is rolled back"),)
    kept: Line = (Span("their output so far; r runs them again"),)
    same: Line = (Span("each with the answers it had; what was secret is not known any more"),)
    costs = [("Lost", lost), ("Kept", kept)] if stops else [("Answers", same)]
    others = sorted({run.who for run in runs if not run.is_by(me)})
    if others:
        costs.append(("Not yours", (Span(f"some were started by {literal(', '.join(others))}"),)))
    for run, reason in left_out:
        words = line(Span(f"{run.number} {literal(run.title)}: "), Span(literal(reason), "warn"))
        costs.append(("Left out", words))
    return Question(
        title=f"{verb.capitalize()} {tones.several(len(runs), 'run')}",
        go=verb,
        way_out="let them run" if stops else "leave them",
        things=[_thing(run, now) for run in runs],
        costs=costs,
        same_as="; ".join(said(OnRun(verb, run.reference)) for run in runs[:8])
        + ("; …" if len(runs) > 8 else ""),
    )
