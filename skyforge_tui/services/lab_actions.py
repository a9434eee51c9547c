"""Doing things to labs where whatever runs them can do so itself, without a run of ours.

Long ones show in the lab's row while they last; afterwards the provider is asked how the lab is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from skyforge_tui.domain.errors import Conflict, NotFound, SkyforgeError
from skyforge_tui.domain.identity import LabId, Principal, ProjectId, upstream_of
from skyforge_tui.domain.lab import LabState
from skyforge_tui.domain.lab_action import (
    ExportedLab,
    LabAction,
    LabProgress,
    LabServer,
    NewLab,
)
from skyforge_tui.domain.lab_console import Console
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.browser import Browser
from skyforge_tui.ports.lab_actions import Tell
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.lab_homes import home_of
from skyforge_tui.services.lab_index import LabIndex
from skyforge_tui.services.pages import Page


class LabActionService:
    """What one may do to labs."""

    def __init__(self, index: LabIndex, browser: Browser, access: Access) -> None:
        self._index = index
        self._browser = browser
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Return what stands for the labs of a lab's provider; takes a lab's id or its name."""
        return home_of(str(target))

    # Whole labs.

    @requires(Permission.LAB_START, of="lab_id")
    async def start(self, principal: Principal, lab_id: LabId) -> None:
        """Start every node of a lab; return when all run. Raises: as `LabStarter.start`."""
        provider = self._index.able(lab_id, LabAction.START)
        async with self._under_way(lab_id, LabState.STARTING) as tell:
            await provider.start(lab_id, tell)

    @requires(Permission.LAB_STOP, of="lab_id")
    async def stop(self, principal: Principal, lab_id: LabId) -> None:
        """Stop every node of a lab; return when none runs. Raises: as `LabStopper.stop`."""
        provider = self._index.able(lab_id, LabAction.STOP)
        async with self._under_way(lab_id, LabState.STOPPING) as tell:
            await provider.stop(lab_id, tell)

    @requires(Permission.LAB_WIPE, of="lab_id")
    async def wipe(self, principal: Principal, lab_id: LabId) -> None:
        """Have every node of a lab forget what it keeps. Raises: as `LabWiper.wipe`."""
        provider = self._index.able(lab_id, LabAction.WIPE)
        async with self._under_way(lab_id, self._state_of(lab_id)) as tell:
            await provider.wipe(lab_id, tell)

    @requires(Permission.LAB_EDIT, of="lab_id")
    async def save(self, principal: Principal, lab_id: LabId) -> None:
        """Keep the running configurations in a lab. Raises: as `ConfigSaver.save`."""
        provider = self._index.able(lab_id, LabAction.SAVE)
        async with self._under_way(lab_id, self._state_of(lab_id)) as tell:
            await provider.save(lab_id, tell)

    @requires(Permission.LAB_READ)
    async def export(self, principal: Principal, lab_id: LabId) -> ExportedLab:
        """Return a lab as a file. Raises: as `LabExporter.export`."""
        return await self._index.export(lab_id)

    @requires(Permission.LAB_EDIT, of="lab_id")
    async def lock(self, principal: Principal, lab_id: LabId, is_locked: bool) -> None:
        """Let nobody edit a lab, or anybody again. Raises: as `LabLocker.lock`."""
        await self._index.able(lab_id, LabAction.LOCK).lock(lab_id, is_locked=is_locked)
        await self._look(lab_id)

    @requires(Permission.LAB_EDIT, of="upstream")
    async def create(self, principal: Principal, upstream: str, lab: NewLab) -> LabId:
        """Make an empty lab at a provider. Raises: as `LabCreator.create`."""
        made: LabId = await self._index.able(LabId(f"{upstream}:"), LabAction.CREATE).create(lab)
        await self._index.read({}, only=(upstream,))
        return made

    # Parts of labs.

    @requires(Permission.LAB_START, of="lab_id")
    async def start_node(self, principal: Principal, lab_id: LabId, node: str) -> None:
        """Start one node. Raises: as `NodeStarter.start_node`."""
        provider = self._index.able(lab_id, LabAction.NODE_START)
        async with self._looked_at(lab_id):
            await provider.start_node(lab_id, node)

    @requires(Permission.LAB_STOP, of="lab_id")
    async def stop_node(self, principal: Principal, lab_id: LabId, node: str) -> None:
        """Stop one node. Raises: as `NodeStopper.stop_node`."""
        provider = self._index.able(lab_id, LabAction.NODE_STOP)
        async with self._looked_at(lab_id):
            await provider.stop_node(lab_id, node)

    @requires(Permission.LAB_EDIT, of="lab_id")
    async def set_link(self, principal: Principal, lab_id: LabId, link: str, is_up: bool) -> None:
        """Take a link down, or up again. Raises: as `LinkSwitch.set_link`."""
        provider = self._index.able(lab_id, LabAction.LINK)
        async with self._looked_at(lab_id):
            await provider.set_link(lab_id, link, is_up=is_up)

    # Looking.

    @requires(Permission.LAB_READ)
    async def console(self, principal: Principal, lab_id: LabId, node: str) -> Console:
        """Return where a node's console is. Raises: as `ConsoleTeller.console`."""
        found: Console = await self._index.able(lab_id, LabAction.CONSOLE).console(lab_id, node)
        return found

    @requires(Permission.LAB_READ)
    async def config(self, principal: Principal, lab_id: LabId, node: str) -> str:
        """Return the configuration that a lab keeps for a node. Raises: as `ConfigTeller`."""
        found: str = await self._index.able(lab_id, LabAction.CONFIG).config(lab_id, node)
        return found

    @requires(Permission.LAB_READ)
    async def open_page(self, principal: Principal, lab_id: LabId) -> Page:
        """Open a lab's page; where there is no browser, only say where it is."""
        url: str = await self._index.able(lab_id, LabAction.PAGE).page(lab_id)
        return Page(url, await self._browser.open(url))

    @requires(Permission.LAB_LIST)
    async def server(self, principal: Principal, upstream: str) -> LabServer:
        """Return how the machine of a provider is. Raises: as `ServerTeller.server`."""
        told: LabServer = await self._index.able(LabId(f"{upstream}:"), LabAction.SERVER).server()
        return told

    # What all share.

    def _state_of(self, lab_id: LabId) -> LabState:
        lab = self._index.lab(lab_id)
        if lab is None:
            raise NotFound(f"no lab {lab_id}", upstream=upstream_of(lab_id))
        return lab.state

    @asynccontextmanager
    async def _under_way(self, lab_id: LabId, state: LabState) -> AsyncIterator[Tell]:
        """Show in the lab's row what is done while the block lasts; then how the lab is.

        Raises:
            Conflict: something else is done to it just now.
        """
        if self._index.is_under_way(lab_id):
            raise Conflict(
                "something is done to it just now", upstream=upstream_of(lab_id),
                operation="lab.act", advice="wait until that has ended",
            )  # fmt: skip

        def tell(progress: LabProgress) -> None:
            self._index.begin(lab_id, state, progress)

        tell(LabProgress("asking for it"))
        try:
            yield tell
        finally:
            try:
                await self._look(lab_id)
            finally:
                self._index.end(lab_id)

    @asynccontextmanager
    async def _looked_at(self, lab_id: LabId) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self._look(lab_id)

    async def _look(self, lab_id: LabId) -> None:
        """Ask how a lab is now; a provider that does not answer says so in its listing.

        A lab of a topology may go by another id from now on: then all of them are looked at.
        """
        lab = self._index.lab(lab_id)
        if lab is not None and lab.topology:
            await self._index.read({}, only=(upstream_of(lab_id),))
        if self._index.lab(lab_id) is not None:
            with suppress(SkyforgeError):
                await self._index.detail(lab_id)
        self._index.changed(lab_id)
