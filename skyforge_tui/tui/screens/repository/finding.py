"""Finding a name in what is listed, page by page, for as long as that is bearable."""

from __future__ import annotations

import asyncio
from typing import Final

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.presenters.cells import literal, plain
from skyforge_tui.tui.presenters.repository import Part
from skyforge_tui.tui.presenters.tones import count
from skyforge_tui.tui.screens.repository.reading import Reading
from skyforge_tui.tui.widgets.name_line import NameLine

MOST_PAGES: Final = 60
"""How many pages are fetched for one search; `n` goes on from there."""
_STRETCH: Final = 1_000
"""Rows that are looked through at once."""


class Finding(Reading):
    """A place whose list can be searched by a part of a name."""

    _wanted = ""

    def do_repository_find(self) -> None:
        """Ask for a part of a name, and go to the next row that has it."""
        self.work(self._ask_and_find, group="find", exclusive=True)

    def do_repository_again(self) -> None:
        """Go to the next row that has what was looked for."""
        if self._wanted:
            self.work(self._go_to_next, group="find", exclusive=True)
        else:
            self.do_repository_find()

    async def _ask_and_find(self) -> None:
        line = NameLine("Find here", f"a part of a name in {self.part.value}", verb="find",
                        name=self._wanted, is_selected=True)  # fmt: skip
        wanted = await self.app.push_screen_wait(line)
        if wanted is not None:
            self._wanted = wanted
            await self._go_to_next()

    async def _go_to_next(self) -> None:
        """Look through the rows below the cursor, then from the top, and go to the first found.

        No row is made for that, and others have their turn between two stretches.
        """
        total, here = self.table.source.count, self.table.cursor
        wanted, pages = self._wanted.casefold(), 0
        for step in range(1, total + 1):
            index = (here + step) % total
            if (words := self._words(index)) is None:
                pages += 1
                if pages > MOST_PAGES:
                    self._tell(f"not in {count(step)} of {count(total)}; n goes on", index)
                    return
                await self.fetch_row(index)
                words = self._words(index) or ""
            if wanted in words.casefold():
                self.table.move_to_key(self.table.source.key(index))
                return
            if not step % _STRETCH:
                await asyncio.sleep(0)
        self._tell(f"nothing here is called like {literal(self._wanted)}", here)

    async def fetch_row(self, index: int) -> None:
        """Fetch the page of a row that is not at hand."""
        if self.part is Part.FILES:
            await self.fetch_entries(index)
        elif self.part is Part.COMMITS:
            await self.fetch_commits(index)

    def _words(self, index: int) -> str | None:
        """Return what can be found of a row, or None while it is not at hand."""
        match self.part:
            case Part.FILES:
                entry = self.entries.thing(index)
                return None if entry is None else literal(entry.name)
            case Part.COMMITS:
                one = self.commits.thing(index)
                words = None if one is None else f"{one.sha[:7]} {one.subject} {one.author}"
                return words and literal(words)
            case Part.BRANCHES:
                row = self.table.source.row(index)
                return None if row is None else " ".join(map(plain, row.cells.values()))

    def _tell(self, words: str, index: int) -> None:
        self.table.move_to_key(self.table.source.key(index) if self.table.source.count else "")
        self.say(Notice(Severity.INFO, "Not found", words))
