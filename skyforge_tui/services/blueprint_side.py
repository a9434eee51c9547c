"""The files that a project has from its blueprint: brought in by one commit, edits never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
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
from skyforge_tui.domain.errors import Invalid, SkyforgeError
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.project_plan import Act, Part, Step, Thing
from skyforge_tui.domain.repository import Entry, EntryKind, FileChange
from skyforge_tui.services.blueprints import Blueprint, Blueprints, entries_of, head_of
from skyforge_tui.services.sync_sides import Known

MOST_BYTES: Final = 1024 * 1024
"""Of one file."""
_NAMED: Final = 4
"""Files that a plan names of those of a kind; of more it says how many."""
_ACTS: Final = {Fate.CREATE: "+", Fate.CHANGE: "≠", Fate.REMOVE: "−"}


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
        there = await self._there(project, head, {*memory.files, *blueprint.files})
        ours = {path: one.object_id for path, one in there.items()}
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
        await self._tell_lost(blueprint, head)

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
        return FileChange(one.path, found.data, one.ours, one.path in blueprint.programs)

    async def _tell_lost(self, blueprint: Blueprint, head: str) -> None:
        """Say which new files are not executable here, as hosts make them that cannot do it."""
        new = {one.path for one in self._due if one.fate is Fate.CREATE} & blueprint.programs
        if not new:
            return
        try:
            there = await self._there(self._known.project, head, new)
        except SkyforgeError as error:  # what was written is written
            self._known.notes.append(
                f"whether {', '.join(sorted(new))} can run was not seen: {error}"
            )
            return
        for path in sorted(path for path, one in there.items() if not one.is_executable):
            self._known.notes.append(
                f"{path} is executable in {blueprint.place.name}, and not here:"
                f" {self._host.upstream} cannot do that from here, `git push` can"
            )

    async def _there(self, project: Project, head: str, paths: Iterable[str]) -> dict[str, Entry]:
        """Return what the project has of these paths, looking only into their folders."""
        found: dict[str, Entry] = {}
        if not head:
            return found
        by_folder: dict[str, list[str]] = {}
        for path in paths:
            folder, _, name = path.rpartition("/")
            by_folder.setdefault(folder, []).append(name)
        trees: dict[str, str] = {"": head}
        listed: dict[str, dict[str, Entry]] = {}
        for folder in sorted(by_folder):
            await self._into(project, folder, trees, listed)
            inner = listed.get(folder, {})
            for name in by_folder[folder]:
                one = inner.get(name)
                if one is not None and one.kind is EntryKind.FILE:
                    found[f"{folder}/{name}" if folder else name] = one
        return found

    async def _into(
        self,
        project: Project,
        folder: str,
        trees: dict[str, str],
        listed: dict[str, dict[str, Entry]],
    ) -> None:
        """List a folder and all around it, each once; one that is not there has nothing in it."""
        parts = PurePosixPath(folder).parts
        for depth in range(len(parts) + 1):
            here = "/".join(parts[:depth])
            if here not in listed and here in trees:
                listed[here] = await entries_of(self._host, project, trees[here])
                for name, one in listed[here].items():
                    if one.kind is EntryKind.FOLDER:
                        trees[f"{here}/{name}" if here else name] = one.object_id


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
