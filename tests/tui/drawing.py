"""A small application to draw widgets in, and what it shows as text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.lights import Light
from skyforge_tui.tui.theme import dress
from skyforge_tui.tui.widgets.row_source import Row

PATIENCE_S = 20.0


class Canvas(App[None]):
    """Show the given widgets, one below the other, in one of our themes."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        *widgets: Widget,
        theme: str = "dark",
        ascii: bool = False,  # noqa: A002
        motion: bool = False,
    ) -> None:
        super().__init__()
        dress(self, theme, ascii=ascii, motion=motion)
        self.widgets = widgets
        self.messages: list[object] = []

    async def on_mount(self) -> None:
        """Mount the widgets."""
        await self.mount(*self.widgets)


def segments_of(app: App[None]) -> list[list[Segment]]:
    """Return what the terminal shows, row by row."""
    screen: Screen[object] = app.screen
    return [list(strip) for strip in screen._compositor.render_strips()]


def rows_of(app: App[None]) -> list[str]:
    """Return what the terminal shows as text, trailing blanks cut."""
    return ["".join(one.text for one in row).rstrip() for row in segments_of(app)]


async def until(pilot: Pilot[None], is_true: Callable[[], bool]) -> None:
    """Wait until something is true; fail when it does not become so."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_true():
            await pilot.pause()


RUN_COLUMNS = (
    Column("state", "State", 10, priority=100),
    Column("run", "Run", 3, align="right", priority=95),
    Column("template", "Template", 12, most=18, priority=99, cut="middle", is_name=True),
    Column("project", "Project", 12, most=13, priority=30),
    Column("who", "Who", 6, priority=40),
    Column("start", "Start", 5, align="right", priority=80),
    Column("took", "Took", 6, align="right", priority=85),
    Column("usual", "Vs usual", 8, priority=60),
    Column("hosts", "Hosts", 7, align="right", priority=70),
    Column("note", "Note", 14, most=None, priority=20),
)

LIGHTS = (
    *(Light(name, UpstreamState.LIVE, "10s") for name in ("gitea", "semaphore", "nl-1", "s3")),
    Light("eve-lab1", UpstreamState.LIVE, "20s", needs_confirm=True),
    Light("clab-1", UpstreamState.LIVE, "20s"),
    Light("eve-lab2", UpstreamState.ERROR, "3m", "unreachable"),
)


def text_row(key: str, **cells: str | Line) -> Row:
    """Return a row whose cells are plain texts or lines."""
    return Row(
        key,
        {
            name: (Span(cell),) if isinstance(cell, str) else cell
            for name, cell in ({"template": key} | cells).items()
        },
    )


def numbered(count: int) -> Sequence[Row]:
    """Return `count` rows named by their number."""
    return [text_row(f"run-{index}", run=str(index)) for index in range(count)]
