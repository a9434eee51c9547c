"""What a project has deployed: shown, started by its card, stopped or destroyed when asked."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from textual.app import App

if TYPE_CHECKING:
    from datetime import datetime

    from textual.worker import Worker

    from skyforge_tui.domain.deployment import Deployment, Move
    from skyforge_tui.domain.identity import RunId, TemplateId
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.run import Run
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.messages import Changes
    from skyforge_tui.tui.presenters.offers import Instead, Stopping


class Deploying(App[None]):
    """Shows deployments and carries out what is done to them."""

    bridge: Bridge

    if TYPE_CHECKING:

        def now(self) -> datetime:
            """Return the time."""

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

        def open_run(self, run_id: RunId) -> None:
            """Go to a run."""

        async def ask_to_stop(self, run: Run, instead: Stopping | None = None) -> None:
            """Ask whether to stop a run, and stop it."""

        async def show_card(
            self,
            template_id: TemplateId,
            answers: Mapping[str, str] | None,
            instead: Instead | None = None,
        ) -> None:
            """Show a template's card."""

    def show_deployments(self, project: Project) -> None:
        """Show what a project has deployed, and do what is wanted of one."""
        self.lead(self._deployments(project))

    async def _deployments(self, project: Project) -> None:
        from skyforge_tui.domain.deployment import Move
        from skyforge_tui.domain.permission import Permission
        from skyforge_tui.services.decisions import Denied
        from skyforge_tui.tui.widgets.deployment_list import DeploymentList

        principal = self.bridge.principal

        async def ask(services: Services) -> list[Deployment]:
            return await services.deployments.of(principal, project.id)

        def follow(shown: DeploymentList) -> None:
            """Show them as they become while one looks."""

            async def look() -> None:
                shown.show(await self.bridge.ask(ask))

            def heard(changes: Changes) -> None:
                if changes.run_ids or changes.labs or changes.project_ids:
                    _: Worker[None] = self.run_worker(
                        look, group="deployments", exclusive=True, exit_on_error=False
                    )

            self.bridge.changes.subscribe(shown, heard)

        def may_not(verb: str) -> str:
            decision = self.bridge.may(Permission(f"deployment:{verb}"), project)
            return decision.reason if isinstance(decision, Denied) else ""

        some = await self.bridge.ask(ask)
        shown = DeploymentList(project.slug, some, self.now, may_not, follow)
        picked = await self.push_screen_wait(shown)
        if picked is None:
            return
        one, verb = picked
        if verb == "start":
            await self._by_card(one, Move.START)
        elif verb == "destroy":
            await self._destroy(one)
        elif one.run is not None and verb == "stop":
            await self._stop(one, one.run)
        elif one.run is not None:
            self.open_run(one.run.id)

    async def _stop(self, one: Deployment, run: Run) -> None:
        from skyforge_tui.tui.presenters.deployments import stop_act
        from skyforge_tui.tui.presenters.offers import Stopping

        async def stop(services: Services) -> object:
            some = services.deployments
            return await some.stop(self.bridge.principal, one.project_id, one.name)

        await self.ask_to_stop(run, Stopping(stop_act(one), stop))

    async def _destroy(self, one: Deployment) -> None:
        from skyforge_tui.domain.deployment import Move
        from skyforge_tui.domain.template import FieldKind
        from skyforge_tui.tui.presenters.deployments import destroy_question, move_act
        from skyforge_tui.tui.widgets.confirm import Confirm

        if not await self.push_screen_wait(Confirm(destroy_question(one, self.bridge.line))):
            return
        way = one.ways[Move.DESTROY]
        if any(each.kind is FieldKind.SECRET and each.required for each in way.template.survey):
            await self._by_card(one, Move.DESTROY)  # which asks for what is secret
            return

        async def destroy(services: Services) -> Run:
            return await self._moved(services, one, Move.DESTROY, {})

        run = await self.bridge.act(move_act(one, Move.DESTROY), destroy)
        self.open_run(run.id)

    async def _by_card(self, one: Deployment, move: Move) -> None:
        """Show the card of what is launched; with other answers than its own it is a launch."""
        from skyforge_tui.domain.deployment import is_same_move
        from skyforge_tui.tui.presenters.deployments import move_act
        from skyforge_tui.tui.presenters.offers import Instead

        way = one.ways[move]
        instead = Instead(
            lambda given: move_act(one, move, given) if is_same_move(way, given) else None,
            lambda services, given: self._moved(services, one, move, given),
        )
        await self.show_card(way.template.id, way.answers, instead)

    async def _moved(
        self, services: Services, one: Deployment, move: Move, given: Mapping[str, str]
    ) -> Run:
        from skyforge_tui.domain.deployment import Move

        principal, some = self.bridge.principal, services.deployments
        if move is Move.DESTROY:
            return await some.destroy(principal, one.project_id, one.name, one.name, given)
        return await some.start(principal, one.project_id, one.name, given)
