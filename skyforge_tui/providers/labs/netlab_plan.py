"""What netlab has made of topologies, remembered until it transforms them anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from skyforge_tui.domain.lab import LabLink, LabLinkEnd
from skyforge_tui.integrations.netlab import inspection
from skyforge_tui.integrations.netlab.place import Folder
from skyforge_tui.integrations.netlab.questions import NetlabQuestions
from skyforge_tui.integrations.netlab.wire import LabEntry, NodeEntry


@dataclass(frozen=True, slots=True)
class Plan:
    """The nodes and links of a topology, and the file it was read from."""

    nodes: tuple[NodeEntry, ...] = ()
    links: tuple[LabLink, ...] = ()
    file: str = ""


class Plans:
    """Asks for the plan of a lab once per transformation: every part costs a program start."""

    def __init__(self, client: NetlabQuestions) -> None:
        self._client = client
        self._known: dict[str, tuple[str, str, Plan]] = {}

    async def of(self, entry: LabEntry, folder: Folder) -> Plan:
        """Return the plan of a lab in its folder.

        Raises:
            TransportError: netlab does not tell it.
        """
        known, made = self._known.get(entry.instance), folder.snapshot
        if known is not None and made and known[:2] == (entry.directory, made):
            return known[2]
        nodes, links, file = await asyncio.gather(
            self._client.nodes(entry.directory),
            self._client.links(entry.directory),
            self._client.inspect(entry.directory, "input"),
        )
        plan = Plan(nodes, tuple(map(_link, links)), inspection.read_file(file))
        if made:
            self._known[entry.instance] = (entry.directory, made, plan)
        return plan


def _link(one: inspection.Link) -> LabLink:
    ends = (LabLinkEnd(end.node, end.interface, end.address) for end in one.ends)
    return LabLink(one.name, one.kind, tuple(ends))
