"""One attempt to connect to a web service that has tokens: a password is given for one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Protocol, TypeVar

from skyforge_tui.domain.connection import Given, Server, Step
from skyforge_tui.domain.errors import NotSignedIn
from skyforge_tui.domain.hidden import Hidden
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import revealed
from skyforge_tui.providers.connections.web_attempt import WebAttempt

if TYPE_CHECKING:
    from skyforge_tui.integrations.asking import Asker
    from skyforge_tui.integrations.http.client import HttpClient
    from skyforge_tui.ports.connector import Dialogue

Person = TypeVar("Person")


class SignIn(Protocol):
    """How one proves to a service who one is: a module of its integration."""

    def by_token(self, token: Secret, /) -> dict[str, str]:
        """Return the headers that sign requests by a token."""

    async def by_password(
        self, http: HttpClient, username: str, password: Secret, ask: Asker, /
    ) -> dict[str, str]:
        """Return the headers that sign requests of whoever knows a password."""


class TokenAttempt(WebAttempt):
    """One attempt, by a token or by what a token is made of."""

    def __init__(
        self, server: Server, given: Given, dialogue: Dialogue, *, makes_token: bool
    ) -> None:
        super().__init__(server, given, dialogue)
        self._makes_token = makes_token

    @abstractmethod
    async def made_token(
        self, http: HttpClient, headers: dict[str, str]
    ) -> tuple[dict[str, str], Hidden]:
        """Make a token with the headers of a sign-in by password.

        Returns: headers to go on with, and the token to keep; empty where none is made.

        Raises:
            HttpError: there has to be one, and the server makes none.
        """

    async def signed_in(self, sign_in: SignIn, http: HttpClient) -> tuple[dict[str, str], Hidden]:
        """Return what signs requests, and a token to keep where there is a new one.

        Raises:
            TransportError, SkyforgeError: one is not let in.
        """
        self.teller.begin(Step.SIGN_IN)
        server, given = self.server, self.given
        if given.token:
            text = given.token.reveal().strip()
            return sign_in.by_token(Secret(text)), Hidden(text)
        if server.token_ref and not given.password:
            return sign_in.by_token(await revealed(SecretRef.parse(server.token_ref))), Hidden("")
        if not server.username:
            raise NotSignedIn(
                "a token, or a name and a password are needed", upstream=server.name,
                advice="say one of both, and try again",
            )  # fmt: skip
        password, _ = await self.password(server.username)
        headers = await sign_in.by_password(http, server.username, password, self.ask)
        return await self.made_token(http, headers) if self._makes_token else (headers, Hidden(""))


async def known(person: Awaitable[Person]) -> Person:
    """Return who signs in; say in words of ours that a token is not accepted.

    Raises:
        HttpError: the server says something else.
    """
    try:
        return await person
    except HttpError as error:
        failure = error
    if failure.kind == "unauthorized":
        raise HttpError("unauthorized", "the server does not accept this token")
    raise failure
