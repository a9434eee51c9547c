"""What netlab has made of a topology, as shapes: its nodes and links.

Source: netlab 26.10, `netlab inspect --format json KEY` for a top-level key; an expression would
be evaluated as Python, and its answer comes back as Python instead of JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from skyforge_tui.integrations.netlab.wire import NodeEntry, scalar


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """Where a link meets a node."""

    node: str
    interface: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link between any number of nodes."""

    name: str
    kind: str = ""
    ends: tuple[LinkEnd, ...] = ()


def nodes_of(told: Iterable[tuple[object, object]]) -> Iterator[NodeEntry]:
    """Yield the nodes of these names and values, in their order."""
    return (_node(str(name), one) for name, one in told if _is_map(one))


def links_of(told: Iterable[object]) -> Iterator[Link]:
    """Yield the links of these values, in their order."""
    return (_link(number, one) for number, one in enumerate(told, 1) if _is_map(one))


def read_file(document: object) -> str:
    """Return the file the topology was read from, the first of `inspect input`; else nothing."""
    first = scalar(document[0]) if isinstance(document, list) and document else ""
    return "" if first.startswith("package:") else first


def _node(name: str, value: Mapping[Any, Any]) -> NodeEntry:
    management = value.get("mgmt")
    return NodeEntry(
        name=name,
        device=scalar(value.get("device")),
        image=scalar(value.get("box")),
        address=_address(management) if _is_map(management) else scalar(value.get("ansible_host")),
        connection=scalar(value.get("ansible_connection")),
        provider=scalar(value.get("provider")),
        machine=scalar(value.get("hostname")),
    )


def _link(number: int, value: Mapping[Any, Any]) -> Link:
    ends = value.get("interfaces")
    return Link(
        name=scalar(value.get("_linkname")) or f"links[{number}]",
        kind=scalar(value.get("type")),
        ends=tuple(
            LinkEnd(scalar(one.get("node")), scalar(one.get("ifname")), _address(one))
            for one in (ends if isinstance(ends, list) else ())
            if _is_map(one)
        ),
    )


def _address(value: Mapping[Any, Any]) -> str:
    """Return an address; an unnumbered interface has `true` in its place."""
    for key in ("ipv4", "ipv6"):
        found = value.get(key)
        if found is True:
            return "unnumbered"
        if isinstance(found, str):
            return found
    return ""


def _is_map(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)
