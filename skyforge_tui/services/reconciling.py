"""Works out what is due for one project, and does it: the repository first, then the run engine.

Everything is asked before anything is written. What could not be asked whole is an error, and
nothing of it is among the steps: from a partial answer nobody is put out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from skyforge_tui.domain.errors import SkyforgeError, Unavailable
from skyforge_tui.domain.making import Follower, Outcome, Went
from skyforge_tui.domain.project_plan import Act, Part, Step, SyncReport
from skyforge_tui.services.stepping import said, taken
from skyforge_tui.services.sync_sides import Known


class Side(Protocol):
    """One upstream of a project."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    async def look(self) -> list[Step]:
        """Ask for everything, and return what is due."""
        ...

    async def do(self, step: Step) -> None:
        """Take a step of those that were due."""
        ...


class Reconciling:
    """One project on its way into step."""

    def __init__(
        self,
        known: Known,
        sides: Sequence[Side],
        errors: Sequence[str] = (),
        follower: Follower | None = None,
    ) -> None:
        self.known = known
        self.done: list[Step] = []
        self.errors = list(errors)
        self._sides = sides
        self._due: list[tuple[Side, Step]] = []
        self._is_given_up = False
        self._follower = Follower() if follower is None else follower
        for why in errors:
            self._follower.tell(why, Went.FAILED)

    @property
    def is_due(self) -> bool:
        """Whether anything is left to be done."""
        return bool(self._due)

    def give_up(self, why: str) -> None:
        """Take none of the steps that are due."""
        self.errors.append(why)
        self._is_given_up = True

    async def look(self) -> None:
        """Find out what is due."""
        for side in self._sides:
            try:
                self._due += [(side, step) for step in await side.look()]
            except SkyforgeError as error:
                self.errors.append(f"{side.name} was not looked at: {error}")
                self._follower.tell(f"look at {side.name}", Went.FAILED, said(error))
        self._follower.expect(Outcome(step.words, Went.LEFT) for _, step in self._due)
        self.errors += [step.refused for _, step in self._due if step.refused]

    async def act(self) -> None:
        """Take the steps that are due; one that fails stops only what leans on it.

        Who owns a project, and from which repository files come, is changed only when somebody
        attends: whoever may write files may write the manifest, and must neither come to rule nor
        see what they may not by what runs unasked.
        """
        dead = list(self._sides) if self._is_given_up else []
        for side, step in list(self._due):
            if side in dead or self._follower.has_enough or step.act is Act.CONFLICT:
                continue
            if step.refused:
                self._follower.tell(step.words, Went.FAILED, step.refused)
                dead.append(side)
                continue
            wants_word = step.is_about_owners or step.wants_word
            if wants_word and not self.known.is_attended:
                self.known.notes.append(
                    f"{step.words}: only when somebody says so, by"
                    f" skyforge sync {self.known.project.slug} --apply"
                )
                continue
            try:
                await taken(self._follower, step.words, side.do(step))
            except SkyforgeError as error:
                self.errors.append(f"{step.plain_words}: {error}")  # it is kept in the record
                if isinstance(error, Unavailable) or step.part is Part.ENGINE:
                    dead.append(side)  # what comes after it would only fail again
            else:
                self._due.remove((side, step))
                self.done.append(step)

    def report(self) -> SyncReport:
        """Return what was done, what is left, and what went wrong."""
        project, left = self.known.project, tuple(step for _, step in self._due)
        return SyncReport(
            project.id, project.slug, tuple(self.done), left, tuple(self.known.notes),
            tuple(self.errors),
        )  # fmt: skip
