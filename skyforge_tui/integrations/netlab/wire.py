"""What netlab says of labs, as shapes: its status answers and its status file.

Only JSON and YAML are read, never its tables: they are cut to the width of a terminal that is not
there. Source: netlab 26.10, `netlab status --format json`, `netlab inspect --format json`, and the
status file of the releases before 26.02.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.yaml_shape import YamlError, read_shape

_NO_LABS = "no netlab-managed labs"
_NOT_STARTED = "lab is not started"


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of a lab's log: when, as ISO 8601 text or empty, and what."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class LabEntry:
    """One lab instance; an `up` that died early leaves one without `status`."""

    instance: str
    directory: str
    name: str = ""
    status: str = ""
    providers: tuple[str, ...] = ()
    timestamp: str = ""
    log: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """One node, or a tool (its device is `(tool)`); `status` is None where netlab says nothing."""

    name: str
    device: str = ""
    image: str = ""
    address: str = ""
    connection: str = ""
    provider: str = ""
    machine: str = ""
    """What the provider calls it: `clab-demo-r1` for node `r1`."""
    status: str | None = None

    @property
    def is_tool(self) -> bool:
        """Whether it serves the lab rather than being part of it."""
        return self.device == "(tool)"


@dataclass(frozen=True, slots=True)
class Status:
    """Every lab instance of this person, and the instances whose entry makes no sense."""

    labs: tuple[LabEntry, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceStatus:
    """One lab instance with its nodes; `nodes` is None where netlab tells none, and `why`."""

    nodes: tuple[NodeEntry, ...] | None
    topology: str = ""
    why: str = ""


class UnknownInstanceError(Exception):
    """netlab has no such lab instance."""


def read_all(document: object) -> Status:
    """Return what `status --all` said.

    Raises:
        TransportError: failed, with netlab's own words; unreadable.
    """
    if not isinstance(document, Mapping):
        raise TransportError("unreadable", "the status is not a map of labs")
    if _says(document, "warning", _NO_LABS):
        return Status()
    if set(document) == {"error"}:
        raise TransportError("failed", scalar(document["error"]))
    return read_entries(document)


def read_status_file(data: bytes) -> Status | None:
    """Return what the status file holds; None while it is being written: it may be cut anywhere.

    netlab truncates the file and writes it again, so that a reader may find nothing, or half.
    Nothing is composed of it: aliases and merges would unfold to whatever size a stranger likes.
    """
    try:
        document = read_shape(data)
    except YamlError:
        return None
    if not isinstance(document, Mapping):
        return None
    return read_entries(document)


def read_entries(document: Mapping[Any, Any]) -> Status:
    """Return the entries of a map of labs; the YAML form may have whole numbers as keys."""
    labs, unreadable = [], []
    for key, value in document.items():
        entry = _entry(str(key), value)
        if entry is None:
            unreadable.append(str(key))
        else:
            labs.append(entry)
    return Status(tuple(labs), tuple(unreadable))


def read_instance(document: object) -> InstanceStatus:
    """Return what `status -i` said.

    Raises:
        UnknownInstanceError: there is no such lab; netlab says so with exit code 0.
        TransportError: unreadable.
    """
    if not isinstance(document, Mapping):
        raise TransportError("unreadable", "the status is not a map")
    if _says(document, "warning", _NO_LABS) or _says(document, "error", "unknown lab instance"):
        raise UnknownInstanceError
    why = scalar(document.get("error"))
    if _says(document, "error", _NOT_STARTED):
        why = "it is not started"
    nodes = document.get("nodes")
    if not isinstance(nodes, Mapping):
        return InstanceStatus(None, scalar(document.get("topology")), why or "it names no nodes")
    found = tuple(
        _status_node(str(name), value) for name, value in nodes.items() if isinstance(value, dict)
    )
    return InstanceStatus(found, scalar(document.get("topology")), why)


def _entry(instance: str, value: object) -> LabEntry | None:
    if not isinstance(value, Mapping) or not scalar(value.get("dir")):
        return None
    log = value.get("log")
    providers = value.get("providers")
    return LabEntry(
        instance=instance,
        directory=scalar(value.get("dir")),
        name=scalar(value.get("name")),
        status=scalar(value.get("status")),
        providers=tuple(map(scalar, providers)) if isinstance(providers, list) else (),
        timestamp=scalar(value.get("timestamp")),
        log=tuple(_step(scalar(line)) for line in log) if isinstance(log, list) else (),
    )


def _step(text: str) -> Step:
    """Split `2026-01-03T10:00:00.1+00:00: starting lab` into when and what."""
    at, colon, rest = text.partition(": ")
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return Step("", text)
    return Step(at, rest) if colon else Step("", text)


def _status_node(name: str, value: Mapping[Any, Any]) -> NodeEntry:
    status = value.get("status")
    return NodeEntry(
        name=name,
        device=scalar(value.get("device")),
        image=scalar(value.get("image")),
        address=scalar(value.get("mgmt")) or scalar(value.get("mgmt6")),
        connection=scalar(value.get("connection")),
        provider=scalar(value.get("provider")),
        machine=scalar(value.get("provider_name")),
        # 26.10 leaves it out where it does not know; 26.03 says `Unknown`.
        status=None if status in (None, "", "Unknown") else scalar(status),
    )


def _says(document: Mapping[Any, Any], key: str, beginning: str) -> bool:
    return scalar(document.get(key)).lower().startswith(beginning)


def scalar(value: object) -> str:
    """Return a text, number or moment as text; anything else, and nothing, as empty text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str | int | float) else ""
