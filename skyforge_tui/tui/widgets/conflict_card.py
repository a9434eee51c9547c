"""A file that somebody else changed meanwhile: both changes side by side, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from skyforge_tui.tui.presenters.cells import Line, Span, literal, wrapped
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.presenters.repository import diff_lines
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line

Way = Literal["commit", "edit", "leave"]
"""Commit both changes put together, edit them first, or leave everything as it is."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two changes to one file since it was read."""

    path: str
    theirs: Sequence[str]
    """What they changed, as rows of a difference; of a deleted file, that it is."""
    by: str
    """Who changed it last, and when."""
    yours: Sequence[str]
    overlaps: int
    """In how many places both changed the same lines."""
    draft: str = ""
    """The file that keeps what you wrote; empty where that is no text of its own."""
    about: str = "which the editor shows between marks"
    """What there is to know where they meet."""
    way_out: str = "leave it"


class ConflictCard(Overlay[Way]):
    """Show both changes; `enter` commits them together where they are apart, `e` edits them."""

    EDGE = "warn"
    WIDTH = 110

    def __init__(self, conflict: Conflict) -> None:
        title = f"{literal(conflict.path)} was changed by somebody else"
        super().__init__((Span(title, "warn", bold=True),))
        self._conflict = conflict

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return their change, yours, and the keys."""
        conflict, room = self._conflict, width - 4
        body: list[Line] = [()]
        for title, about, rows in (
            ("Theirs", conflict.by, conflict.theirs), ("Yours", "not committed", conflict.yours),
        ):  # fmt: skip
            head = Span(f"{title:<8}", "strong", bold=True)
            body.append(indented(head, Span(literal(about), "muted")))
            body += [indented(*one) for one in diff_lines(rows)]
            body.append(())
        told = self._told()
        foot = [indented(Span(row, "muted")) for row in wrapped(told, room)]
        if conflict.draft:
            kept = wrapped(f"What you wrote is kept in {conflict.draft}", room)
            foot += [indented(Span(row, "muted")) for row in kept]
        return Sections(body=body, foot=[(), *foot, (), indented(self._keys(room))])

    def _told(self) -> str:
        count = self._conflict.overlaps
        if not count:
            return "They are apart: both can be committed together."
        places = "one place" if count == 1 else f"{count} places"
        return f"They meet in {places}, {self._conflict.about}."

    def _keys(self, width: int) -> Line:
        go = go_line("enter", "commit both", allowed=not self._conflict.overlaps)
        edit = hint_line(KeyHint("e", "edit both", command_id="e")) if self._conflict.draft else ()
        out = hint_line(KeyHint("esc", self._conflict.way_out, command_id="escape"))
        return keys_line([go, edit, out], width)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Commit, edit, leave, or scroll."""
        match key:
            case "enter":
                if not self._conflict.overlaps:
                    self.finish("commit")
            case "e" if self._conflict.draft:
                self.finish("edit")
            case "escape" | "q":
                self.finish("leave")
            case "up" | "k" | "down" | "j" | "pageup" | "pagedown":
                steps = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10}
                self.scroll_body(steps[key])
            case _:
                return False
        return True
