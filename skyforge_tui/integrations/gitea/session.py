"""Keeps one identity signed in at Gitea: renews what has expired, once for all who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from skyforge_tui.integrations.asking import Asker, NobodyToAsk, Wanted
from skyforge_tui.integrations.gitea import sign_in
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess, revealed, way_of

Keep = Callable[[Secret], Awaitable[None]]
"""Keeps a new token where the old one was."""
NOBODY: Final = NobodyToAsk()
API: Final = "/api/v1"


class GiteaSession:
    """Signs requests by token, or by name and password.

    A one-time code is good for one minute only: where one was needed, the requests that follow are
    signed by a token, which is made then. What is refused is first fetched again from where it is
    kept, and only then asked for. A token that a person proves themselves for is handed to `keep`.
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
            await sign_in.whoami(self._http, headers)
        except HttpError as error:
            failure = error
        else:
            return headers
        if failure.kind != "unauthorized":
            raise failure
        return await self._from_person(failure)

    async def _is_accepted(self, headers: Mapping[str, str]) -> bool:
        try:
            await sign_in.whoami(self._http, headers)
        except HttpError as error:
            if error.kind != "unauthorized":
                raise
            return False
        return True

    async def _from_configuration(self) -> dict[str, str]:
        access = self._access
        if access.token is not None:
            return sign_in.by_token(await revealed(access.token))
        if access.username and access.password is not None:
            return await self._by_reference(access.username, access.password)
        raise HttpError("unauthorized", "no token and no password is configured", was_sent=False)

    async def _by_reference(self, username: str, reference: SecretRef) -> dict[str, str]:
        return await self._by_password(username, await revealed(reference))

    async def _by_password(self, username: str, password: Secret) -> dict[str, str]:
        headers = await sign_in.by_password(self._http, username, password, self._ask)
        if set(headers) == {"authorization"}:
            return headers
        return sign_in.by_token(await sign_in.make_token(self._http, headers, username))

    async def _from_person(self, failure: HttpError) -> dict[str, str]:
        """Ask until it is right; a password becomes a token where one is configured."""
        by_token = self._access.token is not None
        wanted: Wanted = "token" if by_token else "password"
        why = failure.message
        if by_token and failure.was_sent:
            why = "the server does not accept the token any more"
        for _ in range(sign_in.ATTEMPTS):
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
        if by_token and sign_in.looks_like_token(given.reveal()):
            headers = sign_in.by_token(given)
            await sign_in.whoami(self._http, headers)
            await self._kept(given)
            return headers
        username = self._access.username
        if not username:
            raise HttpError("unauthorized", "that is no token, and no username is configured")
        if not by_token or self._keep is None:
            return await self._by_password(username, given)
        headers = await sign_in.by_password(self._http, username, given, self._ask)
        token = await sign_in.make_token(self._http, headers, username)
        await self._kept(token)
        return sign_in.by_token(token)

    async def _kept(self, token: Secret) -> None:
        if self._keep is not None:
            await self._keep(token)


def open_http(access: WebAccess, ask: Asker = NOBODY, keep: Keep | None = None) -> HttpClient:
    """Return what speaks with the Gitea at `access` as its identity; connects when used.

    Raises:
        TransportError: invalid, if its way cannot be one.
    """
    http = HttpClient(api_url(access.url), way_of(access))
    http.session = GiteaSession(http, access, ask, keep)
    return http


def api_url(url: str) -> str:
    """Return where the API is of a server that people open at `url`; either may be given."""
    return url if url.endswith(API) else f"{url.rstrip('/')}{API}"
