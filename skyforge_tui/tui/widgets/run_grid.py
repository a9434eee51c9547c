"""What came of every task on every host, as a strip below the log or in place of it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.domain.outline import OUT, Outline
from skyforge_tui.tui.presenters.amounts import count
from skyforge_tui.tui.presenters.cells import Line, Span, banded, line
from skyforge_tui.tui.presenters.frame import MARGIN
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.presenters.plays import Columns, columns_for, grid_head, host_line
from skyforge_tui.tui.widgets.painted import Painted

if TYPE_CHECKING:
    from textual import events

STRIP_HOSTS = 8
"""Hosts in a strip, at most."""


def _picked(outline: Outline) -> list[int]:
    """Return the hosts for a strip: all, or those that are out first, in their order."""
    hosts = outline.hosts
    if len(hosts) <= STRIP_HOSTS:
        return list(range(len(hosts)))
    room = STRIP_HOSTS - 1
    out = list(islice((at for at, host in enumerate(hosts) if host.is_out), room))
    rest = islice((at for at, host in enumerate(hosts) if not host.is_out), room - len(out))
    return sorted([*out, *rest])


class RunGrid(Painted):
    """Show hosts by tasks. As a strip it is looked at only; open, it has a cursor."""

    DEFAULT_CSS = """
    RunGrid { height: auto; width: 1fr; display: none; }
    RunGrid.-open { height: 1fr; }
    """

    class Picked(Message):
        """A host's part in a task was asked for."""

        def __init__(self, task: int, host: str) -> None:
            super().__init__()
            self.task = task
            self.host = host

    class Pointed(Message):
        """The cursor stands at another task."""

    def __init__(self) -> None:
        super().__init__()
        self._outline = Outline()
        self._expected: int | None = None
        self._is_live = False
        self._host = 0
        self._pointed: int | None = None
        self._top = 0
        self._picked: list[int] = []
        """The hosts in the strip."""

    @property
    def is_open(self) -> bool:
        """Whether it stands in place of the log."""
        return self.has_class("-open")

    @property
    def pointed(self) -> int | None:
        """The task that the cursor stands at; None while it is a strip."""
        return self._pointed if self.is_open else None

    def show(self, outline: Outline, expected: int | None, *, is_live: bool) -> None:
        """Show this, of so many tasks as are expected; `is_live` while more may come."""
        rows = self._rows
        self._outline, self._expected, self._is_live = outline, expected, is_live
        self._picked = _picked(outline)
        self.refresh(layout=self._rows != rows and not self.is_open)

    def open(self, *, is_open: bool) -> None:
        """Take the place of the log, the cursor where something failed first; or become a strip."""
        self.set_class(is_open, "-open")
        if is_open:
            self._host, self._pointed = self._first_failed()
            self._top = 0
        self.refresh(layout=True)

    # Moving

    def scroll_lines(self, count: int) -> None:
        """Go down by hosts, up if negative."""
        self._go(self._host + count, self._pointed or 0)

    def scroll_tasks(self, count: int) -> None:
        """Go right by tasks, left if negative."""
        self._go(self._host, (self._pointed or 0) + count)

    def page(self, count: int) -> None:
        """Go down by pages, up if negative."""
        self.scroll_lines(count * max(1, self.size.height - 2))

    def half_page(self, count: int) -> None:
        """Go down by half pages, up if negative."""
        self.scroll_lines(count * max(1, self.size.height // 2))

    def to_top(self) -> None:
        """Go to the first host."""
        self._go(0, self._pointed or 0)

    def to_end(self) -> None:
        """Go to the last host."""
        self._go(len(self._outline.hosts) - 1, self._pointed or 0)

    def pick(self) -> None:
        """Ask for what stands under the cursor."""
        hosts = self._outline.hosts
        if self._pointed is not None and self._host < len(hosts):
            self.post_message(self.Picked(self._pointed, hosts[self._host].name))

    def _go(self, host: int, task: int) -> None:
        self._host = max(0, min(host, len(self._outline.hosts) - 1))
        task = max(0, min(task, len(self._outline.tasks) - 1))
        if task != self._pointed:
            self._pointed = task
            self.post_message(self.Pointed())
        self.refresh()

    def _first_failed(self) -> tuple[int, int]:
        found = [
            (host.cells.index(code), at)
            for at, host in enumerate(self._outline.hosts)
            for code in OUT
            if code in host.cells
        ]
        task, host = min(found, default=(max(len(self._outline.tasks) - 1, 0), 0))
        return host, task

    def _first_host(self) -> int:
        """Return the host in the first row below the heading; that of the cursor is in view."""
        height = max(1, self.size.height - 1)
        self._top = max(min(self._top, self._host), self._host - height + 1, 0)
        return self._top

    # Drawing

    @property
    def _rows(self) -> int:
        return 1 + min(len(self._outline.hosts), STRIP_HOSTS)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002
        """Return how many rows a strip takes."""
        return self._rows

    def line_at(self, y: int) -> Line:
        """Return row `y`: the heading, then the hosts."""
        width = self.size.width
        room = max(0, width - 2 * MARGIN)
        columns = columns_for(self._outline, room, self.pointed, self._expected)
        if y == 0:
            return line(" " * MARGIN, grid_head(self._outline, columns, room))
        if self.is_open:
            return self._open_row(self._first_host() + y - 1, columns, width)
        return self._strip_row(y - 1, columns)

    def _open_row(self, index: int, columns: Columns, width: int) -> Line:
        if index >= len(self._outline.hosts):
            return ()
        is_here = index == self._host
        row = self._host_line(index, columns, self._pointed if is_here else None)
        if is_here:
            return banded(line(Span(CURSOR, "accent"), " ", row), width)
        return line(" " * MARGIN, row)

    def _strip_row(self, y: int, columns: Columns) -> Line:
        if y < len(self._picked):
            return line(" " * MARGIN, self._host_line(self._picked[y], columns, None))
        more = len(self._outline.hosts) - len(self._picked)
        return line(" " * MARGIN, Span(f"{count(more)} more hosts", "muted")) if more else ()

    def _host_line(self, index: int, columns: Columns, cursor: int | None) -> Line:
        return host_line(
            self._outline.hosts[index], self._outline, columns, self._expected,
            is_live=self._is_live, cursor=cursor,
        )  # fmt: skip

    def on_click(self, event: events.Click) -> None:
        """Go where it was clicked; a second time, ask for it."""
        event.stop()
        if not self.is_open or event.y == 0:
            return
        room = max(0, self.size.width - 2 * MARGIN)
        columns = columns_for(self._outline, room, self.pointed, self._expected)
        host = self._first_host() + event.y - 1
        task = columns.first + event.x - MARGIN - columns.name
        before = (self._host, self._pointed)
        self._go(host, task)
        if (self._host, self._pointed) == before:
            self.pick()
