"""Repositories as such: found, made, changed, migrated, deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.gitea.bare import Change
from skyforge_tui.demo.servers.gitea.calling import Call, Routes
from skyforge_tui.demo.servers.gitea.paging import paged, sliced
from skyforge_tui.demo.servers.gitea.state import RIGHTS, Account, Repo

routes = Routes("repository")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_RESERVED: Final = frozenset({".", "..", "-"})
_SORTS: Final = {"alpha", "created", "updated", "size", "id", "stars", "forks", ""}


class _New(msgspec.Struct):
    name: str = ""
    description: str = ""
    private: bool = False
    auto_init: bool = False
    default_branch: str = ""


class _Changes(msgspec.Struct):
    name: str | None = None
    description: str | None = None
    private: bool | None = None
    archived: bool | None = None
    default_branch: str | None = None


class _Migration(msgspec.Struct):
    clone_addr: str = ""
    repo_name: str = ""
    repo_owner: str = ""
    description: str = ""
    private: bool = False
    mirror: bool = False
    service: str = "git"


@routes("GET", "/repos/search", is_open=True)
async def search(call: Call) -> Response:
    """List what one may see and is called so, in an envelope."""
    if call.query("sort") not in _SORTS:
        raise Refusal(422, f'Invalid sort mode: "{call.query("sort")}"')
    wanted, owner = call.query("q").lower(), call.query("uid")
    found = [
        one
        for one in _visible(call)
        if wanted in one.name.lower() and owner in ("", "0", str(one.owner.id))
    ]
    if call.query("sort") in ("updated", "created"):
        found.sort(key=lambda one: (one.updated, one.id), reverse=call.query("order") == "desc")
    else:
        found.sort(key=lambda one: one.name.lower())
    shown = [_told(call, one) for one in sliced(call, found)]
    return paged(call, None, len(found), envelope={"ok": True, "data": shown})


@routes("GET", "/user/repos")
async def own(call: Call) -> Response:
    """List what one owns or is let into."""
    found = [one for one in _visible(call) if _takes_part(call, one)]
    return paged(call, [_told(call, one) for one in sliced(call, found)], len(found))


@routes("GET", "/users/{login}/repos", is_open=True)
@routes("GET", "/orgs/{login}/repos", is_open=True)
async def of_owner(call: Call) -> Response:
    """List what somebody owns, as far as one may see it."""
    owner = call.person(call.text("login"))
    found = [one for one in _visible(call) if one.owner is owner]
    return paged(call, [_told(call, one) for one in sliced(call, found)], len(found))


@routes("POST", "/user/repos")
@routes("POST", "/orgs/{login}/repos")
async def make(call: Call) -> Response:
    """Make a repository, empty or with a first commit."""
    given = await call.body(_New)
    owner = call.account
    if "login" in call.request.path_params:
        owner = call.person(call.text("login"))
        if not call.account.is_admin and not call.state.is_member(call.account, owner):
            raise Refusal(403, "Given user is not allowed to create repository in organization.")
    repo = _added(call, owner, given.name, given.description, is_private=given.private)
    repo.default_branch = given.default_branch or "main"
    await repo.bare.git("symbolic-ref", "HEAD", f"refs/heads/{repo.default_branch}")
    if given.auto_init:
        text = f"# {repo.name}\n\n{repo.description}\n".encode()
        await call.server.write(
            repo, repo.default_branch, "", call.account, "Initial commit",
            [Change("README.md", text)],
        )  # fmt: skip
    return answer(_told(call, repo), 201)


@routes("POST", "/repos/migrate")
async def migrate(call: Call) -> Response:
    """Make a repository of another one, which git fetches."""
    given = await call.body(_Migration)
    owner = call.person(given.repo_owner) if given.repo_owner else call.account
    if not given.clone_addr:
        raise Refusal(422, "[CloneAddr]: Required")
    repo = _added(call, owner, given.repo_name, given.description, is_private=given.private)
    repo.is_mirror, repo.original_url = given.mirror, given.clone_addr
    try:
        await repo.bare.git("fetch", "-q", given.clone_addr, "+refs/heads/*:refs/heads/*")
    finally:
        names = [name for name, _ in await repo.bare.branches()]
        if not names:
            del call.state.repos[repo.id]
    repo.is_empty = False
    repo.default_branch = "main" if "main" in names else names[0]
    return answer(_told(call, repo), 201)


@routes("GET", "/repos/{owner}/{repo}")
async def get(call: Call) -> Response:
    """Tell of one repository."""
    return answer(_told(call, call.repo))


@routes("GET", "/repositories/{id}", is_open=True)
async def by_number(call: Call) -> Response:
    """Tell of the repository with a number."""
    repo = call.state.repos.get(call.number("id"))
    if repo is None or call.state.right(call.caller.account, repo) == "none":
        raise Refusal(404)
    return answer(_told(call, repo))


@routes("PATCH", "/repos/{owner}/{repo}", right="admin")
async def change(call: Call) -> Response:
    """Change what is named; a new name leaves a way from the old one."""
    repo, given = call.repo, await call.body(_Changes)
    if given.name and given.name != repo.name:
        _check_name(call, repo.owner, given.name)
        call.state.redirects[repo.full_name.lower()] = repo.id
        repo.name = given.name
    if given.default_branch:
        if not await repo.bare.resolve(given.default_branch):
            raise Refusal(404, "", [f"branch does not exist [name: {given.default_branch}]"])
        repo.default_branch = given.default_branch
    repo.description = repo.description if given.description is None else given.description
    repo.is_private = repo.is_private if given.private is None else given.private
    repo.is_archived = repo.is_archived if given.archived is None else given.archived
    repo.updated = call.state.estate.clock.now()
    return answer(_told(call, repo))


@routes("DELETE", "/repos/{owner}/{repo}", right="owner")
async def drop(call: Call) -> Response:
    """Delete a repository."""
    del call.state.repos[call.repo.id]
    return empty()


def _visible(call: Call) -> Iterable[Repo]:
    who = call.caller.account
    return [one for one in call.state.repos.values() if call.state.right(who, one) != "none"]


def _takes_part(call: Call, repo: Repo) -> bool:
    account = call.account
    if repo.owner is account or account.id in repo.collaborators:
        return True
    return any(
        account.id in team.members and (team.has_all or repo.id in team.repos)
        for team in call.state.teams_of(repo.owner)
    )


def _added(call: Call, owner: Account, name: str, description: str, *, is_private: bool) -> Repo:
    _check_name(call, owner, name)
    repo = call.state.add_repo(owner, name)
    repo.description, repo.is_private = description, is_private
    return repo


def _check_name(call: Call, owner: Account, name: str) -> None:
    if not name:
        raise Refusal(422, "[Name]: Required")
    if not _NAME.fullmatch(name) or name in _RESERVED or name.endswith((".git", ".wiki")):
        raise Refusal(422, f"invalid repository name: {name}")
    if call.state.repo(f"{owner.login}/{name}") is not None:
        raise Refusal(409, "The repository with the same name already exists.")


def _told(call: Call, repo: Repo) -> dict[str, object]:
    right = call.state.right(call.caller.account, repo)
    return shapes.repository(call.server, repo, RIGHTS[RIGHTS.index(right)])
