"""When the first page stands in place of Projects, and when it goes."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual.app import App

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.tui.commands import Place
from skyforge_tui.tui.once import once
from skyforge_tui.tui.pacing import STARTING_S

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.messages import Changes


class Beginning(App[None]):
    """Shows the first page where it is due: nothing is configured, and nothing can be launched."""

    bridge: Bridge
    config_path: str
    _was_considered = False
    """Whether the first page was considered since the program started."""

    if TYPE_CHECKING:

        def go(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run something beside the keys; its failure becomes a notice."""

        def hold_input(self) -> None:
            """Keep input from now on until it is let in, clicks too."""

        def let_in(self) -> None:
            """Hand on what was kept, in order."""

    @property
    def is_welcoming(self) -> bool:
        """Whether the first page is in front."""
        return getattr(self.screen, "PLACE", None) is Place.WELCOME

    def consider_welcome(self, changes: Changes | None = None) -> None:
        """Show the first page if it is due; `changes` that do not matter for it are let pass."""
        if changes is None or changes.opened or changes.project_ids or changes.health:
            if self._may_welcome() and not self._was_considered:
                self._was_considered = True
                self.hold_input()
                self.go(self._consider_first())
            else:
                self.go(self._consider_welcome())

    async def _consider_first(self) -> None:
        """Consider it with the keys waiting: they are for what comes, not for what it covers."""
        patience = once(self, STARTING_S, self.let_in)
        try:
            await self._consider_welcome()
        finally:
            patience.cancel()
            self.let_in()

    async def _consider_welcome(self) -> None:
        if not self._may_welcome():
            return

        async def ask(services: Services) -> bool:
            return await services.welcome.is_due(self.bridge.principal)

        from skyforge_tui.tui.screens.welcome.screen import WelcomeScreen

        if await self.bridge.ask(ask) and self._may_welcome():
            await self.push_screen(WelcomeScreen(self.config_path))

    def _may_welcome(self) -> bool:
        """Say whether Projects is in front, and its folders were looked through."""
        if self.current_mode != Place.PROJECTS.value or len(self.screen_stack) > 1:
            return False
        lights = {one.name: one.state for one in self.bridge.lights()}
        return lights.get(LOCAL) is UpstreamState.LIVE
