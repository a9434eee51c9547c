"""Puts the layers together: file, profile and environment become settings, origins and complaints.

Everything wrong is said at once. What is left without the mistakes still works, so that one slip
does not close the whole cockpit; an instance with a mistake in it is left out entirely, because
half of it (a guard that was not understood) would be dangerous.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from skyforge_tui.integrations.toml import TomlDocument, TomlError, nearest, read
from skyforge_tui.settings import places
from skyforge_tui.settings.complaint import Complaint, SettingsError
from skyforge_tui.settings.environment import PREFIX, environment_layer
from skyforge_tui.settings.keys import key_complaints
from skyforge_tui.settings.layers import (
    DEFAULT,
    KeyPath,
    Layer,
    Origin,
    file_layer,
    profile_layer,
)
from skyforge_tui.settings.model import INSTANCE_KINDS, LAYERS, Settings
from skyforge_tui.settings.words import in_words

OPTION: Final = Origin("option", "--profile")
_HEARD: Final = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


@dataclass(frozen=True)
class Loaded:
    """The settings, where each value comes from, and everything that is wrong."""

    settings: Settings
    """What is left without the mistakes; always sound."""
    config_path: Path
    config_exists: bool
    origins: Mapping[KeyPath, Origin]
    """Of every single value in `values`."""
    complaints: tuple[Complaint, ...]

    def checked(self) -> Settings:
        """Return the settings when nothing is wrong.

        Raises:
            SettingsError: something is.
        """
        if self.complaints:
            raise SettingsError(self.complaints)
        return self.settings

    def values(self) -> dict[KeyPath, Any]:
        """Return every value by its keys; secrets are shown as their references."""
        return dict(_values(self.settings.model_dump(mode="json")))


def load(
    config_path: Path | None = None,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Loaded:
    """Read the configuration; what is wrong with it becomes complaints, never an exception.

    A value from the environment outranks one of the profile, and that one of the file itself.
    `config_path` and `profile` are what the command line says.
    """
    # Only what is heard is kept: a crash trace that prints local variables must not print the rest.
    heard = {
        name: value
        for name, value in (os.environ if environ is None else environ).items()
        if name.startswith(PREFIX) or name in _HEARD
    }
    path, is_named = places.config_path(config_path, heard)
    document, complaints = _read(path, is_named)
    base = file_layer(document) if document else Layer({})
    profiles, found = _profiles(document)
    complaints += found
    instances = {
        kind: frozenset(name for layer in (base, *profiles.values()) for name in layer.names(kind))
        for kind in INSTANCE_KINDS
    }
    environment, found = environment_layer(heard, instances)
    complaints += found
    option = Layer({})
    if profile and profile != _chosen((environment, base))[0]:
        option = Layer({"profile": profile}, {("profile",): OPTION})
    name, origin = _chosen((option, environment, base))
    if name and name not in profiles:
        message = f"there is no profile {name}"
        complaints.append(Complaint(origin.place, message, nearest(name, profiles) or ""))
        # Somebody wanted other servers than these.
        base = base.without(*((kind,) for kind in INSTANCE_KINDS))
        environment = environment.without(*((kind,) for kind in INSTANCE_KINDS))
    folders = {"state_dir": places.state_dir(heard), "cache_dir": places.cache_dir(heard)}
    defaults = Layer({key: str(folder) for key, folder in folders.items()})
    layers = (option, environment, profiles.get(name, Layer({})), base, defaults)
    settings, sound, mistakes = _validate(layers)
    mistakes += _overruled(base, profiles, name)
    complaints += [mistake.complaint for mistake in mistakes]
    complaints += key_complaints(settings, lambda path: _writer(sound, path)[1].place)
    return Loaded(
        settings, path, document is not None, _origins(settings, sound), _sorted(complaints)
    )


def _read(path: Path, is_named: bool) -> tuple[TomlDocument | None, list[Complaint]]:
    try:
        return read(path), []
    except TomlError as error:
        where = f"{path}:{error.line}" if error.line else str(path)
        return None, [Complaint(where, error.message)]
    except FileNotFoundError:
        return None, [Complaint(str(path), "there is no such file")] if is_named else []
    except (OSError, ValueError) as error:  # ValueError: a null character in its name
        words = f"cannot be read: {_hindrance(error)}; mend that, or name another with --config"
        return None, [Complaint(str(path), words)]


def _hindrance(error: OSError | ValueError) -> str:
    """Say why a file cannot be read."""
    match getattr(error, "errno", None):
        case errno.ENOTDIR:
            return "what should be a folder above it is none"
        case errno.EISDIR:
            return "it is a folder"
        case errno.EACCES:
            return "you may not read it"
        case _:
            return (getattr(error, "strerror", None) or "no file has such a name").lower()


def _profiles(document: TomlDocument | None) -> tuple[dict[str, Layer], list[Complaint]]:
    """Make a layer of every profile in the file."""
    layers: dict[str, Layer] = {}
    complaints: list[Complaint] = []
    if document is None:
        return layers, complaints
    tables = document.data.get("profiles", {})
    if not isinstance(tables, dict):
        where = f"{document.path}:{document.line_of(('profiles',))}"
        return layers, [Complaint(where, "profiles must be tables such as [profiles.lab.look]")]
    for name, table in tables.items():
        where = f"{document.path}:{document.line_of(('profiles', name))}"
        if not isinstance(table, dict):
            complaints.append(Complaint(where, f"profiles.{name} must be a table"))
            continue
        layer = profile_layer(document, name)
        for key in ("profile", "profiles"):
            if key in table:
                place = layer.origin((key,)).place
                complaints.append(Complaint(place, f"a profile cannot hold {key}"))
        layers[name] = layer.without(("profile",), ("profiles",))
    return layers, complaints


def _chosen(layers: tuple[Layer, ...]) -> tuple[str, Origin]:
    """Return the profile's name and who chose it; the name is empty when nobody did."""
    for layer in layers:
        name = layer.data.get("profile")
        if isinstance(name, str) and name:
            return name, layer.origin(("profile",))
    return "", DEFAULT


@dataclass(frozen=True, slots=True)
class _Mistake:
    complaint: Complaint
    origin: Origin
    is_gap: bool
    """Something is missing, which a stronger layer may add."""


def _overruled(base: Layer, profiles: Mapping[str, Layer], chosen: str) -> list[_Mistake]:
    """Check what does not count today: other profiles, and what stronger layers hide."""
    _, _, found = _validate((base,))
    mistakes = [mistake for mistake in found if not mistake.is_gap]
    for name, layer in profiles.items():
        _, _, found = _validate((layer, base))
        mistakes += [
            mistake
            for mistake in found
            if mistake.origin.profile == name and not (mistake.is_gap and name == chosen)
        ]
    return mistakes


def _validate(layers: tuple[Layer, ...]) -> tuple[Settings, tuple[Layer, ...], list[_Mistake]]:
    """Check the layers, strongest first; leave out what is wrong until the rest is right.

    Returns the settings, the layers that are left, and the mistakes.
    """
    mistakes: list[_Mistake] = []
    while True:
        token = LAYERS.set(tuple(layer.data for layer in layers))
        try:
            settings = Settings()
        except ValidationError as error:
            details = error.errors(include_url=False)
        else:
            taken = list(_taken_twice(settings, layers))
            if not taken:
                return settings, layers, mistakes
            mistakes += [mistake for _, mistake in taken]
            layers = tuple(layer.without(*(path for path, _ in taken)) for layer in layers)
            continue
        finally:
            LAYERS.reset(token)
        doomed: list[tuple[Layer, KeyPath]] = []
        for detail in details:
            path = tuple(part for part in detail["loc"] if part != "[key]")
            writer, origin = _writer(layers, path)
            complaint = Complaint(origin.place, *in_words(detail, Settings))
            is_table_error = detail["type"] == "value_error" and isinstance(detail["input"], dict)
            is_gap = detail["type"] == "missing" or is_table_error
            mistakes.append(_Mistake(complaint, origin, is_gap))
            # The whole instance goes, wherever it was written; or one key of another table.
            writers = layers if path[0] in INSTANCE_KINDS else (writer,)
            doomed += [(layer, path[:2]) for layer in writers]
        layers = tuple(
            layer.without(*(path for owner, path in doomed if owner is layer)) for layer in layers
        )


def _taken_twice(
    settings: Settings, layers: tuple[Layer, ...]
) -> Iterator[tuple[KeyPath, _Mistake]]:
    """Yield servers whose name one of another kind has: a name alone tells whose a thing is."""
    kinds: dict[str, str] = {}
    for kind in INSTANCE_KINDS:
        for name in getattr(settings, kind):
            first = kinds.setdefault(name, kind)
            if first == kind:
                continue
            path = (kind, name)
            _, origin = _writer(layers, path)
            message = f"{kind}.{name}: {first}.{name} has that name already; give one another"
            yield path, _Mistake(Complaint(origin.place, message), origin, is_gap=False)


def _writer(layers: tuple[Layer, ...], path: KeyPath) -> tuple[Layer, Origin]:
    """Return the strongest layer that wrote `path`, or what is around it, and where."""
    for length in range(len(path), 0, -1):
        for layer in layers:
            if layer.has(path[:length]):
                return layer, layer.origin(path[:length])
    raise AssertionError(f"no layer holds {path}")


def _origins(settings: Settings, layers: tuple[Layer, ...]) -> dict[KeyPath, Origin]:
    origins = {}
    for path in dict(_values(settings.model_dump(mode="json"))):
        layer = next((layer for layer in layers if layer.has(path)), None)
        origins[path] = layer.origin(path) if layer else DEFAULT
    return origins


def _values(data: Mapping[str, Any], path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _values(value, (*path, key))
        else:
            yield (*path, key), value


def _sorted(complaints: list[Complaint]) -> tuple[Complaint, ...]:
    """Order complaints by file and line, each once."""

    def place(complaint: Complaint) -> tuple[str, int]:
        file, _, line = complaint.where.rpartition(":")
        return (file, int(line)) if line.isdecimal() else (complaint.where, 0)

    return tuple(dict.fromkeys(sorted(complaints, key=place)))
