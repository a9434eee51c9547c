"""Who may what: collaborators, organisations, teams."""

from __future__ import annotations

from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.asking import Asking, segments
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.lenient import Listed, read


class GiteaPeople:
    """What one may do about people; repositories are named `OWNER/NAME`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def search(self, words: str) -> Listed[wire.User]:
        """Return people whose names hold some words."""
        return await self._asking.every("/users/search", wire.User, {"q": words})

    async def user(self, login: str) -> wire.User | None:
        """Return somebody; None where nobody is called so.

        Raises:
            HttpError: it cannot be told.
        """
        try:
            reply = await self._asking.http.call("GET", f"/users/{segments(login)}")
        except HttpError as error:
            if error.kind == "missing":
                return None
            raise
        return read(reply, wire.User)

    # Of one repository.

    async def collaborators(self, repo: str) -> Listed[wire.User]:
        """Return who was let in by name; neither the owner nor teams."""
        return await self._asking.every_of(repo, "/collaborators", wire.User)

    async def permission(self, repo: str, login: str) -> str:
        """Return none, read, write, admin or owner.

        Raises:
            HttpError: forbidden, unless one rules there or asks of oneself.
        """
        rest = f"/collaborators/{segments(login)}/permission"
        return (await self._asking.about(repo, rest, wire.Allowed)).permission

    async def let_in(self, repo: str, login: str, permission: str) -> None:
        """Let somebody in to read, write or admin, or change what they may.

        Raises:
            HttpError: invalid, if there is no such person; forbidden, of the owner.
        """
        rest, body = f"/collaborators/{segments(login)}", {"permission": permission}
        await self._asking.repo("PUT", repo, rest, body, is_idempotent=True)

    async def put_out(self, repo: str, login: str) -> None:
        """Let somebody in no more; nothing happens to who was not."""
        await self._asking.repo(
            "DELETE", repo, f"/collaborators/{segments(login)}", is_idempotent=True
        )

    # Organisations and their teams.

    async def organisations(self) -> Listed[wire.Organisation]:
        """Return the organisations one belongs to."""
        return await self._asking.every("/user/orgs", wire.Organisation)

    async def create_organisation(self, name: str, *, visibility: str = "private") -> int:
        """Make an organisation, become its owner, and return its number.

        Raises:
            HttpError: invalid, if the name is taken or none; forbidden.
        """
        body = {"username": name, "visibility": visibility}
        return read(await self._asking.http.call("POST", "/orgs", body), wire.Organisation).id

    async def teams(self, org: str) -> Listed[wire.Team]:
        """Return the teams of an organisation.

        Raises:
            HttpError: forbidden, unless one belongs to it.
        """
        return await self._asking.every(f"/orgs/{segments(org)}/teams", wire.Team)

    async def create_team(self, org: str, name: str, permission: str) -> wire.Team:
        """Make a team that may read, write or admin the code of its repositories.

        Raises:
            HttpError: invalid, if the name is taken; forbidden.
        """
        body = {
            "name": name, "permission": permission, "units": ["repo.code"],
            "units_map": {"repo.code": permission},
        }  # fmt: skip
        reply = await self._asking.http.call("POST", f"/orgs/{segments(org)}/teams", body)
        return read(reply, wire.Team)

    async def team_members(self, team: int) -> Listed[wire.User]:
        """Return who is in a team."""
        return await self._asking.every(f"/teams/{team}/members", wire.User)

    async def join(self, team: int, login: str) -> None:
        """Take somebody into a team."""
        await self._call("PUT", f"/teams/{team}/members/{segments(login)}")

    async def leave(self, team: int, login: str) -> None:
        """Take somebody out of a team."""
        await self._call("DELETE", f"/teams/{team}/members/{segments(login)}")

    async def give_repo(self, team: int, repo: str) -> None:
        """Let a team work on a repository of its organisation."""
        await self._call("PUT", f"/teams/{team}/repos/{segments(repo)}")

    async def _call(self, method: str, path: str) -> None:
        await self._asking.http.call(method, path, is_idempotent=True)
