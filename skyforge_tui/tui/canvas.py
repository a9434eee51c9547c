"""Which stream is drawn on, and whether that is ours to draw on now."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def canvas() -> TextIO | None:
    """Return the stream that leads to the terminal, if one does.

    Textual (8.2.8) draws on standard error, also where that was sent into a file.
    """
    for stream in (sys.__stderr__, sys.__stdout__):
        if stream is not None and stream.isatty():
            return stream
    return None


def is_in_front(terminal: int) -> bool:
    """Say whether a terminal is ours; where nobody controls jobs it is."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return True
