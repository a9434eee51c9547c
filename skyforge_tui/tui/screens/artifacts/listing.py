"""Lists one level of a store: its first page at once, then the rest, and how much is in folders."""

from __future__ import annotations

from functools import partial

from skyforge_tui.services.artifact_views import FolderSize, Held
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.screens.artifacts.finding import FindingPlace
from skyforge_tui.tui.screens.artifacts.store_view import StoreView, look_further, look_into


class ListingPlace(FindingPlace):
    """A place of artifacts that shows what lies at the end of one way."""

    def __init__(self) -> None:
        self.sizes: dict[str, FolderSize] = {}
        """What was counted in folders, by their keys."""
        super().__init__()

    def look(self) -> None:
        """Ask for what the thing under the cursor holds."""
        raise NotImplementedError

    async def load(self) -> None:
        """Ask for the tree and for what is here; then count what is in the folders."""
        if self.sought:
            await self.seek()
        else:
            await self._list(None)

    async def come(self, came_from: str) -> None:
        """Come to a level from another one, which may be a folder here; else begin at its top."""
        await self._list(came_from)

    async def _list(self, goal: str | None) -> None:
        """Show what is here, with the cursor at `goal` as soon as that is there.

        Empty it is the top. None leaves the cursor, and it is left when a person has moved it.
        Where one has just come the first page is shown at once; what is shown already stays until
        all of it is known anew.
        """
        who, wanted, against, store = self.bridge.principal, self.here, self.against, self.store
        before, stands_at = self.view, None
        view = await self.ask(lambda some: look_into(some, who, wanted, against, store, before))
        is_new = (view.store, view.here) != (before.store, before.here)
        while wanted in (None, self.here) and store == self.store:
            # Else somebody went on meanwhile; that has its own answer.
            is_whole = not view.unread
            if is_new or is_whole:
                wanted = view.here
                self._show(view)
                if goal is not None and stands_at in (None, self.table.cursor_key):
                    stands_at = self._brought_to(goal)
            if is_whole:
                self.start(self._count, "count")
                return
            view = await self.ask(partial(look_further, principal=who, view=view))

    def _show(self, view: StoreView) -> None:
        self.here, self.view = view.here, view
        self.show_level()
        if self.focused is None:
            self.set_focus(self.table, scroll_visible=False)
        self.look()

    def _brought_to(self, goal: str) -> str | None:
        """Bring the cursor to a key, or to the top; return where it is then."""
        if not (goal and self.table.move_to_key(goal)):
            self.table.to_first()
        return self.table.cursor_key

    async def _count(self) -> None:
        for held in self.view.level.folders:

            async def ask(services: Services, held: Held = held) -> FolderSize:
                return await services.artifacts.measure(self.bridge.principal, held.ref)

            if self.bridge.role(held):
                self.sizes[held.ref.key] = await self.ask(ask)
                self.show_level()
