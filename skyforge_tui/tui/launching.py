"""From the wish to run something to a run: the card, rerun, stop and answer.

Part of the application: every place reaches it by the same keys.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from skyforge_tui.domain.identity import upstream_of
from skyforge_tui.tui.trusting import Trusting

if TYPE_CHECKING:
    from skyforge_tui.domain.identity import RunId, TemplateId
    from skyforge_tui.domain.notice import Notice
    from skyforge_tui.domain.project import Project
    from skyforge_tui.domain.run import Run, RunDetail
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.decisions import Decision
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.presenters.headless import Act
    from skyforge_tui.tui.presenters.offers import Instead, Stopping


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


class Launching(Trusting):
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
        self.lead(self.ask_to_stop(run))

    def decide_on_run(self, run: Run, verb: str) -> None:
        """Ask whether to confirm or reject a run, and do it."""
        self.lead(self._decide(run, verb))

    def answer_run(self, run: Run) -> None:
        """Ask for what a run asks for, and hand it over."""
        self.lead(self._answer(run))

    async def _rerun(self, run_id: RunId) -> None:
        detail = await self._detail(run_id)
        await self.show_card(detail.spec.template_id, detail.spec.answers)

    # The card.

    async def show_card(
        self,
        template_id: TemplateId,
        answers: Mapping[str, str] | None,
        instead: Instead | None = None,
    ) -> None:
        """Show a template's card, filled in with `answers`, else with those of its last run."""
        from skyforge_tui.domain.permission import Permission
        from skyforge_tui.tui.presenters import launch as present
        from skyforge_tui.tui.presenters.guarding import guard_line
        from skyforge_tui.tui.presenters.offers import LaunchOffer, Untrusted
        from skyforge_tui.tui.widgets.launch_card import LaunchCard

        known = await self.bridge.ask(lambda some: self._learned_for_card(some, template_id))
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

        def act(given: Mapping[str, str]) -> Act:
            other = None if instead is None else instead.act(given)
            return other or present.launch_act(template, project, given)

        card = LaunchCard(
            offer,
            same_as=lambda plain: self.bridge.line(act(plain)),
            untrusted=untrusted,
            on_trust=lambda shown: self.go(
                self.trust_on_card(shown, template.project_id, template.sources)
            ),
        )
        given = await self.push_screen_wait(card)
        if given is not None:
            line = present.run_line(present.launch_act(template, project, given))
            meant = instead if instead is not None and instead.act(given) is not None else None
            await self._launch(template, act(given), line, given, meant)

    async def _learned_for_card(self, services: Services, template_id: TemplateId) -> _Known:
        from skyforge_tui.domain.template import trusted_along

        principal = self.bridge.principal
        template = await services.projects.get_template(principal, template_id)
        before = await services.runs.latest(principal, template_id, _LOOKED_BACK)
        last: Mapping[str, str] = {}
        if before:
            last = (await services.runs.get(principal, before[0].id)).spec.answers
        view = await services.projects.get(principal, template.project_id)
        along = trusted_along([template], view.templates)
        return _Known(template, view.project, before, last, along)

    async def _launch(
        self,
        template: Template,
        act: Act,
        line: str,
        given: Mapping[str, str],
        instead: Instead | None,
    ) -> None:
        from skyforge_tui.domain.history import LineKind

        principal = self.bridge.principal

        async def launch(services: Services) -> Run:
            if instead is None:
                run = await services.runs.launch(principal, template.id, given)
            else:
                run = await instead.launch(services, given)
            await services.history.remember(principal, LineKind.LAUNCH, line)
            return run

        run = await self.bridge.act(act, launch)
        self.open_run(run.id)

    # Runs under way.

    async def ask_to_stop(self, run: Run, instead: Stopping | None = None) -> None:
        """Ask whether to stop a run, and stop it, by what stands for that if something does."""
        from skyforge_tui.tui.presenters.guarding import guarded
        from skyforge_tui.tui.presenters.headless import OnRun
        from skyforge_tui.tui.presenters.launch import stop_question
        from skyforge_tui.tui.presenters.offers import Stopping
        from skyforge_tui.tui.widgets.confirm import Confirm

        async def stop(services: Services) -> None:
            await services.runs.stop(self.bridge.principal, run.id)

        stopping = instead or Stopping(OnRun("stop", run.reference), stop)
        question = stop_question(run, self.bridge.me, self.now())
        question = replace(question, same_as=self.bridge.line(stopping.act))
        question = guarded(question, self.bridge.careful([run.id]), f"stop {run.number}")
        if await self.push_screen_wait(Confirm(question)):
            await self.bridge.act(stopping.act, stopping.stop)

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
