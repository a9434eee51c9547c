"""What the sides of a project begin with that are kept in step, and the first: its repository.

Each side asks for everything first, and raises rather than tell a part of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_manifest import ProjectManifest
from skyforge_tui.domain.project_plan import (
    Act,
    Part,
    Step,
    people_steps,
)
from skyforge_tui.domain.seal import Seal
from skyforge_tui.ports.project_secrets import ProjectSecrets
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.ports.sync_book import SyncMemory
from skyforge_tui.services.project_wishes import (
    people_of,
)

ROLES_A_PASS: Final = 2
"""Of how many collaborators each pass asks what they may; all have their turn."""


@dataclass(slots=True)
class Known:
    """What both sides know and find out; `memory` is what shall be remembered of it."""

    project: Project
    """As its host lists it, without what its manifest says."""
    manifest: ProjectManifest
    memory: SyncMemory
    seal: Seal
    secrets: ProjectSecrets = field(default_factory=ProjectSecrets)
    is_alone: bool = False
    """Whether it is the only one that is looked at: then everybody is asked about."""
    is_attended: bool = True
    """Whether somebody said so who may change who owns it."""
    notes: list[str] = field(default_factory=list)


class RepositorySide:
    """Visibility, description and collaborators of the repository."""

    name: Final = "repository"

    def __init__(self, known: Known, keeper: RepositoryKeeper) -> None:
        self._known = known
        self._keeper = keeper

    async def look(self) -> list[Step]:
        """Return what is due."""
        wanted, there = self._known.manifest, self._known.project
        steps: list[Step] = []
        if wanted.is_public is not None and wanted.is_public != there.is_public:
            words = ("private", "public")
            detail = f"{words[there.is_public]} → {words[wanted.is_public]}"
            steps.append(Step(Part.VISIBILITY, Act.CHANGE, detail=detail))
        if wanted.description and wanted.description != there.description:
            steps.append(Step(Part.DESCRIPTION, Act.CHANGE, detail=wanted.description))
        if wanted.members:
            people = people_of(there, wanted)
            roles = await self._roles(people)
            steps += people_steps(Part.COLLABORATOR, people, roles, self._stubborn(roles))
        return steps

    async def do(self, step: Step) -> None:
        """Take a step."""
        project, keeper = self._known.project, self._keeper
        if step.part is Part.VISIBILITY:
            await keeper.change_repository(project, is_private=not self._known.manifest.is_public)
        elif step.part is Part.DESCRIPTION:
            await keeper.change_repository(project, description=step.detail)
        elif step.act is Act.REMOVE:
            await keeper.put_out(project, step.name)
        else:
            await keeper.let_in(project, step.name, step.role)
            role = await keeper.collaborator_role(project, step.name)
            memory = self._known.memory
            roles, stubborn = {**memory.roles, step.name: role}, dict(memory.stubborn)
            if role is not step.role:
                stubborn[step.name] = role
            self._known.memory = replace(memory, roles=roles, stubborn=stubborn)

    async def _roles(self, people: Mapping[str, Role]) -> dict[str, Role]:
        """Return everybody who was let in, with what they may as far as that matters.

        It costs a request for each: among many projects, whose role was learned before is asked
        about in turn. Of those who go anyway it is not asked.
        """
        project, memory = self._known.project, self._known.memory
        names = await self._keeper.collaborator_names(project)
        wanted = {name.lower() for name in people}
        both = sorted(name for name in names if name.lower() in wanted)
        start = memory.turn * ROLES_A_PASS % max(len(both), 1)
        most = len(both) if self._known.is_alone else ROLES_A_PASS
        asked = (both + both)[start : start + min(most, len(both))]
        asked += [name for name in both if name not in memory.roles and name not in asked]
        told = await asyncio.gather(
            *(self._keeper.collaborator_role(project, name) for name in asked)
        )
        known = {name: role for name, role in memory.roles.items() if name in names}
        known.update(zip(asked, told, strict=True))
        self._known.memory = replace(memory, roles=known)
        return {name: known.get(name, Role.NONE) for name in names}

    def _stubborn(self, roles: Mapping[str, Role]) -> list[str]:
        stubborn = self._known.memory.stubborn
        spared = [name for name, role in roles.items() if stubborn.get(name) is role]
        said = (f"{one} stays {roles[one].word} there by other ways" for one in spared)
        self._known.notes += said
        return spared
