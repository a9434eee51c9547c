"""What a repository is asked for, page by page, and what is at hand of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from skyforge_tui.domain.project import Commit, Project
from skyforge_tui.domain.repository import Branch, CommitPage, Entry, EntryKind, FolderPage
from skyforge_tui.ports.repository_host import COMMIT_PAGE, FOLDER_PAGE
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.paged_rows import PagedRows
from skyforge_tui.tui.presenters import repository as present
from skyforge_tui.tui.screens.repository.walk import Walk
from skyforge_tui.tui.widgets.row_source import Row

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services


class Looking(PlaceScreen):
    """A place that looks at a repository as it was at one commit of a branch."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.walk = Walk(project.branch)
        self.history = ""
        """The path whose commits are listed; empty for all."""
        self.branches: tuple[Branch, ...] | None = None
        super().__init__()
        self.entries = self._entries_of("")
        self.commits = self._no_commits()

    def came(self) -> None:
        """Hear that something that was asked for is at hand."""
        raise NotImplementedError

    async def look(self, branch: str = "") -> None:
        """Look at the newest commit of a branch; where it is new, walk the same way in it."""
        branch = branch or self.walk.branch
        page = await self._ask_commits(branch, "", 0)
        walk = Walk(branch, page.commits[0].sha if page.commits else "")
        if (walk.branch, walk.commit) != (self.walk.branch, self.walk.commit):
            names = [one.name for one in self.walk.steps]
            await self.go(walk)
            await self._walk_by(names)
        if not self.history:
            self.commits = self._no_commits()
            self._fill_commits(page)
        elif self.commits.count:
            await self.look_back(self.history)

    async def go(self, walk: Walk) -> None:
        """Go somewhere; where that cannot be read, one stays where one was."""
        rows = self._entries_of(walk.tree)
        if walk.tree:
            await self._fetch_folder(rows, walk.tree, 0)
        self.walk, self.entries = walk, rows

    async def look_back(self, path: str) -> None:
        """List the commits that changed a path; of the empty one, all."""
        self.history = path
        self.commits = self._no_commits()
        await self._fetch_commits(0)

    async def switch(self, branch: str) -> None:
        """Look at another branch, by the same way as far as it is there."""
        self.history = ""
        await self.look(branch)

    async def ask_branches(self) -> None:
        """Ask for the branches."""

        async def ask(services: Services) -> tuple[Branch, ...]:
            return await services.repositories.branches(self.bridge.principal, self.project.id)

        self.branches = await self.ask(ask)
        self.came()

    async def _walk_by(self, names: list[str]) -> None:
        """Go down by names as far as they are there."""
        for name in names:
            found = self._find(name)
            if found is None:
                return
            await self.go(self.walk.into(found[1], found[0]))

    def _find(self, name: str) -> tuple[int, Entry] | None:
        """Return where a folder of that name is, among those at hand."""
        for index in range(min(self.entries.count, FOLDER_PAGE)):
            entry = self.entries.thing(index)
            if entry is not None and entry.name == name and entry.kind is EntryKind.FOLDER:
                return index, entry
        return None

    def _entries_of(self, tree: str) -> PagedRows[Entry]:
        """Return the rows of a folder, none of them at hand."""

        def fetch(start: int) -> None:
            self._page(partial(self._fetch_folder, rows, tree, start))

        rows = PagedRows[Entry](lambda one: Row("", present.entry_cells(one)), fetch, FOLDER_PAGE)
        return rows

    def _no_commits(self) -> PagedRows[Commit]:
        return PagedRows(
            lambda one: Row("", present.commit_cells(one, self.now)),
            lambda start: self._page(partial(self._fetch_commits, start)),
            COMMIT_PAGE,
        )

    def _page(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.work(work, group="pages")

    async def fetch_entries(self, index: int) -> None:
        """Fetch the page of the folder in which the entry numbered `index` is."""
        start = index // FOLDER_PAGE * FOLDER_PAGE
        await self._fetch_folder(self.entries, self.walk.tree, start)

    async def fetch_commits(self, index: int) -> None:
        """Fetch the page in which the commit numbered `index` is."""
        await self._fetch_commits(index // COMMIT_PAGE * COMMIT_PAGE)

    async def _fetch_folder(self, rows: PagedRows[Entry], tree: str, start: int) -> None:
        async def ask(services: Services) -> FolderPage:
            principal = self.bridge.principal
            return await services.repositories.folder(principal, self.project.id, tree, start)

        try:
            page = await self.ask(ask)
            rows.fill(page.start, _in_order(page), page.total)
        finally:
            rows.answered(start)
        if rows is self.entries:
            self.came()

    async def _fetch_commits(self, start: int) -> None:
        rows = self.commits
        try:
            page = await self._ask_commits(self.walk.branch, self.history, start)
        finally:
            rows.answered(start)
        if rows is self.commits:
            self._fill_commits(page)
            self.came()

    def _fill_commits(self, page: CommitPage) -> None:
        known = page.start + len(page.commits)
        # Where nobody counted there is at least one more.
        total = page.total if page.total is not None else known + page.has_more
        self.commits.fill(page.start, page.commits, max(total, known))

    async def _ask_commits(self, branch: str, path: str, start: int) -> CommitPage:
        principal = self.bridge.principal

        async def ask(services: Services) -> CommitPage:
            return await services.repositories.commits(
                principal, self.project.id, branch, path, start
            )

        return await self.ask(ask)


def _in_order(page: FolderPage) -> Sequence[Entry]:
    """Return what is in a folder, folders first where all of it is at hand."""
    if len(page.entries) < page.total:
        return page.entries
    return sorted(page.entries, key=lambda one: one.kind is not EntryKind.FOLDER)
