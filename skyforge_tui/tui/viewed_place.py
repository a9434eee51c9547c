"""Named ways to look at a table: keeping what is looked for with its order, bringing it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.view import View
from skyforge_tui.tui.base_screen import PlaceScreen

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.table_filter import TableFilter


class ViewedPlace(PlaceScreen):
    """A place whose tables can be looked at by views."""

    filters: tuple[TableFilter, ...] = ()
    """One for every table."""

    @property
    def filter(self) -> TableFilter:
        """The filter of the table that moves."""
        raise NotImplementedError

    def refilter(self, which: TableFilter) -> None:
        """Find the rows of a table anew: something else is looked for, or in another order."""
        raise NotImplementedError

    def do_view_open(self) -> None:
        """Pick one of the views of this table."""
        self.work(self._pick_view(), group="views", exclusive=True)

    def do_view_save(self) -> None:
        """Keep what is looked for, and the order, under a name."""
        self.work(self._name_view(), group="views", exclusive=True)

    def apply_view(self, view: View) -> None:
        """Look at a table as a view says."""
        one = next((one for one in self.filters if one.name == view.table), self.filter)
        one.sort = view.sort
        one.type(view.query)
        self.refilter(one)

    async def save_view(self, name: str) -> None:
        """Keep how the table that moves is looked at.

        Raises:
            Invalid: there is nothing to keep, or the name is none.
        """
        one = self.filter
        if not one.query and one.sort is None:
            raise Invalid("nothing is looked for here, and nothing sorted", operation="view.save",
                          advice="/ looks for something, , sorts")  # fmt: skip
        view = View(one.name, name, str(one.query), one.sort)

        async def save(services: Services) -> View:
            return await services.views.save(self.bridge.principal, view)

        kept = await self.ask(save)
        self.say(Notice(Severity.INFO, f"Kept  {kept.name}", f"{one.name}: {_told(kept)}",
                        advice="V brings it back"))  # fmt: skip

    async def views(self) -> Sequence[View]:
        """Return the views of the table that moves."""
        table = self.filter.name

        async def ask(services: Services) -> Sequence[View]:
            return await services.views.of(self.bridge.principal, table)

        return await self.ask(ask)

    async def _pick_view(self) -> None:
        from skyforge_tui.tui.widgets.view_picker import view_picker

        views = await self.views()
        if not views:
            body = "a view is a filter and an order under a name"
            advice = "/ looks for something, then b keeps it as a view"
            self.say(Notice(Severity.INFO, "No views yet", body, advice=advice))
            return
        picker = view_picker(
            self.filter.name, views, lambda one: self.work(self.forget_view(one), group="forget")
        )
        picked = await self.app.push_screen_wait(picker)
        if picked is not None:
            self.apply_view(picked)

    async def _name_view(self) -> None:
        from skyforge_tui.tui.widgets.name_line import NameLine

        named = await self.app.push_screen_wait(
            NameLine("Keep this view", str(self.filter.query) or "everything", verb="keep")
        )
        if named is not None:
            await self.save_view(named)

    async def forget_view(self, view: View) -> None:
        """Drop a view.

        Raises:
            NotFound: somebody else dropped it.
        """

        async def forget(services: Services) -> None:
            await services.views.forget(self.bridge.principal, view.table, view.name)

        await self.ask(forget)


def _told(view: View) -> str:
    order = "" if view.sort is None else f", sorted by {view.sort.column}"
    return (view.query or "everything") + order
