"""Connects to Gitea: finds it, believes its certificate or asks, signs in, looks around."""

from __future__ import annotations

from typing import Final

from skyforge_tui.domain.connection import Found, Given, Server, Step
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations.gitea import sign_in, wire
from skyforge_tui.integrations.gitea.asking import lacks_scope
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.gitea.probe import GITEA
from skyforge_tui.integrations.gitea.session import api_url
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import measured
from skyforge_tui.ports.connector import Dialogue
from skyforge_tui.providers.connections.token_attempt import TokenAttempt, known
from skyforge_tui.providers.connections.web_attempt import Signed

_ADVICE: Final = "make a token that may write repositories, or sign in by password to have it made"


class GiteaConnector:
    """Connects to a Gitea server; implements `Connector`."""

    kind = "gitea"

    async def connect(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool = True
    ) -> Found:
        """Find the server, sign in and look around; see `Connector`."""
        return await _Attempt(server, given, dialogue, makes_token=makes_token).outcome()


class _Attempt(TokenAttempt):
    service = GITEA

    async def made(self) -> Found:
        """Go through all steps.

        Raises:
            TransportError, SkyforgeError: at the teller's step.
        """
        place, http = await self.reached(api_url, "Gitea's API")
        headers, token = await self.signed_in(sign_in, http)
        http.session = Signed(headers)
        client = GiteaClient(http)
        person = await known(sign_in.whoami(http, headers))
        version = (await client.version()).partition("+")[0]
        self._tell_person(person, version)
        rights = await self._rights(client)
        self.teller.begin(Step.PACE)
        latency_ms, skew_s = await measured(http, "/version", is_signed=True)
        self.tell_pace(latency_ms, skew_s, "set the clocks: one-time codes are wrong")
        server = self.found(place, person.login)
        who = person.login or server.username
        return Found(server, version, who, rights, latency_ms, skew_s, token)

    async def made_token(
        self, http: HttpClient, headers: dict[str, str]
    ) -> tuple[dict[str, str], Hidden]:
        """Make a token, which is kept instead of the password."""
        token = await sign_in.make_token(http, headers, self.server.username)
        return sign_in.by_token(token), Hidden(token.reveal())

    def _tell_person(self, person: wire.User, version: str) -> None:
        if not person.login:
            self.teller.caution(Step.SIGN_IN, f"{sign_in.NAMELESS}; Gitea {version}", _ADVICE)
            return
        role = ", admin" if person.is_admin else ""
        self.teller.done(Step.SIGN_IN, f"{person.login}{role}; Gitea {version or '?'}")

    # Looking around.

    async def _rights(self, client: GiteaClient) -> str:
        self.teller.begin(Step.RIGHTS)
        try:
            repos = (await client.repos.mine()).items
        except HttpError as error:
            if not lacks_scope(error):
                raise
            words = "this token may not list repositories"
            self.teller.caution(Step.RIGHTS, words, _ADVICE)
            return words
        may = [one.permissions or wire.Permissions(pull=True) for one in repos]
        admins, writers = sum(one.admin for one in may), sum(one.push for one in may)
        number = len(repos)
        words = f"{number} repositor{'y' if number == 1 else 'ies'}"
        words += f": {writers} to write, {admins} of them to rule" if number else ""
        if number:
            self.teller.done(Step.RIGHTS, words)
        else:
            self.teller.caution(
                Step.RIGHTS, "no repository is this person's", "ask to be let into one, or make one"
            )
        return words
