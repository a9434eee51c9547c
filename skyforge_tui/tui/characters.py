"""Characters of foreign text: how wide they are, which hide something, what stands for those."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import get_character_cell_size


def joins(run: str, index: int) -> bool:
    """Return whether a joiner stands between two pictures, where it hides nothing."""
    around = (run[index - 1 : index], run[index + 1 : index + 2])
    return all(neighbour > "\u2190" or neighbour == "\ufe0f" for neighbour in around)


def is_tone(run: str, index: int) -> bool:
    """Return whether a character only colours the skin of the picture before it.

    Joined pictures, coloured skin and the choice between picture and sign are drawn one by one and
    plain: what counts cells here (rich 15) and terminals (tmux 3.3) do not agree on how wide they
    would be otherwise, and rows would not end where they should.
    """
    is_one = "\U0001f3fb" <= run[index] <= "\U0001f3ff"
    return is_one and index > 0 and width_of(run[index - 1]) == 2


@lru_cache(maxsize=8192)
def width_of(character: str) -> int:
    """Return how many cells a character takes."""
    return get_character_cell_size(character)


@lru_cache(maxsize=8192)
def is_odd(character: str) -> bool:
    """Return whether a character needs a closer look before it is drawn."""
    if character.isascii():
        return False
    if width_of(character) == 0:
        return True
    code = ord(character)
    if unicodedata.category(character) in ("Co", "Cn"):
        # Private signs and those newer than our tables are drawn, except what never is a character.
        return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return not character.isprintable()


def is_mark(character: str) -> bool:
    """Return whether a character is drawn onto the one before it."""
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return False
    category = unicodedata.category(character)
    is_selector = "\u180b" <= character <= "\u180d"
    return width_of(character) == 0 and category[0] in "ML" and not is_selector


@lru_cache(maxsize=1024)
def name_of(character: str) -> str:
    r"""Return what stands for a character that cannot be drawn: `^[`, `\x9f`, `<U+202E>`."""
    code = ord(character)
    if code < 0x20 or code == 0x7F:
        return f"^{chr(code ^ 0x40)}"
    if code < 0xA0:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"<U+{code:04X}>"
