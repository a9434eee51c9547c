"""Which task one reads in a log view, and what is told of it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from skyforge_tui.domain.outline import Outline
from skyforge_tui.tui.ansi import parse, prepared
from skyforge_tui.tui.presenters.plays import play_line, task_line

if TYPE_CHECKING:
    from skyforge_tui.ports.log_store import LogReader
    from skyforge_tui.tui.presenters.cells import Line
    from skyforge_tui.tui.widgets.log_view import LogView

MOST_OF_A_HEAD = 4096
"""Bytes of a heading that are looked at."""


class TaskReading:
    """Tells of the task, play or recap that a view is at."""

    def __init__(self, view: LogView) -> None:
        self._view = view

    def told(self, outline: Outline, pointed: int | None, now: datetime | None, room: int) -> Line:
        """Return what is told in `room` cells of a task that is pointed at, or of that one reads.

        `now` is the time while more may come.
        """
        reader = self._view.reader
        here = self._here()
        if reader is None or (here is None and pointed is None):
            return ()
        task = pointed
        if task is None and here is not None:
            task = outline.task_at(here)
        if task is not None:
            return self._task(reader, outline, task, now, room)
        play = bisect_right(outline.plays, here or 0) - 1
        if play < 0:
            return ()
        return play_line(_head(reader, outline.plays[play])[0], outline, room)

    def _task(
        self, reader: LogReader, outline: Outline, task: int, now: datetime | None, room: int
    ) -> Line:
        start, end = outline.bounds(task)
        head, began = _head(reader, start)
        last = reader.lines_before(end, 1)
        ended = last[0].at if last else None
        if now is not None and not outline.is_over(task):
            ended = now
        took = None if began is None or ended is None else max(ended - began, timedelta())
        return task_line(task + 1, head, outline.tally(task), took, room)

    def _here(self) -> int | None:
        """Return the byte that is meant: of the line one has come to, of the end, or of the top."""
        window = self._view.window
        bounds = None if window is None else window.bounds()
        if window is None or bounds is None:
            return None
        if self._view.spot is not None:
            return self._view.spot
        if self._view.is_following:
            return bounds[1] - 1
        # A blank line at the top ends what is above.
        said = (row.line.offset for row in window.rows() if row.line is not None and row.line.data)
        return next(said, bounds[0])


def _head(reader: LogReader, offset: int) -> tuple[str, datetime | None]:
    """Return what a heading says, and when it came."""
    found = reader.lines_from(offset, 1)
    if not found:
        return "", None
    return parse(*prepared(found[0].data[:MOST_OF_A_HEAD])).text, found[0].at
