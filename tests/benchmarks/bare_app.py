"""The baseline: the smallest Textual application with three panes, started as ours is."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static


class BareApp(App[None]):
    """Three panes with a word each; ctrl+q leaves."""

    CSS = "Static { width: 1fr; height: 1fr; border: solid grey; }"

    def compose(self) -> ComposeResult:
        """Yield the panes."""
        with Horizontal():
            yield Static("left")
            yield Static("middle")
            yield Static("right")


if __name__ == "__main__":
    BareApp().run()
