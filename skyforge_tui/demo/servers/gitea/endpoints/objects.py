"""What git holds: trees, blobs, references, branches and their protection."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer, empty
from skyforge_tui.demo.servers.gitea.calling import Call, Routes
from skyforge_tui.demo.servers.gitea.paging import paged, sliced

routes = Routes("repository")


class _NewBranch(msgspec.Struct):
    new_branch_name: str = ""
    old_ref_name: str = ""
    old_branch_name: str = ""


class _Protection(msgspec.Struct):
    rule_name: str = ""
    branch_name: str = ""


@routes("GET", "/repos/{owner}/{repo}/git/trees/{sha:any}")
async def tree(call: Call) -> Response:
    """List a tree, by its own name or a commit's; `recursive` goes below, in pages."""
    server, repo = call.server, call.repo
    await server.ready(repo)
    sha = call.text("sha")
    named = await repo.bare.resolve(sha) or (sha if await repo.bare.kind(sha) == "tree" else "")
    if not named:
        raise Refusal(404)
    is_deep = call.query("recursive") in ("true", "1")
    rows = await server.entries(repo, named, deep=is_deep)
    page = max(1, int(call.query("page") or 1))
    size = min(int(call.query("per_page") or server.habits.tree_page), server.habits.tree_page)
    api = f"{server.root_url}/api/v1/repos/{repo.full_name}"
    end = page * size
    return answer(
        {
            "sha": named,
            "url": f"{api}/git/trees/{named}",
            "tree": [
                {
                    "path": one.path, "mode": one.mode, "type": one.kind, "size": one.size,
                    "sha": one.sha,
                    "url": f"{api}/git/{'trees' if one.kind == 'tree' else 'blobs'}/{one.sha}",
                }
                for one in rows[end - size : end]
            ],
            "truncated": end < len(rows),
            "page": page,
            "total_count": len(rows),
        }
    )  # fmt: skip


@routes("GET", "/repos/{owner}/{repo}/git/blobs/{sha}")
async def blob(call: Call) -> Response:
    """Give a file by the name of its content."""
    server, repo, sha = call.server, call.repo, call.text("sha")
    await server.ready(repo)
    if await repo.bare.kind(sha) != "blob":
        raise Refusal(404)
    data = await repo.bare.blob(sha)
    is_told = len(data) <= server.habits.max_blob_size
    return answer(
        {
            "sha": sha,
            "size": len(data),
            "encoding": "base64" if is_told else None,
            "content": base64.b64encode(data).decode() if is_told else None,
            "url": f"{server.root_url}/api/v1/repos/{repo.full_name}/git/blobs/{sha}",
        }
    )


@routes("GET", "/repos/{owner}/{repo}/git/refs")
async def refs(call: Call) -> Response:
    """List what has a name."""
    server, repo = call.server, call.repo
    await server.ready(repo)
    api = f"{server.root_url}/api/v1/repos/{repo.full_name}"
    return answer(
        [
            {
                "ref": f"refs/heads/{name}",
                "url": f"{api}/git/refs/heads/{name}",
                "object": {"type": "commit", "sha": sha, "url": f"{api}/git/commits/{sha}"},
            }
            for name, sha in await repo.bare.branches()
        ]
    )


@routes("GET", "/repos/{owner}/{repo}/branches")
async def branches(call: Call) -> Response:
    """List the branches."""
    repo = call.repo
    await call.server.ready(repo)
    found = [] if repo.is_empty else await repo.bare.branches()
    return paged(call, [await _told(call, name, sha) for name, sha in sliced(call, found)],
                 len(found))  # fmt: skip


@routes("POST", "/repos/{owner}/{repo}/branches", right="write")
async def make_branch(call: Call) -> Response:
    """Begin a branch where another one is."""
    repo, given = call.repo, await call.body(_NewBranch)
    await call.server.ready(repo)
    old = given.old_ref_name or given.old_branch_name or repo.default_branch
    sha = await repo.bare.resolve(old)
    if not sha:
        raise Refusal(404, "The old branch does not exist")
    if await repo.bare.resolve(given.new_branch_name):
        raise Refusal(409, "The branch already exists.")
    await repo.bare.git("update-ref", f"refs/heads/{given.new_branch_name}", sha)
    return answer(await _told(call, given.new_branch_name, sha), 201)


@routes("GET", "/repos/{owner}/{repo}/branches/{name:any}")
async def branch(call: Call) -> Response:
    """Tell of one branch."""
    await call.server.ready(call.repo)
    name = call.text("name")
    for known, sha in await call.repo.bare.branches():
        if known == name:
            return answer(await _told(call, name, sha))
    raise Refusal(404, "", [f"branch does not exist [name: {name}]"])


@routes("DELETE", "/repos/{owner}/{repo}/branches/{name:any}", right="write")
async def drop_branch(call: Call) -> Response:
    """Delete a branch, unless it is the default one or protected."""
    repo, name = call.repo, call.text("name")
    await call.server.ready(repo)
    if name == repo.default_branch or name in repo.protected:
        raise Refusal(403, "can not delete default branch or protected branch")
    if name not in [known for known, _ in await repo.bare.branches()]:
        raise Refusal(404)
    await repo.bare.git("update-ref", "-d", f"refs/heads/{name}")
    return empty()


@routes("GET", "/repos/{owner}/{repo}/branch_protections", right="admin")
async def protections(call: Call) -> Response:
    """List the rules that protect branches."""
    return answer([_rule(name) for name in sorted(call.repo.protected)])


@routes("POST", "/repos/{owner}/{repo}/branch_protections", right="admin")
async def protect(call: Call) -> Response:
    """Protect a branch."""
    given = await call.body(_Protection)
    name = given.rule_name or given.branch_name
    if not name:
        raise Refusal(422, "[RuleName]: Required")
    call.repo.protected.add(name)
    return answer(_rule(name), 201)


@routes("DELETE", "/repos/{owner}/{repo}/branch_protections/{name:any}", right="admin")
async def unprotect(call: Call) -> Response:
    """Protect a branch no more."""
    call.repo.protected.discard(call.text("name"))
    return empty()


def _rule(name: str) -> dict[str, Any]:
    return {"rule_name": name, "branch_name": name, "enable_push": False}


async def _told(call: Call, name: str, sha: str) -> dict[str, Any]:
    commit = (await call.repo.bare.log([sha], count=1))[0]
    return shapes.branch(call.server, call.repo, name, commit, call.right)
