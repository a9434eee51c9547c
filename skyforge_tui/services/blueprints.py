"""Reads blueprints, and folders of repositories as they do, by few requests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from skyforge_tui.domain.blueprint import BlueprintPlace
from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.repository import Entry, EntryKind
from skyforge_tui.ports.repository_host import RepositoryHost
from skyforge_tui.ports.repository_keeper import RepositoryKeeper

MOST_FILES: Final = 500
_OWN: Final = ".skyforge/"
"""What says of each repository what it is itself."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A blueprint as it is now."""

    place: BlueprintPlace
    project: Project
    commit: str
    files: dict[str, str] = field(default_factory=dict)
    """Names of contents, by path in the projects that have it."""
    programs: frozenset[str] = frozenset()
    """Which of these are executable."""


class Blueprints:
    """Blueprints of one host, each read once in a pass however many projects have it."""

    def __init__(self, host: RepositoryHost, keeper: RepositoryKeeper) -> None:
        self.host = host
        self._keeper = keeper
        self._heads: dict[str, tuple[Project, str]] = {}
        self._read: dict[BlueprintPlace, Blueprint] = {}
        self._turn = asyncio.Lock()

    async def head(self, place: BlueprintPlace) -> str:
        """Return a blueprint's newest commit, by two requests.

        Raises:
            NotFound: it is not there, or one may not see it.
        """
        async with self._turn:
            return (await self._head(place))[1]

    async def at(self, place: BlueprintPlace) -> Blueprint:
        """Return a blueprint with its files, by a request for each folder.

        Raises:
            NotFound: it, or its folder, is not there, or one may not see it.
            Invalid: it is too large.
        """
        async with self._turn:
            if place not in self._read:
                project, commit = await self._head(place)
                found: dict[str, Entry] = {}
                await self._walk(project, await self._folder(project, commit, place), "", found)
                files = {path: one.object_id for path, one in found.items()}
                programs = frozenset(path for path, one in found.items() if one.is_executable)
                self._read[place] = Blueprint(place, project, commit, files, programs)
            return self._read[place]

    async def _head(self, place: BlueprintPlace) -> tuple[Project, str]:
        if place.repository not in self._heads:
            project = await self._keeper.find_repository(place.repository)
            commit = "" if project is None else await head_of(self.host, project)
            if project is None or not commit:
                raise NotFound(
                    f"no blueprint {place.name}: it is not there, or you may not see it",
                    upstream=self.host.upstream, operation="project.sync",
                )  # fmt: skip
            self._heads[place.repository] = project, commit
        return self._heads[place.repository]

    async def _folder(self, project: Project, commit: str, place: BlueprintPlace) -> str:
        tree = commit
        for name in PurePosixPath(place.folder).parts:
            inner = (await entries_of(self.host, project, tree)).get(name)
            if inner is None or inner.kind is not EntryKind.FOLDER:
                raise NotFound(f"no folder {place.folder} in {place.repository}")
            tree = inner.object_id
        return tree

    async def _walk(
        self, project: Project, tree: str, folder: str, found: dict[str, Entry]
    ) -> None:
        for name, one in (await entries_of(self.host, project, tree)).items():
            path = f"{folder}{name}"
            if one.kind is EntryKind.FOLDER and not f"{path}/".startswith(_OWN):
                await self._walk(project, one.object_id, f"{path}/", found)
            elif one.kind is EntryKind.FILE:
                found[path] = one
        if len(found) > MOST_FILES:
            raise Invalid(
                f"a blueprint of more than {MOST_FILES} files is not brought in",
                operation="project.sync", advice="name a folder of it: OWNER/NAME/FOLDER",
            )  # fmt: skip


async def head_of(host: RepositoryHost, project: Project) -> str:
    """Return the newest commit of a project's branch; empty of an empty repository."""
    try:
        page = await host.commits(project, project.branch)
    except NotFound:
        return ""
    return page.commits[0].sha if page.commits else ""


async def entries_of(host: RepositoryHost, project: Project, tree: str) -> dict[str, Entry]:
    """Return everything in a folder by name."""
    found: dict[str, Entry] = {}
    start = 0
    while True:
        page = await host.folder(project, tree, start)
        found.update((one.name, one) for one in page.entries)
        start += len(page.entries)
        if not page.entries or start >= page.total:
            return found
