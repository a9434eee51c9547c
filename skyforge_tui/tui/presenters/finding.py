"""What a search in a log found so far, in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skyforge_tui.tui.presenters.amounts import count, size
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    cut_line,
    joined,
    line,
    literal,
)

if TYPE_CHECKING:
    from skyforge_tui.domain.query import QueryError


@dataclass(frozen=True, slots=True)
class Found:
    """How a search stands."""

    hits: int = 0
    here: int | None = None
    """Which of the hits one has come to, from 1; None at none."""
    share: float | None = None
    """How much of the log was looked at, from 0 to 1; None when all was."""
    is_filter: bool = False
    """Whether only lines with hits are shown."""
    context: int = 0
    """Lines shown around each."""
    turned: str = ""
    """Where the way from hit to hit began anew: `top` or `end`."""
    beyond: int = 0
    """How many bytes the hit lies behind what is shown of its line; 0 where it can be seen."""
    error: QueryError | None = None
    """What cannot be read of what was typed."""
    failure: str = ""
    """Why it could not go on."""


def said(found: Found | None, width: int, *, is_typing: bool) -> Line:
    """Return what stands at the right end, in at most `width` cells."""
    if found is None:
        return (Span("text, /pattern/, !without", "muted"),) if is_typing else ()
    if found.error is not None:
        tone: Tone = "muted" if found.error.is_unfinished else "bad"
        return cut_line((Span(literal(found.error.message), tone),), width)
    if found.failure:
        return cut_line((Span(literal(found.failure), "bad"),), width)
    told = [_counted(found)]
    if found.turned:
        told.append((Span(f"from the {found.turned}", "warn"),))
    if found.beyond:
        told.append((Span(f"{size(found.beyond)} behind what is shown", "warn"),))
    if found.context:
        told.append((Span(f"±{found.context}", "muted"),))
    way_out = (Span("esc", "strong", bold=True), Span(_leads(found, is_typing=is_typing), "muted"))
    whole = joined([*told, way_out])
    return (
        whole if sum(len(span.text) for span in whole) <= width else cut_line(joined(told), width)
    )


def _leads(found: Found, *, is_typing: bool) -> str:
    if found.share is not None or is_typing:
        return " cancels"
    return " shows all" if found.is_filter else " clears"


def _counted(found: Found) -> Line:
    if found.share is None and not found.hits:
        return (Span("no hit", "warn"),)
    dots = () if found.share is None else (Span(f" … {found.share:.0%}", "accent"),)
    total = Span(count(found.hits), "text")
    if found.here is None:
        return line(total, Span(f" hit{'s' * (found.hits != 1)}", "muted"), dots)
    return line(Span(count(found.here), "text"), Span(" of ", "muted"), total, dots)
