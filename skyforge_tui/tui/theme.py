"""The look: colour tokens of four themes, and how a tone becomes a terminal style.

Presenters speak in tones; only this module knows what they look like. The active theme is the
application's own (`App.theme`), so that changing it repaints everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rich.style import Style
from textual.app import App
from textual.filter import Monochrome
from textual.theme import Theme

if TYPE_CHECKING:
    from skyforge_tui.tui.presenters.cells import Ground, Tone

PREFIX = "skyforge-"

PALETTES: Mapping[str, Mapping[str, str]] = {
    "dark": {
        "bg": "#0F141A",
        "surface": "#161D26",
        "overlay": "#1A222D",
        "cursor": "#233246",
        "cursor2": "#1B2531",
        "line": "#334152",
        "faint": "#5B6A7D",
        "muted": "#93A1B3",
        "text": "#D6DEE8",
        "strong": "#F4F7FA",
        "accent": "#78B9FF",
        "ok": "#7CCB8F",
        "warn": "#E6B85C",
        "bad": "#FF8178",
    },
    "light": {
        "bg": "#FBFAF8",
        "surface": "#F0EFEB",
        "overlay": "#FFFFFF",
        "cursor": "#D9E6F5",
        "cursor2": "#ECF0F4",
        "line": "#CBCFD4",
        "faint": "#868F99",
        "muted": "#566170",
        "text": "#222B35",
        "strong": "#0B1016",
        "accent": "#0A58A6",
        "ok": "#1B6B34",
        "warn": "#855300",
        "bad": "#B0241C",
    },
    "contrast": {
        "bg": "#000000",
        "surface": "#101010",
        "overlay": "#0A0A0A",
        "cursor": "#003B6F",
        "cursor2": "#1C1C1C",
        "line": "#8A8A8A",
        "faint": "#8A8A8A",
        "muted": "#D0D0D0",
        "text": "#FFFFFF",
        "strong": "#FFFFFF",
        "accent": "#7CD0FF",
        "ok": "#6BFF8C",
        "warn": "#FFD866",
        "bad": "#FF9C94",
    },
}
"""The colours by theme and token. Monochrome has none: it is made of attributes."""

MONO = "mono"
NAMES = (*PALETTES, MONO)

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
        return _colours(self.theme, tone, bold, underline, on)


@lru_cache(maxsize=1024)
def _colours(theme: str, tone: Tone, bold: bool, underline: bool, on: Ground) -> Style:
    palette = PALETTES[theme]
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


_WORN: WeakKeyDictionary[App[Any], Look] = WeakKeyDictionary()
_GREYING: WeakKeyDictionary[App[Any], list[Monochrome]] = WeakKeyDictionary()
"""Textual's filters for NO_COLOR. They make black of a terminal's own colours, and the theme
without colours uses no others: under it they are off."""


def dress(app: App[Any], theme: str = "dark", *, ascii: bool = False, motion: bool = True) -> None:  # noqa: A002
    """Give an application this look; may be called again to change it.

    Raises:
        KeyError: there is no theme of that name.
    """
    if theme not in NAMES:
        raise KeyError(theme)
    if app not in _WORN:
        for made in _textual_themes():
            app.register_theme(made)
        _GREYING[app] = [one for one in app.get_line_filters() if isinstance(one, Monochrome)]
    _WORN[app] = Look(theme, ascii, motion)
    for greying in _GREYING[app]:
        greying.enabled = theme != MONO
    if app.is_running:
        app.theme = PREFIX + theme
    else:
        _wear_first(app, PREFIX + theme)


def _wear_first(app: App[Any], name: str) -> None:
    """Set a theme before anything is styled: its watcher has all of it styled twice more.

    Does what the watcher does for an application without a screen (Textual 8.2.8).
    """
    app.set_reactive(App.theme, name)
    is_dark = app.current_theme.dark
    worn = {one: False for one in app.classes if one.startswith("-theme-")}
    worn |= {f"-theme-{name}": True, "-dark-mode": is_dark, "-light-mode": not is_dark}
    app.update_classes(worn, update=False)
    app._refresh_truecolor_filter(app.ansi_theme)  # noqa: SLF001
    app.stylesheet.set_variables(app.get_css_variables())


def look_of(app: App[Any]) -> Look:
    """Return the look an application wears: its active theme with its signs and motion."""
    worn = _WORN.get(app, Look())
    theme = app.theme.removeprefix(PREFIX)
    if theme == worn.theme or theme not in NAMES:
        return worn
    return Look(theme, worn.ascii, worn.motion)


def _textual_themes() -> list[Theme]:
    """Return the themes as Textual knows them, its own variables set from our tokens."""
    themes = [_coloured(name, palette) for name, palette in PALETTES.items()]
    default = "ansi_default"
    themes.append(
        Theme(
            PREFIX + MONO,
            primary=default,
            secondary=default,
            warning=default,
            error=default,
            success=default,
            accent=default,
            foreground=default,
            background=default,
            surface=default,
            panel=default,
            boost=default,
            ansi=True,
            variables={
                "ansi-background": default,
                "ansi-foreground": default,
                "screen-selection-background": default,
                "screen-selection-foreground": default,
            },
        )
    )
    return themes


def _coloured(name: str, palette: Mapping[str, str]) -> Theme:
    return Theme(
        PREFIX + name,
        primary=palette["accent"],
        secondary=palette["muted"],
        accent=palette["accent"],
        warning=palette["warn"],
        error=palette["bad"],
        success=palette["ok"],
        foreground=palette["text"],
        background=palette["bg"],
        surface=palette["surface"],
        panel=palette["overlay"],
        dark=name != "light",
        text_alpha=1.0,
        variables={
            "border": palette["line"],
            "scrollbar": palette["muted"],
            "scrollbar-background": palette["bg"],
            "block-cursor-background": palette["cursor"],
            "block-cursor-foreground": palette["strong"],
            "footer-background": palette["surface"],
            "footer-key-foreground": palette["strong"],
            "input-cursor-background": palette["accent"],
            "input-selection-background": palette["cursor"],
        },
    )
