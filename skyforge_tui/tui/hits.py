"""`n` and `N` in a table: from hit to hit of what is looked for, or was, with all rows in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.tones import count

if TYPE_CHECKING:
    from textual.worker import Worker

    from skyforge_tui.tui.framed_screen import Work
    from skyforge_tui.tui.table_filter import Hit, TableFilter


class HitKeys:
    """Carry out `table.next` and `table.previous` on the table that moves."""

    if TYPE_CHECKING:

        @property
        def filter(self) -> TableFilter:
            """The filter of the table that moves."""

        def work(self, work: Work, *, group: str, exclusive: bool = False) -> Worker[Any]:
            """Run something beside the keys."""

        def show_frame(self) -> None:
            """Draw the frame."""

    def do_table_next(self) -> None:
        """Go to the next row that is looked for, from the last on to the first."""
        self._seek(1)

    def do_table_previous(self) -> None:
        """Go to the row before that is looked for, from the first on to the last."""
        self._seek(-1)

    async def hit(self, which: TableFilter, step: int) -> Hit:
        """Return the hit so many hits from the cursor; who lists elsewhere asks there."""
        return which.hit(step)

    def no_hits(self, command: Command) -> str:
        """Say why there is no hit to go to."""
        is_seeking = command.id in ("table.next", "table.previous")
        return "nothing was looked for here yet" if is_seeking and not self.filter.sought else ""

    def hit_line(self) -> Line:
        """Return which of how many hits one stands on; nothing while hits are all that is shown."""
        hit = self.filter.at_hit
        if hit is None:
            return ()
        if not hit.total:
            return (Span("0 hits", "warn"),)
        return (Span("hit ", "muted"), Span(count(hit.number), "strong", bold=True),
                Span(f" of {count(hit.total)}", "muted"))  # fmt: skip

    def _seek(self, step: int) -> None:
        which = self.filter

        async def go() -> None:
            which.go_to(await self.hit(which, step))
            self.show_frame()

        self.work(go, group="hits", exclusive=True)
