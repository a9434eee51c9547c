"""What the guard of a server adds to a question: its sign, and words that must be typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from skyforge_tui.domain.guard import Guard
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.offers import Question


def guard_line(guard: Guard) -> Line:
    """Return a guard as it stands in the corner of a frame; a normal one is not told."""
    return (Span(f"! {guard}", "warn", bold=True),) if guard is Guard.CONFIRM else ()


def guarded(question: Question, askers: Iterable[str], words: str) -> Question:
    """Return a question that wants `words` where servers, `askers`, are guarded so."""
    names = sorted(set(askers))
    if not names:
        return question
    guard = guard_line(Guard.CONFIRM)
    return replace(question, words=words, asker=", ".join(names), guard=guard)
