"""Fills a new Gitea server with the company's people, its organisation and its repositories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.estate import Commit, Estate, Project
from skyforge_tui.demo.estate import Repository as Work
from skyforge_tui.demo.people import Role
from skyforge_tui.demo.servers.gitea.bare import GitError
from skyforge_tui.demo.servers.gitea.state import Account, Repo, Right, Token

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.gitea.server import GiteaServer

ORG: Final = "net"
"""The organisation that owns the company's repositories."""
_RIGHTS: Final[dict[Role, Right]] = {
    Role.OWNER: "admin", Role.MANAGER: "write", Role.TASK_RUNNER: "read", Role.GUEST: "read",
}  # fmt: skip
_YEAR: Final = 365 * 86400 * SECOND
_BEHIND: Final = 3
"""How many commits each further branch is behind the one before."""
_PUBLIC: Final = "netlab-topologies"
_RENAMED: Final = {"edge": "edge-fabric"}
"""What repositories were called once."""


def furnish(server: GiteaServer) -> None:
    """Fill the server; what git keeps is written when somebody first looks at it."""
    state = server.state
    begun = state.estate.clock.now() - _YEAR
    for person in state.estate.people.values():
        account = Account(state.next_id(), person.username, begun, person)
        state.accounts[account.id] = account
        token = Token(state.next_id(), "skyforge", server.token(person.username), account,
                      created=begun)  # fmt: skip
        state.tokens.append(token)
    admin = next((one for one in state.accounts.values() if one.is_admin), None)
    if not state.estate.projects:
        return
    org = server.add_org(ORG, "Skyforge Networks", {admin.id} if admin else set())
    for project in state.estate.projects:
        for work in project.repositories:
            _add(server, org, project, work)
    _add_odd_ones(server, org, begun)


def _add(server: GiteaServer, org: Account, project: Project, work: Work) -> None:
    state = server.state
    repo = state.add_repo(org, work.name)
    repo.description = project.description
    repo.is_private = work.name != _PUBLIC
    repo.is_empty = not work.commits
    repo.default_branch = work.branches[0]
    repo.work = work
    repo.created = work.commits[-1].at if work.commits else repo.created
    repo.updated = work.commits[0].at if work.commits else repo.updated
    for username, role in project.members.items():
        account = state.account(username)
        if account is not None:
            repo.collaborators[account.id] = _RIGHTS[role]
    for old, new in _RENAMED.items():
        if new == work.name:
            state.redirects[f"{org.login}/{old}"] = repo.id
            repo.protected.add("staging")


def _add_odd_ones(server: GiteaServer, org: Account, begun: int) -> None:
    """Add what every company has: something abandoned, and something not begun."""
    state = server.state
    everybody = [one for one in state.accounts.values() if one.person and not one.is_admin]
    old = state.add_repo(org, "wan-2019")
    old.description, old.is_archived, old.updated = "The network before the fabric", True, begun
    new = state.add_repo(org, "ideas")
    new.description = "Nothing yet"
    for one in everybody[:5]:
        old.collaborators[one.id] = "read"
        new.collaborators[one.id] = "write"


async def write_history(repo: Repo, estate: Estate) -> None:
    """Write what the estate knows of a repository into git; its commits keep their names.

    Raises:
        GitError: it came out otherwise.
    """
    work = repo.work
    if work is None or not work.commits:
        return
    stream = bytearray(b"feature done\n")
    for number, commit in enumerate(reversed(work.commits), 1):
        stream += _commit(estate, repo.default_branch, number, commit)
    for place, branch in enumerate(work.branches[1:], 1):
        mark = max(1, len(work.commits) - _BEHIND * place)
        stream += f"reset refs/heads/{branch}\nfrom :{mark}\n\n".encode()
    stream += b"done\n"
    await repo.bare.git("fast-import", "--quiet", "--date-format=raw", given=bytes(stream))
    head = await repo.bare.resolve(repo.default_branch)
    if head != work.commits[0].sha:
        raise GitError(f"{repo.full_name} became {head} instead of {work.commits[0].sha}")


def _commit(estate: Estate, branch: str, number: int, commit: Commit) -> bytes:
    person = estate.people[commit.author]
    who = f"{person.name} <{person.email}> {commit.at // SECOND} +0000"
    message = f"{commit.message}\n".encode()
    lines = bytearray(f"commit refs/heads/{branch}\nmark :{number}\n".encode())
    lines += f"author {who}\ncommitter {who}\ndata {len(message)}\n".encode() + message
    if number > 1:
        lines += f"from :{number - 1}\n".encode()
    for path, data in commit.files.items():
        lines += f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
    return bytes(lines)
