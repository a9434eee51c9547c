"""What the first picture needs, read with the standard library alone.

It believes what it understands and takes the default for everything else: the engine reads the same
places with all checks a moment later, and its complaints are shown then.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast

from skyforge_tui.settings import places
from skyforge_tui.tui.keymap import Hotkey

Theme = Literal["dark", "light", "contrast", "mono"]
Glyphs = Literal["unicode", "ascii"]

THEMES: Final = ("dark", "light", "contrast", "mono")
_MAX_BYTES: Final = 1024 * 1024
_TRUE: Final = ("true", "1", "yes", "on")
_FALSE: Final = ("false", "0", "no", "off")


@dataclass(frozen=True, slots=True)
class FrameSettings:
    """How the frame looks, and where its first rows lie."""

    config_path: Path
    state_dir: Path
    cache_dir: Path
    profile: str | None = None
    theme: Theme = "dark"
    glyphs: Glyphs = "unicode"
    """Never `auto`: the locale has decided."""
    motion: bool = True
    """False freezes the spinner."""
    few_colours: bool = False
    """Whether the terminal says of no more than 256 colours that it knows them."""
    workspace: str = ""
    """The workspace's name; may be empty."""
    roots: tuple[Path, ...] = ()
    """The workspace's folders; empty means the folder one stands in."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Command ids with keys of one's own; no key unbinds."""
    hotkeys: Mapping[str, Hotkey] = field(default_factory=dict)
    """Keys with templates of one's own."""


def read_frame(
    config_path: Path | None = None,
    profile: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> FrameSettings:
    """Read what the first picture needs; never raises because of what is configured.

    A value from the environment outranks one of the profile, and that one of the file itself.
    NO_COLOR outranks every theme.
    """
    path, _ = places.config_path(config_path, environ)
    data = _data(path)
    name = profile or environ.get("SKYFORGE_PROFILE") or _text(data, "profile")
    overlay = _table(_table(data, "profiles"), name) if name else {}
    levels = (overlay, data)
    theme = environ.get("SKYFORGE_LOOK__THEME") or _first(levels, "look", "theme")
    if environ.get("NO_COLOR"):
        theme = "mono"
    glyphs = environ.get("SKYFORGE_LOOK__GLYPHS") or _first(levels, "look", "glyphs")
    if glyphs not in ("unicode", "ascii"):
        glyphs = "unicode" if _is_utf8(environ) else "ascii"
    workspace = environ.get("SKYFORGE_WORKSPACE__NAME") or _first(levels, "workspace", "name")
    return FrameSettings(
        config_path=path,
        state_dir=_folder(levels, environ, "state_dir") or places.state_dir(environ),
        cache_dir=_folder(levels, environ, "cache_dir") or places.cache_dir(environ),
        profile=name,
        theme=theme if theme in THEMES else "dark",
        glyphs=cast("Glyphs", glyphs),
        motion=_motion(levels, environ),
        few_colours=_has_few_colours(environ),
        workspace=workspace if isinstance(workspace, str) else "",
        roots=_roots(levels, environ),
        keys=_keys(levels),
        hotkeys=_hotkeys(levels),
    )


def _has_few_colours(environ: Mapping[str, str]) -> bool:
    """Say whether Textual will send 256 colours at most (8.2.8, by Rich 15)."""
    wish = environ.get("TEXTUAL_COLOR_SYSTEM", "auto")
    if wish != "auto":
        return wish != "truecolor"
    return environ.get("COLORTERM", "").strip().lower() not in ("truecolor", "24bit")


def _data(path: Path) -> dict[str, Any]:
    try:
        # Opening a pipe would wait for a writer; the flag changes nothing for regular files.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as f:
            raw = f.read(_MAX_BYTES + 1) or b""
        import tomllib

        return tomllib.loads(raw.decode("utf-8-sig")) if len(raw) <= _MAX_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def _first(levels: tuple[dict[str, Any], ...], table: str, key: str) -> object:
    """Return the value of the highest level that has one, or None."""
    return next(
        (_table(level, table)[key] for level in levels if key in _table(level, table)), None
    )


def _motion(levels: tuple[dict[str, Any], ...], environ: Mapping[str, str]) -> bool:
    said = environ.get("SKYFORGE_LOOK__MOTION", "").lower()
    if said in _TRUE or said in _FALSE:
        return said in _TRUE
    value = _first(levels, "look", "motion")
    return value if isinstance(value, bool) else True


def _folder(
    levels: tuple[dict[str, Any], ...], environ: Mapping[str, str], key: str
) -> Path | None:
    if value := environ.get(f"SKYFORGE_{key.upper()}"):
        return places.absolute(value)
    texts = (_text(level, key) for level in levels if key in level)
    return _path(next(texts, None))


def _roots(levels: tuple[dict[str, Any], ...], environ: Mapping[str, str]) -> tuple[Path, ...]:
    if value := environ.get("SKYFORGE_WORKSPACE__ROOTS"):
        return tuple(places.absolute(part) for part in value.split(os.pathsep) if part)
    listed = _first(levels, "workspace", "roots")
    paths = [_path(item) for item in listed] if isinstance(listed, list) else []
    return tuple(path for path in paths if path is not None)


def _keys(levels: tuple[dict[str, Any], ...]) -> dict[str, tuple[str, ...]]:
    """Return the keys of the lowest level with those of higher ones over them."""
    keys: dict[str, tuple[str, ...]] = {}
    for level in reversed(levels):
        for name, value in flat_keys(_table(level, "keys")).items():
            listed = value if isinstance(value, list) else [value]
            if all(isinstance(one, str) for one in listed):
                keys[name] = tuple(one for one in listed if one)
    return keys


def flat_keys(keys: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Join dotted keys: unquoted, `run.start` is a table `run` to TOML and a command id to us."""
    flat: dict[str, Any] = {}
    for key, value in keys.items():
        if isinstance(value, dict):
            flat |= flat_keys(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _hotkeys(levels: tuple[dict[str, Any], ...]) -> dict[str, Hotkey]:
    hotkeys: dict[str, Hotkey] = {}
    for level in reversed(levels):
        for key, value in _table(level, "hotkeys").items():
            table = {"template": value} if isinstance(value, str) else value
            template = _text(table, "template") if isinstance(table, dict) else None
            if template:
                answers = _table(table, "answers").items()
                hotkeys[key] = Hotkey(template, {name: answer_text(one) for name, one in answers})
    return hotkeys


def answer_text(value: object) -> str:
    """Return a TOML value as the text of an answer."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _path(value: object) -> Path | None:
    """Return an absolute path; a relative one in a file has no meaning."""
    if not isinstance(value, str) or not value or "\0" in value or value[0] not in "/~":
        return None
    return places.absolute(value)


def _is_utf8(environ: Mapping[str, str]) -> bool:
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return "utf8" in locale.lower().replace("-", "")
