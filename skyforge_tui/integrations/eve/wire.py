"""What EVE-NG says of its host, its folders and its labs: the fields wanted here only.

Source: EVE-NG Community 2.0.3 and 6.2, UNetLab 1.0.0-11; Pro as clients observe it. Figures may be
texts and empty ones `""`; nothing here is trusted to be of its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from skyforge_tui.integrations.eve.envelope import decoded, number, pairs, text

STOPPED, BROKEN, RUNNING, BUILDING = 0, 1, 2, 3
"""`status` of a node: 1 is stopped with a lock left behind, 3 runs and is locked yet."""
_COUNTED = ("qemu", "iol", "dynamips", "docker", "vpcs")


@dataclass(frozen=True, slots=True)
class Who:
    """`GET /api/auth`: who one is here."""

    username: str
    role: str
    tenant: str
    lab: str
    """What this account's browser has open."""


@dataclass(frozen=True, slots=True)
class Status:
    """`GET /api/status`: how the host is; percentages, None where it does not know."""

    version: str
    cpu: int | None
    memory: int | None
    disk: int | None
    cpus: int | None
    counts: tuple[tuple[str, int], ...]
    """How many nodes of each kind run on the host, whosever they are."""

    @property
    def is_pro(self) -> bool:
        """Whether this is the Pro edition."""
        return self.version.upper().endswith("-PRO")


@dataclass(frozen=True, slots=True)
class LabFile:
    """A lab as its folder lists it; `changed_s` is since 1970."""

    path: str
    changed_s: int | None


@dataclass(frozen=True, slots=True)
class Folder:
    """`GET /api/folders/…`: what is in a folder."""

    folders: tuple[str, ...]
    """Paths, without the one above."""
    labs: tuple[LabFile, ...]


@dataclass(frozen=True, slots=True)
class LabInfo:
    """`GET /api/labs/….unl`: what a lab says of itself."""

    name: str
    author: str
    description: str
    id: str
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Node:
    """One of `GET /api/labs/….unl/nodes`."""

    id: int
    name: str
    type: str
    template: str
    image: str
    status: int | None
    url: str
    delay: int
    has_config: bool


@dataclass(frozen=True, slots=True)
class Network:
    """One of `GET /api/labs/….unl/networks`."""

    id: int
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Interface:
    """One of `GET /api/labs/….unl/nodes/N/interfaces`; `network` is 0 where nothing is."""

    name: str
    network: int


@dataclass(frozen=True, slots=True)
class Edge:
    """One of `GET /api/labs/….unl/topology`; ends are `node1`, `network2`."""

    source: str
    source_label: str
    destination: str
    destination_label: str


@dataclass(frozen=True, slots=True)
class RunningLab:
    """One of `GET /api/runninglabs` (Pro): a lab of which something runs in somebody's pod."""

    uuid: str
    username: str
    member: str
    """The member of the cluster on which it runs; empty where there is no cluster."""


def who(data: msgspec.Raw) -> Who:
    """Read who one is."""
    said = _map(data)
    return Who(text(said, "username"), text(said, "role"), text(said, "tenant"), text(said, "lab"))


def status(data: msgspec.Raw) -> Status:
    """Read how the host is."""
    said = _map(data)

    def percent(key: str) -> int | None:
        value = number(said, key)
        return value if value is not None and 0 <= value <= 100 else None

    counts = ((kind, number(said, kind)) for kind in _COUNTED)
    known = tuple((kind, count) for kind, count in counts if count is not None and count >= 0)
    return Status(
        text(said, "version"), percent("cpu"), percent("mem"), percent("disk"),
        number(said, "vCPU"), known,
    )  # fmt: skip


def folder(data: msgspec.Raw) -> Folder:
    """Read what is in a folder."""
    said = _map(data)
    folders = [one for one in _rows(said.get("folders")) if text(one, "name") != ".."]
    labs = (
        LabFile(text(one, "path"), number(one, "umtime"))
        for one in _rows(said.get("labs"))
        if text(one, "path")
    )
    return Folder(tuple(text(one, "path") for one in folders if text(one, "path")), tuple(labs))


def lab(data: msgspec.Raw) -> LabInfo:
    """Read what a lab says of itself."""
    said = _map(data)
    return LabInfo(
        text(said, "name"), text(said, "author"), text(said, "description"), text(said, "id"),
        bool(number(said, "lock")),
    )  # fmt: skip


def nodes(data: msgspec.Raw) -> Iterator[Node]:
    """Read nodes, one by one: there may be many."""
    for key, said in pairs(data):
        found = number(said, "id") if isinstance(said, dict) else None
        place = int(key) if key.isdecimal() and len(key) < 10 else None
        if not isinstance(said, dict) or (found is None and place is None):
            continue
        yield Node(
            found if found is not None else place or 0, text(said, "name"), text(said, "type"),
            text(said, "template"), text(said, "image"), number(said, "status"),
            text(said, "url"), number(said, "delay") or 0, bool(number(said, "config")),
        )  # fmt: skip


def networks(data: msgspec.Raw) -> tuple[Network, ...]:
    """Read networks."""
    found = ((key, one) for key, one in pairs(data) if isinstance(one, dict))
    return tuple(
        Network(number(one, "id") or int(key), text(one, "name"), text(one, "type"))
        for key, one in found
        if key.isdecimal() or number(one, "id")
    )


def interfaces(data: msgspec.Raw) -> tuple[Interface, ...]:
    """Read the Ethernet interfaces of a node; PHP tells them as a list or as a map."""
    ethernet = _map(data).get("ethernet")
    rows = ethernet.values() if isinstance(ethernet, dict) else ethernet
    return tuple(
        Interface(text(one, "name"), number(one, "network_id") or 0) for one in _rows(rows)
    )


def topology(data: msgspec.Raw) -> tuple[Edge, ...]:
    """Read every link."""
    return tuple(
        Edge(text(one, "source"), text(one, "source_label"), text(one, "destination"),
             text(one, "destination_label"))
        for _, one in pairs(data)
        if isinstance(one, dict)
    )  # fmt: skip


def templates(data: msgspec.Raw) -> dict[str, str]:
    """Read what nodes can be; `.missing` behind the words says that there is no image."""
    return {key: words for key, words in pairs(data) if isinstance(words, str)}


def running(data: msgspec.Raw) -> tuple[RunningLab, ...]:
    """Read which labs run in which pods."""
    return tuple(
        RunningLab(text(one, "uuid"), text(one, "username"), text(one, "sat_name"))
        for _, one in pairs(data)
        if isinstance(one, dict)
    )


def _map(data: msgspec.Raw) -> Mapping[str, Any]:
    """Return a map; what is none is empty.

    Raises:
        ValueError: it is neither a map nor an empty list.
    """
    said = decoded(data)
    if isinstance(said, dict):
        return said
    if said in ([], None):
        return {}
    raise ValueError("no map")


def _rows(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        value = value.values()
    is_iterable = isinstance(value, list) or hasattr(value, "__iter__")
    for one in value if is_iterable and not isinstance(value, str) else ():
        if isinstance(one, dict):
            yield one
