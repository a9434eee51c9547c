"""Choosing which run's artifacts are compared with: the last good one, another one, none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from skyforge_tui.domain.artifact import Artifact, ArtifactRef
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.services.comparisons import Rival
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.columns import Column
from skyforge_tui.tui.presenters.runs import starter
from skyforge_tui.tui.screens.artifacts.keeping import KeepingPlace
from skyforge_tui.tui.screens.artifacts.store_view import Against
from skyforge_tui.tui.widgets.picker import Choice, Picker

COLUMNS: tuple[Column, ...] = (
    Column("name", "Run", 12, most=30, priority=100, is_name=True, cut="middle"),
    Column("state", "State", 10, priority=90),
    Column("age", "Age", 5, align="right", priority=80),
    Column("kept", "Kept", 12, priority=70),
    Column("who", "Who", 8, most=16, priority=60),
)


class ComparingPlace(KeepingPlace):
    """A place of artifacts that are compared with those of another run."""

    here: str | None
    against = Against()
    """What is compared with, as long as one is among runs that did the same."""

    def show_difference(self, title: str, diff: str) -> None:
        """Show how two artifacts differ."""
        raise NotImplementedError

    def marked_two(self) -> tuple[Artifact, Artifact] | None:
        """Return the two artifacts that are marked; None if it is another number of them."""
        found = [self.view.artifact(key) for key in self.table.marked]
        two = [one for one in found if one is not None]
        return (two[0], two[1]) if len(found) == len(two) == 2 else None

    def do_artifact_compare(self) -> None:
        """Compare the two that are marked; else choose what to compare with."""
        if (two := self.marked_two()) is not None:
            self.work(partial(self._differ, *two), group="compare", exclusive=True)
            return
        self.work(self._choose_rival, group="compare", exclusive=True)

    async def _differ(self, one: Artifact, other: Artifact) -> None:
        async def ask(services: Services) -> str:
            return await services.comparisons.difference(self.bridge.principal, one.ref, other.ref)

        self.show_difference(f"{one.name} → {other.name}", await self.ask(ask))

    async def _choose_rival(self) -> None:
        ref = ArtifactRef(self.view.store, self.here or "")

        async def ask(services: Services) -> list[Rival]:
            return await services.comparisons.rivals(self.bridge.principal, ref)

        rivals = await self.ask(ask)
        if not rivals:
            body = "no other run that did the same left anything"
            self.say(Notice(Severity.INFO, "Nothing to compare with", body))
            return
        chosen = await self.app.push_screen_wait(rival_picker(rivals, self.now))
        if chosen is not None:
            self.against = chosen
            self.reload()


def rival_picker(rivals: Sequence[Rival], now: datetime) -> Picker[Against]:
    """Return a picker of what can be compared with."""
    return Picker(
        "Compare with", COLUMNS,
        [
            Choice(Against(), "last good run"),
            *(_choice(one, now) for one in rivals),
            Choice(Against(is_wanted=False), "nothing"),
        ],
        verb="compare",
    )  # fmt: skip


def _choice(rival: Rival, now: datetime) -> Choice[Against]:
    run = rival.run
    kept = f"{tones.count(rival.made.count)} files"
    cells: dict[str, Line] = {
        "state": tones.run_look(run).line,
        "age": (Span(tones.age(now - run.created_at), "muted"),),
        "kept": (Span(kept, "muted"),),
        "who": (Span(starter(run), "muted"),),
    }
    return Choice(Against(run.id), f"{run.number} {run.title}", cells, also=str(run.state))
