"""What stands where rows will be, while somebody is asked for them: whom, and for how long."""

from __future__ import annotations

from datetime import timedelta

from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.glyphs import PENDING

_LONG = timedelta(seconds=10)


def waiting_line(doing: str, since: timedelta) -> Line:
    """Return `⠹ asking eve-lab1, 2s`."""
    seconds = max(0, int(since.total_seconds()))
    return (Span(PENDING, "spin"), Span(f" {literal(doing)}, {seconds}s", "muted"))


def is_long(since: timedelta) -> bool:
    """Say whether one should hear what could be done about it."""
    return since >= _LONG


def failed_line(key: str) -> Line:
    """Return what stands there when the answer was a failure: the notice says which."""
    return (
        Span("Not known.  ", "muted"),
        Span(key, "strong", bold=True),
        Span(" asks again", "muted"),
    )
