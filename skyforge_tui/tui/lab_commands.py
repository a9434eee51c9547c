"""What can be done with the lab in question, wherever that is.

What whatever runs the lab can do itself it is asked to do; else a run of its topology does it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from skyforge_tui.domain.errors import LOOK_AGAIN
from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.lab_action import LabAction
from skyforge_tui.domain.lab_host_actions import containerlab_answers
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.lab_acting import LabActing
from skyforge_tui.tui.presenters.lab_acts import ruled_out

if TYPE_CHECKING:
    from textual.worker import Worker

    from skyforge_tui.tui.cockpit import Cockpit
    from skyforge_tui.tui.framed_screen import Work

_ACTIONS = {
    "lab.start": LabAction.START,
    "lab.stop": LabAction.STOP,
    "lab.destroy": LabAction.STOP,
    "lab.wipe": LabAction.WIPE,
}
"""What commands come to, for what a lab's state rules out."""


class LabCommands(LabActing):
    """Carry out the commands of a lab on the screen's target."""

    if TYPE_CHECKING:

        @property
        def cockpit(self) -> Cockpit:
            """The application."""

        def target(self) -> Lab | None:
            """Return the lab."""

        def work(self, work: Work, *, group: str, exclusive: bool = False) -> Worker[Any]:
            """Run something beside the keys."""

        async def ask(self, work: Callable[[Services], Coroutine[Any, Any, Any]]) -> Any:
            """Have the engine do something."""

    def lacks(self, command: Command) -> str:
        """Say why a lab's state, or its absence, rules a command out."""
        if not command.id.startswith("lab."):
            return ""
        lab = self.target()
        if lab is None:
            return "no lab here"
        action = _ACTIONS.get(command.id)
        if action is not None and (why := ruled_out(action, lab, lab.name)):
            return why
        match command.id:
            case "lab.act" if lab.asks:
                return ""
            case "lab.destroy" if self.does_itself(lab, LabAction.STOP):
                return f"{lab.kind} labs are deleted where they are kept; W wipes"
            case "lab.run" if lab.run_id is None:
                return f"no run of this workspace built {lab.name}"
            case "lab.act" | "lab.stop" | "lab.destroy" if lab.state is LabState.MARKER:
                return f"{lab.name} is {lab.note}"
        return ""

    def do_lab_start(self) -> None:
        """Ask whether to start it; or show the topology's card, filled in to bring it up."""
        self._do_or_card(LabAction.START, {"action": "up"})

    def do_lab_stop(self) -> None:
        """Ask whether to stop it; or show the card, filled in to take it down."""
        self._do_or_card(LabAction.STOP, {"action": "down"})

    def do_lab_wipe(self) -> None:
        """Ask whether to let its nodes forget."""
        if (lab := self.target()) is not None:
            self.act(LabAction.WIPE, lab)

    def do_lab_destroy(self) -> None:
        """Show the card, filled in to take it down and remove what was made for it."""
        self._card({"action": "down", "cleanup": "true"})

    def do_lab_act(self) -> None:
        """Show what can be done; or answer its run."""
        lab = self.target()
        if lab is not None and lab.asks and lab.run_id is not None:
            self.work(self._answer(lab.run_id), group="card", exclusive=True)
        elif lab is not None:
            self.show_acts(lab)

    def do_lab_run(self) -> None:
        """Go to the run that builds or built it."""
        lab = self.target()
        if lab is not None and lab.run_id is not None:
            self.cockpit.open_run(lab.run_id)

    def _do_or_card(self, action: LabAction, answers: dict[str, str]) -> None:
        lab = self.target()
        if lab is not None and self.does_itself(lab, action):
            self.act(action, lab)
        else:
            self._card(answers)

    def _card(self, answers: dict[str, str]) -> None:
        if (lab := self.target()) is not None:
            self.open_lab_card(lab, answers)

    def open_lab_card(self, lab: Lab, answers: dict[str, str]) -> None:
        """Show the card of a lab's topology, filled in."""
        self.work(self._open_card(lab, answers), group="card", exclusive=True)

    async def _answer(self, run_id: RunId) -> None:
        principal = self.cockpit.bridge.principal

        async def run(services: Services) -> Run:
            return (await services.runs.get(principal, run_id)).run

        self.cockpit.answer_run(await self.ask(run))

    async def _open_card(self, lab: Lab, answers: dict[str, str]) -> None:
        principal = self.cockpit.bridge.principal

        async def topology(services: Services) -> Template | None:
            return await services.labs.template_for(principal, lab.id)

        template = await self.ask(topology)
        if template is not None:
            if template.kind is TemplateKind.CONTAINERLAB:
                answers = containerlab_answers(answers)
            asked = {one.name for one in template.survey}
            known = {name: value for name, value in answers.items() if name in asked}
            self.cockpit.open_card(template, known)
        else:
            words = f"the topology of {lab.name} was not found"
            advice = f"{LOOK_AGAIN}; labs on a host are looked for where its configuration says"
            self.cockpit.say(Notice(Severity.WARNING, words, advice=advice))
