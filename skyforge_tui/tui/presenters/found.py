"""The letters of a cell that are looked for, underlined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skyforge_tui.tui.presenters.cells import Line, Span


def underlined(cell: Line, places: Sequence[tuple[int, int]]) -> Line:
    """Return a cell with the letters at `places` underlined: (start, end), in order and apart."""
    if not places:
        return cell
    spans: list[Span] = []
    edges = {edge for place in places for edge in place}
    at = 0
    for span in cell:
        end = at + len(span.text)
        cuts = [at, *sorted(edge for edge in edges if at < edge < end), end]
        for start, stop in pairwise(cuts):
            is_in = any(first <= start < last for first, last in places)
            text = span.text[start - at : stop - at]
            spans.append(replace(span, text=text, underline=is_in or span.underline))
        at = end
    return tuple(spans)
