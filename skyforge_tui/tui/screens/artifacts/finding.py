"""Finding artifacts below the folder one is in, however deep: page by page, instead of the list."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

from skyforge_tui.domain.artifact import ArtifactRef
from skyforge_tui.services.artifact_care import Looked
from skyforge_tui.services.artifact_views import Level
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.presenters import artifact_care as present
from skyforge_tui.tui.screens.artifacts.caring import CaringPlace
from skyforge_tui.tui.screens.artifacts.store_view import MOST_ROWS, Search
from skyforge_tui.tui.widgets.name_line import NameLine


class FindingPlace(CaringPlace):
    """A place of artifacts that are found by a part of their key."""

    sought = ""
    """What is looked for below the folder one is in; empty while that itself is listed."""

    def start(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Begin work that ends what is under way in its group."""
        raise NotImplementedError

    def show_level(self) -> None:
        """Show what there is now."""
        raise NotImplementedError

    def do_artifact_find(self) -> None:
        """Ask what to look for below the folder one is in."""
        self.work(self._ask_what, group="find", exclusive=True)

    async def _ask_what(self) -> None:
        ref = ArtifactRef(self.view.store, self.here or "")
        text = await self.app.push_screen_wait(
            NameLine("Find below here", present.find_words(ref), verb="find", name=self.sought,
                     label="in a key")
        )  # fmt: skip
        if text is not None:
            self.sought = text
            self.table.clear_marks()
            self.filter.type("")
            self.start(partial(self._arrive_at_found, text), "load")

    async def _arrive_at_found(self, text: str) -> None:
        await self.seek()
        if text == self.sought:
            self.table.to_first()

    async def seek(self) -> None:
        """Look through all that is below the folder one is in, and show what is found meanwhile."""
        principal, text = self.bridge.principal, self.sought
        ref = ArtifactRef(self.view.store, self.here or "")
        search = Search(text)
        after: str | None = None
        while after != "":

            async def ask(services: Services, behind: str = after or "") -> Looked:
                return await services.artifact_care.look(principal, ref, text, behind)

            looked = await self.ask(ask)
            after = looked.after
            found = (*search.found, *looked.found)[:MOST_ROWS]
            if len(found) == MOST_ROWS:
                after = ""
            search = replace(
                search, found=found, among=search.among + looked.among, goes_on=bool(after),
                is_cut=bool(looked.after) and not after,
            )  # fmt: skip
            self.view = replace(
                self.view, level=Level((), search.found), comparison=None, search=search
            )
            self.show_level()

    def stop_finding(self) -> bool:
        """List the folder one is in again; return whether something was looked for there."""
        was = bool(self.sought)
        if was:
            self.go_to(self.here or "")
        return was

    def leave_transient(self) -> bool:
        """Drop marks, the filter, then what is looked for; return whether there was one to drop."""
        return super().leave_transient() or self.stop_finding()
