"""What became of several things to which something was done, and what is told of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.presenters.tones import count

_NAMED = 3
"""Names that are told; of more it is said how many."""


@dataclass(frozen=True, slots=True)
class HowItWent:
    """What became of several things, by their places."""

    done: tuple[int, ...]
    failed: tuple[int, ...]
    left: tuple[int, ...]
    """Those that nobody began with."""
    is_unseen: bool = False
    """Whether nobody looked when it ended."""

    @property
    def open(self) -> tuple[int, ...]:
        """What is not done."""
        return tuple(sorted((*self.failed, *self.left)))

    def notice(self, title: str, name: Callable[[int], str], advice: str) -> Notice | None:
        """Return what is told of it afterwards; None where all went well, as was seen."""
        if not self.open and not self.is_unseen:
            return None
        parts = ((self.done, "done"), (self.failed, "failed"), (self.left, "not begun"))
        sums = ", ".join(f"{count(len(some))} {word}" for some, word in parts if some)
        body = "; ".join(f"{word}: {_some(some, name)}" for some, word in parts[1:] if some)
        severity = Severity.WARNING if self.failed else Severity.INFO
        return Notice(severity, f"{title}: {sums}", body, advice=advice if self.open else "")


def _some(places: Sequence[int], name: Callable[[int], str]) -> str:
    more = f" and {count(len(places) - _NAMED)} more" if len(places) > _NAMED else ""
    return ", ".join(map(name, places[:_NAMED])) + more
