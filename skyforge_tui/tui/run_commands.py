"""What can be done with the run under the cursor, wherever that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skyforge_tui.domain.run import Run

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Target
    from skyforge_tui.tui.cockpit import Cockpit
    from skyforge_tui.tui.command import Command


_DECIDING = {"run.confirm": 1, "run.reject": 1, "run.answer": 0}
"""Where keys stand in the footer while a run waits for a yes."""


class RunCommands:
    """Carry out the commands of a run on the screen's target."""

    if TYPE_CHECKING:

        @property
        def cockpit(self) -> Cockpit:
            """The application."""

        def target(self) -> Target:
            """Return what is under the cursor."""

    def footer_rank(self, command: Command) -> int:
        """Return where a command stands in the footer: what a run waits for comes first."""
        run = self.run_here()
        if run is not None and run.waits_for_confirmation:
            return _DECIDING.get(command.id, command.footer)
        return command.footer

    def run_here(self) -> Run | None:
        """Return the run under the cursor; None where something else is."""
        thing = self.target()
        return thing if isinstance(thing, Run) else None

    def do_run_open(self) -> None:
        """Go to its live output."""
        if (run := self.run_here()) is not None:
            self.cockpit.open_run(run.id)

    def do_run_made(self) -> None:
        """Go to what it left."""
        if (run := self.run_here()) is not None:
            self.cockpit.open_made(run)

    def do_run_rerun(self) -> None:
        """Show its card with the same answers."""
        if (run := self.run_here()) is not None:
            self.cockpit.rerun(run.id)

    def do_run_stop(self) -> None:
        """Ask whether to stop it."""
        if (run := self.run_here()) is not None:
            self.cockpit.stop_run(run)

    def do_run_confirm(self) -> None:
        """Ask whether to let it go on."""
        if (run := self.run_here()) is not None:
            self.cockpit.decide_on_run(run, "confirm")

    def do_run_reject(self) -> None:
        """Ask whether to reject it."""
        if (run := self.run_here()) is not None:
            self.cockpit.decide_on_run(run, "reject")

    def do_run_answer(self) -> None:
        """Type what it asks for."""
        if (run := self.run_here()) is not None:
            self.cockpit.answer_run(run)
