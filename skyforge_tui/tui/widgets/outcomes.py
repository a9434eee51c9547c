"""Something done to each of several things: how far it is, how each went, failed ones again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from textual.worker import Worker, WorkerState

from skyforge_tui.domain.errors import SkyforgeError, Unavailable
from skyforge_tui.tui.presenters.cells import Line, Span, line, literal, wrapped
from skyforge_tui.tui.presenters.glyphs import FAILED, NONE, PASSED, PENDING, QUEUED, REFUSED
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line
from skyforge_tui.tui.presenters.how_it_went import HowItWent
from skyforge_tui.tui.presenters.tones import count
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line

_STEP_S = 1.0
"""Seconds between two looks at how far the thing under way is."""
_LISTED = 200
"""Things listed at once; of more it is said how many."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What came of something that neither went well nor failed."""

    words: str


@dataclass(frozen=True, slots=True)
class Item:
    """One of several things: how it is listed, and what is done to it."""

    thing: Line
    do: Callable[[], Coroutine[Any, Any, object]]
    """Raises the families of `domain.errors` when it fails; may return an `Aside`."""
    far: Callable[[], str] | None = None
    """Says how far it has come, while it is done."""


class Outcomes(Overlay[bool]):
    """Do it to one thing after the other and show how each went; the result is whether all did.

    `esc` stops after the thing under way, and closes once nothing is. What `can_be_left` goes on
    when `esc` closes this, and `x` stops it.
    """

    MARGIN = 4

    def __init__(self, title: str, items: Sequence[Item], *, can_be_left: bool = False) -> None:
        super().__init__((Span(title, "strong", bold=True),))
        self._items = tuple(items)
        self._can_be_left = can_be_left
        self.is_left = False
        self.work: Worker[None] | None = None
        """What does it; it may go on when this is closed."""
        self._errors: dict[int, SkyforgeError | None] = {}
        """How it went, by index; what is not in it was not done."""
        self._asides: dict[int, Aside] = {}
        self._waiting = list(range(len(self._items)))
        self._is_stopping = False
        self._is_at_work = False
        self.defect: BaseException | None = None
        """What ended it that nobody expected; whoever opened this tells it."""

    def on_mount(self) -> None:
        """Begin."""
        super().on_mount()
        self._begin()
        if any(one.far is not None for one in self._items):
            self.set_interval(_STEP_S, self._redraw)

    @property
    def failed(self) -> list[int]:
        """The things that failed, and may go well another time."""
        return [at for at, error in self._errors.items() if isinstance(error, Unavailable)]

    @property
    def how_it_went(self) -> HowItWent:
        """What became of each so far."""
        done = tuple(at for at, error in self._errors.items() if error is None)
        failed = tuple(at for at, error in self._errors.items() if error is not None)
        return HowItWent(done, failed, tuple(self._waiting), self.is_left)

    def _begin(self) -> None:
        self._is_at_work, self._is_stopping = True, False
        whose = self.app if self._can_be_left else self
        self.work = whose.run_worker(self._do_all, exit_on_error=False)

    async def _do_all(self) -> None:
        while self._waiting and not self._is_stopping:
            at = self._waiting[0]
            try:
                done = await self._items[at].do()
            except SkyforgeError as error:
                self._errors[at] = error
            else:
                self._errors[at] = None
                if isinstance(done, Aside):
                    self._asides[at] = done
            del self._waiting[0]
            self._redraw()
        self._is_at_work = False
        self._redraw()

    def _redraw(self) -> None:
        if self.is_attached:
            self.repaint()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Close on a defect."""
        event.stop()
        if event.state is WorkerState.ERROR:
            self.defect = event.worker.error
            self.finish(False)

    # Drawing

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return the things, failed ones first with why, and the keys."""
        self.corner = self._verdict()
        self.EDGE = "bad" if any(self._errors.values()) else "accent"
        listed = self._listed()
        body: list[Line] = [(), *(row for at in listed for row in self._rows(at, width))]
        if len(listed) < len(self._items):
            more = count(len(self._items) - len(listed))
            body.append(indented(Span(f"{more} more", "muted")))
        foot = [(), indented(keys_line(self._keys(), width - 4))]
        return Sections(body=body, foot=foot)

    def _listed(self) -> list[int]:
        """Return which things are listed: failed ones, then what is next, then what was done."""
        failed = [at for at, error in self._errors.items() if error is not None]
        done = [at for at, error in self._errors.items() if error is None]
        done.sort(key=lambda at: at not in self._asides)
        parts = (failed, self._waiting, done) if self._is_at_work else (failed, done, self._waiting)
        return [at for part in parts for at in part[:_LISTED]][:_LISTED]

    def _verdict(self) -> Line:
        failed = sum(error is not None for error in self._errors.values())
        done = len(self._errors) - failed - len(self._asides)
        if self._is_at_work:
            return (Span(f"{count(len(self._errors))} of {count(len(self._items))}", "muted"),)
        left: Line = (Span(f", {count(len(self._waiting))} left", "warn"),) if self._waiting else ()
        if self._asides:
            left = (Span(f", {count(len(self._asides))} open", "muted"), *left)
        if failed:
            return (Span(f"{count(done)} done, ", "muted"), Span(f"{count(failed)} failed", "bad"),
                    *left)  # fmt: skip
        return (Span(f"{count(done)} done", "ok"), *left)

    def _rows(self, at: int, width: int) -> list[Line]:
        thing = self._items[at].thing
        if at not in self._errors:
            is_next = self._is_at_work and at == self._waiting[0]
            sign = Span(PENDING, "spin") if is_next else Span(QUEUED, "muted")
            far = self._items[at].far if is_next else None
            how = "" if far is None else Span(f"  {literal(far())}", "muted")
            return [indented(line(sign, " ", thing, how))]
        error = self._errors[at]
        if (aside := self._asides.get(at)) is not None:
            why = Span(f"  {literal(aside.words)}", "muted")
            return [indented(line(Span(f"{NONE} ", "muted"), thing, why))]
        if error is None:
            return [indented(line(Span(f"{PASSED} ", "ok"), thing))]
        can_retry = isinstance(error, Unavailable)
        sign = Span(f"{FAILED} ", "bad") if can_retry else Span(f"{REFUSED} ", "warn")
        words = "; ".join(filter(None, (str(error), error.advice)))
        told = wrapped(literal(words), width - 8, 2)
        return [indented(line(sign, thing)), *(indented("  ", Span(row, "muted")) for row in told)]

    def _keys(self) -> list[Line]:
        if self._is_at_work:
            way_out = "stopping after this one" if self._is_stopping else "stop after this one"
            if not self._can_be_left:
                return [hint_line(KeyHint("esc", way_out, command_id="escape"))]
            leave = KeyHint("esc", "leave it going", command_id="escape")
            return [hint_line(leave), hint_line(KeyHint("x", way_out))]
        keys = [hint_line(KeyHint("r", "retry failed"))] if self.failed else []
        if self._waiting:
            keys.append(hint_line(KeyHint("g", "go on with the rest")))
        return [*keys, hint_line(KeyHint("esc", "close", command_id="escape"))]

    # Keys

    def key(self, key: str, character: str | None) -> bool:
        """Stop, try again, go on, scroll or close."""
        if key in _STEPS:
            self.scroll_body(_STEPS[key])
        elif self._is_at_work:
            if self._can_be_left and key == "escape":
                self.is_left = True
                self.finish(False)
            self._is_stopping |= key == ("x" if self._can_be_left else "escape")
            self.repaint()
        elif key in ("escape", "enter", "q"):
            self.finish(not self._waiting and not any(self._errors.values()))
        elif character == "r" and self.failed:
            self._waiting = [*self.failed, *self._waiting]
            for at in self.failed:
                del self._errors[at]
            self._begin()
        elif character == "g" and self._waiting:
            self._begin()
        else:
            return False
        return True


_STEPS = {"up": -1, "down": 1, "k": -1, "j": 1, "pageup": -10, "pagedown": 10}
