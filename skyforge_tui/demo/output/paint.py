"""Colours and rules as Ansible writes them."""

from __future__ import annotations

from typing import Final

from skyforge_tui.demo.output.steps import Tally

_WIDTH: Final = 79
GREEN, YELLOW, RED, CYAN = "0;32", "0;33", "0;31", "0;36"
UNREACHABLE, WARNING, QUIET = "1;31", "1;35", "1;30"


def painted(text: str, colour: str) -> str:
    """Return a line in a colour."""
    return f"\x1b[{colour}m{text}\x1b[0m"


def banner(title: str) -> str:
    """Return a heading, filled with stars."""
    return f"{title} {'*' * max(3, _WIDTH - len(title))}"


def recap_line(tally: Tally) -> str:
    """Return a host's line below PLAY RECAP."""
    colour = GREEN
    if tally.changed:
        colour = YELLOW
    if tally.failed or tally.unreachable:
        colour = RED
    counts = (
        ("ok", tally.ok, GREEN),
        ("changed", tally.changed, YELLOW),
        ("unreachable", tally.unreachable, UNREACHABLE),
        ("failed", tally.failed, RED),
        ("skipped", tally.skipped, CYAN),
        ("rescued", tally.rescued, GREEN),
        ("ignored", tally.ignored, WARNING),
    )
    cells = " ".join(
        painted(f"{name}={count:<4}", tone) if count else f"{name}={count:<4}"
        for name, count, tone in counts
    )
    return f"{painted(tally.host, colour):<37} : {cells}"
