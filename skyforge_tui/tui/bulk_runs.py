"""Stopping and rerunning several runs: all of them listed first, each one's outcome at the end."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.run import Run
from skyforge_tui.services.authorization import Denied
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.commands import Command
from skyforge_tui.tui.filtering import FilteredPlace
from skyforge_tui.tui.one_by_one import one_by_one
from skyforge_tui.tui.presenters.guarding import guarded
from skyforge_tui.tui.presenters.headless import OnRun
from skyforge_tui.tui.presenters.several import question, run_line
from skyforge_tui.tui.run_commands import RunCommands
from skyforge_tui.tui.widgets.table_marks import MOST_MARKED

_BULK = {"run.stop": Permission.RUN_STOP, "run.rerun": Permission.RUN_START}


class BulkRuns(RunCommands, FilteredPlace):
    """A place of runs, of which several can be marked and acted on at once."""

    ON_MARKED = frozenset(_BULK)

    async def marked_runs(self) -> list[Run]:
        """Return the marked runs as they are now; those that are gone are left out."""
        raise NotImplementedError

    def denied(self, command: Command) -> Denied | None:
        """Say why not; what is done to several says so run by run when it asks."""
        if command.id in _BULK and self.table.marked_count:
            return None
        return super().denied(command)

    def do_run_stop(self) -> None:
        """Ask whether to stop it, or all that are marked."""
        if self.table.marked_count:
            self.work(self._several("stop", Permission.RUN_STOP), group="several")
        else:
            super().do_run_stop()

    def do_run_rerun(self) -> None:
        """Show its card with the same answers; those that are marked are run again as they were."""
        if self.table.marked_count:
            self.work(self._several("rerun", Permission.RUN_START), group="several")
        else:
            super().do_run_rerun()

    async def _several(self, verb: str, permission: Permission) -> None:
        from skyforge_tui.tui.widgets.confirm import Confirm

        if self.table.marked_count > MOST_MARKED:
            self.too_many(self.table.marked_count)
            return
        runs = await self.marked_runs()
        able: list[Run] = []
        left_out: list[tuple[Run, str]] = []
        for run in runs:
            decision = self.bridge.may(permission, run)
            if isinstance(decision, Denied):
                left_out.append((run, decision.reason))
            else:
                able.append(run)
        if not able:
            reason = left_out[0][1] if left_out else "they are gone"
            title, body = f"Refused  {verb} {len(runs)} runs", f"none of them can be: {reason}"
            self.say(Notice(Severity.REFUSED, title, body, advice="esc unmarks them"))
            return
        asked = question(verb, able, left_out, self.bridge.me, self.now, self.bridge.line)
        asked = guarded(asked, self.bridge.careful(run.id for run in able), f"{verb} {len(able)}")
        if await self.app.push_screen_wait(Confirm(asked)):
            await self._act(verb, able)

    async def _act(self, verb: str, runs: Sequence[Run]) -> None:
        """Do it to each, show how each went, and again to the failed ones if so wanted."""
        from skyforge_tui.tui.widgets.outcomes import Item

        items = [Item(run_line(run), partial(self._one, verb, run)) for run in runs]
        title = f"{verb.capitalize()} {len(runs)} runs"
        went = await one_by_one(self.app, title, items)
        self.table.clear_marks()
        if told := went.notice(title, lambda at: f"run {runs[at].number}", "mark them again"):
            self.say(told)

    async def _one(self, verb: str, run: Run) -> None:
        principal = self.bridge.principal

        def ask(services: Services) -> Coroutine[Any, Any, Any]:
            if verb == "stop":
                return services.runs.stop(principal, run.id)
            return services.runs.rerun(principal, run.id, {})

        await self.bridge.act(OnRun(verb, run.reference), ask)
