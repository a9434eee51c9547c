"""Histories: `/commits`, `/git/commits`, `/compare`."""

from __future__ import annotations

from starlette.responses import Response

from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer
from skyforge_tui.demo.servers.gitea.calling import Call, Routes
from skyforge_tui.demo.servers.gitea.paging import asked, headers

routes = Routes("repository")


@routes("GET", "/repos/{owner}/{repo}/commits")
async def commits(call: Call) -> Response:
    """List commits of a branch, or those that changed a path, the newest first."""
    repo, server = call.repo, call.server
    await server.ready(repo)
    if repo.is_empty:
        raise Refusal(409, "Git Repository is empty.")
    sha = await repo.bare.resolve(call.query("sha") or repo.default_branch)
    if not sha:
        raise Refusal(404, "", [f"object does not exist [id: {call.query('sha')}, rel_path: ]"])
    path = call.query("path")
    page, limit = asked(call)
    found = await repo.bare.log([sha], path=path, skip=(page - 1) * limit, count=limit)
    total = await repo.bare.count([sha], path)
    pages = -(-total // limit)
    more = {
        "x-page": str(page), "x-perpage": str(limit), "x-total": str(total),
        "x-pagecount": str(pages), "x-hasmore": "true" if page < pages else "false",
    }  # fmt: skip
    wants_files = call.query("files") != "false"
    shown = [
        shapes.commit(server, repo, one, await repo.bare.changed(one.sha) if wants_files else None)
        for one in found
    ]
    return answer(shown, headers=headers(call, total) | more)


@routes("GET", "/repos/{owner}/{repo}/git/commits/{sha}")
async def commit(call: Call) -> Response:
    """Tell of one commit; `.diff` and `.patch` give it as text."""
    repo, server = call.repo, call.server
    await server.ready(repo)
    name, dot, ending = call.text("sha").partition(".")
    sha = await repo.bare.resolve(name)
    if not sha:
        raise Refusal(404)
    if dot and ending in ("diff", "patch"):
        words: tuple[str, ...] = ("diff-tree", "-p", "--root", "--no-commit-id", sha)
        if ending == "patch":
            words = ("format-patch", "-1", "--stdout", sha)
        return Response(await repo.bare.git(*words), 200, media_type="text/plain")
    found = (await repo.bare.log([sha], count=1))[0]
    return answer(shapes.commit(server, repo, found, await repo.bare.changed(sha)))


@routes("GET", "/repos/{owner}/{repo}/compare/{range:any}", since=16)
async def compare(call: Call) -> Response:
    """List what one branch has and another has not."""
    repo, server = call.repo, call.server
    await server.ready(repo)
    text = call.text("range")
    base, dots, head = text.partition("...")
    if not dots:
        base, dots, head = text.partition("..")
    shas = [await repo.bare.resolve(one or repo.default_branch) for one in (base, head)]
    if not all(shas):
        raise Refusal(404)
    found = await repo.bare.log([f"{shas[0]}..{shas[1]}"])
    shown = [shapes.commit(server, repo, one, await repo.bare.changed(one.sha)) for one in found]
    return answer({"total_commits": len(found), "commits": shown})
