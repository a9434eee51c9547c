"""A filter as it is typed: names of fields quieter than what they should be, mistakes in red."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from skyforge_tui.tui.presenters.amounts import count
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, cut_text, literal

if TYPE_CHECKING:
    from skyforge_tui.domain.query import QueryError

_NAMED = re.compile(r"(?:(?<=\s)|^)!?([A-Za-z_][\w-]*?(?::|<=|>=|<|>|=))")


def toned(typed: Line, error: QueryError | None, *, names: bool = True) -> Line:
    """Return a line of typed text, letter for letter, with the tones of what the letters mean.

    Without `names` there are no names of fields in it.
    """
    text = "".join(span.text for span in typed)
    quiet = {at for found in _NAMED.finditer(text) for at in range(*found.span(1)) if names}
    wrong = error.column if error is not None and not error.is_unfinished else None
    spans: list[Span] = []
    at = 0
    for span in typed:
        for letter in span.text:
            tone: Tone = span.tone
            if at == wrong:
                tone = "bad"
            elif at in quiet and tone == "text":
                tone = "muted"
            is_same = spans and spans[-1].tone == tone and spans[-1].on == span.on
            if is_same and at != wrong and at - 1 != wrong:
                spans[-1] = replace(spans[-1], text=spans[-1].text + letter)
            else:
                spans.append(replace(span, text=letter, tone=tone, underline=at == wrong))
            at += 1
    return tuple(spans)


def said(error: QueryError | None, hidden: int, offer: str, *, is_typing: bool) -> Line:
    """Return what stands at the right end: what is wrong, what tab takes, or how much is hidden."""
    if error is not None:
        if error.is_unfinished:
            return (Span(cut_text(literal(error.message), 40), "muted"),)
        return (Span(cut_text(literal(error.message), 44), "bad"),)
    hides = (Span(f"hides {count(hidden)} · ", "muted"),) if hidden else ()
    if is_typing and offer:
        return (Span("tab", "strong", bold=True), Span(f" {offer}  ", "muted"), *hides,
                Span("esc clears", "muted"))  # fmt: skip
    return (*hides, Span("esc clears", "muted"))
