"""A repository: walked through folder by folder, read, its commits and branches, edited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal
from textual.widget import Widget

from skyforge_tui.domain.project import Project
from skyforge_tui.domain.repository import EntryKind
from skyforge_tui.tui.commands import Command, Place
from skyforge_tui.tui.file_editing import FileEditing
from skyforge_tui.tui.presenters import repository as present
from skyforge_tui.tui.presenters.cells import Line, Span
from skyforge_tui.tui.presenters.frame import MARGIN, crumb_line
from skyforge_tui.tui.presenters.repository import Part
from skyforge_tui.tui.presenters.tones import count
from skyforge_tui.tui.presenters.waiting import waiting_line
from skyforge_tui.tui.screens.repository.finding import Finding
from skyforge_tui.tui.screens.repository.walk import Walk
from skyforge_tui.tui.widgets.lines import LinesView, PaneLine
from skyforge_tui.tui.widgets.resource_table import ResourceTable
from skyforge_tui.tui.widgets.row_source import ListRows, Row, RowSource

if TYPE_CHECKING:
    from skyforge_tui.tui.messages import Changes

_PARTS: Final = tuple(Part)


class RepositoryScreen(FileEditing, Finding):
    """Show a repository and walk through it."""

    PLACE = Place.REPOSITORY
    TAB = Place.PROJECTS
    CSS_PATH = "screen.tcss"

    def __init__(self, project: Project) -> None:
        self._has_looked = False
        self._doing = ""
        """What is waited for."""
        super().__init__(project)
        self._names = LinesView([()], id="parts")

    def body(self) -> Iterator[Widget]:
        """Yield the names of the parts, the list, and what is read beside it."""
        yield self._names
        with Horizontal(classes="body"):
            yield self.table
            yield PaneLine()
            yield self.reader

    def crumb(self) -> Line:
        """Return the way to where one is."""
        steps = [one.name for one in self.walk.steps]
        if self.part is not Part.FILES:
            steps = [self.history] if self.part is Part.COMMITS and self.history else []
        return crumb_line("projects", self.project.slug, *steps)

    def concerns(self, changes: Changes) -> bool:
        """Say whether this project changed."""
        return self.project.id in changes.project_ids

    def target(self) -> Project:
        """Return the project."""
        return self.project

    def lacks(self, command: Command) -> str:
        """Say what is missing under the cursor."""
        entry = self.entry()
        match command.id:
            case "repository.edit" if entry is None:
                return "no file here"
            case "repository.edit" if entry is not None and entry.kind is not EntryKind.FILE:
                return f"it is a {entry.kind.value}"
            case "repository.open" if not self.table.source.count:
                return "nothing here"
        return super().lacks(command)

    async def load(self) -> None:
        """Look at the newest commit of the branch."""
        await self.look()
        self._has_looked = True
        if self.branches is not None:
            await self.ask_branches()
        if self.focused is None:
            self.set_focus(self.table, scroll_visible=False)
        self._show()

    def edited(self) -> None:
        """Look at what was committed."""
        self.reload()

    def came(self) -> None:
        """Show what is at hand by now."""
        if self.part is not Part.BRANCHES and self.table.source is not self._rows():
            self.table.show(self._rows())
        self.table.update_rows()
        self._show_names()
        self.linger()

    def step_ages(self) -> None:
        """Draw the ages again."""
        self.table.refresh()

    def on_resize(self) -> None:
        """Show what has room."""
        self.call_after_refresh(self._show_names)

    # What is shown.

    def _show(self) -> None:
        """Show the part one is in."""
        part = self.part
        columns = present.COLUMNS[part]
        if self.table.columns != columns:
            self.table.set_columns(columns)
        empty: Line = (Span(present.EMPTY[part], "muted"),)
        if not self._has_looked or (part is Part.BRANCHES and self.branches is None):
            empty = waiting_line(f"asking {self.project.id.partition(':')[0]}", self.now - self.now)
        self.table.show(self._rows(), empty=empty)
        self._show_names()
        self.linger()

    def _rows(self) -> RowSource:
        match self.part:
            case Part.FILES:
                return self.entries
            case Part.COMMITS:
                return self.commits
            case Part.BRANCHES:
                here, now = self.walk.branch, self.now
                known = self.branches or ()
                return ListRows(
                    [Row(one.name, present.branch_cells(one, here, now)) for one in known]
                )

    def _show_names(self) -> None:
        counts = {
            Part.FILES: count(self.entries.count) if self._has_looked else "",
            Part.COMMITS: count(self.commits.count) if self._has_looked else "",
            Part.BRANCHES: "" if self.branches is None else count(len(self.branches)),
        }
        width = max(20, self.app.size.width - 2 * MARGIN)
        head = f"{self.walk.branch} {self.walk.commit[:7]}".strip()
        self._names.show([present.parts_line(counts, self.part, head, width, self._doing)])
        self.show_frame()

    # What the keys do.

    def on_resource_table_highlighted(self, event: ResourceTable.Highlighted) -> None:
        """Look at another thing."""
        event.stop()
        self.linger()
        self.show_frame()

    def on_resource_table_selected(self, event: ResourceTable.Selected) -> None:
        """Open what was clicked."""
        event.stop()
        self.action_command("repository.open")

    def on_lines_view_clicked(self, event: LinesView.Clicked) -> None:
        """Go to the part whose name was clicked."""
        event.stop()
        self._turn(Part(event.ref))

    def do_repository_open(self) -> None:
        """Go into a folder or to a branch; read a file or a commit."""
        entry, branch = self.entry(), self.branch()
        if entry is not None and entry.kind is EntryKind.FOLDER:
            self._go(self.walk.into(entry, self.table.cursor), 0)
        elif branch is not None:
            self.work(partial(self._switch, branch), group="load", exclusive=True)
        elif entry is not None or self.commit() is not None:
            self.begin_to_read()

    def do_repository_up(self) -> None:
        """Stop reading; else go one folder up; else back to the files."""
        if self.is_reading:
            self.stop_reading()
        elif self.part is not Part.FILES:
            self._turn(Part.FILES)
        elif self.walk.steps:
            self._go(self.walk.up(), self.walk.steps[-1].cursor)

    def do_repository_next(self) -> None:
        """Go to the next part."""
        self._turn(_PARTS[(_PARTS.index(self.part) + 1) % len(_PARTS)])

    def do_repository_previous(self) -> None:
        """Go to the part before."""
        self._turn(_PARTS[(_PARTS.index(self.part) - 1) % len(_PARTS)])

    def do_repository_branches(self) -> None:
        """Go to the branches."""
        self._turn(Part.BRANCHES)

    def do_repository_history(self) -> None:
        """List the commits that changed what is under the cursor."""
        entry = self.entry()
        path = "" if entry is None else self.walk.path_of(entry)
        self._turn(Part.COMMITS)
        self.work(partial(self._look_back, path), group="pages")

    def do_repository_edit(self) -> None:
        """Edit the file under the cursor, and commit."""
        entry = self.entry()
        if entry is not None:
            path = self.walk.path_of(entry)
            self.work(
                partial(self.edit_file, self.project, self.walk.branch, path), group="edit",
                exclusive=True,
            )  # fmt: skip

    def leave(self) -> None:
        """Go back to what one came from; from the topmost folder to the projects."""
        if self.is_reading or self.part is not Part.FILES or self.walk.steps:
            self.do_repository_up()
        else:
            _ = self.dismiss()

    def _turn(self, part: Part) -> None:
        if part is self.part:
            return
        if self.is_reading:
            self.stop_reading()
        if self.part is Part.COMMITS and self.history:
            self.history = ""
            self.work(partial(self._look_back, ""), group="pages")
        self.part = part
        self._show()
        self.table.to_first()
        if part is Part.BRANCHES and self.branches is None:
            self.work(self._show_branches, group="pages")

    @contextmanager
    def _awaiting(self, doing: str) -> Iterator[None]:
        """Say what is waited for while the block lasts."""
        self._doing = doing
        self._show_names()
        try:
            yield
        finally:
            self._doing = ""
            self._show_names()

    async def _show_branches(self) -> None:
        with self._awaiting("reading branches"):
            await self.ask_branches()
        self._show()

    async def _look_back(self, path: str) -> None:
        with self._awaiting("reading commits"):
            await self.look_back(path)

    async def _switch(self, branch: str) -> None:
        with self._awaiting(f"reading {branch}"):
            await self.switch(branch)
        self.part = Part.FILES
        self._show()
        self.table.to_first()

    def _go(self, walk: Walk, cursor: int) -> None:
        async def going() -> None:
            with self._awaiting(f"reading {walk.path or 'the top'}"):
                await self.go(walk)
            self._show()
            self.table.move_to_key(str(cursor))

        self.work(going, group="load", exclusive=True)
