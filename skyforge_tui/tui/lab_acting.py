"""Having whatever runs a lab do something to it: asked first, told in its row while it lasts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.lab import Lab, LabDetail, LabLink, LabNode
from skyforge_tui.domain.lab_action import LabAction, NewLab
from skyforge_tui.domain.lab_console import Console
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.template import Template
from skyforge_tui.domain.transfer import Transfer
from skyforge_tui.services.contract import Services
from skyforge_tui.services.decisions import Denied
from skyforge_tui.tui.presenters import lab_acts as present
from skyforge_tui.tui.presenters.headless import Other

if TYPE_CHECKING:
    from textual.app import App

    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.cockpit import Cockpit
    from skyforge_tui.tui.presenters.offers import Question

_OF_NODES = frozenset({LabAction.NODE_START, LabAction.NODE_STOP})


class LabActing:
    """Carries out what labs can have done to them, on one lab or several."""

    if TYPE_CHECKING:
        app: App[Any]

        @property
        def bridge(self) -> Bridge:
            """The way to the engine."""

        @property
        def cockpit(self) -> Cockpit:
            """The application."""

    def node_here(self) -> LabNode | None:
        """Return the node under the cursor, where nodes are shown."""
        return None

    def link_here(self) -> LabLink | None:
        """Return the link under the cursor, where links are shown."""
        return None

    def does_itself(self, lab: Lab, action: LabAction) -> bool:
        """Say whether whatever runs a lab can do this without a run of ours."""
        return not self.bridge.lab_can(lab, action)

    def act(self, action: LabAction, lab: Lab) -> None:
        """Ask whether to do it, and do it."""
        self.cockpit.lead(self._asked(action, lab))

    def open_lab_card(self, lab: Lab, answers: dict[str, str]) -> None:
        """Show the card of a lab's topology, filled in."""
        raise NotImplementedError

    def show_acts(self, lab: Lab) -> None:
        """Show what can be done to a lab, and do what is picked."""
        self.cockpit.lead(self._picked(lab))

    async def do_to(
        self, action: LabAction, lab: Lab, node: str = "", link: LabLink | None = None
    ) -> None:
        """Have it done; what comes of it is in the log of commands."""
        principal = self.bridge.principal

        def ask(services: Services) -> Coroutine[Any, Any, None]:
            acts = services.lab_actions
            match action:
                case LabAction.START:
                    return acts.start(principal, lab.id)
                case LabAction.STOP:
                    return acts.stop(principal, lab.id)
                case LabAction.WIPE:
                    return acts.wipe(principal, lab.id)
                case LabAction.SAVE:
                    return acts.save(principal, lab.id)
                case LabAction.NODE_START:
                    return acts.start_node(principal, lab.id, node)
                case LabAction.NODE_STOP:
                    return acts.stop_node(principal, lab.id, node)
                case LabAction.LINK if link is not None:
                    return acts.set_link(principal, lab.id, link.name, link.is_up is False)
                case _:
                    return acts.lock(principal, lab.id, not lab.is_locked)

        await self.bridge.act(Other(present.command_words(action, lab, node, link)), ask)

    def guarded(self, asked: Question, labs: Sequence[Lab]) -> Question:
        """Return a question that wants words where a server is guarded so."""
        from skyforge_tui.tui.presenters.guarding import guarded

        name = labs[0].name if len(labs) == 1 else f"{len(labs)} labs"
        return guarded(asked, self.bridge.careful(one.id for one in labs), f"{asked.go} {name}")

    async def _asked(
        self, action: LabAction, lab: Lab, node: str = "", link: LabLink | None = None
    ) -> None:
        from skyforge_tui.tui.widgets.confirm import Confirm

        nodes = await self._nodes_now(lab) if action is LabAction.WIPE else ()
        asked = present.question(
            action, [lab], [], self.bridge.me, nodes, node, self.bridge.line, link
        )
        if await self.app.push_screen_wait(Confirm(self.guarded(asked, [lab]))):
            await self.do_to(action, lab, node, link)
            words = present.done_words(action, lab, node, link)
            self.cockpit.say(Notice(Severity.INFO, "Done", words))

    async def _nodes_now(self, lab: Lab) -> Sequence[LabNode]:
        """Return the nodes of a lab as its provider tells them now; none where it does not."""
        principal = self.bridge.principal

        async def ask(services: Services) -> LabDetail:
            return await services.labs.get(principal, lab.id)

        try:
            return (await self.bridge.ask(ask)).nodes
        except SkyforgeError:
            return ()  # what is asked then says less; whether it can be done is told when it is

    async def _picked(self, lab: Lab) -> None:
        from dataclasses import replace

        from skyforge_tui.tui.widgets.act_menu import ActMenu

        node, link = self.node_here(), self.link_here()
        topology = None if self.does_itself(lab, LabAction.START) else await self._topology(lab)
        acts = []
        for one in present.possible(lab, node, link, _actions_of(topology)):
            decision = (
                self.bridge.may(Permission.RUN_START, topology)
                if one.action is None
                else self.bridge.may_act(one.action, lab)
            )
            reason = decision.reason if isinstance(decision, Denied) else one.reason
            acts.append(replace(one, reason=reason))
        acts.sort(key=lambda one: bool(one.reason))  # what can be done comes first
        picked = await self.app.push_screen_wait(ActMenu(lab.name, acts))
        if picked is None:
            return
        name = "" if node is None else node.name
        match picked.action:
            case None:
                self.open_lab_card(lab, present.answers_of(lab, picked.run))
            case LabAction.CONSOLE:
                await self._copy_console(lab, name)
            case LabAction.PAGE:
                self.cockpit.do_thing_browse()
            case LabAction.EXPORT:
                await self._keep(lab)
            case LabAction.CREATE:
                await self._make_beside(lab)
            case LabAction.LINK:
                await self._asked(LabAction.LINK, lab, "", link)
            case action:
                await self._asked(action, lab, name if action in _OF_NODES else "")

    async def _topology(self, lab: Lab) -> Template | None:
        principal = self.bridge.principal
        return await self.bridge.ask(lambda services: services.labs.template_for(principal, lab.id))

    async def _keep(self, lab: Lab) -> None:
        """Have a lab kept as an archive; the header shows how far that is."""
        principal = self.bridge.principal

        async def ask(services: Services) -> Transfer:
            return await services.lab_keeping.keep(principal, lab.id)

        begun = await self.bridge.act(Other(("labs", "export", lab.id)), ask)
        self.cockpit.say(Notice(Severity.INFO, f"Keeping {lab.name}", f"as {begun.target}",
                                advice="4, t shows how far it is"))  # fmt: skip

    async def _copy_console(self, lab: Lab, node: str) -> None:
        principal = self.bridge.principal
        ask: Callable[[Services], Coroutine[Any, Any, Console]] = lambda services: (  # noqa: E731
            services.lab_actions.console(principal, lab.id, node)
        )
        self.cockpit.yank(f"console of {node}", (await self.bridge.ask(ask)).url)

    async def _make_beside(self, lab: Lab) -> None:
        from skyforge_tui.tui.widgets.name_line import NameLine

        about = f"an empty lab in {lab.folder or '/'} of {lab.provider}"
        name = await self.app.push_screen_wait(NameLine("New lab", about, verb="make it"))
        if name is None:
            return
        principal = self.bridge.principal
        folder = ("--folder", lab.folder) if lab.folder else ()

        def ask(services: Services) -> Coroutine[Any, Any, str]:
            return services.lab_actions.create(principal, lab.provider, NewLab(name, lab.folder))

        await self.bridge.act(Other(("labs", "create", lab.provider, name, *folder)), ask)
        self.cockpit.say(Notice(Severity.INFO, "Done", f"{name} is made"))


def _actions_of(topology: Template | None) -> Sequence[str]:
    """Return what runs of a topology can do."""
    survey = () if topology is None else topology.survey
    return next((one.choices for one in survey if one.name == "action"), ())
