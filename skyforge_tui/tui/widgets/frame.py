"""The frame of every place: header, crumb and lights above; notices and keys below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from skyforge_tui.tui.presenters import frame
from skyforge_tui.tui.presenters.cells import Line, Span, line
from skyforge_tui.tui.presenters.frame import Identity, Place, StripText
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.widgets.painted import Painted

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Size

    from skyforge_tui.tui.presenters.hints import KeyHint
    from skyforge_tui.tui.presenters.lights import Light

_MOST_ROWS = 6
_ROOMY_HEIGHT = 20


class Pressed(Message):
    """Something in the frame was clicked: a place's id, a hint's command id, or `close`."""

    def __init__(self, ref: str) -> None:
        super().__init__()
        self.ref = ref


class _Row(Painted):
    """A row of the frame whose spans can be clicked."""

    DEFAULT_CSS = "_Row { height: 1; width: 1fr; }"

    def on_click(self, event: events.Click) -> None:
        """Report what was clicked."""
        ref = self.ref_at(event.x, event.y)
        if ref:
            event.stop()
            self.post_message(Pressed(ref))


class HeaderBar(_Row):
    """Show the places, the active one in accent, and who acts here."""

    GROUND = "surface"

    def __init__(self, places: Sequence[Place], active: str = "") -> None:
        super().__init__()
        self._places = tuple(places)
        self._active = active
        self._identity = Identity()
        self._counts = (0, 0)

    def show(
        self,
        *,
        active: str | None = None,
        identity: Identity | None = None,
        broken: int | None = None,
        waiting: int | None = None,
    ) -> None:
        """Change what is given: the active place's id, who acts, what broke, what waits."""
        before = (self._active, self._identity, self._counts)
        self._active = self._active if active is None else active
        self._identity = identity or self._identity
        self._counts = (
            self._counts[0] if broken is None else broken,
            self._counts[1] if waiting is None else waiting,
        )
        if before != (self._active, self._identity, self._counts):
            self.refresh()

    def line_at(self, y: int) -> Line:  # noqa: ARG002
        """Return the row."""
        broken, waiting = self._counts
        return frame.header_line(
            self._places,
            self._active,
            self._identity,
            self.size.width,
            broken=broken,
            waiting=waiting,
        )


class CrumbBar(_Row):
    """Show where one is, and one light per upstream."""

    def __init__(self, left: Line = ()) -> None:
        super().__init__()
        self._left = left
        self._lights: tuple[Light, ...] = ()
        self._busy: tuple[Line, ...] = ()

    def show(
        self,
        left: Line | None = None,
        lights: Sequence[Light] | None = None,
        busy: Sequence[Line] | None = None,
    ) -> None:
        """Change the crumb, the lights, what goes on, or several of them."""
        before = (self._left, self._lights, self._busy)
        self._left = self._left if left is None else left
        self._lights = self._lights if lights is None else tuple(lights)
        self._busy = self._busy if busy is None else tuple(busy)
        if before != (self._left, self._lights, self._busy):
            self.refresh()

    def line_at(self, y: int) -> Line:  # noqa: ARG002
        """Return the row."""
        return frame.second_row(self._left, self._lights, self.size.width, self._busy)


class FooterBar(_Row):
    """Show the keys that matter now; refused ones stay, muted."""

    GROUND = "surface"

    def __init__(self, hints: Sequence[KeyHint] = ()) -> None:
        super().__init__()
        self._hints = tuple(hints)
        self._lead: Line = ()
        self._help_key = "?"

    def show(self, hints: Sequence[KeyHint], lead: Line = (), help_key: str = "?") -> None:
        """Show these keys, most important first, after a lead such as `◆ 3 marked`."""
        if (tuple(hints), lead, help_key) != (self._hints, self._lead, self._help_key):
            self._hints, self._lead, self._help_key = tuple(hints), lead, help_key
            self.refresh()

    def line_at(self, y: int) -> Line:  # noqa: ARG002
        """Return the row."""
        return frame.footer_line(self._hints, self.size.width, self._lead, self._help_key)


class NoticeStrip(_Row):
    """Rows above the footer with a coloured edge; absent while there is nothing to say.

    Three of them; where the screen has room, as many more as it takes to say all.
    """

    DEFAULT_CSS = "NoticeStrip { height: auto; width: 1fr; display: none; }"
    GROUND = "overlay"

    def __init__(self) -> None:
        super().__init__()
        self._text: StripText | None = None

    @property
    def text(self) -> StripText | None:
        """What it says."""
        return self._text

    def show(self, text: StripText | None) -> None:
        """Say this, or nothing."""
        if text != self._text:
            self._text = text
            self.display = text is not None
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return how many rows it takes."""
        return len(self._rows(width, viewport.height))

    def line_at(self, y: int) -> Line:
        """Return row `y`."""
        if self._text is None:
            return ()
        rows = self._rows(self.size.width, self.app.size.height)
        return line(Span(CURSOR, self._text.tone), " ", rows[y] if y < len(rows) else ())

    def _rows(self, width: int, screen_height: int) -> list[Line]:
        if self._text is None:
            return []
        most = _MOST_ROWS if screen_height >= _ROOMY_HEIGHT else 3
        return self._text.rows(max(1, width - 2 * frame.MARGIN), most=most)
