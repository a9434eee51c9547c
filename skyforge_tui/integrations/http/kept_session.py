"""A sign-in that is kept up: what has expired is renewed, once for all who wait.

How a service is told who one is, and how tokens are made there, is for each service to say.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from skyforge_tui.integrations.asking import Asker, Wanted
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess, revealed

Keep = Callable[[Secret], Awaitable[None]]
"""Keeps a new token where the old one was."""
ATTEMPTS: Final = 3
"""How often a person is asked before it is given up."""


class KeptSession(ABC):
    """Signs requests by token, or by name and password.

    What is refused is first fetched again from where it is kept, and only then asked for. A token
    that a person proves themselves for is handed to `keep`.
    """

    def __init__(
        self, http: HttpClient, access: WebAccess, ask: Asker, keep: Keep | None = None
    ) -> None:
        self._http = http
        self._access = access
        self._ask = ask
        self._keep = keep
        self._headers: dict[str, str] | None = None
        self._signing_in = asyncio.Lock()

    @abstractmethod
    async def _prove(self, headers: Mapping[str, str]) -> None:
        """Make sure that the service knows who signs so; raise HttpError, unauthorized, if not."""

    @abstractmethod
    def _by_token(self, token: Secret) -> dict[str, str]:
        """Return headers that sign by a token."""

    @abstractmethod
    def _looks_like_token(self, text: str) -> bool:
        """Say whether a text can be a token of the service."""

    @abstractmethod
    async def _by_password(self, username: str, password: Secret) -> dict[str, str]:
        """Return headers for whoever signs in by password."""

    @abstractmethod
    async def _made_token(self, username: str, password: Secret) -> Secret:
        """Return a new token of whoever signs in by password."""

    async def headers(self) -> Mapping[str, str]:
        """Return what signs a request; signs in first where that is needed.

        Raises:
            HttpError: unauthorized, if nobody can be signed in.
        """
        async with self._signing_in:
            if self._headers is None:
                self._headers = await self._signed_in()
            return self._headers

    async def renew(self, refused: Mapping[str, str], error: HttpError) -> None:
        """Sign in again, unless somebody has meanwhile; see `Session`.

        Servers also answer 401 to what only an admin may: then the sign-in is good, and the refusal
        is what it is.

        Raises:
            HttpError: unauthorized, if nobody can be signed in; forbidden, if somebody is.
        """
        async with self._signing_in:
            if self._headers != refused:
                return
            if await self._is_accepted(refused):
                raise HttpError("forbidden", error.message, status=error.status, body=error.body)
            self._headers = None
            self._headers = await self._signed_in()

    async def _signed_in(self) -> dict[str, str]:
        try:
            headers = await self._from_configuration()
            await self._prove(headers)
        except HttpError as error:
            failure = error
        else:
            return headers
        if failure.kind != "unauthorized":
            raise failure
        return await self._from_person(failure)

    async def _is_accepted(self, headers: Mapping[str, str]) -> bool:
        try:
            await self._prove(headers)
        except HttpError as error:
            if error.kind != "unauthorized":
                raise
            return False
        return True

    async def _from_configuration(self) -> dict[str, str]:
        access = self._access
        if access.token is not None:
            return self._by_token(await revealed(access.token))
        if access.username and access.password is not None:
            return await self._by_password(access.username, await revealed(access.password))
        raise HttpError("unauthorized", "no token and no password is configured", was_sent=False)

    async def _from_person(self, failure: HttpError) -> dict[str, str]:
        """Ask until it is right; a password becomes a token where one is configured."""
        by_token = self._access.token is not None
        wanted: Wanted = "token" if by_token else "password"
        why = failure.message
        if by_token and failure.was_sent:
            why = "the server does not accept the token any more"
        for _ in range(ATTEMPTS):
            given = await self._ask(wanted, why, username=self._access.username)
            try:
                return await self._proven(given, by_token=by_token)
            except HttpError as error:
                failure = error
            if failure.kind != "unauthorized":
                break
            why = failure.message
        raise failure

    async def _proven(self, given: Secret, *, by_token: bool) -> dict[str, str]:
        """Return headers for what a person gave: a token, or the password.

        Raises:
            HttpError: unauthorized, if it is neither.
        """
        if by_token and self._looks_like_token(given.reveal()):
            headers = self._by_token(given)
            await self._prove(headers)
            await self._kept(given)
            return headers
        username = self._access.username
        if not username:
            raise HttpError("unauthorized", "that is no token, and no username is configured")
        if not by_token or self._keep is None:
            return await self._by_password(username, given)
        token = await self._made_token(username, given)
        await self._kept(token)
        return self._by_token(token)

    async def _kept(self, token: Secret) -> None:
        if self._keep is not None:
            await self._keep(token)
