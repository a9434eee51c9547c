"""Who is what in a project: by its manifest and by its servers; changed here, written on enter."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from textual.worker import Worker, WorkerState

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.identity import Role
from skyforge_tui.tui.presenters import members as present
from skyforge_tui.tui.presenters.cells import Line, Span, banded, line, literal, wrapped
from skyforge_tui.tui.presenters.glyphs import CURSOR, REFUSED
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line
from skyforge_tui.tui.widgets.person_entry import PersonEntry

if TYPE_CHECKING:
    from skyforge_tui.domain.seat import Seat
    from skyforge_tui.domain.sharing import Sharing
    from skyforge_tui.services.membership import Membership

Look = Callable[[], Coroutine[Any, Any, "Membership"]]
"""Asks who is in the project; raises the families of `domain.errors`."""
Find = Callable[[str], Coroutine[Any, Any, tuple[str, ...]]]
"""Returns people whose names hold a text."""
SYNC: Final = "sync"
_LOW: Final = 14
"""Rows below which there is no room for more than people."""
_ROLES: Final = {"o": Role.OWNER, "e": Role.EDITOR, "v": Role.VIEWER, "x": Role.NONE}
_STEPS: Final = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10,
                 "home": -1_000_000, "end": 1_000_000}  # fmt: skip


class MembersCard(Overlay["Sharing | str | None"]):
    """Show everybody, take changes; the result is what to write, `SYNC`, or None."""

    WIDTH = 84

    def __init__(
        self, title: Line, look: Look, find: Find, *, refused: str = "",
        staged: Sharing | None = None, note: Line = (), at: str = "",
    ) -> None:  # fmt: skip
        super().__init__(title)
        self._look, self._find = look, find
        self._refused = refused
        self._staged = staged
        self._note = note
        self.draft: present.Draft | None = None
        """What is known and about to be changed; None as long as nothing is known."""
        self._error: SkyforgeError | None = None
        self._cursor = 0
        self._at = at
        """On whom the cursor begins."""
        self._entry: PersonEntry | None = None
        self._is_warned = False
        self.defect: BaseException | None = None
        """What ended it that nobody expected; whoever opened this tells it."""

    def on_mount(self) -> None:
        """Look."""
        super().on_mount()
        self._begin()

    def _begin(self) -> None:
        self.draft, self._error = None, None
        self.repaint()
        _: Worker[None] = self.run_worker(self._load(), exit_on_error=False)

    async def _load(self) -> None:
        try:
            draft = present.Draft(await self._look())
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

    @property
    def at(self) -> str:
        """On whom the cursor is."""
        seats = self.draft.seats if self.draft is not None else ()
        return seats[self._cursor].name if self._cursor < len(seats) else self._at

    # What is shown.

    def sections(self, width: int, height: int) -> Sections:
        """Return everybody, why the one under the cursor is what they are, and the keys."""
        room, draft = width - 4, self.draft
        if draft is None:
            words = "" if self._error is None else _told(self._error)
            self.corner = (Span("not known", "bad"),) if words else (Span("looking …", "spin"),)
            body = [(), *(indented(Span(row, "bad")) for row in wrapped(words, room))]
            return Sections(body=body, foot=[(), indented(keys_line(self._way_out(), room))])
        self.corner = present.corner_line(draft)
        seats = draft.seats
        self._cursor = max(0, min(self._cursor, len(seats) - 1))
        rows = [self._row(draft, seat, at, width) for at, seat in enumerate(seats)]
        head = [(), indented(present.head_line(draft, room))]
        foot = [(), *self._about(draft, room), (), *self._keys(draft, room)]
        if height < _LOW:  # then people come first
            about = (self._noted(room) if self._entry is None else []) or self._about(draft, room)
            head, foot = head[1:], [*about[:1], *self._keys(draft, room)[-1:]]
        if not rows:
            rows = [indented(Span(present.EMPTY, "muted"))]
        return Sections(head, rows, foot, self._cursor)

    def _row(self, draft: present.Draft, seat: Seat, at: int, width: int) -> Line:
        words = present.seat_line(draft, seat, f"row:{at}", width - 4)
        if at == self._cursor and self._entry is None:
            return banded(line(Span(CURSOR, "accent"), " ", words), width)
        return indented(words)

    def _about(self, draft: present.Draft, room: int) -> list[Line]:
        """Return the name that is typed; else why somebody is what they are, and what went on."""
        if self._entry is not None:
            return [indented(self._entry.row(room, is_mono=self.is_mono)), *self._noted(room)]
        seats = draft.seats
        why = present.why(draft, seats[self._cursor].name) if seats else ""
        rows = [indented(Span(row, "muted")) for row in wrapped(literal(why), room, 2)]
        return [*rows, *self._noted(room)]

    def _noted(self, room: int) -> list[Line]:
        return [indented(row) for row in present.noted(self._note, self._refused, room)]

    def _keys(self, draft: present.Draft, room: int) -> list[Line]:
        if self._entry is not None:
            return [indented(keys_line([hint_line(one) for one in self._entry.hints()], room))]
        may = not self._refused
        first = present.hints(draft, may=may)
        go = go_line("enter", "write it", allowed=may and bool(draft.count))
        return [
            indented(keys_line(first, room, "  ")),
            indented(keys_line([go, *self._way_out()], room)),
        ]

    def _way_out(self) -> list[Line]:
        keys = [KeyHint("r", "look again"), KeyHint("S", "sync"),
                KeyHint("esc", "close", command_id="escape")]  # fmt: skip
        return [hint_line(one) for one in keys if self.draft is not None or one.key != "S"]

    # What the keys do.

    def key(self, key: str, character: str | None) -> bool:
        """Move, change, write, or close."""
        if self._entry is not None:
            return self._typed(self._entry, key, character)
        if key == "escape" or character == "q":
            self._leave()
        elif character == "r":
            self._staged = self._staged if self.draft is None else self.draft.sharing
            self._at = self.at
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


def _told(error: SkyforgeError) -> str:
    return literal("; ".join(filter(None, (str(error), error.advice))))
