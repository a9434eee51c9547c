"""Carries what is asked while connecting from the engine to a card, and the answers back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from skyforge_tui.domain.errors import NotSignedIn, Refused, Untrusted
from skyforge_tui.domain.hidden import Hidden

if TYPE_CHECKING:
    from skyforge_tui.domain.connection import StepReport
    from skyforge_tui.domain.sign_in import Proof
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.widgets.connect_card import ConnectCard

Value = TypeVar("Value")


class CardDialogue:
    """The person in front of `card`; implements `Dialogue` on the engine's side.

    Whoever gives up is heard at the next step: from then on nothing is done any more.
    """

    def __init__(self, bridge: Bridge, card: ConnectCard) -> None:
        self._bridge = bridge
        self._card = card
        self._is_given_up = False

    def give_up(self) -> None:
        """End it at the next step; may be called on any thread."""
        self._is_given_up = True

    def tell(self, report: StepReport) -> None:
        """Show how a step is going.

        Raises:
            Refused: the person gave up.
        """
        self._go_on()
        self._bridge.on_ui(lambda: self._card.told(report))

    async def ask(self, wanted: Proof, why: str) -> Hidden:
        """Return what proves who one is.

        Raises:
            NotSignedIn: the person would rather not.
        """
        answer: Hidden | None = await self._answered(
            lambda reply: self._card.ask(wanted, why, reply)
        )
        if answer is None:
            raise NotSignedIn(why, advice="give it when it is asked for")
        return answer

    async def trust(self, fingerprint: str, words: str) -> None:
        """Return when the certificate is the right one.

        Raises:
            Untrusted: it is not.
        """
        is_right: bool = await self._answered(
            lambda verdict: self._card.show_certificate(fingerprint, words, verdict)
        )
        if not is_right:
            raise Untrusted(
                "this certificate is not the right one",
                advice="ask whoever runs the server for its fingerprint, or for its authority",
            )

    def _go_on(self) -> None:
        if self._is_given_up:
            raise Refused("given up", advice="nothing was written")

    async def _answered(self, show: Callable[[Callable[[Value], None]], None]) -> Value:
        """Show something and wait for what the person says to it."""
        self._go_on()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Value] = loop.create_future()

        def settle(value: Value) -> None:
            if not answer.done():
                answer.set_result(value)

        def reply(value: Value) -> None:
            try:
                loop.call_soon_threadsafe(settle, value)
            except RuntimeError:
                return  # the engine has ended: nobody waits

        self._bridge.on_ui(lambda: show(reply))
        return await answer
