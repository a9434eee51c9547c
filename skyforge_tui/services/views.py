"""Named ways to look at tables: everybody keeps their own."""

from __future__ import annotations

from skyforge_tui.domain.errors import Invalid, NotFound
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.view import View
from skyforge_tui.ports.views import ViewStore
from skyforge_tui.services.authorization import Access, requires

MOST_LETTERS = 60


class ViewService:
    """What one may do with one's own views."""

    def __init__(self, store: ViewStore, access: Access) -> None:
        self._store = store
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Raise NotFound: a view belongs to a person, not to a project."""
        raise NotFound(f"{target} belongs to no project")

    @requires(Permission.VIEW_READ)
    async def of(self, principal: Principal, table: str) -> list[View]:
        """Return the views of a table, by name."""
        return await self._store.views(table)

    @requires(Permission.VIEW_WRITE)
    async def save(self, principal: Principal, view: View) -> View:
        """Keep a view, in place of the one of its table and name.

        Raises:
            Invalid: it has no name, or one that is too long.
        """
        name = " ".join(view.name.split())
        if not name or len(name) > MOST_LETTERS:
            raise Invalid(f"a view's name has 1 to {MOST_LETTERS} letters", operation="view.save")
        kept = View(view.table, name, view.query, view.sort)
        await self._store.save(kept)
        return kept

    @requires(Permission.VIEW_WRITE)
    async def forget(self, principal: Principal, table: str, name: str) -> None:
        """Drop a view.

        Raises:
            NotFound: there is none of that name.
        """
        if not await self._store.forget(table, name):
            raise NotFound(f"no view {name} of {table}", operation="view.forget")
