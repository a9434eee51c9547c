"""Layers of configuration, each knowing where every one of its values comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from skyforge_tui.integrations.toml import TomlDocument
from skyforge_tui.settings.frame import flat_keys

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top, such as ("semaphore", "prod", "url")."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from."""

    kind: Literal["default", "file", "profile", "environment", "option"]
    where: str = ""
    """`FILE:LINE`, a variable's or an option's name; empty for a default."""
    profile: str = ""

    @property
    def place(self) -> str:
        """Return where a person goes to change it."""
        return self.where if self.kind in ("file", "profile") else str(self)

    def __str__(self) -> str:
        match self.kind:
            case "default":
                return "default"
            case "file":
                return self.where
            case "profile":
                return f"profile {self.profile}, {self.where}"
            case "environment":
                return f"environment variable {self.where}"
            case "option":
                return f"option {self.where}"


DEFAULT = Origin("default")


@dataclass(frozen=True)
class Layer:
    """Nested data of one source, shaped as the settings are."""

    data: dict[str, Any]
    origins: Mapping[KeyPath, Origin] = field(default_factory=dict)

    def has(self, path: KeyPath) -> bool:
        """Say whether this layer has a value or a table at `path`."""
        here: Any = self.data
        for part in path:
            if isinstance(here, list) and isinstance(part, int):
                here = dict(enumerate(here))
            if not isinstance(here, dict) or part not in here:
                return False
            here = here[part]
        return True

    def origin(self, path: KeyPath) -> Origin:
        """Return where `path`, or the nearest thing around it, was written."""
        for length in range(len(path), -1, -1):
            if (found := self.origins.get(path[:length])) is not None:
                return found
        return DEFAULT

    def names(self, kind: str) -> frozenset[str]:
        """Return the names of the instances of `kind`."""
        tables = self.data.get(kind)
        return frozenset(tables) if isinstance(tables, dict) else frozenset()

    def without(self, *paths: KeyPath) -> Layer:
        """Return this layer without what is at `paths`, as far as it has that."""
        data = self.data
        for path in paths:
            data = _without(data, path)
        return Layer(data, self.origins)


def file_layer(document: TomlDocument) -> Layer:
    """Make the layer of a file: everything but its profiles."""
    data = {key: value for key, value in document.data.items() if key != "profiles"}
    return _written(document, data, (), "")


def profile_layer(document: TomlDocument, name: str) -> Layer:
    """Make the layer of the profile `name`, which is a table of the file."""
    return _written(document, dict(document.data["profiles"][name]), ("profiles", name), name)


def _written(document: TomlDocument, data: dict[str, Any], prefix: KeyPath, name: str) -> Layer:
    origins: dict[KeyPath, Origin] = {}
    for path in _paths(data):
        line = document.line_of(prefix + path)
        where = f"{document.path}:{line}" if line else str(document.path)
        target = path
        if path[:1] == ("keys",) and len(path) > 2:
            target = ("keys", ".".join(str(part) for part in path[1:]))
        origins[target] = Origin("profile" if name else "file", where, name)
    if isinstance(data.get("keys"), dict):
        data["keys"] = flat_keys(data["keys"])
    return Layer(data, origins)


def _paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Walk over all tables, lists and values; the file's depth is bounded by its reader."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _paths(inner, (*path, position))


def _without(data: dict[str, Any], path: KeyPath) -> dict[str, Any]:
    first, *rest = path
    if first not in data:
        return data
    if not rest:
        return {key: value for key, value in data.items() if key != first}
    inner = data[str(first)]
    if not isinstance(inner, dict):
        return data
    return {**data, str(first): _without(inner, tuple(rest))}
