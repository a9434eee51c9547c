"""The question before what was piped in is lost."""

from __future__ import annotations

from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.tui.presenters.amounts import count, size
from skyforge_tui.tui.presenters.cells import Span, line
from skyforge_tui.tui.presenters.offers import Question


def leave_question(reader: LogReader, save_key: str) -> Question:
    """Return the question whether to leave what a reader reads, which is kept nowhere else."""
    lines = reader.line_count
    told = f"{size(reader.size)}, {count(lines)} line{'s' * (lines != 1)}"
    return Question(
        "Leave without saving",
        go="leave",
        way_out="stay",
        things=[line(Span("what was piped in", "strong"), Span(f"  {told}", "muted"))],
        costs=[
            ("Lost", (Span("it is kept nowhere else"),)),
            ("Instead", (Span(save_key, "strong", bold=True), Span(" saves it where you stand"))),
        ],
        is_destructive=True,
    )
