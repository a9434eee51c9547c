"""Keeps revealed secrets out of text that people will read: logs, notices, crash traces.

Whatever becomes a `Secret` is remembered here, in memory only. It is the second line of defence:
the first is that a secret shows nothing of itself, the second catches text made after `reveal()`.
"""

from __future__ import annotations

import json
import logging
import re
from threading import Lock
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "***"
_SHORTEST: Final = 4
"""Shorter values would blacken ordinary words."""
_TELLTALE: Final = 16
"""A beginning of this many characters gives away a secret that was cut off for display."""
_MOST: Final = 4096

_lock = Lock()
_known: dict[str, None] = {}
_pattern: re.Pattern[str] | None = None


def remember(value: str) -> None:
    """Let `redact` mask `value`, each of its lines, and what quoting makes of them."""
    global _pattern
    parts = {value, *value.splitlines()}
    spellings = {spelling for part in parts for spelling in _spellings(part)}
    with _lock:
        for spelling in spellings:
            if len(spelling) >= _SHORTEST:
                _known[spelling] = None
        while len(_known) > _MOST:
            del _known[next(iter(_known))]
        if _known:
            longest_first = sorted(_known, key=len, reverse=True)
            beginnings = {known[:_TELLTALE] for known in longest_first if len(known) > _TELLTALE}
            _pattern = re.compile(
                "|".join(
                    [re.escape(known) for known in longest_first]
                    + [re.escape(beginning) + r"[^\s'\"]*" for beginning in sorted(beginnings)]
                )
            )


def redact(text: str) -> str:
    """Return `text` with every known secret, also one that was cut off, replaced by `***`."""
    pattern = _pattern
    return text if pattern is None else pattern.sub(MASK, text)


class RedactingFormatter(logging.Formatter):
    """Formats records as another formatter does and masks secrets in message and traceback.

    A formatter and not a filter: only here arguments, traceback and extra fields are text, and the
    record itself stays as it was for other handlers.
    """

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Return the masked text of `record`."""
        # The traceback is kept on the record as text and would reach other handlers unmasked.
        before = record.exc_text
        text = redact(self._inner.format(record))
        if record.exc_text and not before:
            record.exc_text = redact(record.exc_text)
        return text


def _spellings(text: str) -> set[str]:
    return {
        text,
        repr(text)[1:-1],
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        quote(text, safe=""),
        quote_plus(text),
    }
