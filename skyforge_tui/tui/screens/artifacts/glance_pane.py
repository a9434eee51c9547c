"""The pane that shows what is under the cursor: its name, the run that made it, its first bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from textual.containers import Vertical
from textual.widget import Widget

from skyforge_tui.services.artifact_views import Preview
from skyforge_tui.tui.presenters import artifacts as present
from skyforge_tui.tui.presenters import previews
from skyforge_tui.tui.screens.artifacts.store_view import Glance
from skyforge_tui.tui.widgets.lines import LinesView

MARGIN = 2


class GlancePane(Vertical):
    """Show a glance, drawn for the width there is."""

    def __init__(self, now: Callable[[], datetime], is_below: Callable[[], bool]) -> None:
        super().__init__(id="glance")
        self._now = now
        self._is_below = is_below
        self._glance: Glance | None = None
        self._heading = LinesView([()], id="heading")
        self.lines = LinesView(id="preview", indent=MARGIN)
        self.lines.can_focus = True

    def compose(self) -> Iterator[Widget]:
        """Yield the heading and the lines."""
        yield self._heading
        yield self.lines

    def show(self, glance: Glance | None) -> None:
        """Show this; another thing begins at its top."""
        if glance is None or self._glance is None or glance.held != self._glance.held:
            self.lines.scroll_lines(-len(self.lines.lines))
        self._glance = glance
        self._draw()

    def show_difference(self, title: str, diff: str) -> None:
        """Show how two artifacts differ, until another thing is looked at."""
        self._glance = None
        width = max(20, self.size.width - 2 * MARGIN)
        found = previews.shown(diff.encode(), len(diff.encode()), f"{title}.diff", width)
        ruled = self._is_below()
        self._heading.show([present.heading(title, found.about, None, width, ruled=ruled)])
        self.lines.show(found.lines)
        self.lines.scroll_lines(-len(found.lines))

    def on_resize(self) -> None:
        """Draw for another width."""
        self._draw()

    def _draw(self) -> None:
        glance = self._glance
        if glance is None:
            self._heading.show([()])
            self.lines.show([])
            return
        width = max(20, self.size.width - 2 * MARGIN)
        if isinstance(glance.content, Preview):
            artifact = glance.content.artifact
            found = previews.shown(glance.content.start, artifact.size, artifact.name, width)
            title, about, lines = artifact.name, found.about, found.lines
        else:
            title = glance.held.ref.key.rpartition("/")[2] + "/"
            about = present.counted(glance.content)
            lines = present.folder_facts(glance.content, self._now())
        ruled = self._is_below()
        self._heading.show([present.heading(title, about, glance.run, width, ruled=ruled)])
        self.lines.show(lines)
