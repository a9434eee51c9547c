"""Changing the colours while the program runs, and how to keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.theme import dress, look_of


class Looks(App[None]):
    """Carries out the commands that change the look."""

    config_path: str

    if TYPE_CHECKING:

        def say(self, notice: Notice) -> None:
            """Show a notice on the place in front."""

    def do_look_dark(self) -> None:
        """Wear the dark theme."""
        self._wear("dark")

    def do_look_light(self) -> None:
        """Wear the light theme."""
        self._wear("light")

    def do_look_contrast(self) -> None:
        """Wear the theme of high contrast."""
        self._wear("contrast")

    def do_look_mono(self) -> None:
        """Wear the theme without colours."""
        self._wear("mono")

    def _wear(self, theme: str) -> None:
        if self.no_color and theme != "mono":
            self.say(
                Notice(
                    Severity.REFUSED, f"Refused  theme {theme}",
                    "NO_COLOR is set, and outranks every theme",
                    advice="unset NO_COLOR and start skyforge again",
                )
            )  # fmt: skip
            return
        look = look_of(self)
        dress(self, theme, ascii=look.ascii, motion=look.motion, few=look.few)
        self.say(
            Notice(
                Severity.INFO, f"Theme {theme}, until you leave", f'theme = "{theme}"',
                f"[look] of {self.config_path}" if self.config_path else "[look]",
                "write this line there to keep it",
            )
        )  # fmt: skip
