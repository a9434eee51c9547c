"""How the nodes of a lab are wired, found out without opening it, and remembered while it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from skyforge_tui.domain.lab import LabLink, LabLinkEnd
from skyforge_tui.integrations.eve import wire
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.together import together

MOST_NODES: Final = 130
"""Nodes whose interfaces are asked for, one request each; EVE-NG itself takes 127."""
_SHOWN_BY_NAME: Final = 2


@dataclass(frozen=True, slots=True)
class _Known:
    nodes: tuple[tuple[int, str], ...]
    changed_s: int | None
    links: tuple[LabLink, ...]


class LabWires:
    """Asks for networks and interfaces; the topology would tell it at once, and opens the lab."""

    def __init__(self, client: EveClient) -> None:
        self._client = client
        self._known: dict[str, _Known] = {}

    async def of(
        self, path: str, nodes: Sequence[wire.Node], changed_s: int | None
    ) -> tuple[LabLink, ...]:
        """Return the links of a lab; asked for again when its nodes or its file have changed.

        Raises:
            TransportError: they were not told.
        """
        key = tuple((one.id, one.name) for one in nodes)
        known = self._known.get(path)
        if known is not None and (known.nodes, known.changed_s) == (key, changed_s):
            return known.links
        networks = await self._client.networks(path)
        ends = await together(self._ends(path, one) for one in nodes)
        links = _links(networks, [end for some in ends for end in some])
        self._known[path] = _Known(key, changed_s, links)
        return links

    def forget(self, path: str) -> None:
        """Ask again next time."""
        self._known.pop(path, None)

    async def _ends(self, path: str, node: wire.Node) -> list[tuple[int, LabLinkEnd]]:
        found = await self._client.interfaces(path, node.id)
        return [(one.network, LabLinkEnd(node.name, one.name)) for one in found if one.network]


def _links(
    networks: Sequence[wire.Network], ends: Sequence[tuple[int, LabLinkEnd]]
) -> tuple[LabLink, ...]:
    """Return a link for each network that something is connected to."""
    by_network: dict[int, list[LabLinkEnd]] = {}
    for number, end in ends:
        by_network.setdefault(number, []).append(end)
    names = {one.id: one for one in networks}
    found = []
    for number, some in sorted(by_network.items()):
        known = names.get(number)
        kind = "" if known is None else known.type
        is_wire = kind in ("", "bridge") and len(some) == _SHOWN_BY_NAME
        name = known.name if known is not None else f"network {number}"
        found.append(LabLink(name, "p2p" if is_wire else kind, tuple(some)))
    return tuple(found)
