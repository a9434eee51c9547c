"""Leaving the program: runs go on without it, what is done to labs from here does not."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App

if TYPE_CHECKING:
    from skyforge_tui.domain.lab import Lab
    from skyforge_tui.tui.bridge import Bridge


class Leaving(App[None]):
    """Leaves at once, or asks where something would be left undone; twice is said to mean it."""

    _is_asking_to_leave = False

    if TYPE_CHECKING:
        bridge: Bridge

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front."""

    async def action_quit(self) -> None:
        """Do what the framework's own key asks for, wherever one is."""
        self.do_app_quit()

    def do_app_quit(self) -> None:
        """Leave the program; while something is done to labs, ask first."""
        acted_on = self.bridge.acted_on()
        if acted_on and not self._is_asking_to_leave:
            self.lead(self._leave(acted_on))
        else:
            self.exit()

    async def _leave(self, acted_on: Sequence[Lab]) -> None:
        from skyforge_tui.tui.presenters.lab_acts import leaving
        from skyforge_tui.tui.widgets.confirm import Confirm

        self._is_asking_to_leave = True
        try:
            if await self.push_screen_wait(Confirm(leaving(acted_on))):
                self.exit()
        finally:
            self._is_asking_to_leave = False
