"""What a project has deployed: a row for each, and keys to start, stop and destroy one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from skyforge_tui.domain.deployment import Deployment
from skyforge_tui.tui.presenters import deployments as present
from skyforge_tui.tui.presenters.cells import Line, Span, banded, line, literal
from skyforge_tui.tui.presenters.glyphs import CURSOR
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line

Picked = tuple[Deployment, str]
"""A deployment, and `start`, `stop`, `destroy` or `open`."""
_VERBS = {"s": "start", "x": "stop", "D": "destroy", "u": "open"}


class DeploymentList(Overlay[Picked | None]):
    """Show deployments; the result is one of them and what shall be done to it, or None."""

    WIDTH = 96
    MARGIN = 2

    def __init__(
        self,
        project: str,
        some: Sequence[Deployment],
        now: Callable[[], datetime],
        may_not: Callable[[str], str],
        on_shown: Callable[[DeploymentList], None],
    ) -> None:
        """Take what to show; `may_not` says why this person may not start, stop or destroy.

        `on_shown` is told once it is on the screen, and may show others.
        """
        super().__init__((Span(f"Deployments of {literal(project)}", "strong", bold=True),))
        self._some = tuple(some)
        self._now = now
        self._may_not = may_not
        self._on_shown = on_shown
        self._cursor = 0
        self._refusal = ""

    def on_mount(self) -> None:
        """Tell that it is there."""
        super().on_mount()
        self._on_shown(self)

    def show(self, some: Sequence[Deployment]) -> None:
        """Show them as they are by now."""
        self._some = tuple(some)
        self._cursor = min(self._cursor, max(0, len(some) - 1))
        self.repaint()

    @property
    def _one(self) -> Deployment | None:
        return self._some[self._cursor] if self._some else None

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return a row for each, more on the one under the cursor, and the keys."""
        rows = [self._row(index, width) for index in range(len(self._some))]
        one = self._one
        more: list[Line] = [] if one is None else present.about(one, width - 4)
        if self._refusal:
            more = [(Span(literal(self._refusal), "warn"),)]
        hints = [
            KeyHint("s", "start"), KeyHint("x", "stop"), KeyHint("D", "destroy"),
            KeyHint("u", "its run"), KeyHint("esc", "close", command_id="escape"),
        ]  # fmt: skip
        keys = keys_line([hint_line(hint) for hint in hints], width - 4)
        foot: list[Line] = [(), *(indented(*words) for words in more), (), indented(*keys)]
        return Sections([()], rows, foot, self._cursor)

    def _row(self, index: int, width: int) -> Line:
        ref = f"row:{index}"
        words = present.row(self._some[index], self._now(), width - 4)
        spans = tuple(replace(span, ref=ref) for span in words)
        if index == self._cursor:
            return banded(line(Span(CURSOR, "accent"), " ", spans), width)
        return indented(*spans)

    def key(self, key: str, character: str | None) -> bool:
        """Start, stop, destroy, go to the run, move or leave; what cannot be says why."""
        self._refusal = ""
        if key in ("escape", "q"):
            self.finish(None)
        elif key in _STEPS:
            self._cursor = max(0, min(self._cursor + _STEPS[key], len(self._some) - 1))
            self.repaint()
        elif key == "enter":
            self._do("open" if self._one is not None and self._one.run is not None else "start")
        elif character in _VERBS:
            self._do(_VERBS[character])
        else:
            return False
        return True

    def pressed(self, ref: str) -> None:
        """Go to a clicked row, or do what the key at the foot does."""
        kind, _, index = ref.partition(":")
        if kind == "row" and index.isdigit():
            self._cursor = min(int(index), len(self._some) - 1)
            self.repaint()
        else:
            self.key(ref, ref)

    def _do(self, verb: str) -> None:
        one = self._one
        if one is None:
            return
        if verb == "open":
            self._refusal = "" if one.run is not None else "no run of it is known"
        else:
            self._refusal = self._may_not(verb) or present.why_not(one, verb)
        if self._refusal:
            self.repaint()
        else:
            self.finish((one, verb))


_STEPS = {"up": -1, "down": 1, "k": -1, "j": 1, "pageup": -10, "pagedown": 10}
