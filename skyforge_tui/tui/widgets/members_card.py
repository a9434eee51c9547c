"""Who is what in a project: by its manifest and by its servers; changed here, written on enter."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from textual.worker import Worker, WorkerState

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import Role
from skyforge_tui.tui.presenters import members as present
from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.glyphs import REFUSED
from skyforge_tui.tui.widgets.members_panel import MembersPanel
from skyforge_tui.tui.widgets.person_entry import PersonEntry

if TYPE_CHECKING:
    from skyforge_tui.domain.sharing import Sharing
    from skyforge_tui.services.membership import Membership

Look = Callable[[Callable[[int, int], None]], Coroutine[Any, Any, "Membership"]]
"""Asks who is in the project, and tells how many out of how many it knows by then.

Raises the families of `domain.errors`.
"""
Find = Callable[[str], Coroutine[Any, Any, tuple[str, ...]]]
"""Returns people whose names hold a text."""
SYNC: Final = "sync"
_ROLES: Final = {"o": Role.OWNER, "e": Role.EDITOR, "v": Role.VIEWER, "x": Role.NONE}
_STEPS: Final = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10,
                 "home": -1_000_000, "end": 1_000_000}  # fmt: skip


class MembersCard(MembersPanel):
    """Show everybody, take changes; the result is what to write, `SYNC`, or None."""

    def __init__(
        self, title: Line, look: Look, find: Find, *, refused: str = "",
        staged: Sharing | None = None, note: Line = (), at: str = "",
    ) -> None:  # fmt: skip
        super().__init__(title, refused=refused, staged=staged, note=note, at=at)
        self._look, self._find = look, find
        self._is_warned = False
        self.defect: BaseException | None = None
        """What ended it that nobody expected; whoever opened this tells it."""

    def on_mount(self) -> None:
        """Look."""
        super().on_mount()
        self._begin()

    def _begin(self) -> None:
        self.draft, self._error, self._far = None, None, "looking …"
        self.repaint()
        _: Worker[None] = self.run_worker(self._load(), exit_on_error=False)

    async def _load(self) -> None:
        try:
            draft = present.Draft(await self._look(self.tell))
            for name, role in (self._staged.roles if self._staged else {}).items():
                draft = draft.with_role(name, role)
            if self._staged and self._staged.is_public not in (None, draft.is_open):
                draft = draft.turned()
            self.draft = draft
            names = [one.name for one in draft.seats]
            self._cursor = names.index(self._at) if self._at in names else self._cursor
        except SkyforgeError as error:
            self._error = error
        self.repaint()

    def tell(self, known: int, of: int) -> None:
        """Show of how many people it is known what they may."""
        self._far = f"looking, {known} of {of}"
        self.repaint()

    async def _suggest(self, text: str) -> None:
        try:
            found = await self._find(text)
        except SkyforgeError:
            found = ()  # a name can be typed to its end all the same
        if self._entry is not None:
            self._entry.offer(text, found)
            self.repaint()

    async def _check(self, name: str) -> None:
        """Say so where nobody is called like whoever is taken in: they may come later."""
        try:
            found = await self._find(name)
        except SkyforgeError:
            return  # it is seen at the next look
        if name.lower() not in {one.lower() for one in found} and self.draft is not None:
            self._say(f"{self.draft.upstream} knows nobody called {literal(name)} yet")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Close on a defect."""
        event.stop()
        if event.state is WorkerState.ERROR:
            self.defect = event.worker.error
            self.finish(None)

    # What the keys do.

    def key(self, key: str, character: str | None) -> bool:
        """Move, change, write, or close."""
        if self._entry is not None:
            return self._typed(self._entry, key, character)
        if key == "escape" or character == "q":
            self._leave()
        elif character == "r":
            self._staged = self._staged if self.draft is None else self.draft.sharing
            self._at, self._note = self.at, ()
            self._begin()
        elif self.draft is None:
            return False
        elif key in _STEPS:
            self._cursor += _STEPS[key]
            self.repaint()
        elif character == "S":
            self._sync()
        elif key == "enter" or character in _CHANGES:
            self._change(self.draft, key, character or "")
        else:
            return False
        return True

    def _leave(self) -> None:
        """Close; with something not written only when told twice."""
        if self.draft is not None and self.draft.count and not self._is_warned:
            self._is_warned = True
            self._say("Not written yet: enter writes it, esc once more leaves it")
        else:
            self.finish(None)

    def _sync(self) -> None:
        if self.draft is not None and self.draft.count:
            self._say("Write it first, or undo it")
        else:
            self.finish(SYNC)

    def _change(self, draft: present.Draft, key: str, character: str) -> None:
        """Take a change of the person under the cursor, or of visibility; or have it written."""
        self._is_warned = False
        if self._refused:
            return
        name = draft.seats[self._cursor].name if draft.seats else ""
        self._note = ()
        if key == "enter":
            if draft.count:
                self.finish(draft.sharing)
        elif character == "a":
            self._entry = PersonEntry()
        elif character == "p":
            self.draft = draft.turned()
        elif character == "u":
            self.draft = draft.without(name)
        elif name:
            self._stage(draft, name, _ROLES[character])
        self.repaint()

    def _stage(self, draft: present.Draft, name: str, role: Role) -> bool:
        refusal = draft.refusal(name, role)
        if refusal:
            self._note = (Span(f"{REFUSED} ", "warn"), Span(literal(refusal), "warn"))
            return False
        self.draft = draft.with_role(name, role)
        return True

    def _typed(self, entry: PersonEntry, key: str, character: str | None) -> bool:
        """Take what is typed of a name."""
        match entry.key(key, character):
            case "left":
                self._entry, self._note = None, ()
            case "given":
                self._add(entry.name)
            case "typed":
                self._seek(entry)
            case "":
                return False
        self.repaint()
        return True

    def _add(self, name: str) -> None:
        """Take somebody in as a viewer, and go to them."""
        draft = self.draft
        if draft is None:
            return
        known = [one.name.lower() for one in draft.seats]
        is_in = name.lower() in known and bool(draft.role_of(name))
        if is_in or self._stage(draft, name, Role.VIEWER):
            self._entry, self._note = None, ()
            seats = [] if self.draft is None else self.draft.seats
            self._cursor = [one.name.lower() for one in seats].index(name.lower())
            if not is_in:
                _: Worker[None] = self.run_worker(self._check(name), exit_on_error=False)

    def _seek(self, entry: PersonEntry) -> None:
        """Ask for people who are called so."""
        if len(entry.name) > 1:
            _: Worker[None] = self.run_worker(
                self._suggest(entry.name), group="suggest", exclusive=True, exit_on_error=False
            )

    def _say(self, words: str) -> None:
        self._note = (Span(words, "warn"),)
        self.repaint()

    def pasted(self, text: str) -> None:
        """Take a pasted name."""
        if self._entry is not None:
            self._entry.paste(text)
            self._seek(self._entry)
            self.repaint()

    def pressed(self, ref: str) -> None:
        """Go to the row that was clicked, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self._cursor = int(index)
            self.repaint()
        else:
            self.key(ref, ref if len(ref) == 1 else None)


_CHANGES: Final = frozenset({*_ROLES, "a", "p", "u"})
