"""How a terminal is drawn on: what a tone looks like in one of the themes.

Known without the toolkit, so that a picture can be drawn before that is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rich.segment import Segment
from rich.style import Style

from skyforge_tui.tui.palettes import FEW, PALETTES
from skyforge_tui.tui.presenters.cells import Ground, Line, Span, Tone, fitted
from skyforge_tui.tui.presenters.glyphs import twin

MONO = "mono"
NAMES = (*PALETTES, MONO)

_CONTROLS: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
"""What terminals obey. Whoever puts words of strangers into a span makes them literal; should one
forget that, nothing of it gets through here. They have no width: all else stays in its place."""

_GROUNDS: Mapping[str, str] = {"input": "cursor", "place": "surface", "pill": "accent"}
"""Grounds that borrow another token's colour."""

_DIM = frozenset({"muted", "faint", "line"})
_LOUD = frozenset({"accent", "warn", "bad", "spin"})
_REVERSED = frozenset({"cursor", "place", "pill"})


@dataclass(frozen=True, slots=True)
class Look:
    """How this terminal is drawn on: theme, sign set, motion."""

    theme: str = "dark"
    """One of `NAMES`."""
    ascii: bool = False
    motion: bool = True
    few: bool = False
    """Whether the terminal knows but the 256 colours of old."""

    @property
    def is_mono(self) -> bool:
        """Whether there are no colours, only attributes."""
        return self.theme == MONO

    def style(
        self,
        tone: Tone,
        *,
        bold: bool = False,
        underline: bool = False,
        on: Ground = "",
    ) -> Style:
        """Return the terminal style of a tone on a ground."""
        if self.is_mono:
            return _attributes(tone, bold, underline, on)
        return _colours(self.theme, self.few, tone, bold, underline, on)


@lru_cache(maxsize=1024)
def _colours(theme: str, few: bool, tone: Tone, bold: bool, underline: bool, on: Ground) -> Style:
    palette = (FEW if few else PALETTES)[theme]
    ink = {"spin": "accent", "pill": "bg"}.get(tone, tone)
    return Style(
        color=palette[ink],
        bgcolor=palette[_GROUNDS.get(on, on)] if on else None,
        bold=bold or None,
        underline=underline or None,
    )


@lru_cache(maxsize=512)
def _attributes(tone: Tone, bold: bool, underline: bool, on: Ground) -> Style:
    reverse = on in _REVERSED
    return Style(
        bold=(bold or tone in _LOUD) or None,
        dim=(tone in _DIM and not reverse) or None,
        underline=underline or None,
        reverse=reverse or None,
    )


def segments_of(
    one: Line, width: int, look: Look, on: Ground = "bg", spin: str = ""
) -> list[Segment]:
    """Return a line as segments of `width` cells together; `spin` replaces turning signs."""
    return [Segment(_text(span, look, spin), _style(span, look, on)) for span in fitted(one, width)]


def _text(span: Span, look: Look, spin: str) -> str:
    text = spin if span.tone == "spin" and spin else span.text
    if not text.isprintable():
        text = text.translate(_CONTROLS)
    return twin(text) if look.ascii else text


def _style(span: Span, look: Look, on: Ground) -> Style:
    return look.style(span.tone, bold=span.bold, underline=span.underline, on=span.on or on)
