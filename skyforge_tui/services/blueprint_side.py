"""The files that a project has from its blueprint: brought in by one commit, edits never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final

from skyforge_tui.domain.blueprint import (
    BlueprintMemory,
    BlueprintPlace,
    Fate,
    FileDue,
    Stays,
    place_of,
    three_ways,
)
from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_plan import Act, Part, Step, Thing
from skyforge_tui.domain.repository import EntryKind, FileChange
from skyforge_tui.ports.repository_host import RepositoryHost
from skyforge_tui.ports.repository_keeper import RepositoryKeeper
from skyforge_tui.services.sync_sides import Known

MOST_FILES: Final = 500
MOST_BYTES: Final = 1024 * 1024
"""Of one file."""
_OWN: Final = ".skyforge/"
"""What says of each repository what it is itself."""
_NAMED: Final = 4
"""Files that a plan names of those of a kind; of more it says how many."""
_ACTS: Final = {Fate.CREATE: "+", Fate.CHANGE: "≠", Fate.REMOVE: "−"}


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A blueprint as it is now."""

    place: BlueprintPlace
    project: Project
    commit: str
    files: dict[str, str] = field(default_factory=dict)
    """Names of contents, by path in the projects that have it."""


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
                found: dict[str, str] = {}
                await self._walk(project, await self._folder(project, commit, place), "", found)
                self._read[place] = Blueprint(place, project, commit, found)
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
            inner = await entries_of(self.host, project, tree)
            kind, tree = inner.get(name, (EntryKind.UNKNOWN, ""))
            if kind is not EntryKind.FOLDER:
                raise NotFound(f"no folder {place.folder} in {place.repository}")
        return tree

    async def _walk(self, project: Project, tree: str, folder: str, found: dict[str, str]) -> None:
        for name, (kind, object_id) in (await entries_of(self.host, project, tree)).items():
            path = f"{folder}{name}"
            if kind is EntryKind.FOLDER and not f"{path}/".startswith(_OWN):
                await self._walk(project, object_id, f"{path}/", found)
            elif kind is EntryKind.FILE:
                found[path] = object_id
        if len(found) > MOST_FILES:
            raise Invalid(
                f"a blueprint of more than {MOST_FILES} files is not brought in",
                operation="project.sync", advice="name a folder of it: OWNER/NAME/FOLDER",
            )  # fmt: skip


class BlueprintSide:
    """What of a project's repository comes from its blueprint."""

    def __init__(self, known: Known, blueprints: Blueprints, by: str) -> None:
        self._known = known
        self._blueprints = blueprints
        self._host = blueprints.host
        self._by = by
        self._due: tuple[FileDue, ...] = ()
        self._conflicts: tuple[FileDue, ...] = ()

    @property
    def name(self) -> str:
        """What it is looked at for."""
        return "blueprint"

    async def look(self) -> list[Step]:
        """Return one step for all that is brought in, and one for each file that two changed."""
        known, memory = self._known, self._known.memory.blueprint
        project = known.project
        web = project.path.rsplit("/", 2)[0]
        place = place_of(known.manifest.blueprint, web)
        if place.name != memory.place:
            memory = BlueprintMemory(place.name, settled=memory.settled)
        newest, head = await self._blueprints.head(place), await head_of(self._host, project)
        if (memory.commit, memory.head) == (newest, head):
            return []
        blueprint = await self._blueprints.at(place)
        ours = await self._ours(project, head, {*memory.files, *blueprint.files})
        found = three_ways(memory.files, ours, blueprint.files, memory.settled)
        self._due, self._conflicts = found.due, found.conflicts
        is_as_it_should_be = not found.due and not found.conflicts
        seen = (blueprint.commit, head) if is_as_it_should_be else ("", "")
        due = {one.path for one in found.due}
        settled = {path: word for path, word in memory.settled.items()
                   if path in due and word is Stays.THEIRS}  # fmt: skip
        memory = replace(
            memory, commit=seen[0], head=seen[1], files=found.files, settled=settled
        )  # what one's own content stays of is as it was there from now on
        known.memory = replace(known.memory, blueprint=memory)
        steps = [_step(place, found.due, is_new=not memory.is_accepted)] if found.due else []
        return [*steps, *(_conflict(place, one) for one in found.conflicts)]

    async def do(self, step: Step) -> None:
        """Bring in everything that is due, by one commit; what two changed is left alone."""
        known = self._known
        blueprint = await self._blueprints.at(place_of(step.name))
        changes = await asyncio.gather(*(self._change(blueprint, one) for one in self._due))
        count = len(changes)
        message = (
            f"Bring in {step.name} as of {blueprint.commit[:10]}\n\n"
            f"{count} file{'' if count == 1 else 's'}\n\nAs {self._by}"
        )
        branch = known.project.branch or "main"
        head = await self._host.write_files(known.project, changes, message, branch=branch)
        memory = known.memory.blueprint
        alike = dict(memory.files)
        for one in self._due:
            alike.pop(one.path, None)
            if one.theirs:
                alike[one.path] = one.theirs
        seen = ("", "") if self._conflicts else (blueprint.commit, head)
        memory = BlueprintMemory(step.name, *seen, alike, is_accepted=True)
        known.memory = replace(known.memory, blueprint=memory)

    async def _change(self, blueprint: Blueprint, one: FileDue) -> FileChange:
        if one.fate is Fate.REMOVE:
            return FileChange(one.path, None, one.ours)
        folder = blueprint.place.folder
        path = f"{folder}/{one.path}" if folder else one.path
        found = await self._host.read_file(
            blueprint.project, blueprint.commit, path, MOST_BYTES + 1
        )
        if found is None or not found.is_whole or found.size > MOST_BYTES:
            raise Invalid(
                f"{path} of {blueprint.place.repository} cannot be brought in",
                operation="project.sync", advice=f"only files of up to {MOST_BYTES:,} bytes are",
            )  # fmt: skip
        return FileChange(one.path, found.data, one.ours)

    async def _ours(self, project: Project, head: str, paths: Iterable[str]) -> dict[str, str]:
        """Return what the project has of these paths, looking only into their folders."""
        found: dict[str, str] = {}
        if not head:
            return found
        by_folder: dict[str, list[str]] = {}
        for path in paths:
            folder, _, name = path.rpartition("/")
            by_folder.setdefault(folder, []).append(name)
        trees: dict[str, str] = {"": head}
        listed: dict[str, dict[str, tuple[EntryKind, str]]] = {}
        for folder in sorted(by_folder):
            await self._into(project, folder, trees, listed)
            inner = listed.get(folder, {})
            for name in by_folder[folder]:
                kind, object_id = inner.get(name, (EntryKind.UNKNOWN, ""))
                if object_id and kind is EntryKind.FILE:
                    found[f"{folder}/{name}" if folder else name] = object_id
        return found

    async def _into(
        self,
        project: Project,
        folder: str,
        trees: dict[str, str],
        listed: dict[str, dict[str, tuple[EntryKind, str]]],
    ) -> None:
        """List a folder and all around it, each once; one that is not there has nothing in it."""
        parts = PurePosixPath(folder).parts
        for depth in range(len(parts) + 1):
            here = "/".join(parts[:depth])
            if here not in listed and here in trees:
                listed[here] = await entries_of(self._host, project, trees[here])
                for name, (kind, object_id) in listed[here].items():
                    if kind is EntryKind.FOLDER:
                        trees[f"{here}/{name}" if here else name] = object_id


def _step(place: BlueprintPlace, due: tuple[FileDue, ...], *, is_new: bool) -> Step:
    words = []
    for fate, sign in _ACTS.items():
        some = [one.path for one in due if one.fate is fate]
        words += [f"{sign} {path}" for path in some[:_NAMED]]
        if len(some) > _NAMED:
            words.append(f"{sign} {len(some) - _NAMED} more")
    files = {one.path: str(one.fate) for one in due}
    return Step(
        Part.BLUEPRINT, Act.CHANGE, place.name, ", ".join(words),
        thing=Thing(Part.BLUEPRINT, place.name, files), wants_word=is_new,
    )  # fmt: skip


def _conflict(place: BlueprintPlace, one: FileDue) -> Step:
    here = "changed here" if one.ours else "deleted here"
    return Step(
        Part.BLUEPRINT, Act.CONFLICT, one.path, f"yours stays: {here}, and changed in {place.name}"
    )


async def head_of(host: RepositoryHost, project: Project) -> str:
    """Return the newest commit of a project's branch; empty of an empty repository."""
    try:
        page = await host.commits(project, project.branch)
    except NotFound:
        return ""
    return page.commits[0].sha if page.commits else ""


async def entries_of(
    host: RepositoryHost, project: Project, tree: str
) -> dict[str, tuple[EntryKind, str]]:
    """Return everything in a folder by name: its kind, and the name of its content."""
    found: dict[str, tuple[EntryKind, str]] = {}
    start = 0
    while True:
        page = await host.folder(project, tree, start)
        found.update((one.name, (one.kind, one.object_id)) for one in page.entries)
        start += len(page.entries)
        if not page.entries or start >= page.total:
            return found
