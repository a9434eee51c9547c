"""Rows of a table as text, and runs to be in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from skyforge_tui.domain.run import RunState
from skyforge_tui.tui.presenters.cells import Line, text_of
from skyforge_tui.tui.presenters.columns import Column, fit, head_line, row_line
from tests.builders import a_run
from tests.tui.pretend import NOW

SMALL, LARGE = 76, 116
"""Cells for a table at 80 and at 120 columns."""


def table(columns: Sequence[Column], width: int, *rows: Mapping[str, Line]) -> list[str]:
    """Return a table as text, its titles first."""
    fitted = fit(columns, width)
    lines = [head_line(fitted), *(row_line(fitted, row) for row in rows)]
    return [text_of(one, width) for one in lines]


def texts(lines: Iterable[Line]) -> list[str]:
    """Return lines as text."""
    return [text_of(one) for one in lines]


def ago(**parts: float) -> Any:
    """Return a time before NOW."""
    return NOW - timedelta(**parts)


RUNNING = a_run(
    number=812, state=RunState.RUNNING, template="deploy-bgp", started_by="mara",
    created_at=ago(seconds=253), started_at=ago(seconds=252),
)  # fmt: skip
FAILED = a_run(
    number=1808, state=RunState.ERROR, template="a-very-long-name-of-a-template-pr41",
    started_by="a-long-user-name", created_at=ago(days=1), started_at=ago(days=1),
    ended_at=ago(days=1) + timedelta(seconds=58), note="exit code 137: out of memory",
)  # fmt: skip
QUEUED = a_run(number=813, state=RunState.WAITING, template="lint", created_at=ago(seconds=20))
ASKING = a_run(
    number=811, state=RunState.RUNNING, template="wan-cutover", waits_for_input=True,
    created_at=ago(minutes=11), started_at=ago(minutes=11), note="push to pe1, pe2?",
)  # fmt: skip
LOST = a_run(
    number=805, state=RunState.LOST, template="os-upgrade", created_at=ago(hours=2),
    started_at=ago(hours=2), ended_at=ago(hours=1), note="the supervisor is gone",
)  # fmt: skip
USUAL = timedelta(minutes=6, seconds=40)


def trusted(*templates: Any) -> tuple[Any, ...]:
    """Return templates as trusted."""
    return tuple(replace(one, is_trusted=True) for one in templates)
