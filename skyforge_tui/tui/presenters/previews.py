"""The first bytes of an artifact as lines: text by its kind, a table, an archive's list, or hex."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from skyforge_tui.tui.presenters.cells import Line, Span, line, literal
from skyforge_tui.tui.presenters.json_layout import laid_out
from skyforge_tui.tui.presenters.previewing import (
    MOST_UNPACKED,
    archive_lines,
    kind_of_row,
    log_row,
    table_lines,
    unpacked,
)
from skyforge_tui.tui.presenters.tones import several, size

MOST_LINES = 2000
MOST_COLUMNS = 500
"""Characters shown of a line."""
_HEX_ROWS = 512
_KEY = re.compile(r'"(?:[^"\\]|\\.)*"(?=\s*:)')
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b\x08")


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines, and what they are in a few words (`24 lines, JSON`)."""

    lines: list[Line]
    about: str


def shown(
    start: bytes, total: int, name: str, width: int, paint: Callable[[str], Line] | None = None
) -> Shown:
    """Return the preview of `total` bytes that begin with `start`, for `width` cells.

    `paint` makes a line of a row of text; without it, JSON has quiet keys, and all else is plain.
    """
    text = _text_of(start, is_whole=len(start) >= total)
    if not total:
        return Shown([(Span("It is empty.", "muted"),)], "empty")
    if text is None:
        entries = archive_lines(start)
        if entries is not None:
            whole = "" if len(start) >= total else ", the first of them"
            return Shown(entries, f"{size(total)}, archive{whole}")
        plain = unpacked(start)
        if plain is not None:
            return _of_packed(plain, len(start) < total, total, name, width)
        return Shown(_hex(start, total, width), f"{size(total)}, binary")
    table = table_lines(text, name, width)
    if table is not None:
        return _with_cut(table, len(start), total, several(len(table) - 1, "row"))
    rows = text.splitlines()
    lines_of = laid_out(text, width) if paint is None and len(start) >= total else None
    rows = rows if lines_of is None else lines_of
    is_json = name.lower().endswith(".json") or text.lstrip()[:1] in ("{", "[")
    draw = kind_of_row(name, text)
    digits = max(3, len(str(min(len(rows), MOST_LINES))))
    lines = [
        line(
            Span(f"{number:>{digits}} ", "muted"),
            paint(row) if paint else _painted(row, draw, is_json=is_json),
        )
        for number, row in enumerate(rows[:MOST_LINES], start=1)
    ]
    is_cut = len(start) < total or len(rows) > MOST_LINES
    if is_cut:
        words = f"{' ' * digits} cut here: the first {size(len(start))} of {size(total)}"
        lines.append((Span(words, "muted"),))
        return Shown(lines, size(total))
    return Shown(lines, several(len(rows), "line") if lines_of is None else "1 line, laid out")


def _of_packed(plain: bytes, is_part: bool, total: int, name: str, width: int) -> Shown:
    """Return how what is packed begins; nobody knows how long it is once it is all unpacked."""
    is_cut = is_part or len(plain) == MOST_UNPACKED
    inner = name[: -len(".gz")] if name.lower().endswith(".gz") else name
    found = shown(plain, len(plain) + is_cut, inner, width)
    if not is_cut:
        return Shown(found.lines, f"{size(total)} packed, {found.about}")
    cut = (Span(f"cut here: the first {size(len(plain))}, unpacked", "muted"),)
    return Shown([*found.lines[:-1], cut], f"{size(total)} packed")


def _text_of(start: bytes, *, is_whole: bool) -> str | None:
    """Return the bytes as text; None when they are something else."""
    if any(one < 0x20 and one not in _TEXT_CONTROLS for one in set(start)):
        return None
    for cut in range(1 if is_whole else 4):  # the end may stand in the middle of a character
        try:
            return start[: len(start) - cut].decode()
        except UnicodeDecodeError:
            continue
    return None


def _with_cut(lines: list[Line], held: int, total: int, counted: str) -> Shown:
    """Return lines, and where less is held than there is, how much that is."""
    if held >= total:
        return Shown(lines, counted)
    lines.append((Span(f"cut here: the first {size(held)} of {size(total)}", "muted"),))
    return Shown(lines, size(total))


def _painted(row: str, draw: Callable[[str], Line] | None, *, is_json: bool) -> Line:
    row = row.expandtabs(4)[: MOST_COLUMNS if draw is not log_row else 4 * MOST_COLUMNS]
    if draw is not None:
        return draw(row)
    if not is_json:
        return (Span(literal(row)),)
    spans: list[Span] = []
    end = 0
    for match in _KEY.finditer(row):
        spans += [Span(literal(row[end : match.start()])), Span(literal(match[0]), "muted")]
        end = match.end()
    return (*spans, Span(literal(row[end:])))


def _hex(start: bytes, total: int, width: int) -> list[Line]:
    """Return rows of offset, bytes and characters, as many bytes to a row as there is room."""
    per_row = 16 if width >= 76 else 8
    is_tight = width < 42
    group, gap = (-2, " ") if is_tight else (1, "  ")
    room = len(bytes(per_row).hex(" ", group))
    rows: list[Line] = []
    for offset in range(0, min(len(start), _HEX_ROWS * per_row), per_row):
        piece = start[offset : offset + per_row]
        digits = piece.hex(" ", group).ljust(room)
        drawn = "".join(chr(one) if 0x20 <= one < 0x7F else "." for one in piece)
        rows.append((Span(f"{offset:06x}{gap}", "muted"), Span(f"{digits}{gap}"),
                     Span(drawn, "muted")))  # fmt: skip
    if len(rows) * per_row < total:
        words = f"{' ' * 8}cut here: the first {size(len(rows) * per_row)} of {size(total)}"
        rows.append((Span(words, "muted"),))
    return rows
