"""The text of the project speaks of the project: nothing unfinished, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parents[2]
TEXTS = sorted(
    [
        one
        for one in (HERE / "skyforge_tui").rglob("*")
        if one.suffix in {".py", ".tcss", ".sql", ".toml"}
    ]
    + [HERE / "README.md", HERE / "pyproject.toml", HERE / ".ci" / "run"]
)

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b")
TICKET = re.compile(r"(?<![\w&#;'\"])#\d+\b(?!;)|\b(?:issue|ticket|pull request)s? #?\d+", re.I)
"""A number after a hash, but not a colour, an anchor or a placeholder in quotes."""


def name_of(text: Path) -> str:
    """Return a file's path inside the project."""
    return text.relative_to(HERE).as_posix()


def hits(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return every line in which `pattern` is found, with its number."""
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_patterns_find() -> None:
    """The patterns find what they are for, and let colours and markup be."""
    assert hits(UNFINISHED, "x = 1  # " + "TODO later") != []
    assert hits(TICKET, "see #" + "12 for why") != []
    assert hits(TICKET, "as issue " + "7 says") != []
    assert hits(TICKET, 'color = "#102030"; a = "&#160;"; b = f"#{n}"') == []


def test_nothing_is_unfinished() -> None:
    """Nothing is left for later."""
    found = {name_of(one): hits(UNFINISHED, one.read_text(encoding="utf-8")) for one in TEXTS}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_tickets() -> None:
    """Comments explain themselves instead of pointing to a number."""
    found = {name_of(one): hits(TICKET, one.read_text(encoding="utf-8")) for one in TEXTS}
    assert {name: lines for name, lines in found.items() if lines} == {}
