"""How failures look to a person: one translation for every screen."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from skyforge_tui.domain.errors import NotFound, Refused, SkyforgeError, Unavailable
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import CHANGES_UPSTREAM, Permission

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
            sends = not error.upstream and _sends(error.operation)
            body = f"{error.message}. Nothing was sent" if sends else error.message
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


def denied_notice(action: str, denied: Denied, *, sends: bool) -> Notice:
    """Return what to show when a key is pressed that is refused right now.

    `sends` says that it would have changed something elsewhere, had it not been refused.
    """
    body = f"{denied.reason}. Nothing was sent" if sends else denied.reason
    return Notice(Severity.REFUSED, f"Refused  {action}", body, advice=denied.advice)


def _sends(operation: str) -> bool:
    """Say whether somebody may think that something of this went out before it was refused."""
    return operation.replace(".", ":") in _SENDING


_SENDING = frozenset(
    {
        *CHANGES_UPSTREAM, Permission.DEPLOYMENT_DESTROY, Permission.DEPLOYMENT_START,
        Permission.DEPLOYMENT_STOP, Permission.PROJECT_CREATE, Permission.PROJECT_SYNC,
        "lab:act", "lab:save", "repository:edit", "run:rerun",
    }
)  # fmt: skip
"""What changes something elsewhere, by permission, and by operations that have none of their own.
What only looks, chooses or copies sends nothing anyway: there nobody needs to be told."""


def _title(word: str, error: SkyforgeError) -> str:
    noun, _, verb = error.operation.replace(":", ".").partition(".")
    return f"{word}  {verb} {noun}".rstrip() if noun else word
