"""Saving and deleting artifacts: the one under the cursor, or all that are marked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.identity import Principal
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import Permission
from skyforge_tui.services.artifact_care import Bulk
from skyforge_tui.services.contract import Services
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.filtering import FilteredPlace
from skyforge_tui.tui.one_by_one import one_by_one
from skyforge_tui.tui.presenters import artifact_questions as questions
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.artifact_questions import Chosen, Selection
from skyforge_tui.tui.presenters.headless import Other
from skyforge_tui.tui.widgets.confirm import Confirm
from skyforge_tui.tui.widgets.outcomes import Item
from skyforge_tui.tui.widgets.waiting import Waiting

if TYPE_CHECKING:
    from skyforge_tui.domain.run import Run
    from skyforge_tui.tui.screens.artifacts.store_view import StoreView

Answer = TypeVar("Answer")
_COUNTING = "counting what lies there"
_SOON_S = 0.2
"""Seconds for which one waits without being shown that one does."""
_AT_ONCE = 8 << 20
"""Bytes up to which one waits for a file."""
_NEEDS = {
    "artifact.save": Permission.ARTIFACT_READ,
    "artifact.delete": Permission.ARTIFACT_DELETE,
    "artifact.copy": Permission.ARTIFACT_READ,
    "artifact.move": Permission.ARTIFACT_DELETE,
}
"""What can be done to several, and what it takes."""

ON_ANY = frozenset({*_NEEDS, "artifact.open", "artifact.save_to"})
"""What can be done to an artifact and to a folder alike."""


class KeepingPlace(FilteredPlace):
    """A place of artifacts, of which several can be marked and acted on at once."""

    ON_MARKED = frozenset(_NEEDS)
    view: StoreView

    def artifact(self) -> Artifact | None:
        """Return the artifact under the cursor."""
        return self.view.artifact(self.table.cursor_key)

    def folder(self) -> ArtifactRef | None:
        """Return the folder under the cursor."""
        held = self.view.held(self.table.cursor_key)
        return held.ref if held is not None and held.is_folder else None

    def maker(self) -> Run | None:
        """Return the run that made what is under the cursor."""
        raise NotImplementedError

    def denied(self, command: Command) -> Denied | None:
        """Say why not; what is done to several says so for each when it asks."""
        if command.id in _NEEDS and self.table.marked_count:
            return None
        return super().denied(command)

    def do_artifact_save(self) -> None:
        """Save it, or all that are marked, where one stands."""
        if self.table.marked_count:
            self.work(self._save_several(), group="save", exclusive=True)
        elif (artifact := self.artifact()) is not None:
            self.work(self._save_one(artifact), group="save")
        elif (folder := self.folder()) is not None:
            self.work(self._save_folder(folder, self.bridge.directory), group="save")

    def do_artifact_delete(self) -> None:
        """Ask whether to delete it, or all that are marked, for good."""
        if self.table.marked_count:
            self.work(self._delete_several(), group="delete", exclusive=True)
        elif (artifact := self.artifact()) is not None:
            self.work(self._delete_one(artifact), group="delete", exclusive=True)
        elif (folder := self.folder()) is not None:
            self.work(self._clear(folder), group="delete", exclusive=True)

    async def found_out(
        self, title: str, doing: str, work: Callable[[Services], Coroutine[Any, Any, Answer]]
    ) -> Answer | None:
        """Have the engine find something out, in front where it takes a while.

        None if nobody waits for it any more: a question that came later would meet other keys.
        """
        task = asyncio.ensure_future(self.ask(work))
        try:
            done, _ = await asyncio.wait([task], timeout=_SOON_S)
            if not done and not await self.app.push_screen_wait(Waiting(title, doing, task)):
                return None
            return await task
        finally:
            task.cancel()

    # One.

    async def _save_one(self, artifact: Artifact) -> None:
        written = await self._save(artifact)
        where = str(self._target(artifact))
        if not written and artifact.size:
            advice = "the header shows how far it is; it goes on by itself"
            self.say(Notice(Severity.INFO, f"Saving {artifact.name}", where, advice=advice))
            return
        self.say(Notice(Severity.INFO, f"Saved {artifact.name}", tones.size(written), where))

    async def _save_folder(self, ref: ArtifactRef, directory: str) -> None:
        """Begin to save all that lies in a folder."""
        principal, folder = self.bridge.principal, Path(directory)
        begun = await self.bridge.act(
            Other(("artifacts", "get", "-r", self.spelled(ref), "-o", directory)),
            lambda services: services.artifact_folders.get(principal, ref, folder),
        )
        name = ref.key.rpartition("/")[2]
        words = tones.several(len(begun), "artifact")
        advice = "the header shows how far they are; they go on by themselves"
        self.say(Notice(Severity.INFO, f"Saving {name}/", f"{words} to {folder / name}",
                        advice=advice))  # fmt: skip

    async def _delete_one(self, artifact: Artifact) -> None:
        run = self.maker()
        owner = "" if run is None else f"run {run.number}"
        question = questions.delete_question(
            Selection((artifact,)), owner, spelled=self.spelled, said=self.bridge.line
        )
        if await self.app.push_screen_wait(Confirm(question)):
            await self._delete(artifact)
            self.say(Notice(Severity.INFO, f"Deleted {artifact.name}", artifact.key))

    async def _clear(self, ref: ArtifactRef) -> None:
        """Count what is in a folder, and ask whether all of it is to go."""
        principal = self.bridge.principal
        title = f"Delete all in {ref.key.rpartition('/')[2]}/"
        bulk = await self.found_out(title, _COUNTING, partial(_count, principal, ref))
        if bulk is None:
            return
        question = questions.clear_question(ref, bulk, self.spelled(ref), self.bridge.line)
        if await self.app.push_screen_wait(Confirm(question)):
            gone = await self._remove_below(ref)
            words = f"{tones.several(gone.count, 'artifact')}, {tones.size(gone.size)}"
            self.say(Notice(Severity.INFO, f"Deleted {ref.key}/", words))

    # Several.

    async def _save_several(self) -> None:
        chosen = self.chosen("artifact.save")
        question = questions.save_question(
            chosen, self.bridge.directory, self.spelled, self.bridge.line
        )
        if self._are_any("save", chosen) and await self.app.push_screen_wait(Confirm(question)):
            items = [
                *(Item(questions.thing_line(one), partial(self._save, one))
                  for one in chosen.artifacts),
                *(Item(questions.folder_line(one), partial(self._save_folder, one.ref,
                                                           self.bridge.directory))
                  for one in chosen.folders),
            ]  # fmt: skip
            await one_by_one(self.app, "Save", items)
            self.table.clear_marks()

    async def _delete_several(self) -> None:
        """Ask about all that are marked; what is in folders among them is counted first."""
        chosen = self.chosen("artifact.delete")
        if not self._are_any("delete", chosen):
            return
        principal = self.bridge.principal
        counted: list[Chosen] = []
        for one in chosen.folders:
            bulk = await self.found_out("Delete", _COUNTING, partial(_count, principal, one.ref))
            if bulk is None:
                return
            counted.append(replace(one, bulk=bulk))
        chosen = replace(chosen, folders=tuple(counted))
        question = questions.delete_question(chosen, spelled=self.spelled, said=self.bridge.line)
        if await self.app.push_screen_wait(Confirm(question)):
            items = [
                *(Item(questions.thing_line(one), partial(self._delete, one))
                  for one in chosen.artifacts),
                *(Item(questions.folder_line(one), partial(self._remove_below, one.ref))
                  for one in chosen.folders),
            ]  # fmt: skip
            await one_by_one(self.app, "Delete", items)
            self.table.clear_marks()

    def chosen(self, command_id: str) -> Selection:
        """Return what is marked and it can be done to, and of the rest why not."""
        artifacts: list[Artifact] = []
        folders: list[Chosen] = []
        left_out: list[str] = []
        for key in self.table.marked:
            held, artifact = self.view.held(key), self.view.artifact(key)
            name = key.rpartition("/")[2]
            if held is None:
                left_out.append(f"{name} is gone")
            elif isinstance(decision := self.bridge.may(_NEEDS[command_id], held), Denied):
                left_out.append(f"{name}: {decision.reason}")
            elif artifact is None:
                folders.append(Chosen(held.ref))
            else:
                artifacts.append(artifact)
        return Selection(tuple(artifacts), tuple(folders), tuple(left_out))

    def _are_any(self, verb: str, chosen: Selection) -> bool:
        if not chosen:
            title, body = f"Refused  {verb} {len(chosen.left_out)} marked", chosen.left_out[0]
            self.say(Notice(Severity.REFUSED, title, body, advice="esc unmarks them"))
        return bool(chosen)

    # What is sent.

    def _target(self, artifact: Artifact) -> Path:
        return Path(self.bridge.directory) / artifact.name

    def path_of(self, text: str) -> Path:
        """Return the path that somebody typed, as seen from where one stands."""
        if text == "~" or text.startswith("~/"):
            return Path.home() / text[2:]
        return Path(self.bridge.directory, text)

    def spelled(self, ref: ArtifactRef) -> str:
        """Return how the command line names it: with its store where that is not the usual one."""
        is_usual = not self.view.stores or ref.store == self.view.stores[0]
        return ref.key if is_usual else str(ref)

    async def _save(self, artifact: Artifact) -> int:
        target = self._target(artifact)
        if artifact.size > _AT_ONCE:
            ref = artifact.ref
            await self.bridge.act(
                Other(("artifacts", "get", self.spelled(ref))),
                lambda services: services.transfers.get(self.bridge.principal, ref, target),
            )
            return 0
        return await self.ask(
            lambda services: services.artifacts.save(self.bridge.principal, artifact.ref, target)
        )

    async def _remove_below(self, ref: ArtifactRef) -> Bulk:
        return await self.bridge.act(
            Other(("artifacts", "rm", "-r", self.spelled(ref), "--yes")),
            lambda services: services.artifact_care.clear(self.bridge.principal, ref),
        )

    async def _delete(self, artifact: Artifact) -> None:
        await self.bridge.act(
            Other(("artifacts", "rm", self.spelled(artifact.ref))),
            lambda services: services.artifacts.delete(self.bridge.principal, artifact.ref),
        )


async def _count(principal: Principal, ref: ArtifactRef, services: Services) -> Bulk:
    return await services.artifact_care.count(principal, ref)
