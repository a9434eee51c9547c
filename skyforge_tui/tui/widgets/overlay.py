"""What floats above a place: one framed panel, the rest faded behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from rich.console import RenderableType
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen

from skyforge_tui.tui.pacing import PacedScreen
from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    cut_line,
    fitted,
    line,
    spread,
    width_of,
)
from skyforge_tui.tui.theme import look_of
from skyforge_tui.tui.type_ahead import TypeAhead
from skyforge_tui.tui.widgets.faded import Faded
from skyforge_tui.tui.widgets.painted import Painted
from skyforge_tui.tui.widgets.sections import Drawn, Sections, indented, keys_line, rule, same_rows

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

__all__ = ["Drawn", "Overlay", "Panel", "Sections", "indented", "keys_line", "rule", "same_rows"]

Result = TypeVar("Result")

SLIVER = 10
"""Closer than this to the full width, the place behind is blank: no slivers of it."""


class Panel(Painted, can_focus=True):
    """The frame and the lines inside it, as its overlay gives them."""

    DEFAULT_CSS = "Panel { width: 10; height: 3; }"

    def line_at(self, y: int) -> Line:
        """Return a row of the frame or of what is inside it."""
        overlay = self.screen
        return overlay.panel_line(y) if isinstance(overlay, Overlay) else ()


class Overlay(PacedScreen[Result], ModalScreen[Result], Generic[Result]):
    """A panel above the place, which it fades; subclasses give its inside and take its keys."""

    DEFAULT_CSS = """
    Overlay { background: $background 58%; layout: vertical; overflow: hidden; }
    Overlay:ansi { background: transparent; }
    """
    AUTO_FOCUS = "Panel"
    EDGE: Tone = "accent"
    WIDTH = 76
    MARGIN = 2
    """How many columns of the place stay free on either side, at least."""
    CENTRED = True
    AT_FOOT = False
    """Whether it lies right above the footer."""

    def __init__(self, title: Line, corner: Line = ()) -> None:
        super().__init__()
        self.title_line = title
        self.corner = corner
        self._sections = Sections()
        self._top = 0
        self._scrolled_by_hand = False
        self._is_done = False
        self._laid_out_for: tuple[int, int] = (0, 0)

    # For subclasses

    def sections(self, width: int, height: int) -> Sections:
        """Return what is inside a frame of `width` cells, given at most `height` rows."""
        raise NotImplementedError

    def key(self, key: str, character: str | None) -> bool:
        """Take a keypress; return False when it means nothing here."""
        raise NotImplementedError

    def pressed(self, ref: str) -> None:
        """Take a click on a span: by default, as the key it names."""
        self.key(ref, None)

    def pasted(self, text: str) -> None:
        """Take pasted text."""

    def finish(self, result: Result) -> None:
        """Close with a result; only the first one counts."""
        if not self._is_done:
            self._is_done = True
            _ = self.dismiss(result)

    @property
    def is_mono(self) -> bool:
        """Whether there are no colours."""
        return look_of(self.app).is_mono

    # Layout

    def compose(self) -> ComposeResult:
        """Yield the panel."""
        yield Panel()

    def on_mount(self) -> None:
        """Lay the panel out, and take what was typed for it already."""
        self.lay_out()
        if isinstance(self.app, TypeAhead):
            self.app.let_in()

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        """Lay the panel out anew."""
        self.lay_out()

    def repaint(self) -> None:
        """Show what changed inside."""
        self._scrolled_by_hand = False
        if self.is_mounted:
            self.lay_out()

    def lay_out(self) -> None:
        """Ask for the inside and fit the panel around it."""
        screen_width, screen_height = self.app.size
        width = min(self.WIDTH, screen_width - 2 * self.MARGIN)
        if screen_width < 64:
            width = screen_width
        most = max(3, screen_height - 2)
        inner = max(1, width - 2)
        self._sections = self.sections(inner, most - 2)
        height = min(most, self._sections.height + 2)
        panel = self.query_one(Panel)
        panel.styles.width, panel.styles.height = width, height
        free = screen_height - height
        y = free // 2 if self.CENTRED else min(screen_height // 9, free - 1)
        y = free - 1 if self.AT_FOOT else y
        panel.styles.offset = ((screen_width - width) // 2, max(1, y) if free > 1 else 0)
        self._keep_focus_in_view()
        if self._is_blank_behind != (self._laid_out_for[0] >= self.app.size.width - SLIVER):
            self.refresh()
        self._laid_out_for = (width, height)
        panel.refresh()

    @property
    def _is_blank_behind(self) -> bool:
        if self.AT_FOOT:  # as wide as the screen, but far from covering it
            return False
        return min(self.WIDTH, self.app.size.width - 2 * self.MARGIN) >= (
            self.app.size.width - SLIVER
        )

    def _room(self) -> int:
        """Return how many rows of the body fit."""
        height = min(max(3, self.app.size.height - 2), self._sections.height + 2)
        return max(1, height - 2 - len(self._sections.head) - len(self._sections.foot))

    def _keep_focus_in_view(self) -> None:
        room, focus = self._room(), self._sections.focus
        if focus is not None and not self._scrolled_by_hand:
            self._top = max(min(self._top, focus), focus - room + 1)
        self._top = max(0, min(self._top, len(self._sections.body) - room))

    def scroll_body(self, delta: int) -> None:
        """Scroll the body by lines."""
        self._scrolled_by_hand = True
        self._top += delta
        self._keep_focus_in_view()
        self.query_one(Panel).refresh()

    # Drawing

    def panel_line(self, y: int) -> Line:
        """Return row `y` of the panel, frame included."""
        width, height = self.query_one(Panel).size
        if y == 0:
            return self._top_edge(width)
        if y == height - 1:
            return (Span(f"╰{'─' * (width - 2)}╯", self.EDGE),)
        side = Span("│", self.EDGE)
        return line(side, fitted(self._inside(y - 1, height - 2, width - 2), width - 2), side)

    def _inside(self, y: int, height: int, width: int) -> Line:
        head, body, foot = self._sections.head, self._sections.body, self._sections.foot
        if y < len(head):
            return head[y]
        from_end = height - y
        if from_end <= len(foot):
            return self._foot(foot[-from_end], width, is_last=from_end == self._more_at(foot))
        index = self._top + y - len(head)
        return body[index] if index < len(body) else ()

    @staticmethod
    def _more_at(foot: list[Line]) -> int:
        """Return which foot line, counted from the end, is the last that says something."""
        return next((at for at, one in enumerate(reversed(foot), 1) if width_of(one)), 1)

    def _foot(self, one: Line, width: int, *, is_last: bool) -> Line:
        below = len(self._sections.body) - self._top - self._room()
        if not is_last or below <= 0:
            return one
        return spread(one, (Span(f"{below} more ↓", "muted"), Span("  ")), width)

    def _top_edge(self, width: int) -> Line:
        edge = self.EDGE
        corner = line(" ", self.corner, " ", Span("─", edge)) if self.corner else ()
        room = width - 2 - width_of(corner)
        title = line(Span("─ ", edge), cut_line(self.title_line, max(1, room - 4)), " ")
        if room < width_of(title):
            corner, room = (), width - 2
        filler = Span("─" * (room - width_of(title)), edge)
        return line(Span("╭", edge), title, filler, corner, Span("╮", edge))

    def render(self) -> RenderableType:
        """Return the place behind, faded; blank but for its edges when it would be slivers."""
        behind = super().render()
        if not isinstance(behind, BackgroundScreen):
            return behind
        look = look_of(self.app)
        blank = look.style("text", on="bg") if self._is_blank_behind else None
        return Faded(behind, blank, is_mono=look.is_mono)

    # What happens to it

    def on_key(self, event: events.Key) -> None:
        """Hand a keypress on; what means nothing here goes no further than the bindings."""
        if self._is_done or self.key(event.key, event.character):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Hand pasted text on."""
        event.stop()
        self.pasted(event.text)

    def on_click(self, event: events.Click) -> None:
        """Hand a click on a span with a reference on."""
        event.stop()
        panel = self.query_one(Panel)
        spot = event.screen_offset - panel.region.offset
        if panel.region.contains_point(event.screen_offset):
            ref = panel.ref_at(spot.x, spot.y)
            if ref:
                self.pressed(ref)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the body down."""
        event.stop()
        self.scroll_body(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the body up."""
        event.stop()
        self.scroll_body(-3)
