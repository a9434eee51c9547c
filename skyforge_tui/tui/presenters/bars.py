"""Small pictures in a cell: how long a run takes against the usual, how something went on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from skyforge_tui.domain.run import RunState
from skyforge_tui.tui.presenters.cells import Line, Span, Tone
from skyforge_tui.tui.presenters.glyphs import BAR, NONE, SPARKS, TRACK

OVER = 2
"""Cells past the end of the track, at most."""

_TONES: dict[RunState, Tone] = {
    RunState.STARTING: "accent",
    RunState.RUNNING: "accent",
    RunState.STOPPING: "accent",
    RunState.ERROR: "bad",
    RunState.LOST: "bad",
}


def duration_bar(
    took: timedelta | None, usual: timedelta | None, state: RunState, cells: int = 8
) -> Line:
    """Return a bar whose track of `cells` is the usual time; a dash without a history.

    What runs over goes past the end in amber, two cells at most. Thick while it moves or when it
    failed; what ended well is a thin line without a track.
    """
    if took is None or usual is None or usual <= timedelta():
        return (Span(NONE, "faint"),)
    length = took / usual * cells
    inside = min(cells, max(1, round(length)))
    over = min(OVER, max(0, round(length) - cells))
    past = Span(BAR * over, "warn")
    tone = _TONES.get(state)
    if tone is None:
        spans: Line = (Span(TRACK * inside, "faint"), past)
    else:
        spans = (Span(BAR * inside, tone), Span(TRACK * (cells - inside), "line"), past)
    return tuple(span for span in spans if span.text)


def sparkline(values: Sequence[float], cells: int, tone: Tone = "muted") -> Line:
    """Return the last `cells` values as heights, oldest first; values from 0 up, a dash for none.

    The highest of the values shown fills its cell.
    """
    shown = [max(0.0, value) for value in values[-cells:]] if cells > 0 else []
    if not shown:
        return (Span(NONE, "faint"),)
    top = max(shown)
    last = len(SPARKS) - 1
    heights = (round(value / top * last) if top else 0 for value in shown)
    return (Span("".join(SPARKS[height] for height in heights), tone),)
