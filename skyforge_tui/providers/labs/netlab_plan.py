"""What netlab has made of topologies, remembered until it transforms them anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from skyforge_tui.domain.lab import LabLink, LabLinkEnd
from skyforge_tui.integrations.netlab import inspection
from skyforge_tui.integrations.netlab.client import NetlabClient
from skyforge_tui.integrations.netlab.wire import LabEntry, NodeEntry

_SNAPSHOT = "netlab.snapshot.pickle"
"""Never read: that runs what it says. Its time tells when a topology was transformed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The nodes and links of a topology, and the file it was read from."""

    nodes: tuple[NodeEntry, ...] = ()
    links: tuple[LabLink, ...] = ()
    file: str = ""


class Plans:
    """Asks for the plan of a lab once per transformation: every part costs a program start."""

    def __init__(self, client: NetlabClient) -> None:
        self._client = client
        self._known: dict[str, tuple[str, int, Plan]] = {}

    async def of(self, entry: LabEntry) -> Plan:
        """Return the plan of a lab.

        Raises:
            TransportError: netlab does not tell it.
        """
        made = await asyncio.to_thread(_snapshot_time, entry.directory)
        known = self._known.get(entry.instance)
        if known is not None and made is not None and known[:2] == (entry.directory, made):
            return known[2]
        inspect = self._client.inspect
        nodes, links, file = await asyncio.gather(
            inspect(entry.directory, "nodes"),
            inspect(entry.directory, "links"),
            inspect(entry.directory, "input"),
        )
        plan = Plan(
            inspection.read_nodes(nodes),
            tuple(map(_link, inspection.read_links(links))),
            inspection.read_file(file),
        )
        if made is not None:
            self._known[entry.instance] = (entry.directory, made, plan)
        return plan


def _snapshot_time(directory: str) -> int | None:
    """Return when netlab last transformed the topology, in nanoseconds; None when it never did."""
    try:
        return (Path(directory) / _SNAPSHOT).stat().st_mtime_ns
    except OSError:
        return None


def _link(one: inspection.Link) -> LabLink:
    ends = (LabLinkEnd(end.node, end.interface, end.address) for end in one.ends)
    return LabLink(one.name, one.kind, tuple(ends))
