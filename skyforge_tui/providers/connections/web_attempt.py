"""One attempt to connect to a web service: the steps that are the same for all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.domain.sign_in import Proof
from skyforge_tui.integrations.asking import Wanted
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.probe import Place, Probe, Service
from skyforge_tui.integrations.http.way import Way
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import revealed
from skyforge_tui.providers.connections.failing import domain_error
from skyforge_tui.providers.connections.telling import Teller
from skyforge_tui.providers.connections.trusting import Approach

if TYPE_CHECKING:
    from typing import Any

    from skyforge_tui.integrations.http.failures import HttpError
    from skyforge_tui.ports.connector import Dialogue

SKEW_S = 30.0
"""From here on a clock disturbs one-time codes and the order of output."""


class Signed:
    """Signs requests in one way, which is never renewed; nobody's at first."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self.held: dict[str, str] = dict(headers or {})

    async def headers(self) -> dict[str, str]:
        """Return what signs a request."""
        return self.held

    async def renew(self, refused: object, error: HttpError) -> None:
        """Raise `error`: whoever refused this will refuse it again."""
        del refused
        raise error


class WebAttempt(ABC):
    """One attempt: which step it is at, and what it knows so far."""

    service: Service

    def __init__(self, server: Server, given: Given, dialogue: Dialogue) -> None:
        self.teller = Teller(dialogue)
        self.given = given
        self._approach = Approach(server, self.teller)
        self._code = given.code
        self._http: HttpClient | None = None

    @property
    def server(self) -> Server:
        """What is connected to, as far as it is known."""
        return self._approach.server

    async def outcome(self) -> Found:
        """Go through all steps, and close what was opened.

        Raises:
            SkyforgeError: one failed, which was told.
        """
        failure: SkyforgeError
        try:
            return await self.made()
        except TransportError as error:
            failure = domain_error(error, self.server.name)
        except SkyforgeError as error:
            failure = error
        finally:
            if self._http is not None:
                await self._http.aclose()
            await self._approach.aclose()
        self.teller.failed(failure)
        raise failure

    @abstractmethod
    async def made(self) -> Found:
        """Go through all steps.

        Raises:
            TransportError, SkyforgeError: at the teller's step.
        """

    async def reached(
        self, api: Callable[[str], str], words: str, **options: Any
    ) -> tuple[Place, HttpClient]:
        """Find the service; return where it is, and a client of what `api` makes of that.

        Raises:
            TransportError, SkyforgeError: it is not found, or not believed.
        """
        place: Place = await self._approach.found(self._find)
        url = api(place.url)
        moved = f"; redirected from {place.moves[0]}" if place.moves else ""
        self._approach.tell(place.url, f"{words} at {url}{moved}")
        self._http = HttpClient(url, self._approach.way(), **options)
        return place, self._http

    def _find(self, way: Way, look: Callable[[bytes], None], typed: str) -> Awaitable[Place]:
        return Probe(self.service, way, look).find(typed)

    # Signing in.

    async def password(self, whose: str) -> tuple[Secret, bool]:
        """Return the password, and whether it is kept nowhere yet."""
        if self.given.password:
            return Secret(self.given.password.reveal()), True
        if self.server.password_ref:
            return await revealed(SecretRef.parse(self.server.password_ref)), False
        why = f"the password of {whose} is needed"
        return Secret((await self.teller.dialogue.ask(Proof.PASSWORD, why)).reveal()), True

    async def ask(self, wanted: Wanted, why: str, *, username: str) -> Secret:
        """Ask the person in front, for the integration; a code that was given is used once."""
        del username
        proof = Proof(wanted)
        if proof.is_short_lived and self._code:
            code, self._code = self._code, Hidden("")
            return Secret(code.reveal())
        return Secret((await self.teller.dialogue.ask(proof, why)).reveal())

    # What was found.

    def tell_pace(self, latency_ms: float, skew_s: float | None, advice: str) -> None:
        """Say how quick the service answers, and whether its clock is wrong."""
        words = f"{latency_ms:.0f} ms"
        if skew_s is not None:
            words += f", its clock {clock_words(skew_s)}"
        if skew_s is not None and abs(skew_s) > SKEW_S:
            self.teller.caution(Step.PACE, words, advice)
        else:
            self.teller.done(Step.PACE, words)

    def found(self, place: Place, username: str) -> Server:
        """Return the server as it is to be kept."""
        return replace(self.server, address=place.url, username=self.server.username or username)


def clock_words(skew_s: float) -> str:
    """Return how a clock differs from ours: seconds, positive where it is ahead."""
    if abs(skew_s) < 2:
        return "agrees"
    return f"{abs(skew_s):.0f} s {'ahead' if skew_s > 0 else 'behind'}"
