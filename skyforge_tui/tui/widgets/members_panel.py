"""Who is what in a project, as a panel: by its manifest, by its servers, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from skyforge_tui.tui.presenters import members as present
from skyforge_tui.tui.presenters.cells import Line, Span, banded, line, literal, wrapped
from skyforge_tui.tui.presenters.glyphs import CURSOR, PENDING
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line
from skyforge_tui.tui.widgets.person_entry import PersonEntry

if TYPE_CHECKING:
    from skyforge_tui.domain.errors import SkyforgeError
    from skyforge_tui.domain.seat import Seat
    from skyforge_tui.domain.sharing import Sharing

_LOW: Final = 14
"""Rows below which there is no room for more than people."""


class MembersPanel(Overlay["Sharing | str | None"]):
    """Show everybody, why the one under the cursor is what they are, and a name being typed."""

    WIDTH = 84

    def __init__(
        self, title: Line, *, refused: str, staged: Sharing | None, note: Line, at: str
    ) -> None:
        super().__init__(title)
        self._staged = staged
        self.draft: present.Draft | None = None
        """What is known and about to be changed; None as long as nothing is known."""
        self._refused = refused
        self._note = note
        self._error: SkyforgeError | None = None
        self._far = "looking …"
        self._cursor = 0
        self._at = at
        """On whom the cursor begins."""
        self._entry: PersonEntry | None = None

    @property
    def at(self) -> str:
        """On whom the cursor is."""
        seats = self.draft.seats if self.draft is not None else ()
        return seats[self._cursor].name if self._cursor < len(seats) else self._at

    def sections(self, width: int, height: int) -> Sections:
        """Return everybody, why the one under the cursor is what they are, and the keys."""
        room, draft = width - 4, self.draft
        if draft is None:
            words = "" if self._error is None else _told(self._error)
            self.corner = (Span("not known", "bad"),) if words else self._waiting
            body = [(), *(indented(Span(row, "bad")) for row in wrapped(words, room))]
            if words and self._staged:
                body += [(), indented(Span("What is not written yet is kept.", "muted"))]
            return Sections(body=body, foot=[(), indented(keys_line(self._way_out(), room))])
        self.corner = present.corner_line(draft)
        seats = draft.seats
        self._cursor = max(0, min(self._cursor, len(seats) - 1))
        rows = [self._row(draft, seat, at, width) for at, seat in enumerate(seats)]
        head = [(), indented(present.head_line(draft, room))]
        foot = [(), *self._about(draft, room), (), *self._keys(draft, room)]
        if height < _LOW:  # then people come first
            about = (self._noted(draft, room) if self._entry is None else []) or self._about(
                draft, room
            )
            head, foot = head[1:], [*about[:1], *self._keys(draft, room)[-1:]]
        if not rows:
            rows = [indented(Span(present.EMPTY, "muted"))]
        return Sections(head, rows, foot, self._cursor)

    @property
    def _waiting(self) -> Line:
        return (Span(PENDING, "spin"), Span(f" {self._far}", "muted"))

    def _row(self, draft: present.Draft, seat: Seat, at: int, width: int) -> Line:
        words = present.seat_line(draft, seat, f"row:{at}", width - 4)
        if at == self._cursor and self._entry is None:
            return banded(line(Span(CURSOR, "accent"), " ", words), width)
        return indented(words)

    def _about(self, draft: present.Draft, room: int) -> list[Line]:
        """Return the name that is typed; else why somebody is what they are, and what went on."""
        if self._entry is not None:
            return [
                indented(self._entry.row(room, is_mono=self.is_mono)),
                *self._noted(draft, room),
            ]
        seats = draft.seats
        why = present.why(draft, seats[self._cursor].name) if seats else ""
        rows = [indented(Span(row, "muted")) for row in wrapped(literal(why), room, 2)]
        return [*rows, *self._noted(draft, room)]

    def _noted(self, draft: present.Draft, room: int) -> list[Line]:
        rows = present.noted(draft, self._note, self._refused, room)
        return [indented(row) for row in rows]

    def _keys(self, draft: present.Draft, room: int) -> list[Line]:
        if self._entry is not None:
            return [indented(keys_line([hint_line(one) for one in self._entry.hints()], room))]
        may = not self._refused
        first = present.hints(draft, may=may)
        go = go_line("enter", "write it", allowed=may and bool(draft.count))
        return [
            indented(keys_line(first, room, "  ")),
            indented(keys_line([go, *self._way_out()], room)),
        ]

    def _way_out(self) -> list[Line]:
        keys = [KeyHint("r", "look again"), KeyHint("S", "sync"),
                KeyHint("esc", "close", command_id="escape")]  # fmt: skip
        return [hint_line(one) for one in keys if self.draft is not None or one.key != "S"]


def _told(error: SkyforgeError) -> str:
    return literal("; ".join(filter(None, (str(error), error.advice))))
