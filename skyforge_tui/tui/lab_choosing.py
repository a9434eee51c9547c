"""Where a project's labs run: shown, chosen, written; and the way to the labs there."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual.app import App

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.command import Place

if TYPE_CHECKING:
    from skyforge_tui.domain.project import Project
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.lab_choice import LabChoice
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.presenters.cells import Line


class LabChoosing(App[None]):
    """Shows on which lab servers a project's labs run, and has another choice written."""

    bridge: Bridge

    if TYPE_CHECKING:

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

        def show_place(self, place: Place, wanted: str = "") -> None:
            """Go to a place, and look there for something."""

    def choose_lab_servers(self, project: Project) -> None:
        """Show where a project's labs run, and write what is chosen."""
        self.lead(self._choose_lab_servers(project))

    async def _choose_lab_servers(self, project: Project) -> None:
        from skyforge_tui.domain.permission import Permission
        from skyforge_tui.tui.presenters.lab_choice import labs_query
        from skyforge_tui.tui.widgets.lab_choice_card import LABS, LabChoiceCard

        principal = self.bridge.principal
        told: Line = ()

        async def look(services: Services) -> LabChoice:
            return await services.lab_choice.look(principal, project.id)

        choice = await self.bridge.ask(look)
        while True:
            decision = self.bridge.may(Permission.REPOSITORY_WRITE, project)
            refused = decision.reason if isinstance(decision, Denied) else ""
            card = LabChoiceCard(choice, refused=refused, note=told)
            wanted = await self.push_screen_wait(card)
            if wanted == LABS:
                self.show_place(Place.LABS, labs_query(choice.chosen))
            if wanted is None or isinstance(wanted, str):
                return
            told = await self._write_choice(project, wanted, choice)
            choice = await self.bridge.ask(look)

    async def _write_choice(
        self, project: Project, wanted: tuple[str, ...], before: LabChoice
    ) -> Line:
        """Write a choice, and return what there is to say."""
        from skyforge_tui.tui.presenters.cells import Span, literal
        from skyforge_tui.tui.presenters.headless import Other
        from skyforge_tui.tui.presenters.lab_choice import choice_words

        principal = self.bridge.principal

        async def choose(services: Services) -> LabChoice:
            return await services.lab_choice.choose(principal, project.id, wanted, before.chosen)

        try:
            await self.bridge.act(Other(choice_words(project.full_name, wanted)), choose)
        except SkyforgeError as error:
            words = "; ".join(filter(None, (str(error), error.advice)))
            return (Span(literal(words), "bad"),)
        return (Span("Written to the manifest", "ok"),)
