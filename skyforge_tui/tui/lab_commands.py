"""What can be done with the lab in question, wherever that is: by runs of its topology."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from skyforge_tui.domain.identity import RunId
from skyforge_tui.domain.lab import Lab, LabState
from skyforge_tui.domain.run import Run
from skyforge_tui.domain.template import Template
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.commands import Command

if TYPE_CHECKING:
    from textual.worker import Worker

    from skyforge_tui.tui.cockpit import Cockpit
    from skyforge_tui.tui.framed_screen import Work

_RUNS = frozenset({LabState.RUNNING, LabState.STARTING})


class LabCommands:
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
        match command.id:
            case "lab.act" if lab.asks:
                return ""
            case "lab.start" if lab.state in _RUNS:
                return f"{lab.name} is {lab.state} already"
            case "lab.stop" | "lab.destroy" if lab.state is LabState.STOPPED:
                return f"{lab.name} does not run"
            case "lab.run" if lab.run_id is None:
                return f"no run of this workspace built {lab.name}"
            case "lab.stop" | "lab.destroy" if lab.state is LabState.MARKER:
                return f"{lab.name} is {lab.note}"
        return ""

    def do_lab_start(self) -> None:
        """Show the topology's card, filled in to bring the lab up."""
        self._card({"action": "up"})

    def do_lab_stop(self) -> None:
        """Show the card, filled in to take the lab down."""
        self._card({"action": "down"})

    def do_lab_destroy(self) -> None:
        """Show the card, filled in to take it down and remove what was made for it."""
        self._card({"action": "down", "cleanup": "true"})

    def do_lab_act(self) -> None:
        """Show the card, filled in with what is done most to a lab as it is; or answer its run."""
        lab = self.target()
        if lab is not None and lab.asks and lab.run_id is not None:
            self.work(self._answer(lab.run_id), group="card", exclusive=True)
        elif lab is not None:
            self._card({"action": "collect" if lab.state is LabState.RUNNING else "create"})

    def do_lab_run(self) -> None:
        """Go to the run that builds or built it."""
        lab = self.target()
        if lab is not None and lab.run_id is not None:
            self.cockpit.open_run(lab.run_id)

    def _card(self, answers: dict[str, str]) -> None:
        if (lab := self.target()) is not None:
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
            asked = {one.name for one in template.survey}
            known = {name: value for name, value in answers.items() if name in asked}
            self.cockpit.open_card(template, known)
