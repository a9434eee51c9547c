"""From the wish to connect to a server that is used; and signing in when a server asks for it.

Part of the application: every place reaches it by the same words.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from textual.app import App

from skyforge_tui.domain.errors import Invalid, NotFound, Refused, SkyforgeError
from skyforge_tui.domain.notice import Notice, Severity

if TYPE_CHECKING:
    from skyforge_tui.domain.connection import Found, Server
    from skyforge_tui.domain.hidden import Hidden
    from skyforge_tui.domain.sign_in import Question
    from skyforge_tui.ports.connector import SecretPlace
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.dialogue import CardDialogue
    from skyforge_tui.tui.link import Engine
    from skyforge_tui.tui.messages import Changes
    from skyforge_tui.tui.widgets.connect_card import ConnectCard

DEFAULT_KIND = "semaphore"


class Connecting(App[None]):
    """Carries out what leads to a connection, or keeps one."""

    bridge: Bridge
    _is_asking_who = False

    if TYPE_CHECKING:

        def say(self, notice: Notice) -> None:
            """Show a notice on the place in front."""

        def go(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run something beside the keys; its failure becomes a notice."""

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

        def make_engine(self) -> Engine[Services]:
            """Return a new engine, not started."""

    def do_connection_connect(self) -> None:
        """Show the card that connects to a server."""
        self.lead(self.connect_to())

    async def connect_to(self, kind: str = DEFAULT_KIND, address: str = "") -> None:
        """Show the card; use the server when it is connected.

        Raises:
            Invalid: this release cannot connect to that kind.
        """
        from skyforge_tui.domain.connection import KINDS
        from skyforge_tui.tui.widgets.connect_card import ConnectCard

        principal = self.bridge.principal

        async def ask(services: Services) -> tuple[tuple[str, ...], tuple[SecretPlace, ...]]:
            kinds = await services.connections.kinds(principal)
            return kinds, await services.connections.secret_places(principal)

        kinds, places = await self.bridge.ask(ask)
        if kind not in kinds:
            known = f"this release connects to {', '.join(kinds)}" if kind in KINDS else ""
            raise Invalid(
                f"cannot connect to {kind}", operation="connection.connect",
                advice=known or f"the kinds are {', '.join(KINDS)}",
            )  # fmt: skip
        server = await self._known(kind, address)
        attempts: list[CardDialogue] = []
        card = ConnectCard(
            server,
            places,
            on_go=lambda card, answers: self.go(self._make(card, server, answers, attempts)),
            on_give_up=lambda: attempts[-1].give_up(),
            same_as=lambda answers: self._same_as(server, answers),
            others=[one for one in kinds if one != kind],
        )
        if await self.push_screen_wait(card) is not None:
            await self.reopen()

    async def _known(self, kind: str, wanted: str) -> Server:
        """Return the configured server of this name or address, or a new one there."""
        from skyforge_tui.domain.connection import Server

        principal = self.bridge.principal
        known = await self.bridge.ask(lambda services: services.connections.servers(principal))
        same = (one for one in known if one.kind == kind and wanted in (one.name, one.address))
        return next(same, Server(kind, "", wanted)) if wanted else Server(kind, "", "")

    def _same_as(self, server: Server, answers: Mapping[str, str]) -> str:
        from skyforge_tui.tui.presenters import connect_fields as present

        return self.bridge.line(present.connect_act(present.server_of(server, answers), answers))

    async def _make(
        self,
        card: ConnectCard,
        before: Server,
        answers: Mapping[str, str],
        attempts: list[CardDialogue],
    ) -> None:
        """Connect, and tell the card how it goes."""
        from dataclasses import replace

        from skyforge_tui.tui.dialogue import CardDialogue
        from skyforge_tui.tui.presenters import connect_fields as present

        principal = self.bridge.principal
        dialogue = CardDialogue(self.bridge, card)
        attempts.append(dialogue)
        server = present.server_of(before, answers)
        keep: SecretPlace = "keyring" if answers.get("keep") == "keyring" else "file"
        given = present.given_by(answers)

        async def name(services: Services) -> str:
            return await services.connections.suggested_name(principal, server.kind, server.address)

        failure: SkyforgeError = Refused("it ended unexpectedly", advice="see the notice")
        try:
            named = replace(server, name=server.name or await self.bridge.ask(name))

            async def connect(services: Services) -> Found:
                work = services.connections.connect(principal, named, given, dialogue, keep)
                return await dialogue.during(work)

            found = await self.bridge.act(present.connect_act(named, answers), connect)
        except SkyforgeError as error:
            failure = error
        else:
            card.succeeded(found)
            return
        finally:
            if not card.is_over:
                card.failed(failure)

    async def reopen(self) -> None:
        """Open everything anew with the configuration as it is now."""
        await self.bridge.reopen(self.make_engine())

    # Servers that ask.

    def consider_questions(self, changes: Changes | None = None) -> None:
        """Show what a server asks, unless something else is being asked."""
        if (changes is None or changes.sign_in or changes.opened) and not self._is_asking_who:
            self.go(self._answer_questions())

    async def _answer_questions(self) -> None:
        """Ask one after the other, as long as there are any and nothing lies over the place."""
        if self._is_asking_who or self.screen.is_modal or not self.bridge.is_open:
            return
        self._is_asking_who = True
        try:
            while (question := await self._next_question()) is not None:
                await self._settle(question)
        finally:
            self._is_asking_who = False

    async def _next_question(self) -> Question | None:
        principal = self.bridge.principal
        found = await self.bridge.ask(lambda services: services.sign_in.questions(principal))
        return found[0] if found and not self.screen.is_modal else None

    async def _settle(self, question: Question) -> None:
        from skyforge_tui.tui.widgets.sign_in_card import SignInCard

        principal, name = self.bridge.principal, question.upstream
        value: Hidden | None = await self.push_screen_wait(SignInCard(question))

        async def settle(services: Services) -> None:
            try:
                if value is None:
                    await services.sign_in.decline(principal, name)
                else:
                    await services.sign_in.answer(principal, name, value)
            except NotFound:
                return  # whoever asked has gone meanwhile

        await self.bridge.ask(settle)
        if value is None:
            words = f"{name} is not asked for any more"
            advice = f":signin {name} lets it ask again"
            self.say(Notice(Severity.INFO, words, question.why, advice=advice))

    async def sign_in(self, upstream: str) -> None:
        """Let a server ask again who one is, and look at it at once."""
        principal = self.bridge.principal

        async def again(services: Services) -> None:
            await services.sign_in.reconsider(principal, upstream)
            await services.projects.request_sync(principal)
            if upstream in services.run_upstreams:
                await services.runs.refresh(principal, upstream)

        await self.bridge.ask(again)
