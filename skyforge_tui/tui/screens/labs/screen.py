"""Labs: empty as long as no lab provider is connected, and saying so."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.commands import Place
from skyforge_tui.tui.presenters.cells import Span
from skyforge_tui.tui.widgets.lines import LinesView


class LabsScreen(PlaceScreen):
    """Show that there is no lab provider, and what there is instead."""

    PLACE = Place.LABS
    CSS = "LabsScreen LinesView { height: 1fr; }"

    def body(self) -> Iterator[Widget]:
        """Yield the empty state."""
        yield LinesView(
            [
                (),
                (Span("No lab provider is connected."),),
                (Span("Labs that a run starts are run like any other template:", "muted"),),
                (
                    Span("L", "strong", bold=True),
                    Span(" launch   ", "muted"),
                    Span("3", "strong", bold=True),
                    Span(" its runs", "muted"),
                ),
            ]
        )
