"""The README's key table, made from the command registry: `python -m tests.tui.readme_keys`."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.tui.commands import COMMANDS, key_name

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- keys -->", "<!-- /keys -->"


def table() -> str:
    """Return the table as Markdown: one row per group and meaning, each command once."""
    lines = ["| where | key | does |", "| --- | --- | --- |"]
    for command in COMMANDS:
        if not command.keys:
            continue
        keys = " ".join(f"`` {key_name(key)} ``" for key in command.keys)
        where = ", ".join(sorted(place.value for place in command.places)) or "everywhere"
        asks = " (asks first)" if command.asks else ""
        lines.append(f"| {where} | {keys} | {command.help}{asks} |".replace("|  |", "| |"))
    return "\n".join(lines)


def with_table(text: str) -> str:
    """Return the README's text with the table of today in it."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
