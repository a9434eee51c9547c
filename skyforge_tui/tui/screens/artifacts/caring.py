"""Looking after artifacts: their addresses, their origin, their checksums, what is too old."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.retention import Limits
from skyforge_tui.domain.run import Run
from skyforge_tui.services.artifact_care import Bulk, OldRun, Soundness
from skyforge_tui.services.artifact_views import Held
from skyforge_tui.services.contract import Services
from skyforge_tui.services.lineage import Origin
from skyforge_tui.tui.one_by_one import one_by_one
from skyforge_tui.tui.presenters import artifact_care as present
from skyforge_tui.tui.presenters import artifact_questions as questions
from skyforge_tui.tui.presenters import details
from skyforge_tui.tui.presenters.headless import Other
from skyforge_tui.tui.presenters.offers import Yank
from skyforge_tui.tui.screens.artifacts.carrying import CarryingPlace
from skyforge_tui.tui.screens.artifacts.log_screen import ArtifactLogScreen
from skyforge_tui.tui.widgets.confirm import Confirm
from skyforge_tui.tui.widgets.details import Details
from skyforge_tui.tui.widgets.name_line import NameLine
from skyforge_tui.tui.widgets.outcomes import Aside, Item
from skyforge_tui.tui.widgets.picker import Choice, Picker

MOST_VERIFIED = 5000
"""Artifacts that are verified in view; of more, the command line tells."""


class CaringPlace(CarryingPlace):
    """A place of artifacts that are looked after."""

    def origin(self) -> Origin | None:
        """Return what is known of the run that made what is under the cursor."""
        raise NotImplementedError

    def maker(self) -> Run | None:
        """Return the run that made what is under the cursor."""
        origin = self.origin()
        return None if origin is None else origin.run

    def do_artifact_run(self) -> None:
        """Go to the run that made it, where its output names it; else tell what is left of it."""
        origin = self.origin()
        if origin is None:
            return
        artifact = self.artifact()
        if origin.is_known:
            self.cockpit.open_run(origin.run.id, "" if artifact is None else artifact.name)
        else:
            self.work(partial(self._tell_of, origin), group="origin", exclusive=True)

    async def _tell_of(self, origin: Origin) -> None:
        facts = [*present.GONE_FACTS, *details.of_run(origin.run, origin.detail, self.now)]
        title = f"run {origin.run.number} {origin.run.title}, as its manifest tells"
        await self.app.push_screen_wait(Details(title, facts))

    def own_yanks(self) -> list[Yank]:
        """Return the addresses at which anybody may read what is under the cursor for a while."""
        artifact = self.artifact()
        if artifact is None:
            return []
        ref = artifact.ref
        return [
            Yank(key, label, present.ADDRESS, partial(self._address, ref, lasts))
            for key, label, lasts in present.ADDRESSES
        ]

    async def _address(self, ref: ArtifactRef, lasts: timedelta) -> str:
        return await self.ask(
            lambda services: services.artifact_care.url(self.bridge.principal, ref, lasts)
        )

    def do_artifact_save_to(self) -> None:
        """Ask where to save it."""
        held = self.target()
        if isinstance(held, Held):
            self.work(partial(self._save_to, held), group="save", exclusive=True)

    async def _save_to(self, held: Held) -> None:
        ref, name = held.ref, held.ref.key.rpartition("/")[2]
        text = await self.app.push_screen_wait(
            NameLine(f"Save {name}", "what ends in / is a folder; no file is overwritten",
                     verb="save", name=f"{self.bridge.directory}/", label="to")
        )  # fmt: skip
        if text is None:
            return
        if held.is_folder:
            await self._save_folder(ref, str(self.path_of(text)))
            return
        target = self.path_of(f"{text}{name}" if text.endswith("/") else text)
        await self.bridge.act(
            Other(("artifacts", "get", self.spelled(ref), "-o", str(target))),
            lambda services: services.transfers.get(self.bridge.principal, ref, target),
        )

    def do_artifact_log(self) -> None:
        """Read all of it, as a log."""
        artifact, held = self.artifact(), self.target()
        if artifact is not None and isinstance(held, Held):
            self.cockpit.lead(self._read_log(artifact, held))

    async def _read_log(self, artifact: Artifact, held: Held) -> None:
        await self.app.push_screen(ArtifactLogScreen(artifact, held, self.origin()))

    # What concerns many.

    def do_artifact_care(self) -> None:
        """Show what can be done for what is under the cursor, or for the folder one is in."""
        self.work(self._care, group="care", exclusive=True)

    async def _care(self) -> None:
        held = self.target()
        here = ArtifactRef(self.view.store, self.here or "")
        is_folder = not isinstance(held, Held) or held.is_folder
        ref = held.ref if isinstance(held, Held) else here
        choices = [
            Choice(deed, name, {"about": about}, also=deed[0])
            for deed, name, about in present.deeds(ref, here, is_folder=is_folder)
        ]
        picked = await self.app.push_screen_wait(
            Picker(f"Look after {ref}", present.COLUMNS, choices, verb="do")
        )
        match picked:
            case ("verify", at):
                await self._verify(at, is_folder=is_folder)
            case ("totals", at):
                await self._totals(at)
            case ("limits", at):
                await self._keep_within(at)
            case ("index", at):
                await self._index(at)

    async def _verify(self, ref: ArtifactRef, *, is_folder: bool) -> None:
        principal = self.bridge.principal

        async def listed(services: Services) -> list[ArtifactRef]:
            return [one.ref async for one in await services.artifact_care.below(principal, ref)]

        refs: list[ArtifactRef] | None = [ref]
        if is_folder:
            refs = await self.found_out("Verify", "listing what lies there", listed)
        if refs is None:
            return
        items = [
            Item(present.key_line(one, ref), partial(self._check, one))
            for one in refs[:MOST_VERIFIED]
        ]
        await one_by_one(self.app, f"Verify {present.counted(len(refs), len(items))}", items)

    async def _check(self, ref: ArtifactRef) -> Aside | None:
        (verdict,) = await self.ask(
            lambda services: services.artifact_care.verify(self.bridge.principal, ref)
        )
        if verdict.soundness is Soundness.SOUND:
            return None
        if verdict.soundness is Soundness.UNKNOWN:
            return Aside("no checksum was noted")
        raise present.unsound(verdict)

    async def _totals(self, ref: ArtifactRef) -> None:
        principal = self.bridge.principal

        async def ask(services: Services) -> tuple[Bulk, Limits, tuple[Bulk, list[OldRun]]]:
            care = services.artifact_care
            limits = await care.limits(principal)
            all_ = await care.count(principal, ref)
            return all_, limits, await care.outdated(principal, ref, limits)

        told = await self.found_out(f"All below {ref}", "counting it", ask)
        if told is None:
            return
        bulk, limits, (of_runs, doomed) = told
        facts = present.total_facts(ref, bulk, of_runs, limits, doomed)
        await self.app.push_screen_wait(Details(f"All below {ref}", facts))

    async def _keep_within(self, ref: ArtifactRef) -> None:
        """Ask for limits, tell what would go by them, and remove it if that is wanted."""
        principal = self.bridge.principal
        configured = await self.ask(lambda services: services.artifact_care.limits(principal))
        text = await self.app.push_screen_wait(
            NameLine("What goes", present.LIMITS_ABOUT, verb="look",
                     name=present.limits_text(configured), label="beyond")
        )  # fmt: skip
        if text is None:
            return
        limits = present.limits_of(text)

        async def ask(services: Services) -> list[OldRun]:
            return (await services.artifact_care.outdated(principal, ref, limits))[1]

        doomed = await self.found_out("What goes", "looking at what runs left", ask)
        if doomed is None:
            return
        if not doomed:
            self.say(Notice(Severity.INFO, "Nothing goes", f"all below {ref} is within {text}"))
            return
        question = questions.retention_question(
            ref, doomed, limits, self.now, self.spelled(ref), self.bridge.line
        )
        if await self.app.push_screen_wait(Confirm(question)):
            items = [
                Item(questions.old_run_line(one, self.now), partial(self._drop, ref.store, one))
                for one in doomed
            ]
            await one_by_one(self.app, "Remove what runs left", items)

    async def _drop(self, store: str, old: OldRun) -> None:
        ref = ArtifactRef(store, old.prefix)
        await self.bridge.act(
            Other(("artifacts", "rm", "-r", self.spelled(ref), "--yes")),
            lambda services: services.artifact_care.clear(
                self.bridge.principal, ref, until=old.newest
            ),
        )

    async def _index(self, ref: ArtifactRef) -> None:
        principal = self.bridge.principal
        learned = await self.ask(lambda services: services.lineage.index(principal, ref.store))
        self.say(present.indexed_notice(learned, ref.store))
