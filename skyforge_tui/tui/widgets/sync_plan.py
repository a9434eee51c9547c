"""What keeps a project from being in step: the plan, a yes to it, and how each step went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from textual.worker import Worker, WorkerState

from skyforge_tui.domain.blueprint import Stays
from skyforge_tui.domain.errors import SkyforgeError
from skyforge_tui.domain.making import Follower, Outcome, Went
from skyforge_tui.domain.project_plan import Act, Step, SyncReport
from skyforge_tui.tui.presenters import syncing as present
from skyforge_tui.tui.presenters.cells import Line, Span, literal
from skyforge_tui.tui.presenters.hints import KeyHint, go_line, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line

Pass = Callable[[bool, Follower], Coroutine[Any, Any, SyncReport]]
"""Makes a pass over the project, which writes if it is given True, and tells each step.

Raises the families of `domain.errors`.
"""


Settle = Callable[[Stays], Coroutine[Any, Any, object]]
"""Says of all files that two changed which content stays; raises as a pass does."""


class SyncPlan(Overlay[bool]):
    """Show what is due, write it on `y`, show how it goes; the result is whether it was written.

    `on_ui` has something called on this side, from any thread. `is_meant` is asked before anything
    is written, where a server wants that.
    """

    MARGIN = 2

    def __init__(
        self,
        title: Line,
        make: Pass,
        settle: Settle,
        on_ui: Callable[[Callable[[], object]], None],
        is_meant: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        super().__init__(title)
        self._is_meant = is_meant
        self._make = make
        self._settle = settle
        self._on_ui = on_ui
        self._follower = Follower()
        self._went: dict[str, Went] = {}
        """How each step is going, or went, by its words."""
        self._report: SyncReport | None = None
        self._error: SkyforgeError | None = None
        self._is_at_work = False
        self._has_written = False
        self.defect: BaseException | None = None
        """What ended it that nobody expected; whoever opened this tells it."""

    def on_mount(self) -> None:
        """Look."""
        super().on_mount()
        self._begin(writes=False)

    def _begin(self, *, writes: bool, stays: Stays | None = None) -> None:
        self._is_at_work, self._has_written, self._error = True, writes, None
        self._went = {}
        follower = Follower(lambda one: self._on_ui(partial(self._told, follower, one)))
        self._follower = follower
        self.repaint()
        work = self._pass(follower, writes, stays)
        _: Worker[None] = self.run_worker(work, exit_on_error=False)

    def _write(self) -> None:
        if self._is_meant is None:
            self._begin(writes=True)
        else:
            asked = self._write_if_meant(self._is_meant)
            _: Worker[None] = self.run_worker(asked, exit_on_error=False)

    async def _write_if_meant(self, is_meant: Callable[[], Awaitable[bool]]) -> None:
        if await is_meant() and self._is_due:
            self._begin(writes=True)

    async def _pass(self, follower: Follower, writes: bool, stays: Stays | None) -> None:
        try:
            if stays is not None:
                await self._settle(stays)
            self._report = await self._make(writes, follower)
        except SkyforgeError as error:
            self._error = error
        self._went = {one.what: one.went for one in follower.outcomes}
        self._is_at_work = False
        self.repaint()

    def _told(self, follower: Follower, one: Outcome) -> None:
        if self._is_at_work and follower is self._follower:
            self._went[one.what] = one.went
            if self._has_written:
                self.repaint()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Close on a defect."""
        event.stop()
        if event.state is WorkerState.ERROR:
            self.defect = event.worker.error
            self.finish(False)

    @property
    def _is_due(self) -> bool:
        return any(one.act is not Act.CONFLICT for one in self._left)

    @property
    def _is_contested(self) -> bool:
        """Whether files were changed here and in the blueprint."""
        return any(one.act is Act.CONFLICT for one in self._left)

    @property
    def _left(self) -> tuple[Step, ...]:
        return () if self._is_at_work or self._report is None else self._report.left

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return the steps, what is left alone and why, and the keys."""
        body: list[Line] = [()]
        if self._is_at_work:
            is_writing = self._has_written
            looking: Line = (Span("looking …", "accent"),)
            self.corner = present.going(self._went.values()) if is_writing else looking
        elif self._error is not None:
            self.corner = (Span("not known", "bad"),)
        elif self._report is not None:
            self.corner = present.verdict(self._report, has_written=self._has_written)
        self.EDGE = "bad" if self._failed else "accent"
        if self._error is not None:
            words = "; ".join(filter(None, (str(self._error), self._error.advice)))
            body.append(indented(Span(literal(words), "bad")))
        elif self._report is not None:
            body += [indented(row) for row in present.lines(self._report, width - 4, self._went)]
        foot: list[Line] = [(), indented(keys_line(self._keys(), width - 4))]
        if not self._is_at_work and self._error is None and self._report is not None:
            foot[:0] = [(), indented(*present.asked(self._report))]
        return Sections(body=body, foot=foot)

    @property
    def _failed(self) -> bool:
        return self._error is not None or bool(self._report and self._report.errors)

    def _keys(self) -> list[Line]:
        if self._is_at_work:
            way_out = "stop after this step" if self._has_written else "leave it"
            if self._follower.has_enough:
                way_out = "stopping after this step"
            return [hint_line(KeyHint("esc", way_out, command_id="escape"))]
        keys = [go_line("y", "write this", allowed=True)] if self._is_due else []
        if self._is_contested:
            keys += [hint_line(KeyHint("m", "mine stays")), hint_line(KeyHint("t", "take theirs"))]
        keys.append(hint_line(KeyHint("r", "look again")))
        return [*keys, hint_line(KeyHint("esc", "close", command_id="escape"))]

    def key(self, key: str, character: str | None) -> bool:
        """Write, look again, scroll or close; writing ends after the step under way."""
        if key in _STEPS:
            self.scroll_body(_STEPS[key])
        elif self._is_at_work:
            if key == "escape" and self._has_written:
                self._follower.stop()
                self.repaint()
            elif key == "escape":
                self.finish(False)
        elif key in ("escape", "enter", "q"):
            self.finish(self._has_written)
        elif character == "y" and self._is_due:
            self._write()
        elif character == "r":
            self._begin(writes=False)
        elif character in ("m", "t") and self._is_contested:
            self._begin(writes=False, stays=Stays.MINE if character == "m" else Stays.THEIRS)
        else:
            return False
        return True


_STEPS = {"up": -1, "down": 1, "k": -1, "j": 1, "pageup": -10, "pagedown": 10}
