"""From the wish to run something to a run: the deck, the card, trust, rerun, stop and answer.

Part of the application: every place reaches it by the same keys.
"""

from __future__ import annotations

import shlex
from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.app import App

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import ProjectId, RunId, TemplateId, upstream_of
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.run import Run, RunDetail
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.bridge import Bridge
from skyforge_tui.tui.errors import as_notice
from skyforge_tui.tui.presenters import launch as present

if TYPE_CHECKING:
    from skyforge_tui.tui.widgets.launch_card import LaunchCard


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

    def do_launch_deck(self) -> None:
        """Show everything that can be launched, last used first."""
        self.go(self._deck())

    def do_launch_again(self) -> None:
        """Show the card of what was launched last, filled in."""
        self.go(self._again())

    def open_card(self, template: Template, answers: Mapping[str, str] | None = None) -> None:
        """Show a template's card."""
        self.go(self._card(template.id, answers))

    def rerun(self, run_id: RunId) -> None:
        """Show the card of a run's template with the run's answers."""
        self.go(self._rerun(run_id))

    def stop_run(self, run: Run) -> None:
        """Ask whether to stop a run, and stop it."""
        self.go(self._stop(run))

    def answer_run(self, run: Run) -> None:
        """Ask for what a run asks for, and hand it over."""
        self.go(self._answer(run))

    def trust(self, templates: tuple[Template, ...]) -> None:
        """Ask whether to trust what declares these templates."""
        self.go(self._trust(templates))

    # The deck.

    async def _deck(self) -> None:
        from skyforge_tui.tui.widgets.picker import Choice, Picker

        principal = self.bridge.principal

        async def ask(services: Services) -> tuple[list[Template], dict[TemplateId, Run]]:
            return (
                await services.projects.templates(principal),
                await services.runs.last_by_template(principal),
            )

        templates, last = await self.bridge.ask(ask)
        if not templates:
            self.say(
                Notice(
                    Severity.INFO, "Nothing to launch here",
                    "no Ansible playbook and no skyforge.toml was found in this workspace",
                    advice="start skyforge in a folder that has some, or write a skyforge.toml",
                )
            )  # fmt: skip
            return
        newest = sorted(templates, key=lambda one: _used(last.get(one.id)), reverse=True)
        slugs = await self._slugs()

        def choice(one: Template) -> Choice[TemplateId]:
            slug = slugs.get(one.project_id, "")
            cells = present.deck_cells(one, slug, last.get(one.id), self.now())
            also = f"{slug} {one.kind} {one.description}"
            return Choice(one.id, one.name, cells, also=also)

        choices = [choice(one) for one in newest]
        by_id = {one.id: one for one in templates}
        at_once = {".": ("same again", newest[0].id)} if last.get(newest[0].id) else {}
        picked = await self.push_screen_wait(
            Picker(
                "Launch", present.DECK_COLUMNS, choices, verb="card", at_once=at_once,
                about=lambda one: present.deck_about(by_id[one]),
            )
        )  # fmt: skip
        if picked is not None:
            run = last.get(picked)
            await self._card(picked, None if run is None else await self._answers_of(run.id))

    async def _again(self) -> None:
        async def ask(services: Services) -> Run | None:
            last = await services.runs.last_by_template(self.bridge.principal)
            return max(last.values(), key=_used, default=None)

        run = await self.bridge.ask(ask)
        if run is None:
            await self._deck()
        else:
            await self._rerun(run.id)

    async def _rerun(self, run_id: RunId) -> None:
        detail = await self._detail(run_id)
        await self._card(detail.spec.template_id, detail.spec.answers)

    # The card.

    async def _card(self, template_id: TemplateId, answers: Mapping[str, str] | None) -> None:
        from skyforge_tui.tui.presenters.offers import LaunchOffer, Untrusted
        from skyforge_tui.tui.widgets.launch_card import LaunchCard

        principal = self.bridge.principal

        async def ask(services: Services) -> tuple[Template, Project | None, list[Run]]:
            template = await services.projects.get_template(principal, template_id)
            return (
                template,
                services.access.project(template.project_id),
                await services.runs.latest(principal, template_id, 5),
            )

        template, project, before = await self.bridge.ask(ask)
        untrusted = None
        if not template.is_trusted:
            files = [(one.path, one.sha256) for one in template.sources]
            untrusted = Untrusted(files, shlex.join(template.command))
        offer = LaunchOffer(
            template.name,
            present.card_facts(template, project, before, self.now()),
            template.survey,
            _known(template, answers),
            go=f"launch on {upstream_of(template.project_id)}",
            note="closing the program does not stop the run",
        )
        card = LaunchCard(
            offer,
            same_as=lambda plain: present.same_as(template, project, plain),
            untrusted=untrusted,
            on_trust=lambda shown: self.go(
                self._trust_on_card(shown, template.project_id, template.sources)
            ),
        )
        given = await self.push_screen_wait(card)
        if given is None:
            return

        async def launch(services: Services) -> Run:
            return await services.runs.launch(principal, template_id, given)

        run = await self.bridge.ask(launch)
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
        from skyforge_tui.tui.widgets.confirm import Confirm

        if not templates:
            return
        if await self.push_screen_wait(Confirm(present.trust_question(templates))):
            sources = tuple({one: None for each in templates for one in each.sources})
            await self._remember_trust(templates[0].project_id, sources)

    async def _remember_trust(self, project_id: ProjectId, sources: tuple[Source, ...]) -> None:
        async def trust(services: Services) -> None:
            await services.projects.trust(self.bridge.principal, project_id, sources)

        await self.bridge.ask(trust)

    # Runs under way.

    async def _stop(self, run: Run) -> None:
        from skyforge_tui.tui.widgets.confirm import Confirm

        question = present.stop_question(run, self.bridge.principal.username, self.now())
        if await self.push_screen_wait(Confirm(question)):

            async def stop(services: Services) -> None:
                await services.runs.stop(self.bridge.principal, run.id)

            await self.bridge.ask(stop)

    async def _answer(self, run: Run) -> None:
        from skyforge_tui.tui.widgets.answer_line import AnswerLine

        given = await self.push_screen_wait(AnswerLine(run.number))
        if given is None:
            return

        async def answer(services: Services) -> None:
            await services.runs.answer(self.bridge.principal, run.id, given.encode() + b"\n")

        await self.bridge.ask(answer)

    async def _detail(self, run_id: RunId) -> RunDetail:
        async def ask(services: Services) -> RunDetail:
            return await services.runs.get(self.bridge.principal, run_id)

        return await self.bridge.ask(ask)

    async def _answers_of(self, run_id: RunId) -> Mapping[str, str]:
        try:
            return (await self._detail(run_id)).spec.answers
        except SkyforgeError as error:
            self.say(as_notice(error))  # the card still opens, with the defaults
            return {}

    async def _slugs(self) -> dict[ProjectId, str]:
        async def ask(services: Services) -> dict[ProjectId, str]:
            return {one.id: one.slug for one in services.access.projects()}

        return await self.bridge.ask(ask)


def _used(run: Run | None) -> float:
    return 0.0 if run is None else run.created_at.timestamp()


def _known(template: Template, answers: Mapping[str, str] | None) -> dict[str, str]:
    """Return the answers to questions that the template still asks."""
    names = {one.name for one in template.survey}
    return {name: value for name, value in (answers or {}).items() if name in names}
