"""What is asked before a run that waits for a person goes on, or is rejected."""

from __future__ import annotations

from datetime import datetime

from skyforge_tui.domain.identity import Me
from skyforge_tui.domain.run import Run
from skyforge_tui.tui.presenters import headless, tones
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.offers import Question

CONFIRM = "confirm"
REJECT = "reject"


def decision_question(run: Run, verb: str, me: Me, now: datetime) -> Question:
    """Return what is asked before `verb`, which is `confirm` or `reject`."""
    look = tones.run_look(run)
    thing = line(
        (
            Span(look.glyph, look.tone, bold=look.bold),
            Span(f" {literal(run.title)}", "strong", bold=True),
        ),
        Span(f"  {literal(run.project)}  {literal(run.who)}  ", "muted"),
        Span(tones.duration(run.duration(now))),
    )
    costs: list[tuple[str, Line]] = []
    if verb == CONFIRM:
        costs.append(("Then", (Span("it does what its output says it will do"),)))
    else:
        costs.append(("Lost", (Span("what it has planned; it ends as failed"),)))
        costs.append(("Kept", (Span("its output so far; nothing more is changed"),)))
    if run.who and not run.is_by(me):
        costs.append(("Not yours", (Span(f"{literal(run.who)} started it"),)))
    return Question(
        title=f"{verb.capitalize()} run {run.number}",
        go="let it go on" if verb == CONFIRM else "reject it",
        way_out="leave it waiting",
        things=[thing],
        costs=costs,
        same_as=headless.line_of(headless.OnRun(verb, run.reference)),
        is_destructive=verb == REJECT,
    )
