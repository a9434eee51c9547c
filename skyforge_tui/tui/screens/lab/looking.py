"""Looking closer at a lab: again and again where it runs elsewhere, and into its data."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from skyforge_tui.domain.errors import NotFound, SkyforgeError
from skyforge_tui.domain.lab import Lab, LabDetail
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.presenters.cells import Span, literal
from skyforge_tui.tui.presenters.lab_data import data_rows
from skyforge_tui.tui.presenters.lab_parts import Cells
from skyforge_tui.tui.presenters.offers import Fact
from skyforge_tui.tui.screens.lab.known import known_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.app import App
    from textual.worker import Worker

    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.framed_screen import Work

LOOKS_EVERY_S: Final = 4.0
"""Between two looks at a lab elsewhere while one is on its page: it is at most five seconds old."""


class LabLooking:
    """Asks for what the page of a lab shows beside what is known already."""

    _is_looking = False

    if TYPE_CHECKING:
        app: App[Any]

        @property
        def is_current(self) -> bool:
            """Whether one can see the page."""

        def target(self) -> Lab:
            """Return the lab."""

        def work(self, work: Work, *, group: str, exclusive: bool = False) -> Worker[Any]:
            """Run something beside the keys."""

        @property
        def bridge(self) -> Bridge:
            """The way to the engine."""

        async def ask(self, work: Callable[[Services], Coroutine[Any, Any, Any]]) -> Any:
            """Have the engine do something."""

    def take_look(self, found: LabDetail | str) -> None:
        """Show a lab as its provider told it anew, or why it did not."""
        raise NotImplementedError

    def look(self) -> None:
        """Look again, unless the last look is not over, or something lies over the page."""
        lab = self.target()
        if lab.folder and self.is_current and not self._is_looking:
            self._is_looking = True
            self.work(self._looked(lab), group="look")

    async def told_now(self, lab: Lab) -> LabDetail | None:
        """Return a lab as its provider tells it now; None if it goes by another id meanwhile.

        Raises: as `LabService.get`.
        """
        principal = self.bridge.principal
        try:
            found: LabDetail = await self.ask(lambda services: services.labs.get(principal, lab.id))
        except NotFound:
            known = await self.ask(lambda services: known_lab(services, principal, lab))
            if known.detail.lab.id == lab.id:
                raise
            return None  # what made it so is told, and leads here again
        return found

    async def _looked(self, lab: Lab) -> None:
        principal = self.bridge.principal
        found: LabDetail | str
        try:
            found = await self.ask(lambda services: services.labs.get(principal, lab.id))
        except SkyforgeError as error:
            found = str(error)
        finally:
            self._is_looking = False
        self.take_look(found)

    async def data_of(self, lab: Lab) -> list[Cells]:
        """Return all that the provider has written down of a lab, as rows."""
        principal = self.bridge.principal

        async def ask(services: Services) -> list[Cells]:
            metadata = await services.labs.metadata(principal, lab.id)
            return await asyncio.to_thread(lambda: list[Cells](data_rows(metadata)))

        rows: list[Cells] = await self.ask(ask)
        return rows

    async def show_config(self, lab: Lab, node: str) -> None:
        """Show the configuration that is kept for a node."""
        from skyforge_tui.tui.widgets.details import Details

        principal = self.bridge.principal
        text: str = await self.ask(
            lambda services: services.lab_actions.config(principal, lab.id, node)
        )
        lines = text.splitlines() or ["it is empty"]
        shown = lines[:_MOST_LINES]
        facts = [Fact(str(number), (Span(literal(row)),)) for number, row in enumerate(shown, 1)]
        if len(lines) > len(shown):
            left = f"{len(lines) - len(shown):,} more lines"
            facts.append(Fact("…", (Span(left, "muted"),)))
        await self.app.push_screen_wait(Details(f"{node}, as kept in {lab.name}", facts))


_MOST_LINES: Final = 2000
