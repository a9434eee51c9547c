"""The first picture: the frame alone, while another thread loads what comes over it.

No file is opened on the UI thread for code either: everything is loaded before the first key is
looked at. Keys and clicks that come sooner are kept in order, and leaving works at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from textual.widget import Widget

from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.commands import Place

_CURTAIN = "curtain"


class _Blank(Widget):
    """Fill the room of what comes."""

    def render(self) -> str:
        """Return nothing."""
        return ""


class Curtain(PlaceScreen):
    """Show the frame of the first place."""

    PLACE = Place.PROJECTS

    def body(self) -> Iterator[Widget]:
        """Yield an empty room."""
        yield _Blank(classes="body")


class CurtainedApp(SkyforgeApp):
    """The cockpit as it starts in a terminal; see `load`."""

    MODES = {**SkyforgeApp.MODES, _CURTAIN: Curtain}  # noqa: RUF012
    DEFAULT_MODE = _CURTAIN

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._is_loaded = False
        self.hold_input()

    def let_in(self) -> None:
        """Let input in, but not before everything is loaded."""
        if self._is_loaded:
            super().let_in()

    def load(self) -> None:
        """Load the first place, show it, load the rest, let input in; not for the UI thread.

        An engine that takes over from another one finds all that done.
        """
        if self._is_loaded:
            return
        cell_len("漢")  # loads the table of widths
        import_module("skyforge_tui.tui.screens.projects.screen")
        sheets = _style_sheets()
        self.bridge.on_ui(lambda: self._raise(sheets))
        try:
            _load_all()
        finally:
            self.bridge.on_ui(self._loaded)

    def _raise(self, sheets: dict[str, str]) -> None:
        for path, text in sheets.items():
            # As if the screens had read them (Textual 8.2.8), which they then do not.
            self.stylesheet.add_source(text, (path, ""))

        async def raise_it() -> None:
            await self.switch_mode(Place.PROJECTS.value)
            await self.remove_mode(_CURTAIN)

        self.go(raise_it())

    def _loaded(self) -> None:
        self._is_loaded = True
        self.let_in()


def _style_sheets() -> dict[str, str]:
    """Return the text of every style sheet by its path."""
    found = sorted(Path(__file__).resolve().parent.rglob("*.tcss"))
    return {str(one): one.read_text(encoding="utf-8") for one in found}


def _load_all() -> None:
    """Load every module of the TUI."""
    import pkgutil

    import skyforge_tui.tui as package

    for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(one.name)
