"""Repositories of a Gitea server: found, made, changed, migrated, deleted."""

from __future__ import annotations

from typing import Any

from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.asking import Asking, Query, segments
from skyforge_tui.integrations.http.lenient import Listed, read


class GiteaRepos:
    """What one may do with repositories; they are named `OWNER/NAME`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def mine(self) -> Listed[wire.Repository]:
        """Return the repositories one owns or was let into."""
        listed = await self._asking.every("/user/repos", wire.Repository)
        for one in listed.items:
            self._known(one)
        return listed

    async def of(self, owner: str) -> Listed[wire.Repository]:
        """Return the repositories of a person or an organisation, as far as one may see them."""
        return await self._asking.every(f"/users/{segments(owner)}/repos", wire.Repository)

    async def search(self, words: str = "") -> Listed[wire.Repository]:
        """Return the repositories one may see whose names hold some words, public ones too."""
        query: Query = {"q": words} if words else {}
        return await self._asking.every("/repos/search", wire.Repository, query)

    async def get(self, repo: str) -> wire.Repository:
        """Return one repository, also by a name that it once had.

        Raises:
            HttpError: missing, if it is not there or one may not see it.
        """
        return await self._asking.about(repo, "", wire.Repository)

    async def by_id(self, number: int) -> wire.Repository:
        """Return the repository with a number, whatever it is called by now.

        Raises:
            HttpError: missing, as `get`.
        """
        reply = await self._asking.http.call("GET", f"/repositories/{number}")
        return self._known(read(reply, wire.Repository))

    async def create(
        self, name: str, *, org: str = "", description: str = "", private: bool = True,
        auto_init: bool = False, default_branch: str = "main",
    ) -> wire.Repository:  # fmt: skip
        """Make a repository of one's own, or of an organisation.

        Raises:
            HttpError: exists, if there is one of that name; invalid, if it can be no name.
        """
        path = f"/orgs/{segments(org)}/repos" if org else "/user/repos"
        body = {
            "name": name, "description": description, "private": private, "auto_init": auto_init,
            "default_branch": default_branch,
        }  # fmt: skip
        made = await self._asking.http.call("POST", path, body)
        return self._known(read(made, wire.Repository))

    async def change(self, repo: str, **fields: Any) -> wire.Repository:
        """Change fields such as `description`, `private`, `archived`, `default_branch`, `name`."""
        reply = await self._asking.repo("PATCH", repo, "", fields, is_idempotent=True)
        return read(reply, wire.Repository)

    async def delete(self, repo: str) -> None:
        """Delete a repository with everything in it."""
        await self._asking.repo("DELETE", repo)

    async def migrate(
        self, address: str, name: str, *, owner: str = "", private: bool = True,
        mirror: bool = False, description: str = "",
    ) -> wire.Repository:  # fmt: skip
        """Make a repository of one that the server fetches from `address`; may take long.

        Raises:
            HttpError: exists; invalid; failed, if it cannot be fetched.
        """
        body = {
            "clone_addr": address, "repo_name": name, "repo_owner": owner, "private": private,
            "mirror": mirror, "description": description, "service": "git",
        }  # fmt: skip
        reply = await self._asking.http.call("POST", "/repos/migrate", body)
        return self._known(read(reply, wire.Repository))

    def _known(self, repo: wire.Repository) -> wire.Repository:
        """Return it, and know by which name it goes."""
        self._asking.is_called(repo.full_name)
        return repo
