"""Commands that were sent, as the log shows and copies them. Pure."""

from __future__ import annotations

import shlex
from datetime import datetime

from skyforge_tui.domain.history import Outcome, SentCommand
from skyforge_tui.tui.presenters.cells import Line, Span, Tone, literal
from skyforge_tui.tui.presenters.glyphs import FAILED, PASSED, REFUSED

_LOOKS: dict[Outcome, tuple[str, Tone]] = {
    Outcome.OK: (PASSED, "ok"),
    Outcome.REFUSED: (REFUSED, "warn"),
    Outcome.FAILED: (FAILED, "bad"),
}
_DAY = 24 * 3600


def sent_line(sent: SentCommand, now: datetime) -> Line:
    """Return when, how it went, and the command."""
    glyph, tone = _LOOKS.get(sent.outcome, ("?", "muted"))
    at = sent.at.astimezone(now.tzinfo)
    is_today = abs((now - at).total_seconds()) < _DAY and at.date() == now.date()
    when = at.strftime("%H:%M:%S" if is_today else "%m-%d %H:%M")
    return (
        Span(f"{when:<12}", "muted"),
        Span(f"{glyph} {sent.outcome:<8} ", tone),
        Span(literal(sent.line)),
    )


def sent_about(sent: SentCommand) -> Line:
    """Return why it did not go well, who sent it, and where it is to be run."""
    why: Line = (Span(f"{literal(sent.note)}  ", "warn"),) if sent.note else ()
    return (*why, Span(f"{literal(sent.by)} in {literal(sent.directory)}", "muted"))


def shell_line(sent: SentCommand, here: str) -> str:
    """Return the line to copy: with a change of folder where it was sent from another one."""
    if not sent.directory or sent.directory == here:
        return sent.line
    return f"cd {shlex.quote(sent.directory)} && {sent.line}"
