"""Carries what is asked while connecting from the engine to a card, and the answers back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from skyforge_tui.domain.connection import Step
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

    Whoever gives up ends the attempt at once, unless it is being written down already.
    """

    def __init__(self, bridge: Bridge, card: ConnectCard) -> None:
        self._bridge = bridge
        self._card = card
        self._is_given_up = False
        self._is_kept = False
        self._end: Callable[[], object] | None = None

    async def during(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Do `work` until the person gives up.

        Raises:
            Refused: they did; then nothing was written.
        """
        loop = asyncio.get_running_loop()
        task = loop.create_task(work)
        self._end = lambda: loop.call_soon_threadsafe(task.cancel)
        if self._is_given_up:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            if not self._is_given_up:
                task.cancel()
                raise
        raise Refused("given up", advice="nothing was written")

    def give_up(self) -> None:
        """End the attempt; may be called on any thread."""
        if self._is_kept:
            return
        self._is_given_up = True
        if self._end is not None:
            with suppress(RuntimeError):  # the engine has ended, and the attempt with it
                self._end()

    def tell(self, report: StepReport) -> None:
        """Show how a step is going."""
        self._is_kept = self._is_kept or report.step is Step.KEEP
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

    async def _answered(self, show: Callable[[Callable[[Value], None]], None]) -> Value:
        """Show something and wait for what the person says to it."""
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
