"""Trust in what a project's files declare: asked for, and remembered file by file."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import native_of

if TYPE_CHECKING:
    from skyforge_tui.domain.identity import ProjectId
    from skyforge_tui.domain.template import Source, Template
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.widgets.launch_card import LaunchCard


class Trusting(App[None]):
    """Has content trusted, by a question of its own or on a launch card."""

    bridge: Bridge

    if TYPE_CHECKING:

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

    def trust(self, templates: tuple[Template, ...]) -> None:
        """Ask whether to trust what declares these templates."""
        self.lead(self._trust(templates))

    async def trust_on_card(
        self, card: LaunchCard, project_id: ProjectId, sources: tuple[Source, ...]
    ) -> None:
        """Trust what a card shows, and tell it so, or why not."""
        try:
            await self._remember_trust(project_id, sources)
        except SkyforgeError as error:
            card.say(error.message)
        else:
            card.trusted()

    async def _trust(self, templates: tuple[Template, ...]) -> None:
        from skyforge_tui.domain.template import trusted_along
        from skyforge_tui.tui.presenters.launch import trust_question
        from skyforge_tui.tui.widgets.confirm import Confirm

        if not templates:
            return
        principal = self.bridge.principal
        project_ids = {one.project_id for one in templates}

        async def ask(services: Services) -> list[Template]:
            views = [await services.projects.get(principal, one) for one in project_ids]
            return [one for view in views for one in view.templates]

        templates = (*templates, *trusted_along(templates, await self.bridge.ask(ask)))
        if await self.push_screen_wait(Confirm(trust_question(templates, self.bridge.line))):
            by_project: dict[ProjectId, dict[Source, None]] = {}
            for each in templates:
                by_project.setdefault(each.project_id, {}).update(dict.fromkeys(each.sources))
            await self._trust_all({one: tuple(some) for one, some in by_project.items()})

    async def _trust_all(self, by_project: Mapping[ProjectId, tuple[Source, ...]]) -> None:
        """Trust content of one project, or of several one by one."""
        from skyforge_tui.tui.one_by_one import one_by_one
        from skyforge_tui.tui.presenters.cells import Span, literal
        from skyforge_tui.tui.widgets.outcomes import Item

        if len(by_project) == 1:
            for one, some in by_project.items():
                await self._remember_trust(one, some)
            return
        items = [
            Item((Span(literal(native_of(one))),), partial(self._remember_trust, one, some))
            for one, some in by_project.items()
        ]
        await one_by_one(self, "Trust", items)

    async def _remember_trust(self, project_id: ProjectId, sources: tuple[Source, ...]) -> None:
        from skyforge_tui.tui.presenters.headless import Trust

        async def trust(services: Services) -> None:
            await services.projects.trust(self.bridge.principal, project_id, sources)

        paths = tuple(sorted({one.path for one in sources}))
        await self.bridge.act(Trust(paths), trust)
