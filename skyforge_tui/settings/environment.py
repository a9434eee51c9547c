"""Reads `SKYFORGE_*` variables: `SKYFORGE_LOCAL__SLOTS=2` is `slots` of `[local]`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args, get_origin

from skyforge_tui.integrations.toml import nearest
from skyforge_tui.settings import places, shape
from skyforge_tui.settings.complaint import Complaint
from skyforge_tui.settings.layers import KeyPath, Layer, Origin
from skyforge_tui.settings.model import INSTANCE_KINDS, Settings

PREFIX: Final = "SKYFORGE_"
_NOT_SETTINGS: Final = ("SKYFORGE_LIVE_", "SKYFORGE_RUN_", "SKYFORGE_VAR_", "SKYFORGE_SECRET_")
"""What tests look for, and what runs are given: a run may start this program itself."""
_HANDLED_ELSEWHERE: Final = ("SKYFORGE_CONFIG",)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}")
_BOOLEANS: Final = dict.fromkeys(("true", "1", "yes", "on"), True) | dict.fromkeys(
    ("false", "0", "no", "off"), False
)


class _NoSuchKey(LookupError):  # noqa: N818
    """A part of a variable's name means nothing here."""


def environment_layer(
    environ: Mapping[str, str], instances: Mapping[str, frozenset[str]]
) -> tuple[Layer, list[Complaint]]:
    """Make the layer of the environment; empty variables count as unset.

    `instances` are the names in the file, by kind: as a variable cannot hold `-`, the name `lab_1`
    means an instance `lab-1` when there is one.
    """
    data: dict[str, Any] = {}
    origins: dict[KeyPath, Origin] = {}
    complaints = []
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or name.startswith(_NOT_SETTINGS) or not value:
            continue
        if name in _HANDLED_ELSEWHERE:
            continue
        try:
            path, annotation = _find(name, instances)
        except _NoSuchKey:
            where = str(Origin("environment", name))
            complaints.append(Complaint(where, "no setting has this name", _meant(name)))
            continue
        table = data
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = _converted(value, annotation)
        for length in range(1, len(path) + 1):
            origins.setdefault(path[:length], Origin("environment", name))
    return Layer(data, origins), complaints


def _find(name: str, instances: Mapping[str, frozenset[str]]) -> tuple[tuple[str, ...], Any]:
    """Return the key path a variable's name means, and that key's type."""
    path: tuple[str, ...] = ()
    here: Any = Settings
    for part in name.removeprefix(PREFIX).casefold().split("__"):
        if (table := shape.named(here)) is not None and part:
            known = {known.replace("-", "_"): known for known in instances[path[0]]}
            path += (known.get(part, part),)
            here = table
        elif part in shape.fields(here) and part not in ("keys", "hotkeys", "secrets"):
            path += (part,)
            here = shape.fields(here)[part]
        else:
            raise _NoSuchKey
    if shape.fields(here) or shape.named(here) is not None:
        raise _NoSuchKey
    return path, here


def _converted(value: str, annotation: Any) -> Any:
    """Make of text what the file would hold; what does not fit stays text and is refused later."""
    if annotation is bool:
        return _BOOLEANS.get(value.casefold(), value)
    if annotation is int:
        return int(value) if _WHOLE_NUMBER.fullmatch(value) else value
    if annotation is Path:
        return str(places.absolute(value)) if "\0" not in value else value
    if get_origin(annotation) is tuple:
        item = shape.bare(get_args(annotation)[0])
        return [_converted(part, item) for part in _split(value, ":" if item is Path else ",")]
    return value


def _split(value: str, separator: str) -> list[str]:
    if value.startswith("["):
        try:
            listed = json.loads(value)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
            return listed
    return [part.strip() for part in value.split(separator) if part.strip()]


def _meant(name: str) -> str:
    """Return the variable that `name` was probably meant to be, or nothing."""
    said = name.removeprefix(PREFIX).casefold()
    kind, _, rest = said.partition("__")
    instance, _, key = rest.partition("__")
    close_kind = nearest(kind, INSTANCE_KINDS)
    if close_kind and key:
        table = shape.named(shape.fields(Settings)[close_kind])
        close_key = nearest(key, shape.single_names(table))
        if close_key:
            return f"{PREFIX}{close_kind}__{instance}__{close_key}".upper()
    close = nearest(said, shape.single_names(Settings))
    return f"{PREFIX}{close}".upper() if close else ""
