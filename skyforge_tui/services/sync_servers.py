"""The servers that passes of the sync ask: their whole lists, and how much they are asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from skyforge_tui.domain.errors import SkyforgeError, Unavailable
from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.project import Project
from skyforge_tui.ports.counting import Counting
from skyforge_tui.ports.project_secrets import SecretReading, SecretSource
from skyforge_tui.ports.repository_host import RepositoryHost
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.ports.run_host import RunHost
from skyforge_tui.services.blueprints import Blueprints
from skyforge_tui.services.deadlines import LATE, within
from skyforge_tui.services.engine_side import EngineLists


@dataclass(frozen=True, slots=True)
class Shared:
    """What the projects of a pass ask for only once."""

    lists: Mapping[str, EngineLists]
    secrets: SecretReading
    blueprints: Mapping[str, Blueprints]
    """By the host that keeps them."""


class SyncServers:
    """Hosts of repositories and run engines, by name."""

    def __init__(
        self, hosts: Iterable[RepositoryHost], engines: Iterable[RunHost], secrets: SecretSource
    ) -> None:
        self.hosts = {one.upstream: one for one in hosts}
        several: Mapping[str, Any] = self.hosts
        self.keepers: dict[str, RepositoryKeeper] = {
            name: one for name, one in several.items() if isinstance(one, RepositoryKeeper)
        }
        self._engines = {one.upstream: one for one in engines}
        self._secrets = secrets

    async def listed(
        self, upstreams: Iterable[str], within_s: float
    ) -> tuple[dict[ProjectId, Project], dict[str, str]]:
        """Return the repositories that hosts list in time, and why others are not among them.

        The reasons are by the name of a host that did not answer, or by the id of a repository.
        """
        found: dict[ProjectId, Project] = {}
        failed: dict[str, str] = {}

        async def ask(upstream: str) -> None:
            try:
                async with within(within_s, Unavailable(LATE)):
                    listing = await self.hosts[upstream].list_projects()
            except SkyforgeError as error:
                failed[upstream] = f"{upstream} was not looked at: {error}"
                return
            found.update((one.id, one) for one in listing.projects)
            why = f"what {upstream} tells of it cannot be read: nothing was changed"
            failed.update(dict.fromkeys(listing.unreadable, why))

        await asyncio.gather(*map(ask, upstreams))
        return found, failed

    def shared(self) -> Shared:
        """Return what a pass begins with."""
        lists = {name: EngineLists(one) for name, one in self._engines.items()}
        blueprints = {
            name: Blueprints(self.hosts[name], keeper) for name, keeper in self.keepers.items()
        }
        return Shared(lists, self._secrets.reading(), blueprints)

    @contextmanager
    def counting(self) -> Iterator[Mapping[str, Mapping[str, int]]]:
        """Count what is sent meanwhile, by server and method."""
        servers: list[object] = [*self.hosts.values(), *self._engines.values()]
        with ExitStack() as stack:
            yield {
                one.upstream: stack.enter_context(one.counting())
                for one in servers
                if isinstance(one, Counting)
            }
