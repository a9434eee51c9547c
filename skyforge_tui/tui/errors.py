"""How failures look to a person: one translation for every screen."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import NotFound, Refused, SkyforgeError, Unavailable
from skyforge_tui.domain.notice import Notice, Severity

if TYPE_CHECKING:
    from skyforge_tui.services.decisions import Denied

log = logging.getLogger(__name__)


def as_notice(error: BaseException) -> Notice:
    """Return what to show for `error`; anything that is not ours is logged with its trace.

    Of failures that came together, the first is shown.
    """
    first = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error
    error = first if isinstance(first, SkyforgeError) else error
    match error:
        case Refused():
            # An upstream that refuses was asked; else nobody was.
            body = error.message if error.upstream else f"{error.message}. Nothing was sent"
            title = _title("Refused", error)
            return Notice(Severity.REFUSED, title, body, error.upstream, error.advice)
        case NotFound():
            return Notice(
                Severity.WARNING, _title("Not found", error), error.message, "", error.advice
            )
        case Unavailable():
            title = _title(error.upstream or "Unavailable", error)
            advice = error.advice or "R try now"
            return Notice(Severity.ERROR, title, error.message, error.upstream, advice)
        case _:
            log.error("unexpected failure", exc_info=error)
            return Notice(
                Severity.ERROR,
                "This is a defect of skyforge",
                f"{type(error).__name__}: {error}".splitlines()[0],
                advice="the log in the state directory has the trace: skyforge config path",
            )


def denied_notice(action: str, denied: Denied) -> Notice:
    """Return what to show when a key is pressed that is refused right now."""
    body = f"{denied.reason}. Nothing was sent"
    return Notice(Severity.REFUSED, f"Refused  {action}", body, advice=denied.advice)


def _title(word: str, error: SkyforgeError) -> str:
    noun, _, verb = error.operation.replace(":", ".").partition(".")
    return f"{word}  {verb} {noun}".rstrip() if noun else word
