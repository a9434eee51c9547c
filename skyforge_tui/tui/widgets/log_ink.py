"""How characters of a log look: the colours it asked for, in those of the theme."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.style import Style

from skyforge_tui.tui.look import Look
from skyforge_tui.tui.presenters.cells import Ground, Tone
from skyforge_tui.tui.sgr import Colour, Sgr

_TONES: tuple[Tone, ...] = ("muted", "bad", "ok", "warn", "accent", "accent", "accent", "text")
_BRIGHT_TONES: tuple[Tone, ...] = (*_TONES[:7], "strong")


@lru_cache(maxsize=4096)
def ink(sgr: Sgr, look: Look, on: Ground = "bg") -> Style:
    """Return the style of characters in the colours of this look."""
    if sgr.lit:
        if sgr.lit > 1:
            return look.style("pill", bold=True, on="pill")
        return look.style("accent", bold=sgr.bold, underline=True, on=on)
    fore = _fore_tone(sgr)
    style = look.style(fore or "text", bold=sgr.bold, underline=sgr.underline, on=on)
    if look.is_mono:
        return style
    if fore is None:
        style += Style(color=_fixed(sgr.fg))
    # Text in the colour of its own background is a log hiding something.
    if sgr.bg is not None and sgr.bg != sgr.fg and sgr.tone is None and on == "bg":
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
