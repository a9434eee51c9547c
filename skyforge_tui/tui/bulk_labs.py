"""Starting, stopping and wiping several labs: all listed first, each one's outcome at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from skyforge_tui.domain.lab import Lab
from skyforge_tui.domain.lab_action import LabAction
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.services.authorization import Denied
from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.filtering import FilteredPlace
from skyforge_tui.tui.lab_commands import LabCommands
from skyforge_tui.tui.one_by_one import one_by_one
from skyforge_tui.tui.presenters import lab_acts as present
from skyforge_tui.tui.widgets.table_marks import MOST_MARKED

_BULK: Mapping[str, LabAction] = {
    "lab.start": LabAction.START, "lab.stop": LabAction.STOP, "lab.wipe": LabAction.WIPE,
}  # fmt: skip


_TOLD = 3
"""Reasons that are told before they are only counted."""


class BulkLabs(LabCommands, FilteredPlace):
    """A place of labs, of which several can be marked and acted on at once."""

    ON_MARKED = frozenset(_BULK)

    def marked_labs(self) -> list[Lab]:
        """Return the marked labs as they are now; those that are gone are left out."""
        raise NotImplementedError

    def row_key(self, lab: Lab) -> str:
        """Return what identifies a lab's row."""
        raise NotImplementedError

    def denied(self, command: Command) -> Denied | None:
        """Say why not; what is done to several is refused if it can be done to none of them."""
        if command.id not in _BULK or not self.table.marked_count:
            return super().denied(command)
        reasons = dict[str, None]()
        for lab in self.marked_labs():
            if not (reason := self._why_not(_BULK[command.id], lab)):
                return None
            reasons[reason] = None
        told = "; ".join(list(reasons)[:_TOLD])
        more = f"; and {len(reasons) - _TOLD} more reasons" if len(reasons) > _TOLD else ""
        return Denied(f"none of the marked can be: {told}{more}", "esc unmarks them")

    def _why_not(self, action: LabAction, lab: Lab) -> str:
        if why := present.ruled_out(action, lab):
            return why
        decision = self.bridge.may(action.permission, lab)
        if isinstance(decision, Denied):
            return decision.reason
        return "" if self.does_itself(lab, action) else present.by_run_alone(action, lab)

    def do_lab_start(self) -> None:
        """Start it, or all that are marked."""
        if not self._on_marked(LabAction.START):
            super().do_lab_start()

    def do_lab_stop(self) -> None:
        """Stop it, or all that are marked."""
        if not self._on_marked(LabAction.STOP):
            super().do_lab_stop()

    def do_lab_wipe(self) -> None:
        """Wipe it, or all that are marked."""
        if not self._on_marked(LabAction.WIPE):
            super().do_lab_wipe()

    def _on_marked(self, action: LabAction) -> bool:
        """Act on what is marked; return whether anything is."""
        if not self.table.marked_count:
            return False
        self.work(self._several(action), group="several")
        return True

    async def _several(self, action: LabAction) -> None:
        from skyforge_tui.tui.widgets.confirm import Confirm

        if self.table.marked_count > MOST_MARKED:
            self.too_many(self.table.marked_count)
            return
        able: list[Lab] = []
        left_out: list[tuple[Lab, str]] = []
        for lab in self.marked_labs():
            if reason := self._why_not(action, lab):
                left_out.append((lab, reason))
            else:
                able.append(lab)
        if not able:
            reason = left_out[0][1] if left_out else "they are gone"
            title = f"Refused  {action} {len(left_out)} labs"
            body = f"none of them can be: {reason}"
            self.say(Notice(Severity.REFUSED, title, body, advice="esc unmarks them"))
            return
        asked = present.question(action, able, left_out, self.bridge.me, said=self.bridge.line)
        if await self.app.push_screen_wait(Confirm(self.guarded(asked, able))):
            await self._each(action, able)

    async def _each(self, action: LabAction, labs: Sequence[Lab]) -> None:
        """Do it to each, show how each went, and again to the failed ones if so wanted."""
        from skyforge_tui.tui.widgets.outcomes import Item

        items = [
            Item(present.lab_line(lab), partial(self.do_to, action, lab), partial(self._far, lab))
            for lab in labs
        ]
        title = f"{action.capitalize()} {len(labs)} labs"
        went = await one_by_one(self.app, title, items, can_be_left=True)
        self.table.keep_marks(self.row_key(labs[at]) for at in went.open)
        advice = "they are marked yet: the same key goes on with them"
        if told := went.notice(title, lambda at: labs[at].name, advice):
            self.say(told)

    def _far(self, lab: Lab) -> str:
        """Return how far what is done to a lab has come."""
        return next((one.step for one in self.bridge.acted_on() if one.id == lab.id), "")
