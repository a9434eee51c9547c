"""How each of several things went, and a way to try the failed ones again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skyforge_tui.tui.presenters.cells import Line, Span, line, literal, wrapped
from skyforge_tui.tui.presenters.glyphs import FAILED, PASSED, REFUSED
from skyforge_tui.tui.presenters.hints import KeyHint, hint_line
from skyforge_tui.tui.widgets.overlay import Overlay, Sections, indented, keys_line


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one thing went."""

    key: str
    thing: Line
    error: str = ""
    """Why it failed; empty when it did not."""
    is_refused: bool = False
    """Whether trying again cannot help."""


class Outcomes(Overlay[bool]):
    """Show how each thing went; the result is whether to try the failed ones again."""

    MARGIN = 4

    def __init__(self, title: str, outcomes: Sequence[Outcome]) -> None:
        failed = sum(1 for one in outcomes if one.error)
        verdict = (
            (Span(f"{len(outcomes) - failed} done, ", "muted"), Span(f"{failed} failed", "bad"))
            if failed
            else (Span(f"{len(outcomes)} done", "ok"),)
        )
        super().__init__((Span(title, "strong", bold=True),), verdict)
        self.EDGE = "bad" if failed else "accent"
        self._outcomes = tuple(outcomes)

    @property
    def can_retry(self) -> bool:
        """Whether trying again may help."""
        return any(one.error and not one.is_refused for one in self._outcomes)

    def sections(self, width: int, height: int) -> Sections:  # noqa: ARG002
        """Return the things, failed ones first with why, and the keys."""
        body: list[Line] = [()]
        for one in sorted(self._outcomes, key=lambda one: not one.error):
            sign = Span(f"{PASSED} ", "ok")
            if one.error:
                sign = Span(f"{REFUSED} ", "warn") if one.is_refused else Span(f"{FAILED} ", "bad")
            body.append(indented(line(sign, one.thing)))
            rows = wrapped(literal(one.error), width - 8, 2) if one.error else []
            body.extend(indented(line("  ", Span(row, "muted"))) for row in rows)
        keys = [hint_line(KeyHint("r", "retry failed"))] if self.can_retry else []
        keys.append(hint_line(KeyHint("esc", "close", command_id="escape")))
        return Sections(body=body, foot=[(), indented(keys_line(keys, width - 4))])

    def key(self, key: str, character: str | None) -> bool:
        """Try again, scroll or close."""
        if key in ("escape", "enter", "q"):
            self.finish(False)
        elif character == "r" and self.can_retry:
            self.finish(True)
        elif key in _STEPS:
            self.scroll_body(_STEPS[key])
        else:
            return False
        return True


_STEPS = {"up": -1, "down": 1, "k": -1, "j": 1, "pageup": -10, "pagedown": 10}
