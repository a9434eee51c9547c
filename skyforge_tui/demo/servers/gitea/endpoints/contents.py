"""Files and folders as they are: `/contents`, `/raw`, `/media`, `/file-contents`."""

from __future__ import annotations

import base64
import re
from typing import Any

import msgspec
from starlette.responses import Response, StreamingResponse

from skyforge_tui.demo.servers.gitea import shapes
from skyforge_tui.demo.servers.gitea.answers import Refusal, answer
from skyforge_tui.demo.servers.gitea.bare import Entry
from skyforge_tui.demo.servers.gitea.calling import Call, Routes

routes = Routes("repository")
_KINDS = {"blob": "file", "tree": "dir", "commit": "submodule"}
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class _Wanted(msgspec.Struct):
    files: list[str] = []


@routes("GET", "/repos/{owner}/{repo}/contents")
async def root(call: Call) -> Response:
    """List the topmost folder; of an empty repository nothing, or a 404."""
    if call.repo.is_empty:
        if call.server.habits.version.empty_contents_missing:
            raise Refusal(404, "", ["repository is empty"])
        return answer([])
    commit = await commit_of(call)
    rows = await call.repo.bare.entries(commit)
    return answer([await told(call, one, commit) for one in rows])


@routes("GET", "/repos/{owner}/{repo}/contents/{path:any}")
async def one(call: Call) -> Response:
    """Tell of a file with its content, or list a folder."""
    path, commit = _path(call), await commit_of(call)
    entry = await _entry(call, commit, path)
    if entry.kind != "tree":
        return answer(await told(call, entry, commit, with_content=True))
    rows = await call.repo.bare.entries(entry.sha)
    inner = (Entry(row.mode, row.kind, row.sha, row.size, f"{path}/{row.path}") for row in rows)
    return answer([await told(call, row, commit) for row in inner])


@routes("GET", "/repos/{owner}/{repo}/raw/{path:any}")
@routes("GET", "/repos/{owner}/{repo}/media/{path:any}")
async def raw(call: Call) -> Response:
    """Give the bytes of a file, or some of them."""
    path, commit = _path(call), await commit_of(call)
    entry = await _entry(call, commit, path)
    if entry.kind != "blob":
        raise Refusal(404)
    headers = {"etag": f'"{entry.sha}"', "content-type": "text/plain; charset=utf-8"}
    first, count, status = 0, entry.size, 200
    wanted = _RANGE.fullmatch(call.request.headers.get("range", ""))
    if wanted and call.server.habits.version.has_ranges and int(wanted[1]) < entry.size:
        first = int(wanted[1])
        last = min(int(wanted[2] or entry.size), entry.size - 1)
        count, status = last - first + 1, 206
        headers["content-range"] = f"bytes {first}-{last}/{entry.size}"
    headers["content-length"] = str(count)
    chunks = call.repo.bare.stream(entry.sha, first, count)
    return StreamingResponse(chunks, status, headers)


@routes("POST", "/repos/{owner}/{repo}/file-contents", since=24)
async def several(call: Call) -> Response:
    """Tell of several files in the order asked; null of what is not there."""
    commit, wanted = await commit_of(call), await call.body(_Wanted)
    found: list[dict[str, Any] | None] = []
    for path in wanted.files:
        entry = await call.repo.bare.entry(commit, path)
        is_file = entry is not None and entry.kind == "blob"
        found.append(await told(call, entry, commit, with_content=True) if is_file else None)
    return answer(found)


async def commit_of(call: Call) -> str:
    """Return the commit that is asked for by `ref`, which is the default branch unless said."""
    ref = call.query("ref") or call.repo.default_branch
    await call.server.ready(call.repo)
    commit = await call.repo.bare.resolve(ref)
    if not commit:
        raise Refusal(404, "", [f"object does not exist [id: {ref}, rel_path: ]"])
    return commit


async def told(
    call: Call, entry: Entry | None, commit: str, *, with_content: bool = False
) -> dict[str, Any]:
    """Tell of something in a folder; its content only if that is asked for and not too long."""
    if entry is None:
        raise Refusal(404)
    server, repo = call.server, call.repo
    ref = call.query("ref") or repo.default_branch
    api = f"{server.root_url}/api/v1/repos/{repo.full_name}"
    path = shapes.segments(entry.path)
    kind = "symlink" if entry.mode == "120000" else _KINDS[entry.kind]
    itself = f"{api}/contents/{path}?ref={ref}"
    page = f"{server.root_url}/{repo.full_name}/src/branch/{ref}/{path}"
    objects = "trees" if entry.kind == "tree" else "blobs"
    data = None
    if with_content and kind == "file" and entry.size <= server.habits.max_blob_size:
        data = base64.b64encode(await repo.bare.blob(entry.sha)).decode()
    target = (await repo.bare.blob(entry.sha)).decode() if kind == "symlink" else None
    raw_url = f"{server.root_url}/{repo.full_name}/raw/branch/{ref}/{path}"
    shown: dict[str, Any] = {
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "type": kind,
        "size": entry.size,
        "encoding": "base64" if data is not None else None,
        "content": data,
        "target": target,
        "url": itself,
        "html_url": page,
        "git_url": f"{api}/git/{objects}/{entry.sha}",
        "download_url": raw_url if kind == "file" else None,
        "submodule_git_url": None,
        "_links": {"self": itself, "git": f"{api}/git/{objects}/{entry.sha}", "html": page},
    }
    if server.habits.version.tells_last_commit and with_content:
        last = await repo.bare.log([commit], path=entry.path, count=1)
        shown["last_commit_sha"] = last[0].sha if last else ""
    return shown


def _path(call: Call) -> str:
    return call.text("path").strip("/")


async def _entry(call: Call, commit: str, path: str) -> Entry:
    found = await call.repo.bare.entry(commit, path)
    if found is None:
        is_old = call.server.habits.version.minor <= 16
        raise Refusal(404, "GetContentsOrList" if is_old else "",
                      [f"object does not exist [id: , rel_path: {path}]"])  # fmt: skip
    return found
