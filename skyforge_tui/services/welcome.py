"""The beginning: what somebody is offered who has no project and no configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from skyforge_tui.domain.audit import Deed
from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import LOCAL, Principal, ProjectId
from skyforge_tui.domain.machine import CheckState
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.template import Source
from skyforge_tui.ports.machine import Machine
from skyforge_tui.ports.starter import Starter, Workspace
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.catalog import Catalog
from skyforge_tui.services.record import Doing, Record, recorded

SAMPLE = "sample-lab"
"""The folder of the sample project, where nobody names another."""
_CONTAINERS = ("docker", "containerlab")


def _begun(_: WelcomeService, call: Mapping[str, Any], result: Any) -> Iterator[Doing]:
    where = str(result or call["folder"] or SAMPLE)
    name = where.rstrip("/").rpartition("/")[2]
    yield Doing(Deed.CREATE, f"the sample, in {where}", project=name, upstream=LOCAL)


class WelcomeService:
    """What one may begin with."""

    def __init__(
        self,
        starter: Starter,
        workspace: Workspace,
        machine: Machine,
        catalog: Catalog,
        access: Access,
        record: Record,
    ) -> None:
        self._starter = starter
        self._workspace = workspace
        self._machine = machine
        self._catalog = catalog
        self.access = access
        self.record = record

    async def project_of(self, target: object) -> ProjectId:
        """Refuse: what is begun belongs to no project yet."""
        raise NotFound(f"{target} belongs to no project")

    @requires(Permission.PROJECT_LIST)
    async def is_due(self, principal: Principal) -> bool:
        """Say whether there is neither a configuration nor anything to launch here."""
        if any(self._catalog.templates_of(one.id) for one in self._catalog.covered()):
            return False
        return not await self._starter.has_config()

    @recorded(_begun)
    @requires(Permission.PROJECT_CREATE)
    async def create_sample(self, principal: Principal, folder: Path | None = None) -> Path:
        """Write the sample project and read it; without `folder`, where one looks for projects.

        What was written is trusted: it came from here, and is known to the byte.

        Raises:
            Conflict: there is something at `folder` already.
            Unavailable: it cannot be written.
        """
        target = folder or self._workspace.roots[0] / SAMPLE
        written = await self._starter.write_sample(
            target, with_containers=await self._has_containers()
        )
        await self._catalog.read_all()
        await self._trust(written, principal.username)
        return target

    @requires(Permission.CONFIG_WRITE)
    async def write_config(self, principal: Principal) -> Path:
        """Write the commented configuration and return where it is.

        Raises:
            Conflict: there is one already.
            Unavailable: it cannot be written.
        """
        return await self._starter.write_config()

    @requires(Permission.CONFIG_WRITE)
    async def use_folder(self, principal: Principal, folder: Path) -> Path:
        """Look for projects in `folder`, now and from now on; return where that is written down.

        Raises:
            Invalid: there is no such folder.
            Conflict: there is a configuration already, and it says where.
            Unavailable: it cannot be written, or the folder cannot be read.
        """
        path = await self._starter.write_config([folder])
        self._workspace.look_in([folder])
        await self._catalog.read_all()
        return path

    async def _has_containers(self) -> bool:
        found = [await self._machine.check(name) for name in _CONTAINERS]
        return all(one.state is CheckState.OK for one in found)

    async def _trust(self, written: tuple[Source, ...], by: str) -> None:
        for project in self._catalog.covered():
            declaring = {
                source
                for template in self._catalog.templates_of(project.id)
                for source in template.sources
            }
            if known := declaring.intersection(written):
                await self._catalog.trust(project.id, sorted(known, key=lambda one: one.path), by)
