"""Something done in steps: what would be done, a yes to it, every step live, and again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from enum import Enum, auto
from functools import partial
from typing import Any

from textual.worker import Worker, WorkerState

from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.making import Draft, Follower, Outcome, Went
from skyforge_tui.tui.presenters import making as present
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal, width_of, wrapped
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.presenters.making import Stage, Undertaking
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line, same_rows
from skyforge_tui.tui.widgets.text_entry import TextEntry


class Phase(Enum):
    """What the card is at."""

    LOOKING = auto()
    PLANNED = auto()
    WORKING = auto()
    ENDED = auto()


class Left(Enum):
    """How the card was left."""

    BACK = auto()
    """Before anything was done."""
    ENDED = auto()
    """Some steps were taken, not all went well."""
    DONE = auto()


class MakingCard(Overlay[Left]):
    """Show what would be done, do it when told so, and what is missing as often as wanted."""

    MARGIN = 2

    def __init__(
        self, undertaking: Undertaking, on_ui: Callable[[Callable[[], object]], None]
    ) -> None:
        """Take what is done; `on_ui` has something called on this side, from any thread."""
        super().__init__(undertaking.title, undertaking.guard)
        self._asked = undertaking
        self._on_ui = on_ui
        self._phase = Phase.LOOKING
        self._draft = Draft(())
        self._steps: dict[str, Outcome] = {}
        self._error: SkyforgeError | None = None
        self._follower = Follower()
        self._entry = TextEntry()
        self.defect: BaseException | None = None
        """What ended it that nobody expected; whoever opened this tells it."""

    def on_mount(self) -> None:
        """Look."""
        super().on_mount()
        self._look()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How every step went, as far as it is known."""
        return tuple(self._steps.values())

    # How it goes on.

    def _look(self) -> None:
        self._entry = TextEntry()
        self._enter(Phase.LOOKING)
        self._begin(self._looked())

    async def _looked(self) -> None:
        try:
            self._draft = await self._asked.look()
        except SkyforgeError as error:
            self._error, self._draft = error, Draft(())
        self._steps = {one.what: one for one in self._draft.steps}
        self._phase = Phase.PLANNED
        self.repaint()

    def _go(self) -> None:
        if not self.may_go:
            return
        follower = Follower(lambda one: self._on_ui(partial(self._told, follower, one)))
        self._follower = follower
        self._steps = {
            what: one if not one.is_missing else replace(one, went=Went.LEFT, why="")
            for what, one in self._steps.items()
        }
        follower.expect(one for one in self.outcomes if one.is_missing)
        self._enter(Phase.WORKING)
        self._begin(self._done(follower))

    async def _done(self, follower: Follower) -> None:
        try:
            await self._asked.do(follower, self._draft)
        except SkyforgeError as error:
            self._error = error
        self._steps |= {one.what: one for one in follower.outcomes}
        self._phase = Phase.ENDED
        self.repaint()

    def _told(self, follower: Follower, outcome: Outcome) -> None:
        if self._phase is Phase.WORKING and follower is self._follower:
            self._steps[outcome.what] = outcome
            self.repaint()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        _: Worker[None] = self.run_worker(work, exit_on_error=False)

    def _enter(self, phase: Phase) -> None:
        self._phase, self._error = phase, None
        self.repaint()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Close on a defect."""
        event.stop()
        if event.state is WorkerState.ERROR:
            self.defect = event.worker.error
            self.finish(Left.ENDED)

    # What may be done.

    @property
    def may_go(self) -> bool:
        """Whether something is due, and nothing is missing for a yes."""
        if self._phase is Phase.PLANNED:
            is_fine = self._error is None and not (
                self._asked.is_destructive and self._draft.errors
            )
            return is_fine and self._is_due and self._entry.text.strip() == self._asked.words
        return self._phase is Phase.ENDED and not self._is_over

    @property
    def _is_due(self) -> bool:
        return any(one.is_missing for one in self.outcomes)

    @property
    def _is_over(self) -> bool:
        return self._error is None and not self._is_due

    # Drawing

    def sections(self, width: int, height: int) -> Sections:
        """Return the steps, what stays, what is to be typed, and the keys."""
        room, asked = width - 4, self._asked
        self.corner = self._corner()
        self.EDGE = self._edge()
        body: list[Line] = [()]
        if self._error is not None:
            words = "; ".join(filter(None, (str(self._error), self._error.advice)))
            body += [indented(Span(row, "bad")) for row in wrapped(literal(words), room, 4)]
            body += [()] if self._steps else []
        lines = [*present.step_lines(
            self.outcomes, asked.wording, room, _STAGES[self._phase], is_bad=asked.is_destructive
        )]  # fmt: skip
        running = next(
            (at for at, one in enumerate(lines) if any(span.tone == "spin" for span in one)), None
        )
        focus = len(body) + running if running is not None else None
        body += map(indented, lines)
        if self._phase is Phase.PLANNED:
            rest = [*present.rest_lines(self._draft, asked.wording, room)]
            body += [(), *map(indented, rest)] if rest else []
        foot = [(), *self._typing(room), indented(keys_line(self._keys(), room))]
        same = same_rows(asked.same_as, width, 1)
        if self._phase is Phase.PLANNED and len(body) + len(foot) + len(same) < height:
            foot[-1:-1] = [*same, ()] if same else []
        return Sections(body=body, foot=foot, focus=focus)

    def _corner(self) -> Line:
        match self._phase:
            case Phase.LOOKING:
                return (Span("looking …", "accent"),)
            case Phase.WORKING:
                return present.going_verdict(self.outcomes)
            case _ if self._error is not None:
                return (Span("nothing was done" if not self._steps else "not done", "bad"),)
            case Phase.PLANNED:
                verdict = present.planned_verdict(self._draft)
                guard = self._asked.guard
                return line(verdict, "  ", guard) if guard else verdict
            case Phase.ENDED:
                return present.ended_verdict(self.outcomes, self._asked.wording)

    def _edge(self) -> Any:
        is_failed = self._phase is Phase.ENDED and not self._is_over
        if is_failed or self._error is not None or self._asked.is_destructive:
            return "bad"
        return "warn" if self._asked.guard else "accent"

    def _typing(self, width: int) -> list[Line]:
        asked = self._asked
        if not asked.words or self._phase is not Phase.PLANNED or not self._is_due:
            return []
        asker = f"{literal(asked.asker)} asks for the words. " if asked.asker else ""
        lead: Line = (
            Span(f"{asker}Type ", "muted"), Span(literal(asked.words), "strong", bold=True),
            Span("  "),
        )  # fmt: skip
        fill = "_" if self.is_mono else " "
        entry = self._entry.line(max(8, width - width_of(lead) - 1), fill=fill, on="input")
        return [indented(*lead, Span(fill, on="input"), entry), ()]

    def _keys(self) -> list[Line]:
        match self._phase:
            case Phase.LOOKING:
                return [_out("leave it")]
            case Phase.PLANNED:
                keys = [go_line("enter", self._asked.go, allowed=self.may_go)]
                if not self._asked.words:
                    keys.append(hint_line(KeyHint("r", "look again")))
                return [*keys, _out(self._asked.way_out)]
            case Phase.WORKING:
                is_ending = self._follower.has_enough
                return [_out("stopping after this step" if is_ending else "stop after this step")]
            case Phase.ENDED if self._is_over:
                return [go_line("enter", "close", allowed=True)]
            case Phase.ENDED:
                label = "look again" if self._error is not None else self._asked.wording.again
                again = go_line("enter", label, allowed=True)
                return [again, _out(self._asked.way_out if self._is_untouched else "close")]

    # Keys

    def key(self, key: str, character: str | None) -> bool:
        """Go, type, look again, stop, scroll or leave, by what the card is at."""
        types = bool(self._asked.words) and self._phase is Phase.PLANNED
        if key in _STEPS and not (types and len(key) == 1):
            self.scroll_body(_STEPS[key])
        elif self._phase is Phase.WORKING:
            if key == "escape":
                self._follower.stop()
                self.repaint()
        elif key == "escape":
            self._leave()
        elif key == "enter":
            if self._phase is Phase.ENDED and self._is_over:
                self._leave()
            elif self._phase is Phase.ENDED and self._error is not None:
                self._look()  # what was shown is not so any more, or cannot be done so
            else:
                self._go()
        elif types:
            if not self._entry.key(key, character):
                return False
            self.repaint()
        elif character == "r" and self._phase is Phase.PLANNED:
            self._look()
        else:
            return False
        return True

    @property
    def _is_untouched(self) -> bool:
        """Whether nothing was done, so that all of it can be meant otherwise."""
        is_before = self._phase in (Phase.LOOKING, Phase.PLANNED)
        return is_before or not any(one.went is Went.DONE for one in self.outcomes)

    def _leave(self) -> None:
        if self._is_untouched and not (self._phase is Phase.ENDED and self._is_over):
            self.finish(Left.BACK)
        else:
            self.finish(Left.DONE if self._is_over else Left.ENDED)

    def pasted(self, text: str) -> None:
        """Leave it: words that guard are typed."""


def _out(label: str) -> Line:
    return hint_line(KeyHint("esc", label, command_id="escape"))


_STAGES = {
    Phase.LOOKING: Stage.BEFORE, Phase.PLANNED: Stage.BEFORE, Phase.WORKING: Stage.MEANWHILE,
    Phase.ENDED: Stage.AFTERWARDS,
}  # fmt: skip
_STEPS = {"up": -1, "down": 1, "k": -1, "j": 1, "pageup": -10, "pagedown": 10}
