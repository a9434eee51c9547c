"""Rows of a log to strips of cells: mark, time, text, scrollbar, pill.

Text stands on column 12, or on column 2 without times; three columns at the right belong to the gap
and the scrollbar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from skyforge_tui.domain.log import LogGap
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Tone, cut_text
from skyforge_tui.tui.presenters.glyphs import CURSOR, ELLIPSIS, LINK_UP, TICK, TRACK, twin
from skyforge_tui.tui.presenters.log_lines import Severity, gap_words
from skyforge_tui.tui.sgr import Colour, Sgr
from skyforge_tui.tui.theme import Look
from skyforge_tui.tui.widgets.log_document import LogDocument, Row
from skyforge_tui.tui.widgets.log_text import Fragment

LEFT = 2
TIME = 8
RIGHT = 3
LEAST_WIDTH = LEFT + RIGHT + 1
LEAST_WIDTH_FOR_TIMES = 50
GAP_SIGN = "╌"
THUMB = "█"
CUT_ASCII = "~"
_GAP_LEAD = 10

_TONES: tuple[Tone, ...] = ("muted", "bad", "ok", "warn", "accent", "accent", "accent", "text")
_BRIGHT_TONES: tuple[Tone, ...] = (*_TONES[:7], "strong")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a row."""

    width: int
    has_times: bool

    @property
    def text_at(self) -> int:
        """The column of the text."""
        return LEFT + (TIME + 2) * self.has_times

    @property
    def text_width(self) -> int:
        """How many cells the text may take, at least one."""
        return max(1, self.width - RIGHT - self.text_at)


def layout_for(width: int, *, wants_times: bool) -> Layout:
    """Return the layout for a width; where it is narrow, times give way to the text."""
    return Layout(width, wants_times and width >= LEAST_WIDTH_FOR_TIMES)


@lru_cache(maxsize=256)
def clock_text(at: datetime | None, zone: tzinfo | None) -> str:
    """Return the time of day in `zone` (None: here), or nothing."""
    return "" if at is None else f"{at.astimezone(zone):%H:%M:%S}"


@lru_cache(maxsize=4096)
def ink(sgr: Sgr, look: Look) -> Style:
    """Return the style of characters in the colours of this look."""
    fore = _fore_tone(sgr)
    style = look.style(fore or "text", bold=sgr.bold, underline=sgr.underline, on="bg")
    if look.is_mono:
        return style
    if fore is None:
        style += Style(color=_fixed(sgr.fg))
    # Text in the colour of its own background is a log hiding something.
    if sgr.bg is not None and sgr.bg != sgr.fg and sgr.tone is None:
        style += _ground(sgr, look, is_bare=sgr.fg is None)
    extra = Style(dim=(sgr.dim and fore is None) or None, strike=sgr.strike or None)
    return style + extra + Style(reverse=sgr.reverse or None)


def _fore_tone(sgr: Sgr) -> Tone | None:
    """Return the tone that stands for the colour of the text; None for one of the fixed palette."""
    if sgr.tone is not None:
        return sgr.tone
    if sgr.fg is None:
        return "muted" if sgr.dim else "text"
    if isinstance(sgr.fg, int) and sgr.fg < 16:
        return _TONES[sgr.fg] if sgr.fg < 8 else _BRIGHT_TONES[sgr.fg - 8]
    return None


def _ground(sgr: Sgr, look: Look, *, is_bare: bool) -> Style:
    if not isinstance(sgr.bg, int) or sgr.bg >= 16:
        return Style(bgcolor=_fixed(sgr.bg))
    if sgr.bg in (0, 8):
        return look.style("text", on="overlay").background_style
    ground = look.style(_TONES[sgr.bg % 8]).color
    below = look.style("text", on="bg").bgcolor
    return Style(bgcolor=ground, color=below if is_bare else None)


def _fixed(colour: Colour) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.from_rgb(*colour)


class Painter:
    """Draws rows for one layout and look."""

    def __init__(self, layout: Layout, look: Look, zone: tzinfo | None) -> None:
        self._layout = layout
        self._look = look
        self._zone = zone
        # Alone, the sign's twin would be that of "queued".
        self._cut = CUT_ASCII if look.ascii else ELLIPSIS

    def clock(self, row: Row) -> str:
        """Return the time of a row's line, or nothing."""
        return "" if row.line is None else clock_text(row.line.at, self._zone)

    def row(
        self, document: LogDocument, row: Row | None, above: Row | None, column: int
    ) -> list[Segment]:
        """Return one row without its scrollbar; `above` is the last row of text over it."""
        width = self._layout.width - 1
        if row is None:
            return [self._segment(" " * width)]
        if row.gap is not None:
            return self._gap(row.gap, width)
        text, taken, is_cut = document.draw(row, column)
        return self._margin(row, above) + self._text(row, text, taken, is_cut=is_cut)

    def bar(self, y: int, thumb: tuple[int, int], tick: Severity) -> Segment:
        """Return the cell of the scrollbar in row `y`; the thumb is its first and its end row."""
        if tick:
            return self._segment(self._own(TICK), tick)
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
        return [*Strip(row, width).crop(0, start), *pill, self._segment(" ")]

    def _margin(self, row: Row, above: Row | None) -> list[Segment]:
        severity = row.text.severity if row.text is not None else ""
        mark = row.is_first and severity == "bad"
        segments = [self._segment(self._own(CURSOR), "bad") if mark else self._segment(" ")]
        if not self._layout.has_times:
            return [*segments, self._segment(" ")]
        clock = self.clock(row) if row.is_first else ""
        if above is not None and above.line is not None and clock == self.clock(above):
            clock = ""
        return [*segments, self._segment(f" {clock:<{TIME}}  ", "muted")]

    def _text(
        self, row: Row, text: Sequence[Fragment], taken: int, *, is_cut: bool
    ) -> list[Segment]:
        room = self._layout.text_width
        segments = [Segment(part, ink(sgr, self._look)) for part, sgr in text]
        rest = room - taken
        if rest < 0:
            # A wide character in a column that is none.
            segments = list(Strip(segments, taken).crop(0, room))
        elif is_cut:
            kept = Strip(segments, taken).crop(0, min(taken, room - 1))
            last = text[-1][1] if text else Sgr(tone="muted")
            segments = [*kept, Segment(self._cut, ink(last, self._look))]
            rest = room - kept.cell_length - 1
        elif row.text is not None and row.text.has_rule and rest > 0:
            segments.append(self._segment(self._own(TRACK) * rest, "line"))
            rest = 0
        return [*segments, self._segment(" " * (max(rest, 0) + RIGHT - 1))]

    def _gap(self, gap: LogGap, width: int) -> list[Segment]:
        room = max(0, width - LEFT - 1)
        words = f" {gap_words(gap)} "
        reason = f" {gap.reason}" if gap.reason else ""
        words = cut_text(words, room)
        spare = room - cell_len(words)
        lead = min(_GAP_LEAD, max(spare - cell_len(reason) - 2, min(2, spare)))
        reason = cut_text(reason, max(0, spare - lead - 2))
        rule = spare - lead - cell_len(reason)
        sign = self._own(GAP_SIGN)
        return [
            self._segment(" " * LEFT),
            self._segment(sign * lead, "bad"),
            Segment(words[:4], self._look.style("bad", bold=True, on="bg")),
            self._segment(words[4:]),
            self._segment(sign * rule, "bad"),
            self._segment(reason, "muted"),
            self._segment(" "),
        ]

    def _segment(self, text: str, tone: Tone = "text") -> Segment:
        return Segment(text, self._look.style(tone, on="bg"))

    def _own(self, text: str) -> str:
        return twin(text) if self._look.ascii else text


def pill_words(new_lines: int) -> str:
    """Return what the pill says."""
    return f" F  {tones.count(new_lines)} new ↓ "


def thumb_rows(first: int, last: int, line_count: int, height: int) -> tuple[int, int]:
    """Return the rows of the scrollbar that stand for lines `first` to `last`, end excluded."""
    if line_count <= 0 or (first <= 0 and last + 1 >= line_count):
        return 0, 0
    size = max(1, min(height - 1, (last + 1 - first) * height // line_count))
    if last + 1 >= line_count:
        return height - size, height
    start = min(first * height // line_count, height - size)
    if first > 0 and start == 0 and height > size + 1:
        start = 1
    if start + size == height and start > 0:
        start -= 1
    return start, start + size
