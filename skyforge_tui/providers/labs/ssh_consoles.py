"""Consoles of nodes that are entered by SSH at their management address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Conflict, NotFound
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab_console import Console, read_console

if TYPE_CHECKING:
    from skyforge_tui.domain.lab import LabDetail


class SshConsoles:
    """Tells where nodes are entered, as far as that is an address."""

    upstream: str

    if TYPE_CHECKING:

        async def detail(self, lab_id: LabId) -> LabDetail:
            """Return a lab with its nodes."""

    async def console(self, lab_id: LabId, node: str) -> Console:
        """Return where a node is entered by SSH, as seen from where its lab runs.

        Raises:
            NotFound: there is no such lab or node.
            Conflict: it is entered in another way; says which.
        """
        found = [one for one in (await self.detail(lab_id)).nodes if one.name == node]
        if not found:
            raise NotFound(f"no node is called {node}", upstream=self.upstream)
        way, address = found[0].connection, found[0].address
        if way != "ssh" or not address:
            raise Conflict(
                f"{node} is entered by {way or 'nobody knows what'}, which is no address",
                upstream=self.upstream, operation="lab.console",
                advice=f"where it runs: netlab connect {node}",
            )  # fmt: skip
        return read_console(f"ssh://[{address}]" if ":" in address else f"ssh://{address}")
