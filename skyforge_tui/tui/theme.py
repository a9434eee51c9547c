"""Which look an application wears: the active theme is its own (`App.theme`).

Changing it repaints everything. Presenters speak in tones; `look` knows what those look like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.filter import Monochrome
from textual.theme import Theme

from skyforge_tui.tui.look import MONO, NAMES, Look
from skyforge_tui.tui.palettes import FEW, PALETTES

PREFIX = "skyforge-"

_WORN: WeakKeyDictionary[App[Any], Look] = WeakKeyDictionary()
_GREYING: WeakKeyDictionary[App[Any], list[Monochrome]] = WeakKeyDictionary()
"""Textual's filters for NO_COLOR. They make black of a terminal's own colours, and the theme
without colours uses no others: under it they are off."""


def dress(
    app: App[Any],
    theme: str = "dark",
    *,
    ascii: bool = False,  # noqa: A002
    motion: bool = True,
    few: bool = False,
) -> None:
    """Give an application this look; may be called again to change it.

    Raises:
        KeyError: there is no theme of that name.
    """
    if theme not in NAMES:
        raise KeyError(theme)
    if app not in _WORN:
        for made in _textual_themes(FEW if few else PALETTES):
            app.register_theme(made)
        _GREYING[app] = [one for one in app.get_line_filters() if isinstance(one, Monochrome)]
    _WORN[app] = Look(theme, ascii, motion, few)
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
    return Look(theme, worn.ascii, worn.motion, worn.few)


def _textual_themes(palettes: Mapping[str, Mapping[str, str]]) -> list[Theme]:
    """Return the themes as Textual knows them, its own variables set from our tokens."""
    themes = [_coloured(name, palette) for name, palette in palettes.items()]
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
