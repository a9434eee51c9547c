"""Files and folders of a repository, read in bounded pieces and written by commits.

Paths may be anything that git allows. Trees and blobs are named by their content: what was read
once under such a name never changes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.asking import (
    Asking,
    Query,
    is_stale,
    is_taken,
    is_unknown_route,
    segments,
)
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.lenient import read

TREE_PAGE: Final = 1000
_OBJECT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MOST_TREE_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of a file; `is_whole` when nothing follows.

    `size` is of the whole in bytes and `sha` names its content; None and empty where the server
    does not tell.
    """

    data: bytes = field(repr=False)
    is_whole: bool
    size: int | None = None
    sha: str = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What is to become of a file; `sha` names the content that it must have now."""

    operation: Literal["create", "update", "delete"]
    path: str
    data: bytes = field(default=b"", repr=False)
    sha: str = ""


class StaleError(Exception):
    """A file is not what the writer believed: it has changed, appeared, or is gone."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class GiteaFiles:
    """What one may do with files; repositories are named `OWNER/NAME`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def tree(
        self, repo: str, name: str, *, page: int = 1, recursive: bool = False,
        page_size: int = TREE_PAGE,
    ) -> wire.Tree:  # fmt: skip
        """Return one page of a tree, by its name or that of a commit or branch.

        Raises:
            HttpError: missing; also of an empty repository (exists, in some releases).
        """
        query: Query = {"page": page, "per_page": page_size}
        query = {**query, "recursive": "true"} if recursive else query
        reply = await self._asking.repo(
            "GET", repo, f"/git/trees/{segments(name)}", query=query, max_bytes=_MOST_TREE_BYTES
        )
        return read(reply, wire.Tree)

    async def content(self, repo: str, path: str, ref: str = "") -> wire.Content | None:
        """Tell of a file, with its content unless that is long; None where there is no file.

        Raises:
            HttpError: it cannot be told.
        """
        query: Query = {"ref": ref} if ref else {}
        try:
            reply = await self._asking.repo("GET", repo, f"/contents/{segments(path)}", query=query)
        except HttpError as error:
            if error.kind != "missing" or is_unknown_route(error):
                raise
            return None
        # The same call tells of a file by an object, and of a folder by a list.
        return None if reply.body.lstrip().startswith(b"[") else read(reply, wire.Content)

    async def bytes_of(self, repo: str, path: str, ref: str, most: int) -> Part:
        """Return at most `most` bytes of a file; what follows is not fetched.

        Raises:
            HttpError: missing.
        """
        query: Query = {"ref": ref} if ref else {}
        data = bytearray()
        async with self._asking.stream(repo, f"/raw/{segments(path)}", query) as answer:
            size, sha = _told_of(answer.headers)
            async for chunk in answer.chunks():
                data += chunk
                if len(data) > most:
                    return Part(bytes(data[:most]), False, size, sha)
        whole = bytes(data)
        return Part(whole, True, len(whole), sha or blob_id(whole))

    async def read(self, repo: str, path: str, ref: str = "") -> tuple[bytes, str] | None:
        """Return the whole content of a file and its name, or None where there is none.

        Raises:
            HttpError: it cannot be read.
        """
        found = await self.content(repo, path, ref)
        if found is None or found.type != "file":
            return None
        if found.content is not None:
            return found.decoded(), found.sha
        part = await self.bytes_of(repo, path, ref, max(found.size, 1) + 1)
        return part.data, found.sha

    async def write(
        self, repo: str, path: str, data: bytes, message: str, *, branch: str = "", sha: str = ""
    ) -> wire.Written:
        """Write a file by a commit; `sha` names what it replaces, empty makes a new one.

        Raises:
            StaleError: it is not what was believed; nothing was written.
            HttpError: it cannot be written.
        """
        body: dict[str, Any] = {"content": base64.b64encode(data).decode(), "message": message}
        body |= {"branch": branch} if branch else {}
        body |= {"sha": sha} if sha else {}
        return await self._committed("PUT" if sha else "POST", repo, path, body)

    async def delete(
        self, repo: str, path: str, sha: str, message: str, *, branch: str = ""
    ) -> wire.Written:
        """Delete a file by a commit.

        Raises:
            StaleError, HttpError: as `write`.
        """
        body = {"sha": sha, "message": message} | ({"branch": branch} if branch else {})
        return await self._committed("DELETE", repo, path, body)

    async def write_all(
        self, repo: str, changes: Sequence[FileChange], message: str, *, branch: str = ""
    ) -> tuple[str, ...]:
        """Write several files: by one commit where the server can, else by one for each.

        Returns: the names of the commits.

        Raises:
            StaleError: a file is not what was believed. By one commit nothing was written then;
                otherwise those before it were.
            HttpError: they cannot be written.
        """
        body: dict[str, Any] = {"files": [_operation(one) for one in changes], "message": message}
        body |= {"branch": branch} if branch else {}
        try:
            reply = await self._asking.repo("POST", repo, "/contents", body)
        except HttpError as error:
            if not is_unknown_route(error) and error.status != 405:
                raise _stale_or(error, _named_in(error, changes)) from None
            return await self._one_by_one(repo, changes, message, branch)
        commit = read(reply, wire.WrittenFiles).commit
        return () if commit is None else (commit.sha,)

    async def read_all(
        self, repo: str, paths: Sequence[str], ref: str = ""
    ) -> dict[str, tuple[bytes, str]]:
        """Return content and name of the files that are there, by path; by one request if possible.

        Raises:
            HttpError: they cannot be read.
        """
        query: Query = {"ref": ref} if ref else {}
        rest, body = "/file-contents", {"files": list(paths)}
        found: dict[str, tuple[bytes, str]] = {}
        missing = list(paths)
        try:
            reply = await self._asking.repo("POST", repo, rest, body, query=query,
                                            is_idempotent=True)  # fmt: skip
        except HttpError as error:
            if not is_unknown_route(error) and error.status != 405:
                raise
        else:
            told = zip(paths, read(reply, list[wire.Content | None]), strict=False)
            missing = []
            for path, one in told:
                if one is not None and one.content is not None:
                    found[path] = one.decoded(), one.sha
                elif one is not None:
                    missing.append(path)
        for path in missing:
            if (whole := await self.read(repo, path, ref)) is not None:
                found[path] = whole
        return found

    async def _one_by_one(
        self, repo: str, changes: Sequence[FileChange], message: str, branch: str
    ) -> tuple[str, ...]:
        made = []
        for one in changes:
            if one.operation == "delete":
                done = await self.delete(repo, one.path, one.sha, message, branch=branch)
            else:
                done = await self.write(repo, one.path, one.data, message, branch=branch,
                                        sha=one.sha)  # fmt: skip
            made.append(done.commit.sha if done.commit else "")
        return tuple(made)

    async def _committed(
        self, method: str, repo: str, path: str, body: dict[str, Any]
    ) -> wire.Written:
        try:
            reply = await self._asking.repo(method, repo, f"/contents/{segments(path)}", body)
        except HttpError as error:
            raise _stale_or(error, path) from None
        return read(reply, wire.Written)


def blob_id(data: bytes) -> str:
    """Return how git names a content, where it names by SHA-1."""
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()  # noqa: S324


def _told_of(headers: Mapping[str, str]) -> tuple[int | None, str]:
    """Return size and name of a content as its headers tell."""
    length, is_packed = headers.get("content-length", ""), "content-encoding" in headers
    name = headers.get("etag", "").strip('"')
    size = int(length) if length.isdecimal() and not is_packed else None
    return size, name if _OBJECT.fullmatch(name) else ""


def _operation(change: FileChange) -> dict[str, str]:
    body = {"operation": change.operation, "path": change.path}
    if change.operation != "delete":
        body["content"] = base64.b64encode(change.data).decode()
    return body | ({"sha": change.sha} if change.sha else {})


def _stale_or(error: HttpError, path: str) -> StaleError | HttpError:
    is_gone = error.status == 404 and b"file does not exist" in error.body
    return StaleError(path) if is_stale(error) or is_taken(error) or is_gone else error


def _named_in(error: HttpError, changes: Sequence[FileChange]) -> str:
    """Return the path that an error names, or whose old content it does; else the first one."""
    try:
        said = str(msgspec.json.decode(error.body, type=dict[str, Any]).get("message", ""))
    except msgspec.DecodeError:
        said = ""
    named = (one.path for one in changes if one.path in said or (one.sha and one.sha in said))
    return next(named, changes[0].path)
