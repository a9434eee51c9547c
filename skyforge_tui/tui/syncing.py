"""Bringing a project into step with its manifest: the plan first, and a yes to it."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual.app import App

if TYPE_CHECKING:
    from datetime import datetime

    from skyforge_tui.domain.blueprint import Stays
    from skyforge_tui.domain.making import Follower
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.project_plan import SyncReport
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.bridge import Bridge

WITHIN: Final = timedelta(seconds=60)
"""How long a pass may take."""


class Syncing(App[None]):
    """Shows what is due for a project, and has it written."""

    bridge: Bridge

    if TYPE_CHECKING:

        def now(self) -> datetime:
            """Return the time."""

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

    def sync_project(self, project: Project) -> None:
        """Show what keeps a project from being in step, and write it if that is wanted."""
        self.lead(self._sync(project))

    async def _sync(self, project: Project) -> None:
        from skyforge_tui.tui.presenters.cells import Span, literal
        from skyforge_tui.tui.widgets.sync_plan import SyncPlan

        principal = self.bridge.principal

        async def make(writes: bool, follower: Follower) -> SyncReport:
            async def ask(services: Services) -> SyncReport:
                return await services.project_care.run_for_project(
                    principal, project.id, self.now() + WITHIN, applies=writes, follower=follower
                )

            return await self.bridge.ask(ask)

        async def settle(stays: Stays) -> object:
            return await self.bridge.ask(
                lambda some: some.blueprints.settle(principal, project.id, stays)
            )

        title = (Span(f"Sync {literal(project.slug)}", "strong", bold=True),)
        engine = project.manifest.engine if project.manifest is not None else ""
        askers = self.bridge.careful([project.id, *([f"{engine}:"] if engine else [])])
        is_meant = partial(self._is_sync_meant, project, askers) if askers else None
        plan = SyncPlan(title, make, settle, self.bridge.on_ui, is_meant)
        await self.push_screen_wait(plan)
        if plan.defect is not None:
            raise plan.defect

    async def _is_sync_meant(self, project: Project, askers: Iterable[str]) -> bool:
        """Have words typed where a server that is written to is guarded so."""
        from skyforge_tui.tui.presenters.cells import Span, literal
        from skyforge_tui.tui.presenters.guarding import guarded
        from skyforge_tui.tui.presenters.headless import Other
        from skyforge_tui.tui.presenters.offers import Question
        from skyforge_tui.tui.widgets.confirm import Confirm

        line = self.bridge.line(Other(("sync", project.full_name, "--apply")))
        things = [(Span(literal(f"what the plan of {project.full_name} says is due")),)]
        asked = Question("Write the plan", "write it", "go back", things, same_as=line)
        asked = guarded(asked, askers, f"sync {project.slug}")
        return await self.push_screen_wait(Confirm(asked)) is True
