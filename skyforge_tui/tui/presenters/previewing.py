"""What the first bytes of an artifact are, by name and content, and how each kind is drawn. Pure.

Only what lies before the cut is looked at: of an archive the entries that begin there.
"""

from __future__ import annotations

import csv
import io
import re
import tarfile
import zlib
from collections.abc import Callable, Sequence
from itertools import islice

from skyforge_tui.tui.presenters.cells import (
    Line,
    Span,
    Tone,
    cut_line,
    fitted,
    line,
    literal,
    width_of,
)
from skyforge_tui.tui.presenters.tones import size

MOST_ROWS = 500
_WIDEST_CELL = 24
MOST_UNPACKED = 64 * 1024
"""Bytes of a packed text that are shown."""
_UNPACKED = 4 << 20
"""Bytes that are unpacked at most: little can become much."""
_YAML_KEY = re.compile(r"^(\s*(?:- )*)([^\s#:][^:#]*:)(?=\s|$)(.*)$")
_COLOURS: dict[object, Tone] = {
    1: "bad", 2: "ok", 3: "warn", 4: "accent", 6: "accent", 8: "muted", 9: "bad", 10: "ok",
    11: "warn", 12: "accent", 14: "accent",
}  # fmt: skip
"""The terminal's own colours in our tones."""
_PAX_PATH = re.compile(rb"(?:^|\n)\d+ path=([^\n]*)")
_ZIP_ENTRY = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"


def diff_row(row: str) -> Line:
    """Return a row of a diff: what came, what went, and where."""
    tone: Tone = "text"
    if row.startswith(("+++", "---", "diff ", "index ")):
        tone = "muted"
    elif row.startswith("@@"):
        tone = "accent"
    elif row.startswith("+"):
        tone = "ok"
    elif row.startswith("-"):
        tone = "bad"
    return (Span(literal(row), tone),)


def yaml_row(row: str) -> Line:
    """Return a row of YAML: keys and comments quiet."""
    if row.lstrip().startswith("#"):
        return (Span(literal(row), "muted"),)
    found = _YAML_KEY.match(row)
    if found is None:
        return (Span(literal(row)),)
    lead, name, rest = found.groups()
    return (Span(literal(lead)), Span(literal(name), "muted"), Span(literal(rest)))


def kind_of_row(name: str, text: str) -> Callable[[str], Line] | None:
    """Return what draws the rows of a text of this name; None if nothing special does."""
    lower = name.lower()
    if lower.endswith((".log", ".out")) and "\x1b[" in text:
        return log_row
    if lower.endswith((".diff", ".patch")) or text.startswith(("diff --git", "--- ")):
        return diff_row
    return yaml_row if lower.endswith((".yml", ".yaml")) else None


def table_lines(text: str, name: str, width: int) -> list[Line] | None:
    """Return a table of comma or tab separated values; None if it is none."""
    lower = name.lower()
    if not lower.endswith((".csv", ".tsv")):
        return None
    separator = "\t" if lower.endswith(".tsv") or "\t" in text[:1000] else ","
    try:
        reader = csv.reader(io.StringIO(text), delimiter=separator, strict=False)
        rows = [[literal(cell) for cell in row] for row in islice(reader, MOST_ROWS + 1)]
    except csv.Error:
        return None
    rows = [row for row in rows if row]
    if not rows or max(map(len, rows)) < 2:
        return None
    columns = max(map(len, rows))
    widths = [
        min(_WIDEST_CELL, max(width_of((Span(row[at]),)) for row in rows if at < len(row)))
        for at in range(columns)
    ]
    head, *body = rows
    lines = [_table_row(head, widths, width, "strong")]
    lines += [_table_row(row, widths, width, "text") for row in body[:MOST_ROWS]]
    if len(body) > MOST_ROWS:
        lines.append((Span(f"the first {MOST_ROWS} rows", "muted"),))
    return lines


def _table_row(row: Sequence[str], widths: Sequence[int], width: int, tone: Tone) -> Line:
    cells = [
        fitted((Span(row[at] if at < len(row) else "", tone, bold=tone == "strong"),), room)
        for at, room in enumerate(widths)
    ]
    spaced: list[Span] = []
    for cell in cells:
        spaced += [*cell, Span("  ")]
    return cut_line(tuple(spaced), width)


def archive_lines(start: bytes) -> list[Line] | None:
    """Return what an archive holds, as far as its first bytes tell; None if it is none."""
    if start.startswith(_ZIP_ENTRY):
        return _listing(_zip_entries(start))
    plain = start
    if start.startswith(_GZIP):
        try:
            plain = zlib.decompressobj(wbits=31).decompress(start, _UNPACKED)
        except zlib.error:
            return None
    if plain[257:262] != b"ustar":
        return None
    return _listing(_tar_entries(plain))


def unpacked(start: bytes) -> bytes | None:
    """Return how what is packed by gzip begins, as far as its first bytes tell; None of all else.

    What is packed in there once more stays so.
    """
    if not start.startswith(_GZIP):
        return None
    try:
        plain = zlib.decompressobj(wbits=31).decompress(start, MOST_UNPACKED)
    except zlib.error:
        return None
    return plain if plain and not plain.startswith(_GZIP) else None


def _listing(entries: Sequence[tuple[str, int]]) -> list[Line]:
    rows = [
        line(Span(f"{size(total):>9}  ", "muted"), Span(literal(name)))
        for name, total in entries[:MOST_ROWS]
    ]
    if len(entries) > MOST_ROWS:
        rows.append((Span(f"the first {MOST_ROWS} of them", "muted"),))
    return rows or [(Span("It begins with no entry.", "muted"),)]


def _tar_entries(data: bytes) -> list[tuple[str, int]]:
    """Walk from header to header; nothing is unpacked and no name is followed."""
    entries: list[tuple[str, int]] = []
    at, told = 0, ""
    while at + tarfile.BLOCKSIZE <= len(data):
        try:
            block = data[at : at + tarfile.BLOCKSIZE]
            found = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            break
        start = at + tarfile.BLOCKSIZE
        more = data[start : start + max(0, found.size)]
        if found.type == tarfile.XHDTYPE:
            path = _PAX_PATH.search(more)
            told = path[1].decode("utf-8", "replace") if path else ""
        elif found.type == tarfile.GNUTYPE_LONGNAME:
            told = more.rstrip(b"\0").decode("utf-8", "replace")
        elif found.type != tarfile.XGLTYPE:
            entries.append((told or _shown(found.name), found.size))
            told = ""
        blocks = -(-max(0, found.size) // tarfile.BLOCKSIZE)
        at += tarfile.BLOCKSIZE * (1 + blocks)
    return entries


def _zip_entries(data: bytes) -> list[tuple[str, int]]:
    """Walk from local header to local header (APPNOTE 6.3, 4.3.7), as far as sizes are told."""
    entries: list[tuple[str, int]] = []
    at = 0
    while data[at : at + 4] == _ZIP_ENTRY and at + 30 <= len(data):
        flags = int.from_bytes(data[at + 6 : at + 8], "little")
        packed = int.from_bytes(data[at + 18 : at + 22], "little")
        total = int.from_bytes(data[at + 22 : at + 26], "little")
        name_size = int.from_bytes(data[at + 26 : at + 28], "little")
        more = int.from_bytes(data[at + 28 : at + 30], "little")
        name = data[at + 30 : at + 30 + name_size].decode("utf-8", "replace")
        entries.append((_shown(name), total))
        if flags & 8 and not packed:
            break  # its size stands behind it, wherever that is
        at += 30 + name_size + more + packed
    return entries


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8", "replace")


def log_row(row: str) -> Line:
    """Return a row of a log with the colours it has, as far as we have them; nothing else of it."""
    from skyforge_tui.tui.ansi import parse

    found = parse(row.encode())
    ends = [*found.starts[1:], len(found.text)]
    return tuple(
        Span(found.text[start:end], _COLOURS.get(sgr.fg, "text"), bold=sgr.bold)
        for start, end, sgr in zip(found.starts, ends, found.sgrs, strict=True)
        if end > start
    )
