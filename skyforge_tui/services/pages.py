"""Web pages of things: where they are, and opening them in the browser of this machine."""

from __future__ import annotations

from dataclasses import dataclass

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.permission import Permission
from skyforge_tui.ports.browser import Browser
from skyforge_tui.services.authorization import Access, requires
from skyforge_tui.services.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Page:
    """A web page, and whether it was opened here."""

    url: str
    is_open: bool


class PageService:
    """What one may do with the web pages of things."""

    def __init__(self, catalog: Catalog, browser: Browser, access: Access) -> None:
        self._catalog = catalog
        self._browser = browser
        self.access = access

    async def project_of(self, target: object) -> ProjectId:
        """Return the project, which is what has a page."""
        return ProjectId(str(target))

    @requires(Permission.PROJECT_READ, of="project_id")
    async def open(self, principal: Principal, project_id: ProjectId) -> Page:
        """Open the page of a project's repository; where there is no browser, only say where it is.

        Raises:
            NotFound: it has none.
        """
        url = await self._catalog.page_of(project_id)
        if not url:
            raise NotFound(
                "its repository names no origin on the web",
                operation="page.open",
                advice="git remote add origin URL, where there is one",
            )
        return Page(url, await self._browser.open(url))
