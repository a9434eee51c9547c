"""What came of asking servers for older runs."""

from __future__ import annotations

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.services.older_runs import Older
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.tones import count, several


def older_hint(key: str) -> Line:
    """Return what is said where nothing is found while there is more elsewhere."""
    return (Span("   "), Span(key, "strong", bold=True), Span(" reads older ones", "muted"))


def older_notice(older: Older, key: str) -> Notice:
    """Return how many older runs came, how many there still are, and how one gets them."""
    names = ", ".join(older.upstreams)
    title = f"Read  {several(older.read, 'older run')}"
    if older.left:
        more = f"{count(older.left)} more on {names}"
        return Notice(Severity.INFO, title, more, advice=f"{key} reads on")
    if older.beyond:
        kept = f"{count(older.beyond)} more on {names} are counted there, but not listed"
        return Notice(Severity.INFO, title, kept, advice="o opens the server's own page of a run")
    return Notice(Severity.INFO, title, "there are no others")
