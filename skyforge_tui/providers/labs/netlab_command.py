"""Labs of a netlab whose command can be run: that also writes reports, and folders are handed out.

Its web service offers neither.
"""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab_action import ExportedLab
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab.client import NetlabClient
from skyforge_tui.ports.clock import Clock
from skyforge_tui.providers.labs.lab_folders import ENDING, archive_of, folder_of_topology
from skyforge_tui.providers.labs.netlab import KIND, NetlabLabs


class NetlabCommandLabs(NetlabLabs):
    """Tells of labs, reports on them and hands them out, by netlab's command."""

    archive_ending = ENDING

    async def report(self, lab_id: LabId, name: str) -> str:
        """Return one of netlab's reports on a lab."""
        entry = await self._entry(lab_id)
        try:
            return await self._client.report(entry.directory, name)
        except TransportError as error:
            if error.kind == "refused":
                advice = "netlab show reports lists them"
                raise NotFound(error.message, upstream=self.upstream, advice=advice) from None
            raise self._unavailable(error) from error

    async def export(self, lab_id: LabId) -> ExportedLab:
        """Return the folder of a lab as an archive; what was collected is in it."""
        folder = folder_of_topology(lab_id) or (await self._entry(lab_id)).directory
        return archive_of(Path(folder).name, await self._told(self._client.archive(folder)))


class NetlabLabProvider(NetlabCommandLabs):
    """Tells of the labs that netlab has started on this machine."""

    def __init__(
        self, client: NetlabClient, clock: Clock, *, owner: str, upstream: str = KIND
    ) -> None:
        super().__init__(client, clock, owner=owner, upstream=upstream)
        self._here = client

    async def progress_stamp(self) -> str:
        """Return a text that differs whenever netlab wrote its status file."""
        return await self._here.stamp()

    async def graph(self, lab_id: LabId) -> str:
        """Return the links of a lab in the DOT language."""
        entry = await self._entry(lab_id)
        return await self._told(self._here.graph(entry.directory))
