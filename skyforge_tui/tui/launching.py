"""From the wish to run something to a run: the card, trust, rerun, stop and answer.

Part of the application: every place reaches it by the same keys.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.app import App

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import native_of, upstream_of

if TYPE_CHECKING:
    from skyforge_tui.domain.identity import ProjectId, RunId, TemplateId
    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.run import Run, RunDetail
    from skyforge_tui.domain.template import Source, Template
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.decisions import Decision
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.presenters.headless import Launch
    from skyforge_tui.tui.widgets.launch_card import LaunchCard


_LOOKED_BACK = 30
"""Runs of the template among which those are looked for that did the same."""


class _Known(NamedTuple):
    """What a card is made from."""

    template: Template
    project: Project | None
    before: list[Run]
    last: Mapping[str, str]
    """The answers of the last run."""
    along: tuple[Template, ...]
    """What else would be trusted with it."""


class Launching(App[None]):
    """Carries out what leads to a run, or changes one."""

    bridge: Bridge

    if TYPE_CHECKING:

        def now(self) -> datetime:
            """Return the time."""

        def say(self, notice: Notice) -> None:
            """Show a notice on the place in front."""

        def open_run(self, run_id: RunId) -> None:
            """Go to a run."""

        def go(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run something beside the keys; its failure becomes a notice."""

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

    def open_card(self, template: Template, answers: Mapping[str, str] | None = None) -> None:
        """Show a template's card."""
        self.lead(self.show_card(template.id, answers))

    def rerun(self, run_id: RunId) -> None:
        """Show the card of a run's template with the run's answers."""
        self.lead(self._rerun(run_id))

    def stop_run(self, run: Run) -> None:
        """Ask whether to stop a run, and stop it."""
        self.lead(self._stop(run))

    def decide_on_run(self, run: Run, verb: str) -> None:
        """Ask whether to confirm or reject a run, and do it."""
        self.lead(self._decide(run, verb))

    def answer_run(self, run: Run) -> None:
        """Ask for what a run asks for, and hand it over."""
        self.lead(self._answer(run))

    def trust(self, templates: tuple[Template, ...]) -> None:
        """Ask whether to trust what declares these templates."""
        self.lead(self._trust(templates))

    async def _rerun(self, run_id: RunId) -> None:
        detail = await self._detail(run_id)
        await self.show_card(detail.spec.template_id, detail.spec.answers)

    # The card.

    async def show_card(self, template_id: TemplateId, answers: Mapping[str, str] | None) -> None:
        """Show a template's card, filled in with `answers`, else with those of its last run."""
        from skyforge_tui.domain.permission import Permission
        from skyforge_tui.domain.template import trusted_along
        from skyforge_tui.tui.presenters import launch as present
        from skyforge_tui.tui.presenters.guarding import guard_line
        from skyforge_tui.tui.presenters.offers import LaunchOffer, Untrusted
        from skyforge_tui.tui.widgets.launch_card import LaunchCard

        principal = self.bridge.principal

        async def ask(services: Services) -> _Known:
            template = await services.projects.get_template(principal, template_id)
            before = await services.runs.latest(principal, template_id, _LOOKED_BACK)
            last: Mapping[str, str] = {}
            if before:
                last = (await services.runs.get(principal, before[0].id)).spec.answers
            view = await services.projects.get(principal, template.project_id)
            along = trusted_along([template], view.templates)
            return _Known(template, view.project, before, last, along)

        known = await self.bridge.ask(ask)
        template, project = known.template, known.project
        upstream = upstream_of(template.project_id)
        untrusted = None
        if not template.is_trusted:
            files = [(one.path, one.sha256) for one in template.sources]
            untrusted = Untrusted(
                files,
                lambda plain: present.command_line(template, plain),
                [one.name for one in known.along],
            )
        offer = LaunchOffer(
            template.name,
            present.card_facts(template, project),
            template.survey,
            _asked(template, known.last if answers is None else answers),
            by_answers=lambda plain: present.facts_by_answers(
                template, known.before, plain, self.now()
            ),
            files=present.files_for(template, project),
            go=f"launch on {upstream}",
            guard=guard_line(self.bridge.guard(upstream)),
            note="closing the program does not stop the run",
            refused=lambda: _why_not(self.bridge.may(Permission.RUN_START, template)),
        )
        card = LaunchCard(
            offer,
            same_as=lambda plain: self.bridge.line(present.launch_act(template, project, plain)),
            untrusted=untrusted,
            on_trust=lambda shown: self.go(
                self._trust_on_card(shown, template.project_id, template.sources)
            ),
        )
        given = await self.push_screen_wait(card)
        if given is not None:
            await self._launch(template, present.launch_act(template, project, given), given)

    async def _launch(self, template: Template, act: Launch, given: Mapping[str, str]) -> None:
        from skyforge_tui.domain.history import LineKind
        from skyforge_tui.tui.presenters.launch import run_line

        principal = self.bridge.principal

        async def launch(services: Services) -> Run:
            run = await services.runs.launch(principal, template.id, given)
            line = run_line(act)
            await services.history.remember(principal, LineKind.LAUNCH, line)
            return run

        run = await self.bridge.act(act, launch)
        self.open_run(run.id)

    async def _trust_on_card(
        self, card: LaunchCard, project_id: ProjectId, sources: tuple[Source, ...]
    ) -> None:
        try:
            await self._remember_trust(project_id, sources)
        except SkyforgeError as error:
            card.say(error.message)
        else:
            card.trusted()

    async def _trust(self, templates: tuple[Template, ...]) -> None:
        from skyforge_tui.domain.template import trusted_along
        from skyforge_tui.tui.presenters.launch import trust_question
        from skyforge_tui.tui.widgets.confirm import Confirm

        if not templates:
            return
        principal = self.bridge.principal
        project_ids = {one.project_id for one in templates}

        async def ask(services: Services) -> list[Template]:
            views = [await services.projects.get(principal, one) for one in project_ids]
            return [one for view in views for one in view.templates]

        templates = (*templates, *trusted_along(templates, await self.bridge.ask(ask)))
        if await self.push_screen_wait(Confirm(trust_question(templates))):
            by_project: dict[ProjectId, dict[Source, None]] = {}
            for each in templates:
                by_project.setdefault(each.project_id, {}).update(dict.fromkeys(each.sources))
            await self._trust_all({one: tuple(some) for one, some in by_project.items()})

    async def _trust_all(self, by_project: Mapping[ProjectId, tuple[Source, ...]]) -> None:
        """Trust content of one project, or of several one by one."""
        from skyforge_tui.tui.one_by_one import one_by_one
        from skyforge_tui.tui.presenters.cells import Span, literal
        from skyforge_tui.tui.widgets.outcomes import Item

        if len(by_project) == 1:
            for one, some in by_project.items():
                await self._remember_trust(one, some)
            return
        items = [
            Item((Span(literal(native_of(one))),), partial(self._remember_trust, one, some))
            for one, some in by_project.items()
        ]
        await one_by_one(self, "Trust", items)

    async def _remember_trust(self, project_id: ProjectId, sources: tuple[Source, ...]) -> None:
        from skyforge_tui.tui.presenters.headless import Trust

        async def trust(services: Services) -> None:
            await services.projects.trust(self.bridge.principal, project_id, sources)

        paths = tuple(sorted({one.path for one in sources}))
        await self.bridge.act(Trust(paths), trust)

    # Runs under way.

    async def _stop(self, run: Run) -> None:
        from skyforge_tui.tui.presenters.guarding import guarded
        from skyforge_tui.tui.presenters.headless import OnRun
        from skyforge_tui.tui.presenters.launch import stop_question
        from skyforge_tui.tui.widgets.confirm import Confirm

        act = OnRun("stop", run.reference)
        question = stop_question(run, self.bridge.me, self.now())
        question = replace(question, same_as=self.bridge.line(act))
        question = guarded(question, self.bridge.careful([run.id]), f"stop {run.number}")
        if await self.push_screen_wait(Confirm(question)):

            async def stop(services: Services) -> None:
                await services.runs.stop(self.bridge.principal, run.id)

            await self.bridge.act(act, stop)

    async def _decide(self, run: Run, verb: str) -> None:
        from skyforge_tui.tui.presenters.deciding import CONFIRM, decision_question
        from skyforge_tui.tui.presenters.guarding import guarded
        from skyforge_tui.tui.presenters.headless import OnRun
        from skyforge_tui.tui.widgets.confirm import Confirm

        principal = self.bridge.principal
        act = OnRun(verb, run.reference)
        question = decision_question(run, verb, self.bridge.me, self.now())
        question = replace(question, same_as=self.bridge.line(act))
        question = guarded(question, self.bridge.careful([run.id]), f"{verb} {run.number}")
        if await self.push_screen_wait(Confirm(question)):

            async def decide(services: Services) -> None:
                runs = services.runs
                await (runs.confirm if verb == CONFIRM else runs.reject)(principal, run.id)

            await self.bridge.act(act, decide)

    async def _answer(self, run: Run) -> None:
        from skyforge_tui.tui.presenters.headless import OnRun
        from skyforge_tui.tui.widgets.answer_line import AnswerLine

        given = await self.push_screen_wait(AnswerLine(run.number))
        if given is None:
            return

        async def answer(services: Services) -> None:
            await services.runs.answer(self.bridge.principal, run.id, given.encode() + b"\n")

        await self.bridge.act(OnRun("answer", run.reference), answer)

    async def _detail(self, run_id: RunId) -> RunDetail:
        async def ask(services: Services) -> RunDetail:
            return await services.runs.get(self.bridge.principal, run_id)

        return await self.bridge.ask(ask)


def _why_not(decision: Decision) -> str:
    """Return why something may not be done, and what to do; nothing where it may."""
    from skyforge_tui.services.decisions import Denied

    if not isinstance(decision, Denied):
        return ""
    return ": ".join(one for one in (decision.reason, decision.advice) if one)


def _asked(template: Template, answers: Mapping[str, str] | None) -> dict[str, str]:
    """Return the answers to questions that the template still asks."""
    names = {one.name for one in template.survey}
    return {name: value for name, value in (answers or {}).items() if name in names}
