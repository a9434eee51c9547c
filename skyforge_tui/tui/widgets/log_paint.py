"""Rows of a log to segments of cells: mark, time, text, scrollbar, pill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len
from rich.segment import Segment

from skyforge_tui.domain.log import LogGap
from skyforge_tui.tui.look import Look
from skyforge_tui.tui.presenters import amounts
from skyforge_tui.tui.presenters.cells import Ground, Tone, cut_text
from skyforge_tui.tui.presenters.glyphs import (
    CURSOR,
    CURSOR_IDLE,
    ELLIPSIS,
    LINK_UP,
    MARKED,
    PASSED,
    TICK,
    TRACK,
    twin,
)
from skyforge_tui.tui.presenters.log_lines import gap_words
from skyforge_tui.tui.sgr import Sgr
from skyforge_tui.tui.widgets.log_document import LogDocument, Place, Row
from skyforge_tui.tui.widgets.log_ink import ink
from skyforge_tui.tui.widgets.log_layout import LEFT, RIGHT, TIME, Layout
from skyforge_tui.tui.widgets.log_text import Fragment, Light, LogText

GAP_SIGN = "╌"
THUMB = "█"
CUT_ASCII = "~"
_GAP_LEAD = 10
_PLAIN_TONE: Tone = "text"
ROWS_KEPT = 512
_RowKey = tuple[Place, int, str, int, tuple[str, int | None]]

Tick = Literal["", "warn", "bad", "hit"]
"""What a row of the scrollbar stands for."""


@dataclass(frozen=True, slots=True)
class Decor:
    """What one row is told apart by, besides its text."""

    on: Ground = "bg"
    """What it stands on."""
    is_marked: bool = False
    """Whether its line has a bookmark."""
    is_spot: bool = False
    """Whether one has come to its line."""
    light: Light | None = None
    """Lights up what is looked for."""
    hides: str = ""
    """What is left out here, in words."""


PLAIN_ROW = Decor()


@lru_cache(maxsize=256)
def clock_text(at: datetime | None, zone: tzinfo | None) -> str:
    """Return the time of day in `zone` (None: here), or nothing."""
    return "" if at is None else f"{at.astimezone(zone):%H:%M:%S}"


class Painter:
    """Draws rows for one layout and look."""

    def __init__(self, layout: Layout, look: Look, zone: tzinfo | None) -> None:
        self._layout = layout
        self._look = look
        self._zone = zone
        self._kept: dict[_RowKey, tuple[LogText, list[Segment]]] = {}
        """Rows without anything special, as they were drawn for a text."""
        # Alone, the sign's twin would be that of "queued".
        self._cut = CUT_ASCII if look.ascii else ELLIPSIS

    def clock(self, row: Row) -> str:
        """Return the time of a row's line, or nothing."""
        return "" if row.line is None else clock_text(row.line.at, self._zone)

    def row(
        self,
        document: LogDocument,
        row: Row | None,
        above: Row | None,
        column: int,
        decor: Decor = PLAIN_ROW,
    ) -> list[Segment]:
        """Return one row without its scrollbar; `above` is the last row of text over it."""
        width = self._layout.width - 1
        if row is None:
            return [self._segment(" " * width)]
        if isinstance(row.missing, LogGap):
            return self._gap(row.missing, width)
        if row.missing is not None:
            return self._hidden(decor.hides, width)
        if row.text is None or decor != PLAIN_ROW:
            return self._drawn(document, row, above, column, decor)
        # Where one scrolls, nearly all rows are those of the frame before.
        key = (row.place, column, *self._told_late(row), self._told_above(above))
        text, segments = self._kept.get(key, (None, []))
        if text is not row.text:
            segments = self._drawn(document, row, above, column, decor)
            if len(self._kept) >= ROWS_KEPT:
                self._kept.clear()
            self._kept[key] = row.text, segments
        return segments

    def _told_late(self, row: Row) -> tuple[str, int]:
        """Return what may be known of a line only after its text: when it came, how long it is."""
        if row.line is None:
            return "", 0
        return self.clock(row) if self._layout.has_times else "", row.line.omitted

    def _told_above(self, above: Row | None) -> tuple[str, int | None]:
        """Return what is not said again below a row."""
        if above is None or above.line is None:
            return "", None
        clock = self.clock(above) if self._layout.has_times else ""
        return clock, above.line.source if self._layout.sources else None

    def _drawn(
        self, document: LogDocument, row: Row, above: Row | None, column: int, decor: Decor
    ) -> list[Segment]:
        text, taken, is_cut = document.draw(row, column, decor.light)
        margin = self._margin(row, above, decor)
        return margin + self._text(row, text, taken, decor.on, is_cut=is_cut)

    def bar(self, y: int, thumb: tuple[int, int], tick: Tick) -> Segment:
        """Return the cell of the scrollbar in row `y`; the thumb is its first and its end row."""
        if tick:
            return self._segment(self._own(TICK), "accent" if tick == "hit" else tick)
        if thumb[0] <= y < thumb[1]:
            return self._segment(self._own(THUMB), "muted")
        return self._segment(self._own(LINK_UP), "line")

    def pill(self, row: list[Segment], new_lines: int) -> list[Segment]:
        """Return a row (without scrollbar) with the count of unseen lines at its right end."""
        width = self._layout.width - 1
        words = pill_words(new_lines)
        end = width - 1
        start = max(0, end - cell_len(words))
        style = self._look.style("pill", on="pill")
        bold = self._look.style("pill", bold=True, on="pill")
        text = self._own(words)
        pill = [Segment(text[:2], bold), Segment(text[2 : end - start], style)]
        return [*_cut(row, start), *pill, self._segment(" ")]

    def _margin(self, row: Row, above: Row | None, decor: Decor) -> list[Segment]:
        severity = row.text.severity if row.text is not None else ""
        sign, tone = " ", _PLAIN_TONE
        if row.is_first and decor.is_marked:
            sign, tone = MARKED, "accent"
        elif row.is_first and severity == "bad":
            sign, tone = CURSOR, "bad"
        spot = CURSOR_IDLE if row.is_first and decor.is_spot else " "
        segments = [
            self._segment(self._own(sign), tone, decor.on),
            self._segment(self._own(spot), "accent", decor.on),
        ]
        if self._layout.has_times:
            clock = self.clock(row) if row.is_first else ""
            if above is not None and above.line is not None and clock == self.clock(above):
                clock = ""
            segments.append(self._segment(f"{clock:<{TIME}}  ", "muted", decor.on))
        if self._layout.sources:
            segments.append(self._segment(f"{self._source(row, above)}  ", "muted", decor.on))
        return segments

    def _source(self, row: Row, above: Row | None) -> str:
        """Return the name of the file that a row is from, unless the row above has said it."""
        source = None if row.line is None or not row.is_first else row.line.source
        said = None if above is None or above.line is None else above.line.source
        names = self._layout.sources
        if source is None or source == said:
            return " " * cell_len(names[0])
        return self._own(names[source])

    def _text(
        self, row: Row, text: Sequence[Fragment], taken: int, on: Ground, *, is_cut: bool
    ) -> list[Segment]:
        room = self._layout.text_width
        segments = [Segment(part, ink(sgr, self._look, on)) for part, sgr in text]
        rest = room - taken
        if rest < 0:
            # A wide character in a column that is none.
            segments = _cut(segments, room)
        elif is_cut:
            cut = self._cut_words(row, room)
            kept, taken = _cropped(segments, taken, room - len(cut))
            last = text[-1][1] if text and len(cut) == 1 else Sgr(tone="muted")
            segments = [*kept, Segment(cut, ink(last._replace(lit=0), self._look, on))]
            rest = room - taken - len(cut)
        elif row.text is not None and row.text.has_rule and rest > 0:
            segments.append(self._segment(self._own(TRACK) * rest, "line", on))
            rest = 0
        return [*segments, self._segment(" " * (max(rest, 0) + RIGHT - 1), on=on)]

    def _cut_words(self, row: Row, room: int) -> str:
        """Return what stands where a line is cut; of an enormous one how large it is."""
        if row.line is None or not row.line.omitted:
            return self._cut
        words = f"{self._cut} line of {amounts.size(row.line.end - row.line.offset)}"
        return words if len(words) * 2 < room else self._cut

    def _hidden(self, words: str, width: int) -> list[Segment]:
        room = max(0, width - LEFT - 1)
        words = cut_text(f" {words} ", room)
        lead = min(_GAP_LEAD, room - cell_len(words))
        rule = room - cell_len(words) - lead
        sign = self._own(TRACK)
        return [
            self._segment(" " * LEFT),
            self._segment(sign * lead, "line"),
            self._segment(words, "muted"),
            self._segment(sign * rule, "line"),
            self._segment(" "),
        ]

    def _gap(self, gap: LogGap, width: int) -> list[Segment]:
        room = max(0, width - LEFT - 1)
        words = f" {gap_words(gap)} "
        reason = f" {gap.reason}" if gap.reason else ""
        tone: Tone = "bad"
        head, head_tone = 4, tone
        if gap.is_filled:
            reason, tone = f" {self._own(PASSED)} no line lost", "muted"
            head, head_tone = words.find(" ", 1), "strong"
        words = cut_text(words, room)
        spare = room - cell_len(words)
        lead = min(_GAP_LEAD, max(spare - cell_len(reason) - 2, min(2, spare)))
        reason = cut_text(reason, max(0, spare - lead - 2))
        rule = spare - lead - cell_len(reason)
        sign = self._own(GAP_SIGN)
        return [
            self._segment(" " * LEFT),
            self._segment(sign * lead, tone),
            Segment(words[:head], self._look.style(head_tone, bold=True, on="bg")),
            self._segment(words[head:], "muted" if gap.is_filled else "text"),
            self._segment(sign * rule, tone),
            self._segment(reason, "muted"),
            self._segment(" "),
        ]

    def _segment(self, text: str, tone: Tone = "text", on: Ground = "bg") -> Segment:
        return Segment(text, self._look.style(tone, on=on))

    def _own(self, text: str) -> str:
        return twin(text) if self._look.ascii else text


def _cropped(segments: list[Segment], taken: int, room: int) -> tuple[list[Segment], int]:
    """Return what of some segments fits in so many cells, and how many it takes."""
    too_much = taken - room
    if too_much <= 0:
        return segments, taken
    text = segments[-1].text
    if len(text) > too_much and text.isascii():
        return [*segments[:-1], Segment(text[:-too_much], segments[-1].style)], room
    kept = _cut(segments, room)
    return kept, sum(one.cell_length for one in kept)


def _cut(segments: list[Segment], room: int) -> list[Segment]:
    """Return the first cells of some segments; half of a wide character becomes a blank."""
    return Segment.adjust_line_length(segments, room, pad=False)


def pill_words(new_lines: int) -> str:
    """Return what the pill says."""
    return f" F  {amounts.count(new_lines)} new ↓ "
