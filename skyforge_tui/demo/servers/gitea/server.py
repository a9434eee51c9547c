"""A Gitea server of the pretend world, from its database to its port."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.company.staff import BY_ROLE
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.knobs import turn
from skyforge_tui.demo.servers.gitea.app import make_app
from skyforge_tui.demo.servers.gitea.bare import Change, Entry
from skyforge_tui.demo.servers.gitea.furnishing import furnish, write_history
from skyforge_tui.demo.servers.gitea.habits import Habits
from skyforge_tui.demo.servers.gitea.state import Account, Repo, State, Team
from skyforge_tui.demo.servers.web import Dated, WebServer


class GiteaServer(WebServer):
    """A server: what it keeps, how it behaves, and what goes wrong with it.

    Its git repositories are in `folder`; without one they are in one of its own, which is gone when
    it closes.
    """

    kind = "gitea"

    def __init__(
        self,
        estate: Estate,
        habits: Habits | None = None,
        *,
        folder: Path | None = None,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(estate)
        self.habits = habits or Habits()
        self._own_folder = folder is None
        place = Path(tempfile.mkdtemp(prefix="sky-gitea-")) if folder is None else folder
        self.state = State(estate, self.habits, place)
        self._writing = asyncio.Lock()
        self._listed: tuple[tuple[int, str, bool], list[Entry]] = ((0, "", False), [])
        app = Dated(make_app(self), estate.clock, lambda: self.habits.clock_skew_s)
        self.serve(app, port=port, tls=tls)
        furnish(self)

    @property
    def url(self) -> str:
        """The address of the server, sub-path included, without `/api/v1`."""
        return self.listener.url + self.habits.sub_path

    @property
    def root_url(self) -> str:
        """What the server believes its address to be."""
        return self.habits.root_url or self.url

    async def close(self) -> None:
        """Serve no more."""
        await super().close()
        if self._own_folder:
            await asyncio.to_thread(shutil.rmtree, self.state.folder, ignore_errors=True)

    def expire(self) -> int:
        """Take every token away; return how many."""
        count = len(self.state.tokens)
        self.state.tokens.clear()
        return count

    def credentials(self) -> dict[str, dict[str, str]]:
        """Return how to sign in, by role."""
        people = self.estate.people
        return {role: people[name].credentials(self.token(name)) for role, name in BY_ROLE.items()}

    def status(self) -> dict[str, Any]:
        """Return counts."""
        return {
            "connections": self.listener.connections,
            "repositories": len(self.state.repos),
            "tokens": len(self.state.tokens),
        }

    def token(self, username: str) -> str:
        """Return the token that a person has from the beginning: 40 hex digits."""
        return self.estate.people[username].token("gitea")

    def add_org(self, login: str, full_name: str, owners: set[int]) -> Account:
        """Add an organisation with the team of its owners."""
        state = self.state
        org = Account(state.next_id(), login, self.estate.clock.now(), full_name=full_name)
        state.accounts[org.id] = org
        team = Team(state.next_id(), "Owners", org, "owner", set(owners), has_all=True)
        state.teams[team.id] = team
        return org

    async def ready(self, repo: Repo) -> None:
        """Write what the estate knows of a repository into git, unless that is done."""
        if repo.is_empty or repo.work is None or (repo.bare.path / "HEAD").is_file():
            return
        async with self._writing:
            if not await repo.bare.branches():
                await write_history(repo, self.estate)

    async def write(
        self, repo: Repo, branch: str, parent: str, who: Account, message: str,
        changes: Sequence[Change],
    ) -> str:  # fmt: skip
        """Make one commit now and return its name.

        Raises:
            GitError: it cannot be made.
        """
        now = self.estate.clock.now()
        async with self._writing:
            sha = await repo.bare.write(
                branch, parent, who.signature, now // SECOND, message, changes
            )
        if repo.is_empty:
            repo.is_empty, repo.default_branch = False, branch
        repo.updated = now
        return sha

    async def pushed(self, repo: Repo) -> None:
        """Take note of a push: an empty repository may have become one with a branch."""
        names = [name for name, _ in await repo.bare.branches()]
        repo.updated = self.estate.clock.now()
        if repo.is_empty and names:
            repo.is_empty = False
            if repo.default_branch not in names:
                repo.default_branch = names[0]

    async def entries(self, repo: Repo, tree: str, *, deep: bool) -> list[Entry]:
        """Return what is in a tree; the one that was asked for last is remembered."""
        key = (repo.id, tree, deep)
        if self._listed[0] != key:
            self._listed = (key, await repo.bare.entries(tree, deep=deep))
        return self._listed[1]


def make_gitea(
    estate: Estate,
    *,
    folder: Path | None = None,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    **habits: Any,
) -> GiteaServer:
    """Return a server with these habits.

    Raises:
        ValueError: a habit is none.
    """
    chosen = Habits()
    turn(habits, chosen)
    return GiteaServer(estate, chosen, folder=folder, port=port, tls=tls)
