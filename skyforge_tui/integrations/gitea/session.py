"""Keeps one identity signed in at Gitea: renews what has expired, once for all who wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from skyforge_tui.integrations.asking import Asker, NobodyToAsk
from skyforge_tui.integrations.gitea import sign_in
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.kept_session import Keep, KeptSession
from skyforge_tui.integrations.secrets import Secret
from skyforge_tui.integrations.web_access import WebAccess, way_of

NOBODY: Final = NobodyToAsk()
API: Final = "/api/v1"


class GiteaSession(KeptSession):
    """Signs requests by token, or by name and password.

    A one-time code is good for one minute only: where one was needed, the requests that follow are
    signed by a token, which is made then. What is refused is first fetched again from where it is
    kept, and only then asked for. A token that a person proves themselves for is handed to `keep`.
    """

    async def _prove(self, headers: Mapping[str, str]) -> None:
        await sign_in.whoami(self._http, headers)

    def _by_token(self, token: Secret) -> dict[str, str]:
        return sign_in.by_token(token)

    def _looks_like_token(self, text: str) -> bool:
        return sign_in.looks_like_token(text)

    async def _by_password(self, username: str, password: Secret) -> dict[str, str]:
        headers = await sign_in.by_password(self._http, username, password, self._ask)
        if set(headers) == {"authorization"}:
            return headers
        return sign_in.by_token(await sign_in.make_token(self._http, headers, username))

    async def _made_token(self, username: str, password: Secret) -> Secret:
        headers = await sign_in.by_password(self._http, username, password, self._ask)
        return await sign_in.make_token(self._http, headers, username)


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
