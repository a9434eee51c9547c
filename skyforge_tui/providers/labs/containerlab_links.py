"""Links of a lab of containerlab, as people see them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from skyforge_tui.domain.lab import LabLink, LabLinkEnd
from skyforge_tui.integrations.containerlab.links import End, Interface
from skyforge_tui.integrations.containerlab.wire import Container

_UP: Final = frozenset({"up", "unknown"})
"""`unknown` is what the kernel says of interfaces without a carrier to watch."""
Ports = Mapping[tuple[str, str], Interface]


def ports_of(containers: Iterable[Container], interfaces: Iterable[Interface]) -> Ports:
    """Return interfaces by node and by what people call them."""
    nodes = {one.name: one.node for one in containers}
    found: dict[tuple[str, str], Interface] = {}
    for one in interfaces:
        if one.container in nodes:
            node = nodes[one.container]
            found[node, one.name] = one
            if one.alias:
                found.setdefault((node, one.alias), one)
    return found


def name_of(ends: Sequence[End]) -> str:
    """Return what a link is called."""
    return " -- ".join(f"{one.node}:{one.interface}" for one in ends)


def link_of(ends: Sequence[End], ports: Ports) -> LabLink:
    """Return a link; it is down as soon as one of its ends is."""
    known = [ports[key].state for one in ends if (key := (one.node, one.interface)) in ports]
    is_up = all(one in _UP for one in known) if known else None
    shown = tuple(LabLinkEnd(one.node, one.interface) for one in ends)
    return LabLink(name_of(ends), "veth", shown, is_up)
