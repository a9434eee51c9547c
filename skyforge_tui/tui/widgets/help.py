"""All keys of a place on one page: grouped, filtered by typing, run with enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

from rich.cells import cell_len

from skyforge_tui.tui.presenters.cells import Line, Span, banded, fitted, line, wrapped_line
from skyforge_tui.tui.presenters.fuzzy import match
from skyforge_tui.tui.presenters.glyphs import CARET, CURSOR
from skyforge_tui.tui.presenters.hints import KeyHint, hints_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, rule
from skyforge_tui.tui.widgets.text_entry import TextEntry

LABEL = 24
"""The most a label takes, the word behind it included."""

Group = tuple[str, list[KeyHint]]


class HelpOverlay(Overlay[str | None]):
    """Show the keys; the result is the id of the command to run, or None."""

    WIDTH = 106
    MARGIN = 1
    CENTRED = True

    def __init__(
        self, place: str, hints: Sequence[KeyHint], remap: Callable[[str], Line] | None = None
    ) -> None:
        """Take the keys; `remap` says how to give a command another key."""
        super().__init__(
            (Span(f"Keys in {place}", "strong", bold=True),), (Span(f"{len(hints)} keys", "muted"),)
        )
        self._hints = tuple(hints)
        self._entry = TextEntry()
        self._columns: list[list[KeyHint | str]] = []
        self._at: KeyHint | None = next(iter(hints), None)
        self._remap = remap
        self._shows_remap = False

    @property
    def shown(self) -> list[KeyHint]:
        """The keys that match what was typed, in order."""
        query = self._entry.text
        return [
            hint
            for hint in self._hints
            if match(query, hint.label, f"{hint.key} {hint.group} {hint.command_id}") is not None
        ]

    @property
    def current(self) -> KeyHint | None:
        """The key under the cursor."""
        return self._at

    def sections(self, width: int, height: int) -> Sections:
        """Return the filter, the groups in columns, the reason of a refusal, the keys."""
        shown = self.shown
        if self._at not in shown:
            self._at = shown[0] if shown else None
        count = 3 if width >= 70 else 2 if width >= 48 else 1
        self._columns = columns_of(_grouped(shown), count)
        widths = _widths(self._columns, width)
        rows = max((len(column) for column in self._columns), default=0)
        body = [self._row(row, widths) for row in range(rows)]
        if not shown:
            body = [indented(Span("No key matches.", "muted"))]
        focus = next(
            (c.index(self._at) for c in self._columns if self._at is not None and self._at in c), 0
        )
        head = [indented(*self._query()), ()]
        foot = [rule(width)]
        reason = self._reason(shown)
        if reason:
            foot.extend(indented(row) for row in wrapped_line(reason, width - 4, 2))
        if self._shows_remap and self._remap is not None and self._at is not None:
            lines = wrapped_line(self._remap(self._at.command_id), width - 4, 2)
            foot.extend(indented(row) for row in lines)
        keys = [KeyHint("enter", "run"), KeyHint("esc", "close", command_id="escape")]
        if self._remap is not None:
            keys.insert(1, KeyHint("F2", "remap", command_id="f2"))
        foot.append(indented(hints_line(keys)))
        if height < 14:
            head, foot = head[:1], foot[1:]
        return Sections(head, body, foot, focus)

    def _query(self) -> Line:
        typed = self._entry.text
        if not typed:
            lead = (Span("/ ", "accent", bold=True), Span(CARET, "accent"))
            return (*lead, Span("type to filter, enter runs it", "muted"))
        return (Span("/ ", "accent", bold=True), *self._entry.line(len(typed) + 2))

    def _reason(self, shown: Sequence[KeyHint]) -> Line:
        refused = [hint for hint in shown if not hint.allowed and hint.reason]
        hint = self._at if self._at in refused else next(iter(refused), None)
        if hint is None:
            return ()
        return (Span(f"{hint.key} refused: ", "muted"), Span(hint.reason))

    def _row(self, row: int, widths: Sequence[int]) -> Line:
        parts: list[Span] = []
        for column, width in zip(self._columns, widths, strict=True):
            cell = column[row] if row < len(column) else ""
            if isinstance(cell, str):
                one: Line = line("  ", Span(cell, "muted"))
            else:
                label = min(_label_width(column), width - 2 - _key_width(column))
                one = _hint(cell, _key_width(column), label, is_current=cell is self._at)
            parts.extend(fitted(one, width))
        return tuple(parts)

    def key(self, key: str, character: str | None) -> bool:
        """Filter, move, run, leave."""
        if key == "escape":
            self.finish(None)
        elif key == "enter":
            self._run()
        elif key == "f2":
            self._shows_remap = not self._shows_remap
            self.repaint()
        elif key in ("up", "down", "left", "right", "pageup", "pagedown", "tab", "shift+tab"):
            self._move(key)
            self.repaint()
        elif self._entry.key(key, character):
            self.repaint()
        else:
            return False
        return True

    def pressed(self, ref: str) -> None:
        """Run what was clicked, or do what the key at the foot does."""
        hint = next((one for one in self.shown if (one.command_id or one.key) == ref), None)
        if hint is None:
            self.key(ref, None)
            return
        self._at = hint
        self._run()

    def _run(self) -> None:
        if self._at is None:
            return
        if not self._at.allowed or not self._at.command_id:
            self.repaint()
            return
        self.finish(self._at.command_id)

    def _move(self, key: str) -> None:
        flat = [[one for one in column if isinstance(one, KeyHint)] for column in self._columns]
        if self._at is None:
            return
        here = next(index for index, column in enumerate(flat) if self._at in column)
        row = self._columns[here].index(self._at)
        if key in ("left", "right"):
            there = here + (1 if key == "right" else -1)
            if 0 <= there < len(flat) and flat[there]:
                column = self._columns[there]
                self._at = min(flat[there], key=lambda hint: abs(column.index(hint) - row))
            return
        every = [hint for column in flat for hint in column]
        step = {"up": -1, "shift+tab": -1, "pageup": -8, "pagedown": 8}.get(key, 1)
        self._at = every[max(0, min(every.index(self._at) + step, len(every) - 1))]


def _hint(hint: KeyHint, key_width: int, width: int, *, is_current: bool) -> Line:
    """Return `key label asks`, two columns in, the band as wide as the column."""
    ref = hint.command_id or hint.key
    state = "asks" if hint.asks else ""
    state = state if hint.allowed else "no"
    label_width = max(4, width - (6 if state else 0))
    spans: Line = (
        Span(
            f"{hint.key:<{key_width}}",
            "strong" if hint.allowed else "muted",
            bold=hint.allowed,
            ref=ref,
        ),
        *fitted((Span(hint.label, "text" if hint.allowed else "muted", ref=ref),), label_width),
    )
    if state:
        spans = (*spans, Span("  "), Span(f"{state:<4}", "warn" if hint.allowed else "muted"))
    if not is_current:
        return line("  ", spans)
    return banded(line(Span(CURSOR, "accent"), " ", spans), 2 + key_width + width)


def _widths(columns: Sequence[Sequence[KeyHint | str]], width: int) -> list[int]:
    """Return how wide each column is: what it needs and its share of the rest, or equal parts."""
    needs = [2 + _key_width(column) + _label_width(column) for column in columns]
    spare = width - 2 - sum(needs)
    if spare < 0:
        return [(width - 2) // len(columns)] * len(columns)
    return [need + spare // len(columns) for need in needs]


def _label_width(column: Sequence[KeyHint | str]) -> int:
    labels = (
        cell_len(one.label) + (6 if one.asks or not one.allowed else 0)
        for one in column
        if isinstance(one, KeyHint)
    )
    return min(LABEL, max(labels, default=4))


def _key_width(column: Sequence[KeyHint | str]) -> int:
    keys = (len(hint.key) for hint in column if isinstance(hint, KeyHint))
    return min(12, max(7, max(keys, default=0) + 1))


def _grouped(hints: Sequence[KeyHint]) -> list[Group]:
    groups: dict[str, list[KeyHint]] = {}
    for hint in hints:
        groups.setdefault(hint.group, []).append(hint)
    return list(groups.items())


def columns_of(groups: Sequence[Group], count: int) -> list[list[KeyHint | str]]:
    """Return the groups in at most `count` columns of about one height, in their order.

    A column is rows: a group's title, its hints, one empty row between groups.
    """
    count = max(1, min(count, len(groups)))
    best: list[list[KeyHint | str]] = [[]]
    least = -1
    for cuts in combinations(range(1, len(groups)), count - 1):
        edges = (0, *cuts, len(groups))
        made = [_stack(groups[a:b]) for a, b in pairwise(edges)]
        tallest = max(len(column) for column in made)
        if least < 0 or tallest < least:
            best, least = made, tallest
    return best


def _stack(groups: Sequence[Group]) -> list[KeyHint | str]:
    rows: list[KeyHint | str] = []
    for title, hints in groups:
        if rows:
            rows.append("")
        if title:
            rows.append(title)
        rows.extend(hints)
    return rows
