"""Saving and deleting artifacts: the one under the cursor, or all that are marked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import Permission
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.filtering import FilteredPlace
from skyforge_tui.tui.one_by_one import one_by_one
from skyforge_tui.tui.presenters import artifact_questions as questions
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.headless import Other
from skyforge_tui.tui.widgets.confirm import Confirm
from skyforge_tui.tui.widgets.outcomes import Item

if TYPE_CHECKING:
    from skyforge_tui.domain.run import Run
    from skyforge_tui.tui.screens.artifacts.store_view import StoreView

_AT_ONCE = 8 << 20
"""Bytes up to which one waits for a file."""
_NEEDS = {
    "artifact.save": Permission.ARTIFACT_READ,
    "artifact.delete": Permission.ARTIFACT_DELETE,
    "artifact.copy": Permission.ARTIFACT_READ,
    "artifact.move": Permission.ARTIFACT_DELETE,
}
"""What can be done to several, and what it takes."""


class KeepingPlace(FilteredPlace):
    """A place of artifacts, of which several can be marked and acted on at once."""

    ON_MARKED = frozenset(_NEEDS)
    view: StoreView

    def artifact(self) -> Artifact | None:
        """Return the artifact under the cursor."""
        return self.view.artifact(self.table.cursor_key)

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

    def do_artifact_delete(self) -> None:
        """Ask whether to delete it, or all that are marked, for good."""
        if self.table.marked_count:
            self.work(self._delete_several(), group="delete", exclusive=True)
        elif (artifact := self.artifact()) is not None:
            self.work(self._delete_one(artifact), group="delete", exclusive=True)
        elif (folder := self.view.held(self.table.cursor_key)) is not None:
            self.work(self._clear(folder.ref), group="delete", exclusive=True)

    # One.

    async def _save_one(self, artifact: Artifact) -> None:
        written = await self._save(artifact)
        where = str(self._target(artifact))
        if not written and artifact.size:
            advice = "the header shows how far it is; it goes on by itself"
            self.say(Notice(Severity.INFO, f"Saving {artifact.name}", where, advice=advice))
            return
        self.say(Notice(Severity.INFO, f"Saved {artifact.name}", tones.size(written), where))

    async def _delete_one(self, artifact: Artifact) -> None:
        run = self.maker()
        owner = "" if run is None else f"run {run.number}"
        if await self.app.push_screen_wait(
            Confirm(questions.delete_question([artifact], owner, spelled=self.spelled))
        ):
            await self._delete(artifact)
            self.say(Notice(Severity.INFO, f"Deleted {artifact.name}", artifact.key))

    async def _clear(self, ref: ArtifactRef) -> None:
        """Count what is in a folder, and ask whether all of it is to go."""
        principal = self.bridge.principal
        bulk = await self.ask(lambda services: services.artifact_care.count(principal, ref))
        question = questions.clear_question(ref, bulk, self.spelled(ref))
        if await self.app.push_screen_wait(Confirm(question)):
            gone = await self.bridge.act(
                Other(("artifacts", "rm", "-r", self.spelled(ref), "--yes")),
                lambda services: services.artifact_care.clear(principal, ref),
            )
            words = f"{tones.count(gone.count)} artifacts, {tones.size(gone.size)}"
            self.say(Notice(Severity.INFO, f"Deleted {ref.key}/", words))

    # Several.

    async def _save_several(self) -> None:
        able, left_out = self._marked("artifact.save")
        question = questions.save_question(able, self.bridge.directory, left_out, self.spelled)
        if self._are_any("save", able, left_out) and await self.app.push_screen_wait(
            Confirm(question)
        ):
            items = [Item(questions.thing_line(one), partial(self._save, one)) for one in able]
            await one_by_one(self.app, "Save", items)
            self.table.clear_marks()

    async def _delete_several(self) -> None:
        able, left_out = self._marked("artifact.delete")
        question = questions.delete_question(able, left_out=left_out, spelled=self.spelled)
        if self._are_any("delete", able, left_out) and await self.app.push_screen_wait(
            Confirm(question)
        ):
            items = [Item(questions.thing_line(one), partial(self._delete, one)) for one in able]
            await one_by_one(self.app, "Delete", items)
            self.table.clear_marks()

    def _marked(self, command_id: str) -> tuple[list[Artifact], list[str]]:
        """Return the marked artifacts that it can be done to, and of the others why not."""
        able: list[Artifact] = []
        left_out: list[str] = []
        for key in self.table.marked:
            held, artifact = self.view.held(key), self.view.artifact(key)
            name = key.rpartition("/")[2]
            if held is None:
                left_out.append(f"{name} is gone")
            elif artifact is None:
                left_out.append(f"{name}/ is a folder")
            elif isinstance(decision := self.bridge.may(_NEEDS[command_id], held), Denied):
                left_out.append(f"{name}: {decision.reason}")
            else:
                able.append(artifact)
        return able, left_out

    def _are_any(self, verb: str, able: Sequence[Artifact], left_out: Sequence[str]) -> bool:
        if not able:
            title, body = f"Refused  {verb} {len(left_out)} marked", left_out[0]
            self.say(Notice(Severity.REFUSED, title, body, advice="esc unmarks them"))
        return bool(able)

    # What is sent.

    def _target(self, artifact: Artifact) -> Path:
        return Path(self.bridge.directory) / artifact.name

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

    async def _delete(self, artifact: Artifact) -> None:
        await self.bridge.act(
            Other(("artifacts", "rm", self.spelled(artifact.ref))),
            lambda services: services.artifacts.delete(self.bridge.principal, artifact.ref),
        )
