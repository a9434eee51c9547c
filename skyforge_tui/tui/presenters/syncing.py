"""How far a project is from being in step, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from skyforge_tui.domain.making import Went
from skyforge_tui.domain.project_plan import Act, Step, SyncReport
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, cut_text, literal, width_of, wrapped
from skyforge_tui.tui.presenters.glyphs import ASKS, FAILED, PASSED, PENDING, QUEUED

_TONES: dict[Act, Tone] = {
    Act.CREATE: "ok",
    Act.CHANGE: "warn",
    Act.REMOVE: "bad",
    Act.CONFLICT: "bad",
}
_WENT: dict[Went, tuple[str, Tone]] = {
    Went.LEFT: (QUEUED, "muted"), Went.RUNNING: (PENDING, "spin"), Went.DONE: (PASSED, "ok"),
    Went.WAS_SO: (PASSED, "muted"), Went.FAILED: (FAILED, "bad"),
}  # fmt: skip
_SIGNS = {Act.CREATE: "+", Act.CHANGE: "≠", Act.REMOVE: "−", Act.CONFLICT: "!"}


def verdict(report: SyncReport, *, has_written: bool) -> Line:
    """Return in a few words how it stands."""
    if has_written and (report.left or report.errors):
        return (Span(f"{len(report.done)} done, not all", "bad"),)
    if has_written:
        return (Span(f"{len(report.done)} done", "ok"),)
    if report.errors:
        return (Span("not all could be looked at", "bad"),)
    if report.left:
        return (Span(f"{len(report.left)} due", "warn"),)
    return (Span("in step", "ok"),)


def going(went: Iterable[Went]) -> Line:
    """Return how far writing is."""
    steps = [*went]
    done = sum(one is Went.DONE for one in steps)
    words = f"writing, {done} of {len(steps)}" if steps else "writing …"
    return (Span(words, "accent"),)


def lines(report: SyncReport, width: int, went: Mapping[str, Went]) -> Iterator[Line]:
    """Yield what was done, what is left, what went wrong, and what is left alone.

    `went` says how the steps that are left are going, or went, by their words.
    """
    for step in report.done:
        yield (Span(f"{PASSED} ", "ok"), *_step(step, width))
    for step in report.left:
        glyph, tone = _WENT[went.get(step.words, Went.LEFT)]
        yield (Span(f"{glyph} ", tone), *_step(step, width))
    if any(step.is_about_owners for step in report.left):
        # Whoever may push may have written it: a yes to the plan is a yes to that.
        yield ()
        yield (
            Span(f"{ASKS} ", "warn", bold=True),
            Span("It changes who owns the project.", "warn"),
        )
    if report.is_in_step and not report.done:
        yield (Span("Repository, people and run engine are as the manifest says.", "muted"),)
    told: tuple[tuple[Tone, tuple[str, ...]], ...] = (
        ("bad", report.errors), ("muted", report.notes),
    )  # fmt: skip
    for tone, words in told:
        for one in words:
            yield ()
            for row in wrapped(literal(one), width, 3):
                yield (Span(row, tone),)


def asked(report: SyncReport) -> Line:
    """Return how many requests it took, by server."""
    servers = "  ".join(f"{literal(one)} {count}" for one, count in sorted(report.requests.items()))
    return (Span(f"requests  {servers}", "muted"),) if servers else ()


def _step(step: Step, width: int) -> Line:
    tone = _TONES[step.act]
    what = " ".join(filter(None, (str(step.part), step.name)))
    head = f"{_SIGNS[step.act]} {literal(what)}"
    detail = cut_text(literal(step.detail), max(0, width - width_of((Span(head),)) - 4))
    return (Span(head, tone), Span(f"  {detail}" if detail else "", "muted"))
