"""Keeps the output of a run open for a view of a screen, and says when it cannot be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.widgets.log_view import LogView

if TYPE_CHECKING:
    from textual.worker import Worker

    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.ports.log_store import LogReader
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.framed_screen import Work


class OutputReading:
    """Open, reopen and close what a screen's `output` shows."""

    output: LogView
    reader: LogReader | None = None

    if TYPE_CHECKING:

        def work(self, work: Work, *, group: str, exclusive: bool = False) -> Worker[Any]:
            """Run something beside the keys."""

        async def ask(self, work: Callable[[Services], Coroutine[Any, Any, Any]]) -> Any:
            """Have the engine do something."""

        def say(self, notice: Notice | None) -> None:
            """Show a notice."""

    def show_output(self, reader: LogReader | None) -> None:
        """Show what this reader reads, or nothing; the one before is closed."""
        self.output.set_reader(reader)
        if self.reader is not None:
            self.reader.close()
        self.reader = reader

    def on_unmount(self) -> None:
        """Close the output."""
        self.show_output(None)

    def on_log_view_stale(self, event: LogView.Stale) -> None:
        """Open the output anew where that may take its time: a newer generation replaced it."""
        event.stop()
        self.work(self._reopen(event.reader), group="reopen", exclusive=True)

    def on_log_view_unreadable(self, event: LogView.Unreadable) -> None:
        """Say why the output cannot be read."""
        event.stop()
        self.say(as_notice(event.error))

    async def _reopen(self, reader: LogReader) -> None:
        async def reopen(_: Services) -> None:
            await asyncio.to_thread(reader.reopen)

        await self.ask(reopen)
        self.output.grew()
