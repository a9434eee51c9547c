"""Organisations and their teams."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.gitea.calling import Call, Routes
from skyforge_tui.demo.servers.gitea.paging import paged, sliced
from skyforge_tui.demo.servers.gitea.state import Account, Right, Team

routes = Routes("organization")
_RIGHTS: Final[dict[str, Right]] = {"read": "read", "write": "write", "admin": "admin"}


class _NewOrg(msgspec.Struct):
    username: str = ""
    full_name: str = ""
    description: str = ""
    visibility: str = "public"


class _NewTeam(msgspec.Struct):
    name: str = ""
    description: str = ""
    permission: str = "read"
    units: list[str] = []
    includes_all_repositories: bool = False


@routes("GET", "/orgs")
async def everything(call: Call) -> Response:
    """List the organisations."""
    found = [one for one in call.state.accounts.values() if one.person is None]
    shown = [shapes.organisation(call.server, one) for one in sliced(call, found)]
    return paged(call, shown, len(found))


@routes("GET", "/user/orgs")
async def own(call: Call) -> Response:
    """List the organisations that one belongs to."""
    found = [
        one
        for one in call.state.accounts.values()
        if one.person is None and call.state.is_member(call.account, one)
    ]
    shown = [shapes.organisation(call.server, one) for one in sliced(call, found)]
    return paged(call, shown, len(found))


@routes("POST", "/orgs")
async def make(call: Call) -> Response:
    """Make an organisation, and become its owner."""
    given = await call.body(_NewOrg)
    if not given.username:
        raise Refusal(422, "[UserName]: Required")
    if call.state.account(given.username) is not None:
        raise Refusal(422, f"user already exists [name: {given.username}]")
    org = call.server.add_org(given.username, given.full_name, {call.account.id})
    org.description, org.visibility = given.description, given.visibility
    return answer(shapes.organisation(call.server, org), 201)


@routes("GET", "/orgs/{org}", is_open=True)
async def get(call: Call) -> Response:
    """Tell of an organisation."""
    return answer(shapes.organisation(call.server, _org(call)))


@routes("DELETE", "/orgs/{org}")
async def drop(call: Call) -> Response:
    """Delete an organisation that has no repositories."""
    org = _ruled(call)
    if any(one.owner is org for one in call.state.repos.values()):
        raise Refusal(500, "user still has ownership of repositories")
    for team in call.state.teams_of(org):
        del call.state.teams[team.id]
    del call.state.accounts[org.id]
    return empty()


@routes("GET", "/orgs/{org}/members")
async def members(call: Call) -> Response:
    """List who belongs to an organisation."""
    teams = call.state.teams_of(_org(call))
    numbers = sorted({number for team in teams for number in team.members})
    shown = [shapes.user(call.server, call.state.accounts[one]) for one in sliced(call, numbers)]
    return paged(call, shown, len(numbers))


@routes("GET", "/orgs/{org}/teams")
async def teams(call: Call) -> Response:
    """List the teams."""
    org = _org(call)
    if not call.account.is_admin and not call.state.is_member(call.account, org):
        raise Refusal(403, "Must be an organization member")
    found = call.state.teams_of(org)
    return paged(call, [_team(call, one) for one in sliced(call, found)], len(found))


@routes("POST", "/orgs/{org}/teams")
async def make_team(call: Call) -> Response:
    """Make a team."""
    org, given = _ruled(call), await call.body(_NewTeam)
    if not given.name:
        raise Refusal(422, "[Name]: Required")
    if given.permission != "admin" and not given.units:
        raise Refusal(422, "units permission should not be empty")
    if any(one.name.lower() == given.name.lower() for one in call.state.teams_of(org)):
        raise Refusal(422, f"team already exists [org_id: {org.id}, name: {given.name}]")
    team = Team(
        call.state.next_id(), given.name, org, _RIGHTS.get(given.permission, "read"),
        has_all=given.includes_all_repositories, description=given.description,
    )  # fmt: skip
    call.state.teams[team.id] = team
    return answer(_team(call, team), 201)


@routes("GET", "/teams/{id}/members")
async def team_members(call: Call) -> Response:
    """List who is in a team."""
    team = _chosen(call)
    found = sorted(team.members)
    shown = [shapes.user(call.server, call.state.accounts[one]) for one in sliced(call, found)]
    return paged(call, shown, len(found))


@routes("PUT", "/teams/{id}/members/{login}")
@routes("DELETE", "/teams/{id}/members/{login}")
async def team_member(call: Call) -> Response:
    """Take somebody into a team, or out of it."""
    team, account = _chosen(call), call.person(call.text("login"))
    _ruled(call, team.org)
    if call.request.method == "PUT":
        team.members.add(account.id)
    else:
        team.members.discard(account.id)
    return empty()


@routes("GET", "/teams/{id}/repos")
async def team_repos(call: Call) -> Response:
    """List what a team works on."""
    team = _chosen(call)
    found = [
        one
        for one in call.state.repos.values()
        if one.owner is team.org and (team.has_all or one.id in team.repos)
    ]
    shown = [shapes.repository(call.server, one, team.right) for one in sliced(call, found)]
    return paged(call, shown, len(found))


@routes("PUT", "/teams/{id}/repos/{org}/{name}")
@routes("DELETE", "/teams/{id}/repos/{org}/{name}")
async def team_repo(call: Call) -> Response:
    """Let a team work on a repository, or no more."""
    team = _chosen(call)
    _ruled(call, team.org)
    repo = call.state.repo(f"{call.text('org')}/{call.text('name')}")
    if repo is None or repo.owner is not team.org:
        raise Refusal(404)
    if call.request.method == "PUT":
        team.repos.add(repo.id)
    else:
        team.repos.discard(repo.id)
    return empty()


@routes("DELETE", "/teams/{id}")
async def drop_team(call: Call) -> Response:
    """Delete a team."""
    team = _chosen(call)
    _ruled(call, team.org)
    del call.state.teams[team.id]
    return empty()


def _org(call: Call) -> Account:
    org = call.state.account(call.text("org"))
    if org is None or org.person is not None:
        raise Refusal(404)
    return org


def _ruled(call: Call, org: Account | None = None) -> Account:
    """Return an organisation that the caller owns."""
    found = org or _org(call)
    owners = call.state.teams_of(found)[0].members
    if not call.account.is_admin and call.account.id not in owners:
        raise Refusal(403, "Must be an organization owner")
    return found


def _chosen(call: Call) -> Team:
    team = call.state.teams.get(call.number("id"))
    if team is None:
        raise Refusal(404)
    if not call.account.is_admin and not call.state.is_member(call.account, team.org):
        raise Refusal(404)
    return team


def _team(call: Call, team: Team) -> dict[str, Any]:
    return {
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "organization": shapes.organisation(call.server, team.org),
        "includes_all_repositories": team.has_all,
        "permission": team.right,
        "units": ["repo.code", "repo.issues"],
        "units_map": {"repo.code": team.right, "repo.issues": team.right},
        "can_create_org_repo": team.right == "owner",
    }
