"""Bookmarks in the output of runs: everybody keeps their own."""

from __future__ import annotations

from skyforge_tui.domain.errors import Conflict
from skyforge_tui.domain.identity import Principal, ProjectId, RunId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.bookmarks import BookmarkStore
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.run_index import RunIndex

MOST = 1000
"""Bookmarks in one run."""


class BookmarkService:
    """What one may do with one's own bookmarks; whoever may read a run may put some in it."""

    def __init__(self, store: BookmarkStore, index: RunIndex, access: Access) -> None:
        self._store = store
        self._index = index
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Return the project of a run."""
        return (await self._index.detail(RunId(str(target)))).run.project_id

    @requires(Permission.RUN_READ, of="run_id")
    async def of(self, principal: Principal, run_id: RunId) -> list[int]:
        """Return the lines with a bookmark, in order, by the offset of their first byte."""
        return await self._store.bookmarks(run_id)

    @requires(Permission.RUN_READ, of="run_id")
    async def put(self, principal: Principal, run_id: RunId, line: int) -> None:
        """Put a bookmark at a line.

        Raises:
            Conflict: there are too many already.
        """
        if len(await self._store.bookmarks(run_id)) >= MOST:
            raise Conflict(
                f"a run has {MOST} bookmarks at most", operation="log.mark",
                advice="take one away first",
            )  # fmt: skip
        await self._store.put(run_id, line)

    @requires(Permission.RUN_READ, of="run_id")
    async def drop(self, principal: Principal, run_id: RunId, line: int) -> None:
        """Take the bookmark at a line away."""
        await self._store.drop(run_id, line)
