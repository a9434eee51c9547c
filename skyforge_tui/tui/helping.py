"""The keys of the screen in front: shown, found by typing, carried out."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual.app import App

from skyforge_tui.tui.commands import commands_of
from skyforge_tui.tui.presenters.cells import Line, Span, literal

if TYPE_CHECKING:
    from skyforge_tui.tui.framed_screen import FramedScreen
    from skyforge_tui.tui.keymap import Keymap


class Helping(App[None]):
    """Carries out `?`."""

    keymap: Keymap
    config_path: str

    if TYPE_CHECKING:

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

        def place(self) -> FramedScreen:
            """Return the screen in front, whatever lies over it."""

    def do_app_help(self) -> None:
        """Show the keys of this screen; the chosen one is carried out."""
        self.lead(self._help())

    def remap_line(self, command_id: str) -> Line:
        """Return how to give a command another key."""
        import json

        key = self.keymap.shown(command_id) or "KEY"
        where = self.config_path or "the configuration"
        return (
            Span("[keys] ", "muted"),
            Span(literal(f"{json.dumps(command_id)} = {json.dumps(key)}"), "strong", bold=True),
            Span(literal(f"  another key in {where}"), "muted"),
        )

    async def _help(self) -> None:
        from skyforge_tui.tui.widgets.help import HelpOverlay

        screen = self.place()
        known = (screen.hint(one) for one in commands_of(screen.PLACE))
        hints = [one for one in known if one.key]
        name = screen.PLACE.value.title()
        chosen = await self.push_screen_wait(HelpOverlay(name, hints, self.remap_line))
        if chosen is not None:
            screen.action_command(chosen)
