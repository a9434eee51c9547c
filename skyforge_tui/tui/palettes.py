"""The colours of the themes by token, for terminals with all colours and for those with 256."""

from __future__ import annotations

from collections.abc import Mapping

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
"""Monochrome has none: it is made of attributes."""

FEW: Mapping[str, Mapping[str, str]] = {
    "dark": {
        "bg": "#121212",
        "surface": "#1C1C1C",
        "overlay": "#262626",
        "cursor": "#3A3A3A",
        "cursor2": "#262626",
        "line": "#444444",
        "faint": "#767676",
        "muted": "#A8A8A8",
        "text": "#DADADA",
        "strong": "#FFFFFF",
        "accent": "#87AFFF",
        "ok": "#87D787",
        "warn": "#D7AF5F",
        "bad": "#FF8787",
    },
    "light": {
        "bg": "#FFFFFF",
        "surface": "#EEEEEE",
        "overlay": "#FFFFFF",
        "cursor": "#D7FFFF",
        "cursor2": "#EEEEEE",
        "line": "#D0D0D0",
        "faint": "#808080",
        "muted": "#585858",
        "text": "#262626",
        "strong": "#000000",
        "accent": "#005FAF",
        "ok": "#005F00",
        "warn": "#875F00",
        "bad": "#AF0000",
    },
    "contrast": {
        "bg": "#000000",
        "surface": "#121212",
        "overlay": "#080808",
        "cursor": "#000087",
        "cursor2": "#1C1C1C",
        "line": "#8A8A8A",
        "faint": "#8A8A8A",
        "muted": "#D0D0D0",
        "text": "#FFFFFF",
        "strong": "#FFFFFF",
        "accent": "#87D7FF",
        "ok": "#5FFF87",
        "warn": "#FFD75F",
        "bad": "#FFAFAF",
    },
}
"""Colours that are among the 256 of xterm, so that none of them is taken for another.

What a terminal without more makes of the others is not theirs: of a dark blue band it makes teal,
and of a bluish grey a green one.
"""
