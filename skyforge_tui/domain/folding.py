"""Text made blind to case, letter by letter: places in the folded text are those in the text."""

from __future__ import annotations


def folded(text: str) -> str:
    """Return `text` in lower case and exactly as long; a letter that would become two stays."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := one.lower()) == 1 else one for one in text)
