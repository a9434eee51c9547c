"""Files written by a commit: one at a time, or several at once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.responses import Response

from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer
from skyforge_tui.demo.servers.gitea.bare import Bare, Change, Commit, GitError
from skyforge_tui.demo.servers.gitea.calling import Call, Routes
from skyforge_tui.demo.servers.gitea.endpoints.contents import told

routes = Routes("repository")


class _Options(msgspec.Struct):
    message: str = ""
    branch: str = ""
    new_branch: str = ""


class _File(_Options):
    content: str = ""
    sha: str = ""
    from_path: str = ""


class _Operation(msgspec.Struct):
    operation: str = ""
    path: str = ""
    content: str = ""
    sha: str = ""
    from_path: str = ""


class _Batch(_Options):
    files: list[_Operation] = []


@dataclass(slots=True)
class _Base:
    """Where a commit is put: the branch, and what it is now."""

    branch: str
    parent: str


@routes("POST", "/repos/{owner}/{repo}/contents/{path:any}", right="write")
async def create(call: Call) -> Response:
    """Write a file that must not be there yet."""
    given, path = await call.body(_File), call.text("path")
    base = await _base(call, given)
    await _refuse_existing(call.repo.bare, base, path)
    return await _written(call, given, base, [Change(path, _decoded(given.content))], 201)


@routes("PUT", "/repos/{owner}/{repo}/contents/{path:any}", right="write")
async def update(call: Call) -> Response:
    """Write a file that is there, if it is still what the caller believes."""
    given, path = await call.body(_File), call.text("path")
    if not given.sha:
        if not call.server.habits.version.puts_without_sha:
            raise Refusal(422, call.server.habits.version.names_required)
        base = await _base(call, given)
        await _refuse_existing(call.repo.bare, base, path)
        return await _written(call, given, base, [Change(path, _decoded(given.content))], 201)
    base = await _base(call, given)
    await _check_sha(call, base, given.from_path or path, given.sha)
    change = Change(path, _decoded(given.content), given.from_path)
    return await _written(call, given, base, [change], 200)


@routes("DELETE", "/repos/{owner}/{repo}/contents/{path:any}", right="write")
async def delete(call: Call) -> Response:
    """Delete a file, if it is still what the caller believes; the body says so."""
    given, path = await call.body(_File), call.text("path")
    if not given.sha:
        raise Refusal(422, call.server.habits.version.names_required)
    base = await _base(call, given)
    status = 400 if call.server.habits.version.deletes_stale_as_bad else 422
    await _check_sha(call, base, path, given.sha, status)
    return await _written(call, given, base, [Change(path, None)], 200)


@routes("POST", "/repos/{owner}/{repo}/contents", right="write", since=20)
async def batch(call: Call) -> Response:
    """Write, move and delete several files by one commit, or none of them."""
    given = await call.body(_Batch)
    base = await _base(call, given)
    changes = [await _change(call, base, one) for one in given.files]
    commit = await _committed(call, given, base, changes)
    files = [
        await told(call, entry, commit.sha, with_content=True) if entry is not None else None
        for entry in [await call.repo.bare.entry(commit.sha, one.path) for one in changes]
    ]
    shown = shapes.file_commit(call.server, call.repo, commit)
    return answer({"files": files, "commit": shown, "verification": shapes.verification()}, 201)


async def _change(call: Call, base: _Base, one: _Operation) -> Change:
    match one.operation:
        case "create":
            await _refuse_existing(call.repo.bare, base, one.path)
            return Change(one.path, _decoded(one.content))
        case "upload":
            return Change(one.path, _decoded(one.content))
        case "update" | "rename":
            await _check_sha(call, base, one.from_path or one.path, one.sha)
            return Change(one.path, _decoded(one.content), one.from_path)
        case "delete":
            await _check_sha(call, base, one.path, one.sha)
            return Change(one.path, None)
        case _:
            raise Refusal(422, f"invalid operation: {one.operation}")


async def _base(call: Call, given: _Options) -> _Base:
    repo = call.repo
    await call.server.ready(repo)
    old = given.branch or repo.default_branch
    parent = await repo.bare.resolve(old)
    if not parent and not repo.is_empty:
        raise Refusal(404, f"branch does not exist [name: {old}]")
    if given.new_branch and given.new_branch != old:
        if await repo.bare.resolve(given.new_branch):
            raise Refusal(409, f"branch already exists [name: {given.new_branch}]")
        return _Base(given.new_branch, parent)
    if old in repo.protected:
        raise Refusal(403, f"branch {old} is protected from commits by this user")
    return _Base(old, parent)


async def _refuse_existing(bare: Bare, base: _Base, path: str) -> None:
    if base.parent and await bare.entry(base.parent, path) is not None:
        raise Refusal(422, f"repository file already exists [path: {path}]")


async def _check_sha(call: Call, base: _Base, path: str, sha: str, status: int = 422) -> None:
    found = await call.repo.bare.entry(base.parent, path) if base.parent else None
    if found is None:
        raise Refusal(404, f"repository file does not exist [path: {path}]")
    if found.sha != sha:
        raise Refusal(status, f"sha does not match [given: {sha}, expected: {found.sha}]")


async def _written(
    call: Call, given: _Options, base: _Base, changes: Sequence[Change], status: int
) -> Response:
    commit = await _committed(call, given, base, changes)
    content = None
    if changes[0].data is not None:
        entry = await call.repo.bare.entry(commit.sha, changes[0].path)
        content = await told(call, entry, commit.sha, with_content=True)
    shown = shapes.file_commit(call.server, call.repo, commit)
    whole = {"content": content, "commit": shown, "verification": shapes.verification()}
    return answer(whole, status)


async def _committed(call: Call, given: _Options, base: _Base, changes: Sequence[Change]) -> Commit:
    message = given.message or f"Update {changes[0].path}"
    try:
        sha = await call.server.write(
            call.repo, base.branch, base.parent, call.account, message, changes
        )
    except GitError as error:
        raise Refusal(422, f"repository path is not valid: {error}") from error
    return (await call.repo.bare.log([sha], count=1))[0]


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise Refusal(422, f"illegal base64 data: {error}") from None
