"""Gets to a server by the way that was said, and settles whether it is the right one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from skyforge_tui.domain.connection import Server, Step
from skyforge_tui.integrations.http.address import read_address
from skyforge_tui.integrations.http.breakage import UntrustedError
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError, plain
from skyforge_tui.integrations.http.tls import Trust
from skyforge_tui.integrations.http.way import Tunnel, Way
from skyforge_tui.integrations.web_access import jump_of
from skyforge_tui.providers.connections.certificates import SOON, Shown, shown
from skyforge_tui.providers.connections.failing import step_of
from skyforge_tui.providers.connections.telling import Teller

Place = TypeVar("Place")
Find = Callable[[Way, Callable[[bytes], None], str], Awaitable[Place]]
"""Finds a service by a way, at what was typed; shows every certificate it meets."""


class Approach:
    """The way to one server while it is being found."""

    def __init__(self, server: Server, teller: Teller) -> None:
        self.server = server
        self._teller = teller
        self._jump: Tunnel | None = None
        self._shown: Shown | None = None

    async def aclose(self) -> None:
        """Close the jump host."""
        if self._jump is not None:
            await self._jump.aclose()

    def way(self) -> Way:
        """Return the way, with whom to believe by now.

        Raises:
            TransportError: invalid, if the jump host is not written as one.
        """
        server = self.server
        if server.jump and self._jump is None:
            self._jump = jump_of(server.jump)
        ca_file = Path(server.ca_file).expanduser() if server.ca_file else None
        trust = Trust(server.verify, ca_file, server.fingerprint)
        return Way(trust, server.proxy, self._jump)

    async def found(self, find: Find[Place]) -> Place:
        """Find the server; asks once whether a certificate nobody vouches for is the right one.

        Raises:
            TransportError: it is not found; the teller is at the step where it was lost.
            Untrusted: its certificate is not the right one.
        """
        self._teller.begin(Step.ADDRESS)
        address = read_address(self.server.address)
        self._teller.begin(Step.ADDRESS, f"asking {address.place}")
        is_asked = False
        while True:
            try:
                return await find(self.way(), self.look, self.server.address)
            except HttpError as error:
                failure = error
            self._tell_lost(step_of(failure))
            if not isinstance(failure, UntrustedError) or failure.shown or is_asked:
                raise failure
            is_asked = True
            await self.ask(failure)

    def _tell_lost(self, lost: Step) -> None:
        """Tell how far one came before the server was lost at a step."""
        if lost is not Step.ADDRESS:
            self._teller.done(Step.ADDRESS, plain(self.server.address))
        if lost in (Step.TRUST, Step.FIND):
            self._teller.done(Step.REACH, "it answers")
        self._teller.begin(lost)

    def tell(self, url: str, service: str) -> None:
        """Tell how the server was found at `url`."""
        through = f" through {self._jump.name}" if self._jump else ""
        self._teller.done(Step.ADDRESS, url)
        self._teller.done(Step.REACH, f"it answers{through}")
        self._tell_trust(url)
        self._teller.done(Step.FIND, service)

    def look(self, certificate: bytes) -> None:
        """Take note of a certificate that was shown."""
        self._shown = shown(certificate)

    async def ask(self, failure: UntrustedError) -> None:
        """Look at the certificate that nobody vouches for, and ask whether it is the right one.

        Raises:
            Untrusted: nobody says so.
            HttpError: it cannot be looked at.
        """
        seen: list[Shown] = []

        def look(certificate: bytes) -> None:
            seen.append(shown(certificate))
            raise UntrustedError(failure.message)  # before a byte is sent

        blind = Way(Trust(verify=False), self.server.proxy, self._jump)
        looking = HttpClient(failure.url, blind, look=look)
        try:
            with suppress(HttpError):
                await looking.call("GET", "/", is_signed=False)
        finally:
            await looking.aclose()
        if not seen:
            raise failure
        words = f"{failure.message}. It is {seen[0].words}, SHA-256 {seen[0].fingerprint_words}"
        await self._teller.dialogue.trust(seen[0].fingerprint, words)
        self.server = replace(self.server, fingerprint=seen[0].fingerprint)

    def _tell_trust(self, url: str) -> None:
        found = self._shown
        caution, done = self._teller.caution, self._teller.done
        if url.startswith("http:"):
            words = "none: what is sent there can be read on the way"
            caution(Step.TRUST, words, "use https if it can")
        elif found is None:
            done(Step.TRUST, "checked")
        elif self.server.fingerprint:
            done(Step.TRUST, f"{found.subject}, pinned: {found.fingerprint_words[:23]} …")
        elif not self.server.verify:
            words = f"not checked: anybody may answer ({found.words})"
            caution(Step.TRUST, words, f"pin it: --pin {found.fingerprint}")
        elif found.ends and found.ends - datetime.now(UTC) < SOON:
            caution(Step.TRUST, f"{found.words}: soon to end", "have it renewed")
        else:
            done(Step.TRUST, found.words)
