"""Editing a file of a repository: read, edited, committed; with a way on where both changed it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import TYPE_CHECKING, Final, Protocol, cast

from skyforge_tui.domain.errors import Invalid, NotFound, SkyforgeError, Stale
from skyforge_tui.domain.merging import has_marks, merge
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.repository import FileChange, FileContent
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.presenters import tones
from skyforge_tui.tui.presenters.cells import Span, literal
from skyforge_tui.tui.presenters.guarding import guarded
from skyforge_tui.tui.presenters.offers import Question
from skyforge_tui.tui.widgets.conflict_card import Conflict, ConflictCard
from skyforge_tui.tui.widgets.name_line import NameLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from skyforge_tui.domain.project import Project
    from skyforge_tui.ports.editor import Draft, Editor
    from skyforge_tui.services.contract import Services

MOST_EDITED: Final = 1024 * 1024
"""Bytes; longer files are edited in a clone."""
_OPERATION: Final = "repository.edit"


class Desk(Protocol):
    """The application, as editing uses it."""

    def aside(self, work: Callable[[], Draft]) -> Draft:
        """Do work while the terminal is not ours."""
        ...

    def editor(self) -> Editor:
        """Return the person's editor."""
        ...


@dataclass(frozen=True, slots=True)
class Editing:
    """A file while it is edited: as it was read, and what the person made of it."""

    project: Project
    branch: str
    path: str
    base: FileContent
    draft: Draft


class FileEditing(PlaceScreen):
    """A place in which files of a repository are edited."""

    def edited(self) -> None:
        """Hear that something was committed."""

    async def edit_file(self, project: Project, branch: str, path: str) -> None:
        """Read a file, let the person edit it, and commit what they made of it.

        Raises:
            Invalid: it is too long, or no text.
        """
        base = await self._fetched(project, branch, path)
        _check_text(base, path)
        draft = self._in_editor(path, base.data)
        if draft.data == base.data:
            self._desk.editor().discard(draft)
            self.say(Notice(Severity.INFO, "Nothing was changed", path))
            return
        message = await self.app.push_screen_wait(
            NameLine(
                f"Commit to {literal(branch)}", path, verb="commit", name=f"Change {path}",
                label="message",
            )
        )  # fmt: skip
        editing = Editing(project, branch, path, base, draft)
        if message is None or not await self._is_meant(editing):
            self._kept(editing, "Not committed")
        else:
            await self._commit_it(editing, draft.data, message)

    async def _is_meant(self, editing: Editing) -> bool:
        """Have words typed where the server is guarded so."""
        project = editing.project
        askers = self.bridge.careful([project.id])
        if not askers:
            return True
        from skyforge_tui.tui.widgets.confirm import Confirm

        things = [(Span(literal(f"{editing.path} on {editing.branch} of {project.slug}")),)]
        asked = Question("Commit", "commit", "leave it", things)
        asked = guarded(asked, askers, f"commit {project.slug}")
        answer = await self.app.push_screen_wait(Confirm(asked))
        return answer is True

    async def _commit_it(self, editing: Editing, data: bytes, message: str) -> None:
        """Commit; as often as somebody else was faster, show both changes."""
        while True:
            try:
                sha = await self._written(editing, data, message)
            except Stale:
                pass
            except SkyforgeError as error:
                kept = f"what you wrote is in {editing.draft.path}"
                error.advice = f"{error.advice}; {kept}" if error.advice else kept
                raise
            else:
                self._desk.editor().discard(editing.draft)
                words = f"{sha[:7]} on {editing.branch}"
                self.say(Notice(Severity.INFO, f"Committed {editing.path}", words))
                self.edited()
                return
            found = await self._put_together(editing, data)
            if found is None:
                self._kept(editing, "Not committed: somebody else changed it")
                self.edited()
                return
            editing, data = found

    async def _put_together(self, editing: Editing, data: bytes) -> tuple[Editing, bytes] | None:
        """Show both changes and return what to write against which content; None to leave it."""
        theirs = await self._theirs(editing)
        before, mine = editing.base.data.decode(), data.decode()
        other = "" if theirs is None else theirs.data.decode(errors="replace")
        merged = merge(before, mine, other)
        gone = theirs is None
        conflict = Conflict(
            editing.path,
            ["-(the whole file)"] if gone else _difference(before, other),
            await self._by(editing),
            _difference(before, mine),
            1 if gone else merged.conflicts,
            editing.draft.path,
        )
        way = await self.app.push_screen_wait(ConflictCard(conflict))
        if way == "leave":
            return None
        base = FileContent(b"", 0, "") if theirs is None else theirs
        text = mine if gone else merged.text
        if way == "edit":
            draft = self._in_editor(editing.path, text.encode())
            if has_marks(draft.data.decode(errors="replace")):
                raise Invalid(
                    "marks of the conflict are left: nothing was committed", operation=_OPERATION,
                    advice=f"what you wrote is in {draft.path}",
                )  # fmt: skip
            return replace(editing, base=base, draft=draft), draft.data
        return replace(editing, base=base), text.encode()

    # What the services are asked for.

    async def _fetched(self, project: Project, branch: str, path: str) -> FileContent:
        principal = self.bridge.principal

        async def ask(services: Services) -> FileContent:
            return await services.repositories.read_file(
                principal, project.id, branch, path, MOST_EDITED
            )

        return await self.ask(ask)

    async def _written(self, editing: Editing, data: bytes, message: str) -> str:
        principal = self.bridge.principal
        change = FileChange(editing.path, data, editing.base.object_id)

        async def ask(services: Services) -> str:
            return await services.repositories.write_files(
                principal, editing.project.id, [change], message, editing.branch
            )

        return await self.ask(ask)

    async def _theirs(self, editing: Editing) -> FileContent | None:
        try:
            return await self._fetched(editing.project, editing.branch, editing.path)
        except NotFound:
            return None

    async def _by(self, editing: Editing) -> str:
        """Return who changed the file last."""
        principal = self.bridge.principal

        async def ask(services: Services) -> str:
            page = await services.repositories.commits(
                principal, editing.project.id, editing.branch, editing.path
            )
            if not page.commits:
                return ""
            last = page.commits[0]
            ago = tones.age(self.now - last.at)
            return f"{last.author}, {ago} ago: {last.subject}"

        return await self.ask(ask)

    # The person.

    @property
    def _desk(self) -> Desk:
        return cast("Desk", self.app)

    def _in_editor(self, path: str, data: bytes) -> Draft:
        desk = self._desk
        return desk.aside(lambda: desk.editor().edit(path.rpartition("/")[2], data))

    def _kept(self, editing: Editing, title: str) -> None:
        words = f"what you wrote is in {editing.draft.path}"
        self.say(Notice(Severity.WARNING, title, words))


def _check_text(content: FileContent, path: str) -> None:
    said = ""
    if not content.is_whole:
        said = f"{path} is {tones.size(content.size)}: too long to be edited here"
    else:
        try:
            content.data.decode()
        except UnicodeDecodeError:
            said = f"{path} is no text"
    if said:
        raise Invalid(said, operation=_OPERATION, advice="clone the repository, and edit it there")


def _difference(before: str, after: str) -> list[str]:
    rows = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return list(rows)[2:] or ["(no line differs)"]
