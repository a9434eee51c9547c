"""What containerlab says of a lab's links: what it wired, and how their ends are now.

Source: containerlab 0.79, `clab-<lab>/topology-data.json` as `deploy` writes it (each link has
`endpoints` with `a` and `z`; before that both stood in the link itself), and `inspect interfaces
-f json`, which is told since 0.64.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from skyforge_tui.integrations.errors import TransportError

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,31}")


@dataclass(frozen=True, slots=True)
class End:
    """Where a link meets a node, both by their own names."""

    node: str
    interface: str


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface of a container as the kernel has it; `alias` is what people may call it."""

    container: str
    name: str
    alias: str
    state: str
    """The kernel's word: `up`, `down`, `lowerlayerdown` …."""


def read_links(data: bytes) -> tuple[tuple[End, ...], ...]:
    """Return the ends of each link.

    Raises:
        TransportError: unreadable.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    links = document.get("links") if isinstance(document, Mapping) else None
    if not isinstance(links, list):
        raise TransportError("unreadable", "topology-data.json tells no links")
    found = (_ends(one) for one in links if isinstance(one, Mapping))
    return tuple(one for one in found if one)


def read_interfaces(document: Any) -> tuple[Interface, ...]:
    """Return the interfaces of every container that is told of."""
    rows = document if isinstance(document, list) else []
    return tuple(
        Interface(
            str(one.get("name", "")), str(port.get("name", "")), str(port.get("alias") or ""),
            str(port.get("state", "")),
        )
        for one in rows if isinstance(one, Mapping)
        for port in one.get("interfaces") or () if isinstance(port, Mapping)
    )  # fmt: skip


def is_interface(name: str) -> bool:
    """Say whether a word can be the name of an interface, and nothing else for any program."""
    return _NAME.fullmatch(name) is not None


def _ends(link: Mapping[str, Any]) -> tuple[End, ...]:
    inner = link.get("endpoints")
    ends = inner if isinstance(inner, Mapping) else link
    found = (ends.get(side) for side in ("a", "z"))
    return tuple(
        End(str(one["node"]), str(one["interface"]))
        for one in found
        if isinstance(one, Mapping) and one.get("node") and one.get("interface")
    )
