"""Artifacts: empty as long as no store is connected, and saying so."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.commands import Place
from skyforge_tui.tui.presenters.cells import Span
from skyforge_tui.tui.widgets.lines import LinesView


class ArtifactsScreen(PlaceScreen):
    """Show that there is no artifact store, and what there is instead."""

    PLACE = Place.ARTIFACTS
    CSS = "ArtifactsScreen LinesView { height: 1fr; }"

    def body(self) -> Iterator[Widget]:
        """Yield the empty state."""
        yield LinesView(
            [
                (),
                (Span("No artifact store is connected."),),
                (Span("What a run printed is kept with the run, every byte of it:", "muted"),),
                (
                    Span("3", "strong", bold=True),
                    Span(" runs, then ", "muted"),
                    Span("S", "strong", bold=True),
                    Span(" saves the output", "muted"),
                ),
            ]
        )
