"""A log on a screen of its own, and what is written to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.store.logs import FileLogReader, LogWriter
from skyforge_tui.tui.theme import dress
from skyforge_tui.tui.widgets.log_view import LogView

START = 1_700_000_800_000
"""2023-11-14 22:26:40 UTC, in milliseconds."""


class Screen(App[None]):
    """Nothing but a log."""

    def __init__(self, theme: str = "dark", *, has_ascii: bool = False) -> None:
        super().__init__()
        self.log_view = LogView(zone=UTC)
        self.moves: list[tuple[bool, int]] = []
        self.stale: list[object] = []
        self.errors: list[Unavailable] = []
        self._look = (theme, has_ascii)

    def compose(self) -> ComposeResult:
        """Show the log."""
        yield self.log_view

    def on_mount(self) -> None:
        """Wear the look."""
        dress(self, self._look[0], ascii=self._look[1])

    def on_log_view_moved(self, message: LogView.Moved) -> None:
        """Remember."""
        self.moves.append((message.is_following, message.new_lines))

    def on_log_view_stale(self, message: LogView.Stale) -> None:
        """Remember."""
        self.stale.append(message.reader)

    def on_log_view_unreadable(self, message: LogView.Unreadable) -> None:
        """Remember."""
        self.errors.append(message.error)

    @property
    def rows(self) -> list[str]:
        """What stands on the screen, trailing blanks cut."""
        lines = self.screen._compositor.render_strips(self.size)
        return ["".join(segment.text for segment in line).rstrip() for line in lines]

    @property
    def texts(self) -> list[str]:
        """The rows without time, scrollbar and margin."""
        return [row[12:-1].rstrip() for row in self.rows]


async def eventually(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(30):
        while not is_so():
            await pilot.pause(0.01)


@asynccontextmanager
async def showing(
    reader: FileLogReader,
    size: tuple[int, int] = (80, 10),
    theme: str = "dark",
    *,
    has_ascii: bool = False,
) -> AsyncIterator[tuple[Screen, LogView, Pilot[None]]]:
    """Show a log in an application."""
    app = Screen(theme, has_ascii=has_ascii)
    async with app.run_test(size=size) as pilot:
        app.log_view.set_reader(reader)
        await pilot.pause()
        yield app, app.log_view, pilot


def written(writer: LogWriter, *lines: str, at_ms: int = START) -> None:
    """Write lines to a log."""
    for line in lines:
        writer.append(f"{line}\n".encode(), at_ms)


def numbered(first: int, last: int) -> list[str]:
    """Return lines that say their number."""
    return [f"line {number}" for number in range(first, last + 1)]
