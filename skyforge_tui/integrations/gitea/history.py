"""Branches and commits of a repository."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from skyforge_tui.integrations.gitea import wire
from skyforge_tui.integrations.gitea.asking import PAGE, Asking, Query, is_unknown_route, segments
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.lenient import Listed, read, read_each


@dataclass(frozen=True, slots=True)
class CommitPage:
    """Some commits, the newest first; `total` is 0 where the server does not tell."""

    items: tuple[wire.Commit, ...]
    total: int
    has_more: bool


class GiteaHistory:
    """What one may ask of histories; repositories are named `OWNER/NAME`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def branches(self, repo: str) -> Listed[wire.Branch]:
        """Return the branches; an empty repository has none."""
        return await self._asking.every_of(repo, "/branches", wire.Branch)

    async def branch(self, repo: str, name: str) -> wire.Branch:
        """Return one branch; its name may hold slashes.

        Raises:
            HttpError: missing.
        """
        return await self._asking.about(repo, f"/branches/{segments(name)}", wire.Branch)

    async def create_branch(self, repo: str, name: str, old: str = "") -> wire.Branch:
        """Begin a branch where another one is.

        Raises:
            HttpError: exists; missing, if there is no such old one.
        """
        body = {"new_branch_name": name} | ({"old_ref_name": old} if old else {})
        return read(await self._asking.repo("POST", repo, "/branches", body), wire.Branch)

    async def delete_branch(self, repo: str, name: str) -> None:
        """Delete a branch.

        Raises:
            HttpError: forbidden, of the default branch and of protected ones.
        """
        await self._asking.repo("DELETE", repo, f"/branches/{segments(name)}", is_idempotent=True)

    async def commits(
        self, repo: str, ref: str = "", *, path: str = "", page: int = 1, size: int = PAGE
    ) -> CommitPage:
        """Return a page of the commits of a branch, or of those that changed `path`.

        An empty repository, which answers 409, has none.

        Raises:
            HttpError: missing, if there is no such branch.
        """
        # What is not said here is computed for each commit, and slow.
        query: Query = {"page": page, "limit": size, "stat": "false", "verification": "false",
                        "files": "false"}  # fmt: skip
        more = {name: value for name, value in (("sha", ref), ("path", path)) if value}
        try:
            reply = await self._asking.repo("GET", repo, "/commits", query={**query, **more})
        except HttpError as error:
            if error.status == 409:
                return CommitPage((), 0, has_more=False)
            raise
        told = reply.headers.get("x-total-count", "") or reply.headers.get("x-total", "")
        total = int(told) if told.isdecimal() else 0
        rows = read_each(read(reply, list[msgspec.Raw]), wire.Commit).items
        has_more = 'rel="next"' in reply.headers.get("link", "") or (
            reply.headers.get("x-hasmore") == "true"
        )
        return CommitPage(rows, total, has_more)

    async def commit(self, repo: str, sha: str) -> wire.Commit:
        """Return one commit with the files that it changed.

        Raises:
            HttpError: missing.
        """
        return await self._asking.about(repo, f"/git/commits/{segments(sha)}", wire.Commit)

    async def diff(self, repo: str, sha: str, most: int) -> tuple[str, bool]:
        """Return what a commit changed as text, at most `most` bytes of it, and whether it is all.

        Raises:
            HttpError: missing.
        """
        data = bytearray()
        rest = f"/git/commits/{segments(sha)}.diff"
        async with self._asking.stream(repo, rest) as answer:
            async for chunk in answer.chunks():
                data += chunk
                if len(data) > most:
                    break
        return bytes(data[:most]).decode("utf-8", "replace"), len(data) <= most

    async def compare(self, repo: str, base: str, head: str) -> wire.Comparison | None:
        """Return what `head` has and `base` has not; None where the release cannot say.

        Raises:
            HttpError: missing, if there is no such branch.
        """
        rest = f"/compare/{segments(base)}...{segments(head)}"
        try:
            return await self._asking.about(repo, rest, wire.Comparison)
        except HttpError as error:
            if is_unknown_route(error):
                return None
            raise
