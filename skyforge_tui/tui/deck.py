"""The launch deck: all that can be launched, pinned digits, hotkeys of one's own, same again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from skyforge_tui.domain.errors import LOOK_AGAIN, SkyforgeError
from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.identity import upstream_of
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.deploying import Deploying
from skyforge_tui.tui.founding import Founding
from skyforge_tui.tui.keymap import Hotkey, Keymap, shown_key
from skyforge_tui.tui.lab_choosing import LabChoosing
from skyforge_tui.tui.launching import Launching
from skyforge_tui.tui.people_editing import PeopleEditing
from skyforge_tui.tui.syncing import Syncing

if TYPE_CHECKING:
    from textual.worker import Worker

    from skyforge_tui.domain.identity import ProjectId, TemplateId
    from skyforge_tui.domain.run import Run
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.messages import Changes
    from skyforge_tui.tui.widgets.picker import Choice, Picker

PIN_KEY = "ctrl+o"


class _Offered(NamedTuple):
    """Everything the deck is made from."""

    templates: list[Template]
    last: dict[TemplateId, Run]
    pins: dict[int, TemplateId]
    slugs: dict[ProjectId, str]
    near: frozenset[ProjectId]
    """Where what the project under the cursor launches is, by its manifest."""


class Deck(Launching, Syncing, PeopleEditing, Founding, Deploying, LabChoosing):
    """Carries out what leads to a card."""

    keymap: Keymap

    if TYPE_CHECKING:

        def lead_on(self) -> None:
            """Hold input back once more: what was answered leads to something else in front."""

    def do_launch_deck(self) -> None:
        """Show everything that can be launched: last used first, of the project in front before."""
        self.lead(self._deck())

    def do_launch_again(self) -> None:
        """Show the card of what was launched last, filled in."""
        self.lead(self._again())

    def open_hotkey(self, hotkey: Hotkey) -> None:
        """Show the card of what lies on a key of one's own."""
        self.lead(self.show_named(hotkey.template, hotkey.answers or None))

    async def show_named(self, name: str, answers: Mapping[str, str] | None) -> None:
        """Show the card of the template people call `name`; answers go over the last ones."""
        principal = self.bridge.principal

        async def ask(services: Services) -> tuple[Template, dict[str, str]]:
            template = await services.projects.find_template(principal, name)
            before = await services.runs.latest(principal, template.id, 1)
            if not before:
                return template, {}
            spec = (await services.runs.get(principal, before[0].id)).spec
            return template, dict(spec.answers)

        template, last = await self.bridge.ask(ask)
        await self.show_card(template.id, {**last, **(answers or {})})

    async def _deck(self) -> None:
        from skyforge_tui.tui.presenters import launch as present
        from skyforge_tui.tui.widgets.picker import Picker

        offered = await self._offered()
        if not offered.templates and not self.bridge.unread(Subject.PROJECTS):
            self.say(
                Notice(
                    Severity.INFO, "Nothing to launch here",
                    "no template is known in this workspace",
                    advice=f"{LOOK_AGAIN}; playbooks, topologies, Makefiles, skyforge.toml count",
                )
            )  # fmt: skip
            return
        by_id = {one.id: one for one in offered.templates}
        choices = self._choices(offered)
        used = (one for one in choices if one.item in offered.last)
        newest = max(used, key=lambda one: _used(offered.last[one.item]), default=None)

        def follow(shown: Picker[TemplateId]) -> None:
            """Add what is read while one looks."""

            async def add() -> None:
                more = await self._offered()
                by_id.update((one.id, one) for one in more.templates)
                shown.update_choices(self._choices(more))
                shown.await_more(self._reading())

            def heard(changes: Changes) -> None:
                if changes.project_ids or changes.health:
                    _: Worker[None] = self.run_worker(
                        add, group="deck", exclusive=True, exit_on_error=False
                    )

            shown.await_more(self._reading())
            self.bridge.changes.subscribe(shown, heard)

        picker: Picker[TemplateId] = Picker(
            "Launch", present.DECK_COLUMNS, choices, verb="card",
            at_once={".": ("same again", newest.item)} if newest else {},
            about=lambda one: present.deck_about(by_id[one]),
            acts={PIN_KEY: ("pin", lambda shown, one: self.go(self._pin(shown, one)))},
            on_shown=follow,
        )  # fmt: skip
        picked = await self.push_screen_wait(picker)
        if picked is not None:
            self.lead_on()
            await self.show_card(picked, None)

    def _reading(self) -> str:
        """Return what is still read that may hold more to launch."""
        return "still reading" if self.bridge.unread(Subject.PROJECTS) else ""

    async def _offered(self) -> _Offered:
        from skyforge_tui.domain.project import Project

        principal, target = self.bridge.principal, self.place().target()

        async def ask(services: Services) -> _Offered:
            near: list[ProjectId] = []
            if isinstance(target, Project) and target.manifest is not None:
                near = await services.deployments.homes(principal, target.id)
            return _Offered(
                await services.projects.templates(principal),
                await services.runs.last_by_template(principal),
                await services.history.pins(principal),
                {one.id: one.slug for one in services.access.projects()},
                frozenset(near),
            )

        return await self.bridge.ask(ask)

    def _choices(self, offered: _Offered) -> list[Choice[TemplateId]]:
        """Return the deck's rows, last used first; what is pinned but gone stays at the end."""
        from skyforge_tui.tui.presenters.launch import deck_cells
        from skyforge_tui.tui.widgets.picker import Choice

        digits = {one: str(digit) for digit, one in offered.pins.items()}
        hotkeys = {one.template: shown_key(key) for key, one in self.keymap.hotkeys.items()}
        newest = sorted(
            offered.templates,
            key=lambda one: (one.project_id in offered.near, _used(offered.last.get(one.id))),
            reverse=True,
        )

        named = Counter(
            offered.slugs.get(one, "") for one in {one.project_id for one in offered.templates}
        )

        def choice(one: Template) -> Choice[TemplateId]:
            slug = offered.slugs.get(one.project_id, "")
            key = hotkeys.get(f"{slug}/{one.name}", hotkeys.get(one.name, ""))
            where = f"{slug} {upstream_of(one.project_id)}" if named[slug] > 1 else slug
            cells = deck_cells(one, where, offered.last.get(one.id), self.now())
            also = f"{slug} {one.kind} {one.description} {key}"
            return Choice(one.id, one.name, cells, also=also, pin=digits.get(one.id, ""))

        known = {one.id for one in offered.templates}
        gone = [
            Choice(one, one.rpartition("#")[2], pin=str(digit),
                   reason="is not in this workspace: start skyforge where its project is")
            for digit, one in offered.pins.items()
            if one not in known
        ]  # fmt: skip
        return [*(choice(one) for one in newest), *gone]

    async def _pin(self, picker: Picker[TemplateId], template_id: TemplateId) -> None:
        async def pin(services: Services) -> None:
            await services.history.toggle_pin(self.bridge.principal, template_id)

        try:
            await self.bridge.ask(pin)
        except SkyforgeError as error:
            picker.say(error.message)
            return
        picker.update_choices(self._choices(await self._offered()))

    async def _again(self) -> None:
        me = self.bridge.me

        async def ask(services: Services) -> Run | None:
            last = await services.runs.last_by_template(self.bridge.principal)
            mine = [one for one in last.values() if one.is_by(me)]
            return max(mine or last.values(), key=_used, default=None)

        run = await self.bridge.ask(ask)
        if run is None:
            await self._deck()
            return
        await self.show_card(run.template_id, None)


def _used(run: Run | None) -> float:
    return 0.0 if run is None else run.created_at.timestamp()
