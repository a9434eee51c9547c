"""The README's key table, made from the command registry: `python -m tests.tui.readme_keys`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skyforge_tui.tui.commands import ANYWHERE, COMMANDS, OUTPUT, TABLES, Command, Place, key_name

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def table() -> str:
    """Return the table as Markdown: one row per place, each command by its first key."""
    keyed = [one for one in COMMANDS if one.keys]
    rows = {
        "everywhere": [one for one in keyed if one.places in (frozenset(), ANYWHERE)],
        "in lists": [one for one in keyed if one.places == TABLES],
        "in output": [one for one in keyed if one.places == OUTPUT],
        "to move": [one for one in keyed if one.group == "Move"],
    }
    told = [one for several in rows.values() for one in several]
    for place in Place:
        rows[place.value] = [one for one in keyed if place in one.places and one not in told]
    lines = [f"| {name} | {_cell(several)} |" for name, several in rows.items() if several]
    return "\n".join(["| where | keys |", "| --- | --- |", *lines])


def _cell(commands: Sequence[Command]) -> str:
    return " · ".join(
        f"`{key_name(one.keys[0])}` {one.help}{' (asks first)' if one.asks else ''}"
        for one in commands
    )


def with_table(text: str) -> str:
    """Return the README's text with the table of today in it."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
