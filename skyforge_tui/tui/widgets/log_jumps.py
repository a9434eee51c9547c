"""From task to task in a log, from failure to failure, from bookmark to bookmark."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from skyforge_tui.domain.outline import Outline

if TYPE_CHECKING:
    from skyforge_tui.tui.widgets.log_view import LogView

MOST_LOOKED_AT = 1024 * 1024
"""Bytes of a task in which a host's part is looked for."""


class LogJumps:
    """Moves a view to lines that mean something. A move says why there is nowhere to go."""

    def __init__(self, view: LogView) -> None:
        self._view = view
        self.marked: Sequence[int] = ()
        """Lines with a bookmark, in order."""

    def failure(self, count: int) -> str:
        """Go to the next failed task, or to the one before if negative."""
        return self._go(self._outline.failures, count, "failed task")

    def warning(self, count: int) -> str:
        """Go to the next warning, or to the one before."""
        return self._go(self._outline.warnings, count, "warning")

    def mark(self, count: int) -> str:
        """Go to the next bookmark, or to the one before."""
        return self._go(self.marked, count, "bookmark")

    def task(self, count: int) -> str:
        """Bring the next task, handler or recap to the top, or the one before."""
        outline = self._outline
        if not outline.tasks:
            return self._not_yet() or "no task in this output"
        here = self._here(count, is_top=True)
        stop = outline.next_stop(here) if count > 0 else outline.last_stop(here)
        if stop is None:
            return self._nowhere("task", count, outline.tasks, here)
        self._view.jump(stop, at_top=True)
        return ""

    def to_host(self, task: int, host: str) -> None:
        """Go to the last line in which a task tells what came of it on a host, or to the task."""
        reader = self._view.reader
        start, end = self._outline.bounds(task)
        line = start
        if reader is not None:
            data = reader.read(start, min(end - start, MOST_LOOKED_AT))
            name = re.escape(host.encode())
            found = list(re.finditer(rb"(?m)^.{0,64}?: \[" + name + rb"[\] ]", data))
            if found:
                line = start + found[-1].start()
        self._view.jump(line)

    # How

    @property
    def _outline(self) -> Outline:
        return self._view.outline or Outline()

    def _here(self, count: int, *, is_top: bool = False) -> int:
        """Return the byte from where a move goes on: the line one has come to, or what is seen."""
        window = self._view.window
        bounds = None if window is None else window.bounds()
        if self._view.spot is not None:
            return self._view.spot
        if bounds is None:
            return 0
        if count > 0:
            # The first one in view comes first, unless the end is what one looks at.
            return bounds[1] if self._view.is_following else bounds[0] - (not is_top)
        return bounds[0] if is_top and not self._view.is_following else bounds[1]

    def _go(self, lines: Sequence[int] | array[int], count: int, what: str) -> str:
        here = self._here(count)
        if not lines:
            return self._not_yet() or f"no {what} in this output"
        index = bisect_right(lines, here) if count > 0 else bisect_left(lines, here) - 1
        if not 0 <= index < len(lines):
            return self._nowhere(what, count, lines, here)
        self._view.jump(lines[index])
        return ""

    def _nowhere(self, what: str, count: int, lines: Sequence[int] | array[int], here: int) -> str:
        """Say that there is none that way, and how many the other way: one may stand at the end."""
        if count > 0 and (not_yet := self._not_yet()):
            return not_yet
        others = bisect_left(lines, here) if count > 0 else len(lines) - bisect_right(lines, here)
        ways = ("below", "above") if count > 0 else ("above", "below")
        return f"no {what} {ways[0]}" + (f", {others} {ways[1]}" if others else "")

    def _not_yet(self) -> str:
        """Say how much is not looked at yet."""
        reader = self._view.reader
        if reader is None or self._outline.size >= reader.size - MOST_LOOKED_AT:
            return ""
        return f"looked through {self._outline.size / reader.size:.0%} so far"
