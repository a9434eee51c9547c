"""Reading what the cursor is on: a file as it was at the commit, or what a commit changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from skyforge_tui.domain.project import Commit, Project
from skyforge_tui.domain.repository import Entry, EntryKind, FileContent, Patch
from skyforge_tui.tui.base_screen import WIDE
from skyforge_tui.tui.once import once
from skyforge_tui.tui.presenters import repository as present
from skyforge_tui.tui.presenters.repository import Part
from skyforge_tui.tui.screens.repository.looking import Looking
from skyforge_tui.tui.screens.repository.reader_pane import ReaderPane
from skyforge_tui.tui.table_keys import LinesMoves, Movable, TableKeys
from skyforge_tui.tui.widgets.resource_table import ResourceTable

if TYPE_CHECKING:
    import asyncio

    from skyforge_tui.services.contract import Services

MOST_READ: Final = 256 * 1024
"""Bytes of a file, or of what a commit changed, that are fetched to be read."""
_LINGER_S: Final = 0.15
"""How long the cursor stays on something before that is asked for."""


class Reading(Looking, TableKeys):
    """A place with a list, and beside it or in its place what is read."""

    def __init__(self, project: Project) -> None:
        self.part = Part.FILES
        self._lingering: asyncio.TimerHandle | None = None
        super().__init__(project)
        self.table = ResourceTable(present.COLUMNS[Part.FILES], id="list")
        self.reader = ReaderPane()

    def moved(self) -> Movable:
        """Return the lines while reading, else the list."""
        return LinesMoves(self.reader.lines) if self.is_reading else self.table

    @property
    def is_reading(self) -> bool:
        """Whether what is read has the keys."""
        return self.focused is self.reader.lines

    def linger(self) -> None:
        """Ask for what the cursor is on, once it has stayed there."""
        if self._lingering is not None:
            self._lingering.cancel()
        if self.app.size.width >= WIDE or self.is_reading:
            self._lingering = once(self, _LINGER_S, self._look_closer)

    def _look_closer(self) -> None:
        entry, commit = self.entry(), self.commit()
        if entry is not None and entry.kind in (EntryKind.FILE, EntryKind.LINK):
            self.work(partial(self._read_file, entry), group="read", exclusive=True)
        elif commit is not None:
            self.work(partial(self._read_patch, commit), group="read", exclusive=True)
        else:
            self.reader.show("", None)

    async def _read_file(self, entry: Entry) -> None:
        path, at = self.walk.path_of(entry), self.walk.commit

        async def ask(services: Services) -> FileContent:
            principal = self.bridge.principal
            return await services.repositories.read_file(
                principal, self.project.id, at, path, MOST_READ
            )

        self.reader.begin(entry.name)
        content = await self.ask(ask)
        self.reader.show(entry.name, lambda width: present.file_shown(content, path, width))

    async def _read_patch(self, commit: Commit) -> None:
        async def ask(services: Services) -> Patch:
            principal = self.bridge.principal
            return await services.repositories.patch(
                principal, self.project.id, commit.sha, MOST_READ
            )

        title = f"{commit.sha[:7]} {commit.subject}"
        self.reader.begin(title)
        patch = await self.ask(ask)
        self.reader.show(title, lambda _: present.patch_shown(patch, MOST_READ))

    def begin_to_read(self) -> None:
        """Give the keys to what is read."""
        self.add_class("reading")
        self.set_focus(self.reader.lines, scroll_visible=False)
        self._look_closer()
        self.show_frame()

    def stop_reading(self) -> None:
        """Give the keys back to the list."""
        self.remove_class("reading")
        self.set_focus(self.table, scroll_visible=False)
        self.show_frame()

    # What is under the cursor.

    def entry(self) -> Entry | None:
        """Return what the cursor is on in a folder."""
        if self.part is not Part.FILES:
            return None
        return self.entries.thing(self.table.cursor)

    def commit(self) -> Commit | None:
        """Return the commit under the cursor."""
        return self.commits.thing(self.table.cursor) if self.part is Part.COMMITS else None

    def branch(self) -> str | None:
        """Return the branch under the cursor."""
        return self.table.cursor_key if self.part is Part.BRANCHES else None
