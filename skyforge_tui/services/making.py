"""Makes a project step by step: its repository, the manifest in it, and what that says.

Every step makes sure, so that making again what failed half-way does what is missing, and no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from skyforge_tui.domain.errors import Conflict, Forbidden, NotFound, SkyforgeError
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.making import Follower, Went
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import PATH, ProjectManifest
from skyforge_tui.ports.clock import Clock
from skyforge_tui.ports.manifest_files import ManifestFiles
from skyforge_tui.ports.project_secrets import SecretSource
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.services.authorization import Access
from skyforge_tui.services.project_care import ProjectCareService
from skyforge_tui.services.stepping import said, taken

MANIFEST = f"manifest {PATH}"
IN_STEP = "in step with its manifest"


@dataclass(frozen=True, slots=True)
class Wish:
    """A project as it shall be."""

    host: str
    """Where it is kept."""
    full_name: str
    """`NAME`, or `OWNER/NAME`."""
    manifest: ProjectManifest

    @property
    def owner(self) -> str:
        """Whose it shall be; empty for one's own."""
        return self.full_name.rpartition("/")[0]

    @property
    def name(self) -> str:
        """What the repository is called."""
        return self.full_name.rpartition("/")[2]

    @property
    def repository_step(self) -> str:
        """The first step, in a few words."""
        return f"repository {self.full_name} at {self.host}"


class Reading(Protocol):
    """What knows projects, and reads them anew."""

    async def know(self, project_ids: list[ProjectId]) -> None:
        """Make sure that these are known."""
        ...

    async def read(self, project_id: ProjectId) -> None:
        """Read one anew."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """What projects are made with."""

    keepers: Mapping[str, RepositoryKeeper]
    """By name of the host."""
    manifests: Mapping[str, ManifestFiles]
    secrets: SecretSource
    catalog: Reading
    care: ProjectCareService
    access: Access
    clock: Clock


class Making:
    """One project on its way from a wish to what is there."""

    def __init__(
        self, tools: Workshop, principal: Principal, wish: Wish, project: Project | None = None
    ) -> None:
        """Take what is wished for, and the repository where there is one that is meant."""
        self.project = project
        self._tools = tools
        self._principal = principal
        self._wish = wish

    async def run(self, deadline: datetime, follower: Follower) -> None:
        """Take every step until one fails or `deadline` comes; `follower` is told of each."""
        steps: tuple[tuple[str, Callable[[], Coroutine[Any, Any, Went]]], ...] = (
            (self._wish.repository_step, self._repository),
            (MANIFEST, self._manifest),
        )
        for what, _ in steps:
            follower.tell(what, Went.LEFT)
        left_s = (deadline - self._tools.clock.now()).total_seconds()
        try:
            async with asyncio.timeout(max(left_s, 0.0)):
                for what, work in steps:
                    if follower.has_enough:
                        return
                    await taken(follower, what, work())
                if not follower.has_enough:
                    await self._in_step(deadline, follower)
        except SkyforgeError:
            return  # it was told with its step
        except TimeoutError:
            follower.tell(IN_STEP, Went.FAILED, "the deadline came first")

    async def _repository(self) -> Went:
        if self.project is not None:
            return Went.WAS_SO
        wish, keeper = self._wish, self._tools.keepers[self._wish.host]
        self.project = await found(keeper, wish)
        if self.project is not None:
            return Went.WAS_SO
        manifest = wish.manifest
        try:
            self.project = await keeper.create_repository(
                wish.name, owner=wish.owner, description=manifest.description,
                is_private=not manifest.is_public,
            )  # fmt: skip
        except Forbidden as error:
            if not wish.owner:
                raise
            why = f"{wish.host} lets you make nothing in {wish.owner}: ask one of its owners"
            raise Forbidden(why, operation="project.create") from error
        except Conflict:
            self.project = await found(keeper, wish)  # somebody was faster
            if self.project is None:
                raise
            return Went.WAS_SO
        return Went.DONE

    async def _manifest(self) -> Went:
        project, files = self._made(), self._tools.manifests[self._wish.host]
        before = await files.read(project)
        if before.object_id:
            return Went.WAS_SO
        title = self._wish.manifest.name or self._wish.name
        message = f"Begin {title}\n\nAs {self._principal.username}"
        await files.write(project, self._wish.manifest, before, message)
        return Went.DONE

    async def _in_step(self, deadline: datetime, follower: Follower) -> None:
        """Have done what the manifest says; what was foreseen and is not due any more is so."""
        project, tools = self._made(), self._tools
        if self._wish.host not in tools.keepers:
            return  # kept here, where nothing more is due
        try:
            await tools.catalog.know([project.id])
            await tools.catalog.read(project.id)
            report = await tools.care.run_for_project(
                self._principal, project.id, deadline, applies=True, follower=follower
            )
        except SkyforgeError as error:
            follower.tell(IN_STEP, Went.FAILED, said(error))
            return
        due = {step.words for step in report.left}
        for one in follower.outcomes:
            if one.went is Went.LEFT and one.what not in due and not report.errors:
                follower.tell(one.what, Went.WAS_SO)

    def _made(self) -> Project:
        if self.project is None:
            raise NotFound(f"{self._wish.full_name} is not there", operation="project.create")
        return self.project


async def found(keeper: RepositoryKeeper, wish: Wish) -> Project | None:
    """Return the repository that a wish means, where it is there.

    One that only once had its name is another one.
    """
    if wish.owner:
        there = await keeper.find_repository(wish.full_name)
    else:
        there = await keeper.find_own(wish.name)
    is_meant = there is not None and there.path.lower().endswith(f"/{wish.full_name.lower()}")
    return there if is_meant else None
