"""The signs of the program, each one cell wide, and their ASCII twins.

Presenters use the signs and never ask which set is on: the last step before the terminal
translates (`twin`), so that a screen looks the same in both.
"""

from __future__ import annotations

READY = "●"
RUNNING = "◐"
PENDING = "⠹"
"""Stands for the spinner; whoever paints a span of tone `spin` puts the current frame in."""
STOPPED_LAB = "○"
ASKS = "?"
MARKER = "◊"
QUEUED = "…"
MARKED = "◆"
PASSED = "✓"
PARTIAL = "▲"
FAILED = "×"
STOPPED = "■"
CUT_OFF = "≠"
STALE = "~"
REFUSED = "¬"
UNKNOWN = "?"
NONE = "–"
CURSOR = "▌"
CURSOR_IDLE = "›"
BAR = "━"
TRACK = "─"
TREE_OPEN = "▾"
TREE_CLOSED = "›"
LINK_UP = "│"
LINK_DOWN = "┆"
TICK = "━"
CARET = "▏"
ELLIPSIS = "…"
MASK = "•"
CHANGED = "*"
NOW = "►"
SPARKS = "▁▂▃▄▅▆▇█"
"""Heights of a sparkline, lowest first."""
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FROZEN = "*"
"""What the spinner is without motion."""

_TWINS = str.maketrans(
    {
        READY: "o",
        RUNNING: ">",
        STOPPED_LAB: "-",
        MARKER: "m",
        MARKED: "*",
        PASSED: "+",
        PARTIAL: "^",
        FAILED: "X",
        STOPPED: "#",
        CUT_OFF: "/",
        REFUSED: "!",
        NONE: "-",
        CURSOR: ">",
        "›": ">",
        "‹": "<",
        BAR: "=",
        TRACK: "-",
        TREE_OPEN: "v",
        LINK_UP: "|",
        LINK_DOWN: ":",
        CARET: "|",
        ELLIPSIS: "~",
        MASK: "*",
        "·": ".",
        NOW: ">",
        **dict(zip(SPARKS, "_.-=+*%#", strict=True)),
        "╌": "-",
        "←": "<",
        "→": ">",
        "↑": "^",
        "↓": "v",
        "\ufffd": "?",
        **dict.fromkeys(map(chr, range(0x2400, 0x2422)), "?"),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
        **dict.fromkeys(SPINNER, "*"),
    }
)


def twin(text: str) -> str:
    """Return `text` with every sign of the program replaced by its ASCII twin, cell by cell.

    An ellipsis alone is the sign for "queued"; within a text it marks a cut.
    """
    if text.isascii():
        return text
    if text.strip() == QUEUED:
        return text.replace(QUEUED, ".")
    return text.translate(_TWINS)
