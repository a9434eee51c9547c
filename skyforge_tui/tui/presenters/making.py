"""Making and removing things as lines: every step with its sign, a word, and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from skyforge_tui.domain.making import Draft, Follower, Outcome, Went
from skyforge_tui.tui.presenters import glyphs
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    fitted,
    line,
    literal,
    wrapped,
)
from skyforge_tui.tui.presenters.tones import StateLook

_GLUE = "\u00a0"
LABEL = 14
"""How many cells a step's sign and word take."""
_TONES: dict[Went, tuple[str, Tone]] = {
    Went.LEFT: (glyphs.QUEUED, "muted"),
    Went.RUNNING: (glyphs.PENDING, "spin"),
    Went.DONE: (glyphs.PASSED, "ok"),
    Went.WAS_SO: (glyphs.PASSED, "muted"),
    Went.FAILED: (glyphs.FAILED, "bad"),
}


class Stage(IntEnum):
    """How far something done in steps is."""

    BEFORE = 0
    MEANWHILE = 1
    AFTERWARDS = 2


@dataclass(frozen=True, slots=True)
class Wording:
    """What it is called that steps are due, wait, go on, were taken, were so, or were not taken."""

    due: str
    waits: str
    running: str
    done: str
    was_so: str
    left: str
    again: str
    """The key that does what is missing."""
    kept: str
    """What stands before what is left as it is."""


MAKING = Wording("to do", "waits", "doing", "done", "there", "not done", "do what is missing",
                 "note")  # fmt: skip
REMOVING = Wording("goes", "waits", "deleting", "gone", "gone", "still there",
                   "delete what is left", "stays")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Undertaking:
    """Something that is done in steps, once somebody has seen them and said go."""

    title: Line
    go: str
    way_out: str
    wording: Wording
    look: Callable[[], Coroutine[Any, Any, Draft]]
    """Raises the families of `domain.errors`."""
    do: Callable[[Follower, Draft], Coroutine[Any, Any, None]]
    """Raises the families of `domain.errors` before any step is taken."""
    same_as: str = ""
    words: str = ""
    """What must be typed, or empty."""
    asker: str = ""
    """Who asks for the words."""
    guard: Line = ()
    is_destructive: bool = False
    """Whether things are lost by it; then nothing goes unless everything could be looked at."""


def step_lines(
    outcomes: Sequence[Outcome], wording: Wording, width: int, stage: Stage, *, is_bad: bool
) -> Iterator[Line]:
    """Yield every step with what goes with it; why one failed follows it."""
    for one in outcomes:
        glyph, tone = _TONES[one.went]
        is_due = one.went is Went.LEFT and stage is Stage.BEFORE
        word: Tone = "accent" if tone == "spin" else tone
        look = StateLook(glyph, _word(one, wording, stage), tone, word)
        name: Tone = "bad" if is_bad and is_due else "text"
        rows = wrapped(literal(one.what), max(8, width - LABEL), 2)
        for index, row in enumerate(rows):
            head = fitted(look.line, LABEL) if index == 0 else (Span(" " * LABEL),)
            yield line(head, Span(row, name))
        if one.parts and is_due:
            yield from _parts(one.parts, width)
        if one.why:
            why: Tone = "warn" if is_due else "bad" if one.went is Went.FAILED else "muted"
            yield from _told(one.why, why, width)


def _parts(parts: Sequence[str], width: int) -> Iterator[Line]:
    """Yield what goes with a step, each part in one row where it fits."""
    room = max(8, width - LABEL)
    glued = (literal(one).replace(" ", _GLUE) if len(one) < room else literal(one) for one in parts)
    for row in wrapped("; ".join(glued), room):
        yield line(" " * LABEL, Span(row.replace(_GLUE, " "), "muted"))


def _told(words: str, tone: Tone, width: int) -> Iterator[Line]:
    for index, row in enumerate(wrapped(literal(words), max(8, width - LABEL - 2), 4)):
        yield line(" " * (LABEL + (2 if index else 0)), Span(row, tone))


def _word(one: Outcome, wording: Wording, stage: Stage) -> str:
    match one.went:
        case Went.RUNNING:
            return wording.running
        case Went.DONE:
            return wording.done
        case Went.WAS_SO:
            return wording.was_so
        case Went.FAILED:
            return "cannot" if stage is Stage.BEFORE else "failed"
        case Went.LEFT:
            return (wording.due, wording.waits, wording.left)[stage]


def rest_lines(draft: Draft, wording: Wording, width: int) -> Iterator[Line]:
    """Yield what is left as it is, and what could not be looked at."""
    rows = wrapped(literal("; ".join(draft.kept)), max(8, width - LABEL)) if draft.kept else []
    for index, row in enumerate(rows):
        yield line(Span(f"{'' if index else wording.kept:<{LABEL}}", "muted"), Span(row, "muted"))
    for one in draft.errors:
        yield from ((Span(row, "bad"),) for row in wrapped(literal(one), width, 4))


def planned_verdict(draft: Draft) -> Line:
    """Return in a few words what would be done."""
    due = sum(one.went is Went.LEFT for one in draft.steps)
    refused = sum(one.went is Went.FAILED for one in draft.steps)
    if draft.errors:
        return (Span("not all could be looked at", "bad"),)
    if refused:
        return (Span(f"{refused} cannot be done", "warn"),)
    return (Span(f"{due} due", "warn") if due else Span("nothing is due", "ok"),)


def going_verdict(outcomes: Sequence[Outcome]) -> Line:
    """Return how far it is."""
    done = sum(not one.is_missing for one in outcomes)
    return (Span(f"{done} of {len(outcomes)}", "muted"),)


def ended_verdict(outcomes: Sequence[Outcome], wording: Wording) -> Line:
    """Return how it ended."""
    failed = sum(one.went is Went.FAILED for one in outcomes)
    left = sum(one.went is Went.LEFT for one in outcomes)
    done = len(outcomes) - failed - left
    if not failed and not left:
        return (Span(f"{done} {wording.done}", "ok"),)
    parts = [f"{failed} failed"] if failed else []
    parts += [f"{left} {wording.left}"] if left else []
    return (Span(f"{done} {wording.done}, ", "muted"), Span(", ".join(parts), "bad"))
