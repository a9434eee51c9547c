"""Asks a Gitea server; one client per server and identity."""

from __future__ import annotations

from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.actions import GiteaActions
from skyforge_tui.integrations.gitea.asking import Asking
from skyforge_tui.integrations.gitea.files import GiteaFiles
from skyforge_tui.integrations.gitea.history import GiteaHistory
from skyforge_tui.integrations.gitea.people import GiteaPeople
from skyforge_tui.integrations.gitea.repos import GiteaRepos
from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.lenient import read


class GiteaClient:
    """Speaks with the server behind `http`, whose address ends in `/api/v1`."""

    def __init__(self, http: HttpClient) -> None:
        self.http = http
        asking = Asking(http)
        self.repos = GiteaRepos(asking)
        self.files = GiteaFiles(asking)
        self.history = GiteaHistory(asking)
        self.people = GiteaPeople(asking)
        self.actions = GiteaActions(asking)

    async def version(self) -> str:
        """Return the release.

        Raises:
            HttpError: forbidden, where nothing is told to strangers.
        """
        return read(await self.http.call("GET", "/version"), wire.Version).version

    async def user(self) -> wire.User:
        """Return who one is here.

        Raises:
            HttpError: unauthorized; forbidden, if the token may not even say that.
        """
        return read(await self.http.call("GET", "/user"), wire.User)

    async def limits(self) -> wire.Limits:
        """Return how long lists and files may be; what is usual where that is not told."""
        try:
            return read(await self.http.call("GET", "/settings/api"), wire.Limits)
        except HttpError as error:
            if error.kind in ("missing", "forbidden"):
                return wire.Limits()
            raise
