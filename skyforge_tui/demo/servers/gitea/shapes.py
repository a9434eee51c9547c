"""How Gitea tells of people, repositories, commits and branches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from skyforge_tui.demo.clock import SECOND, written
from skyforge_tui.demo.servers.gitea.bare import Commit
from skyforge_tui.demo.servers.gitea.state import RIGHTS, Account, Repo, Right

if TYPE_CHECKING:
    from skyforge_tui.demo.servers.gitea.server import GiteaServer

ZERO = "0001-01-01T00:00:00Z"
_UNVERIFIED = {
    "verified": False, "reason": "gpg.error.not_signed_commit", "signature": "", "signer": None,
    "payload": "",
}  # fmt: skip


def moment(server: GiteaServer, instant_ns: int) -> str:
    """Write an instant to the second, in the server's zone."""
    return written(instant_ns // SECOND * SECOND, zone_min=server.habits.zone_min)


def user(server: GiteaServer, account: Account) -> dict[str, Any]:
    """Tell of somebody, or of an organisation as an owner."""
    person = account.person
    return {
        "id": account.id,
        "login": account.login,
        "login_name": "",
        "source_id": 0,
        "full_name": person.name if person else account.full_name,
        "email": person.email if person else "",
        "avatar_url": f"{server.root_url}/user/avatar/{account.login}/-1",
        "html_url": f"{server.root_url}/{account.login}",
        "language": "",
        "is_admin": account.is_admin,
        "last_login": ZERO,
        "created": moment(server, account.created),
        "restricted": False,
        "active": person is not None,
        "prohibit_login": False,
        "location": "",
        "website": "",
        "description": account.description,
        "visibility": account.visibility,
        "followers_count": 0,
        "following_count": 0,
        "starred_repos_count": 0,
        "username": account.login,
    }


def organisation(server: GiteaServer, org: Account) -> dict[str, Any]:
    """Tell of an organisation as such."""
    return {
        "id": org.id,
        "name": org.login,
        "full_name": org.full_name,
        "email": "",
        "avatar_url": f"{server.root_url}/user/avatar/{org.login}/-1",
        "description": org.description,
        "website": "",
        "location": "",
        "visibility": org.visibility,
        "repo_admin_change_team_access": False,
        "username": org.login,
    }


def repository(server: GiteaServer, repo: Repo, right: Right | None) -> dict[str, Any]:
    """Tell of a repository; without a `right` its permissions are null, as within other things."""
    rank = 0 if right is None else RIGHTS.index(right)
    url = f"{server.root_url}/{repo.full_name}"
    permissions = {"admin": rank >= 3, "push": rank >= 2, "pull": rank >= 1}
    return {
        "id": repo.id,
        "owner": user(server, repo.owner),
        "name": repo.name,
        "full_name": repo.full_name,
        "description": repo.description,
        "empty": repo.is_empty,
        "private": repo.is_private,
        "fork": False,
        "template": False,
        "parent": None,
        "mirror": repo.is_mirror,
        "size": 24,
        "language": "",
        "html_url": url,
        "url": f"{server.root_url}/api/v1/repos/{repo.full_name}",
        "ssh_url": f"git@127.0.0.1:{repo.full_name}.git",
        "clone_url": f"{url}.git",
        "original_url": repo.original_url,
        "website": "",
        "stars_count": 0,
        "forks_count": 0,
        "watchers_count": 1,
        "open_issues_count": 0,
        "open_pr_counter": 0,
        "release_counter": 0,
        "default_branch": repo.default_branch,
        "archived": repo.is_archived,
        "created_at": moment(server, repo.created),
        "updated_at": moment(server, repo.updated),
        "archived_at": "1970-01-01T00:00:00Z",
        "permissions": None if right is None else permissions,
        "has_issues": True,
        "has_wiki": True,
        "has_pull_requests": True,
        "has_projects": True,
        "ignore_whitespace_conflicts": False,
        "allow_merge_commits": True,
        "default_merge_style": "merge",
        "avatar_url": "",
        "internal": False,
        "mirror_interval": "8h0m0s" if repo.is_mirror else "",
        "object_format_name": "sha1",
        "topics": repo.topics or None,
        "licenses": None,
    }


def _hand(server: GiteaServer, name: str, email: str, seconds: int) -> dict[str, Any]:
    return {"name": name, "email": email, "date": moment(server, seconds * SECOND)}


def _account_by(server: GiteaServer, email: str) -> dict[str, Any] | None:
    for one in server.state.accounts.values():
        if one.person is not None and one.person.email == email:
            return user(server, one)
    return None


def commit(
    server: GiteaServer, repo: Repo, one: Commit, files: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    """Tell of a commit as lists of them do."""
    api = f"{server.root_url}/api/v1/repos/{repo.full_name}"
    at = moment(server, one.committed * SECOND)
    words = {"A": "added", "D": "removed", "M": "modified"}
    return {
        "url": f"{api}/git/commits/{one.sha}",
        "sha": one.sha,
        "created": at,
        "html_url": f"{server.root_url}/{repo.full_name}/commit/{one.sha}",
        "commit": {
            "url": f"{api}/git/commits/{one.sha}",
            "author": _hand(server, one.author, one.author_email, one.authored),
            "committer": _hand(server, one.committer, one.committer_email, one.committed),
            "message": one.message,
            "tree": {"url": f"{api}/git/trees/{one.tree}", "sha": one.tree, "created": at},
        },
        "author": _account_by(server, one.author_email),
        "committer": _account_by(server, one.committer_email),
        "parents": [
            {"url": f"{api}/git/commits/{sha}", "sha": sha, "created": ZERO} for sha in one.parents
        ],
        "files": None if files is None else [
            {"filename": path, "status": words.get(letter[:1], "changed")}
            for letter, path in files
        ],
    }  # fmt: skip


def payload_commit(server: GiteaServer, repo: Repo, one: Commit) -> dict[str, Any]:
    """Tell of a commit as branches do."""
    return {
        "id": one.sha,
        "message": one.message,
        "url": f"{server.root_url}/{repo.full_name}/commit/{one.sha}",
        "author": _name(server, one.author, one.author_email),
        "committer": _name(server, one.committer, one.committer_email),
        "verification": _UNVERIFIED,
        "timestamp": moment(server, one.committed * SECOND),
        "added": None,
        "removed": None,
        "modified": None,
    }


def _name(server: GiteaServer, name: str, email: str) -> dict[str, str]:
    account = _account_by(server, email)
    return {"name": name, "email": email, "username": account["login"] if account else ""}


def branch(server: GiteaServer, repo: Repo, name: str, one: Commit, right: Right) -> dict[str, Any]:
    """Tell of a branch."""
    is_protected = name in repo.protected
    may = RIGHTS.index(right) >= RIGHTS.index("write")
    return {
        "name": name,
        "commit": payload_commit(server, repo, one),
        "protected": is_protected,
        "required_approvals": 0,
        "enable_status_check": False,
        "status_check_contexts": [],
        "user_can_push": may and not is_protected,
        "user_can_merge": may,
        "effective_branch_protection_name": name if is_protected else "",
    }


def file_commit(server: GiteaServer, repo: Repo, one: Commit) -> dict[str, Any]:
    """Tell of the commit that a write made."""
    whole = commit(server, repo, one)
    inner = whole["commit"]
    return {
        "url": whole["url"],
        "sha": whole["sha"],
        "created": ZERO,
        "html_url": whole["html_url"],
        "author": inner["author"],
        "committer": inner["committer"],
        "parents": whole["parents"],
        "message": one.message,
        "tree": inner["tree"],
    }


def verification() -> dict[str, Any]:
    """Tell that nobody signed it."""
    return dict(_UNVERIFIED)


def segments(path: str) -> str:
    """Escape a path for an address, segment by segment."""
    return quote(path, safe="/", errors="surrogateescape")
