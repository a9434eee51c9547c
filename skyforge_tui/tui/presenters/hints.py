"""Keys as a person reads them: in the footer, on the help page, at the foot of an overlay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skyforge_tui.tui.presenters.cells import Line, Span, joined


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key and what it does here."""

    key: str
    """As printed: `enter`, `ctrl+p`, `L`."""
    label: str
    allowed: bool = True
    reason: str = ""
    """Why it is refused, one sentence."""
    asks: bool = False
    """Whether a confirmation follows."""
    group: str = ""
    command_id: str = ""


def hint_line(hint: KeyHint) -> Line:
    """Return a hint as `key label`; a refused one is muted and not bold."""
    ref = hint.command_id or hint.key
    if not hint.allowed:
        return (Span(f"{hint.key} {hint.label}", "muted", ref=ref),)
    return (
        Span(hint.key, "strong", bold=True, ref=ref),
        Span(f" {hint.label}", "muted", ref=ref),
    )


def go_line(key: str, label: str, *, allowed: bool) -> Line:
    """Return the key that does it: accent when it may, muted while something is missing."""
    if not allowed:
        return (Span(f"{key} {label}", "muted", ref=key),)
    return (
        Span(key, "strong", bold=True, ref=key),
        Span(f" {label}", "accent", bold=True, ref=key),
    )


def hints_line(hints: Iterable[KeyHint], gap: str = "  ") -> Line:
    """Return hints in one row."""
    return joined((hint_line(hint) for hint in hints), gap)
