"""What a pretend Gitea keeps beside its git repositories: who there is, and who may what."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.estate import Repository as Work
from skyforge_tui.demo.people import Person
from skyforge_tui.demo.servers.gitea.bare import Bare
from skyforge_tui.demo.servers.gitea.habits import Habits

Right = Literal["none", "read", "write", "admin", "owner"]
RIGHTS: tuple[Right, ...] = ("none", "read", "write", "admin", "owner")
"""The weakest first."""


@dataclass(slots=True)
class Account:
    """Somebody, or an organisation (then without a person)."""

    id: int
    login: str
    created: int
    person: Person | None = None
    full_name: str = ""
    description: str = ""
    visibility: str = "public"

    @property
    def is_admin(self) -> bool:
        """Whether one may everything here."""
        return self.person is not None and self.person.is_admin

    @property
    def signature(self) -> str:
        """Who one is in a commit."""
        if self.person is None:
            return f"{self.login} <{self.login}@noreply.skyforge.example>"
        return f"{self.person.name} <{self.person.email}>"


@dataclass(slots=True)
class Team:
    """People of an organisation, and what they may in some or all of its repositories."""

    id: int
    name: str
    org: Account
    right: Right
    members: set[int] = field(default_factory=set)
    repos: set[int] = field(default_factory=set)
    has_all: bool = False
    description: str = ""


@dataclass(slots=True)
class Token:
    """A key to the API; `sha1` is the secret."""

    id: int
    name: str
    sha1: str
    account: Account
    scopes: tuple[str, ...] = ("all",)
    created: int = 0


@dataclass(slots=True)
class Repo:
    """A repository and its settings."""

    id: int
    owner: Account
    name: str
    created: int
    bare: Bare
    description: str = ""
    is_private: bool = True
    is_archived: bool = False
    is_mirror: bool = False
    is_empty: bool = True
    default_branch: str = "main"
    original_url: str = ""
    updated: int = 0
    collaborators: dict[int, Right] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    topics: list[str] = field(default_factory=list)
    work: Work | None = None
    """The estate's history, not written to `bare` yet."""

    @property
    def full_name(self) -> str:
        """What it is called."""
        return f"{self.owner.login}/{self.name}"


@dataclass(slots=True)
class State:
    """The database of one server."""

    estate: Estate
    habits: Habits
    folder: Path
    """Where the bare repositories are."""
    accounts: dict[int, Account] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    teams: dict[int, Team] = field(default_factory=dict)
    repos: dict[int, Repo] = field(default_factory=dict)
    redirects: dict[str, int] = field(default_factory=dict)
    """Old names of repositories, in lower case."""
    _number: int = 0

    def next_id(self) -> int:
        """Return a number that nothing has yet."""
        self._number += 1
        return self._number

    def account(self, login: str) -> Account | None:
        """Return who is called so, whatever the case."""
        wanted = login.lower()
        return next((one for one in self.accounts.values() if one.login.lower() == wanted), None)

    def repo(self, full_name: str) -> Repo | None:
        """Return the repository that is called so, whatever the case."""
        wanted = full_name.lower()
        return next((one for one in self.repos.values() if one.full_name.lower() == wanted), None)

    def add_repo(self, owner: Account, name: str) -> Repo:
        """Add an empty repository."""
        number, now = self.next_id(), self.estate.clock.now()
        bare = Bare(self.folder / f"{number}.git")
        repo = self.repos[number] = Repo(number, owner, name, now, bare, updated=now)
        self.redirects.pop(repo.full_name.lower(), None)
        return repo

    def teams_of(self, org: Account) -> list[Team]:
        """Return the teams of an organisation, the oldest first."""
        return [one for one in self.teams.values() if one.org is org]

    def right(self, account: Account | None, repo: Repo) -> Right:
        """Return what somebody may in a repository; None is a stranger."""
        if account is None:
            return "none" if repo.is_private else "read"
        if account.is_admin or account is repo.owner:
            return "owner"
        found: list[Right] = ["none" if repo.is_private else "read"]
        found.append(repo.collaborators.get(account.id, "none"))
        found += [
            team.right
            for team in self.teams_of(repo.owner)
            if account.id in team.members and (team.has_all or repo.id in team.repos)
        ]
        return max(found, key=RIGHTS.index)

    def is_member(self, account: Account, org: Account) -> bool:
        """Say whether somebody is in any team of an organisation."""
        return any(account.id in team.members for team in self.teams_of(org))
