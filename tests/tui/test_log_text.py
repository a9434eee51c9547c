"""Lines laid out: wrapped and cut as a naive terminal would, but only where looked at."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from skyforge_tui.domain.log import LogLine
from skyforge_tui.tui.ansi import parse, prepared
from skyforge_tui.tui.sgr import PLAIN, Sgr
from skyforge_tui.tui.widgets import log_text
from skyforge_tui.tui.widgets.log_text import PIECE_BYTES, LogText


def _text(data: bytes, sgr: Sgr = PLAIN, omitted: int = 0) -> LogText:
    return LogText(LogLine(0, 0, data, None, omitted), sgr)


def _rows(text: LogText, width: int) -> list[str]:
    return [
        "".join(part for part, _ in text.row(piece, width, row)[0])
        for piece in range(text.pieces)
        for row in range(text.row_count(piece, width))
    ]


def _naive(text: str, width: int) -> list[str]:
    rows, row, used = [], "", 0
    for character in text:
        size = get_character_cell_size(character)
        if used + size > width and used:
            rows.append(row)
            row, used = "", 0
        row += character
        used += size
    return [*rows, row] if row or not rows else rows


lines = st.text(
    st.one_of(st.characters(codec="ascii"), st.sampled_from("漢字e\u0301👩é\u00a0")), max_size=120
).map(lambda text: text.replace("\n", "").encode())


@given(lines, st.integers(2, 40))
@settings(max_examples=300, deadline=None)
def test_wrapping_equals_naive_wrapping(data: bytes, width: int) -> None:
    """Wrapped rows are those of adding character after character, and nothing is lost."""
    text = _text(data)
    if text.has_rule:
        return
    drawable = parse(*prepared(data)).text
    assert _rows(text, width) == _naive(drawable, width)
    for row in range(text.row_count(0, width)):
        fragments, columns = text.row(0, width, row)
        assert columns == cell_len("".join(part for part, _ in fragments)) <= width


@given(lines, st.integers(0, 60), st.integers(1, 40))
@settings(max_examples=300, deadline=None)
def test_a_window_shows_the_cells_it_is_over(data: bytes, column: int, width: int) -> None:
    """Any window on a line shows those cells, halves of wide characters as blanks."""
    text = _text(data)
    if text.has_rule:
        return
    cells: list[str] = []
    for character in parse(*prepared(data)).text:
        size = get_character_cell_size(character)
        if size == 0 and cells:
            at = -1 if cells[-1] else -2
            cells[at] += character
        cells += [character, ""][:size]
    seen = cells[column : column + width]
    if seen and seen[0] == "":
        seen[0] = " "
    if seen and seen[-1] and column + width < len(cells) and cells[column + width] == "":
        seen[-1] = " "
    fragments, columns, has_more = text.window(column, width)
    assert "".join(part for part, _ in fragments) == "".join(seen)
    assert columns == len(seen)
    assert has_more == (column + width < len(cells))


@given(lines, st.integers(2, 30))
@settings(max_examples=200, deadline=None)
def test_every_character_is_found_in_its_row(data: bytes, width: int) -> None:
    """The row of a character is the one whose bounds hold it."""
    text = _text(data)
    for row in range(text.row_count(0, width)):
        start, end = text.row_bounds(0, width, row)
        for character in range(start, end):
            assert text.row_of(0, width, character) == row


@pytest.mark.parametrize(
    "unit", [b"\x1b[31mab\x1b[0m", "漢字".encode(), b"x\xff", b"a\tb", b"\x1b[38;5;208mabc"]
)
def test_long_lines_lose_nothing_between_pieces(unit: bytes) -> None:
    """Neither a character nor a colour sequence is cut where one piece ends and the next begins."""
    data = unit * (3 * PIECE_BYTES // len(unit))
    text = _text(data)
    assert text.pieces > 1
    joined = "".join(text.piece(number).text for number in range(text.pieces))
    expected = parse(*prepared(data)).text
    if b"\t" not in unit:
        assert joined == expected
    assert joined.replace(" ", "") == expected.replace(" ", "")
    assert "".join(_rows(text, 77)) == joined


def test_colours_hold_across_pieces() -> None:
    """A piece begins in the colour that the one before it left on."""
    text = _text(b"\x1b[31m" + b"red text " * 2 * PIECE_BYTES + b"\x1b[0mplain")
    assert text.pieces > 2
    for number in range(text.pieces - 1):
        assert text.piece(number).sgrs == [Sgr(fg=1)]
    assert text.piece(text.pieces - 1).sgrs == [Sgr(fg=1), PLAIN]


def test_a_long_failure_is_a_failure_to_its_end() -> None:
    """Every piece of a recognised line looks as its beginning does."""
    text = _text(b"\x1b[31mfatal: [a]: " + b"{} " * PIECE_BYTES + b"\x1b[0m")
    assert text.severity == "bad"
    looks = {tuple(text.piece(number).sgrs) for number in range(text.pieces)}
    assert looks == {(Sgr(tone="bad"),)}


def test_looking_at_an_end_parses_only_that_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last row of ten megabytes costs one piece, and so does the first."""
    parsed: list[int] = []

    def counting(data: bytes, sgr: Sgr) -> object:
        parsed.append(len(data))
        return parse(data, sgr)

    monkeypatch.setattr(log_text, "parse", counting)
    text = _text(b"\x1b[32mgreen\x1b[0m " * 700_000)
    text.window(0, 100)
    last = text.pieces - 1
    text.row(last, 80, text.row_count(last, 80) - 1)
    assert sum(parsed) <= 2 * PIECE_BYTES


@pytest.mark.parametrize("unit", [b"\x1b[31mab\x1b[0m", "漢".encode(), b"a\x07b", b"\x1b[2Kxy"])
def test_far_to_the_right_is_found_without_parsing_what_is_before(
    unit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window deep in a long line shows what stands there; moving it parses next to nothing."""
    data = unit * (12 * PIECE_BYTES // len(unit))
    text = _text(data)
    cells: list[str] = []
    for number in range(text.pieces):
        for character in text.piece(number).text:
            cells += [character, ""][: get_character_cell_size(character)]
    column = len(cells) - 100
    column -= cells[column] == ""
    fresh = _text(data)
    assert "".join(part for part, _ in fresh.window(column, 60)[0]) == "".join(
        cells[column : column + 60]
    )
    counted = Mock(wraps=parse)
    monkeypatch.setattr(log_text, "parse", counted)
    for step in range(20):
        fresh.window(column - step, 60)
    assert counted.call_count <= 2


def test_a_long_plain_line_is_one_piece() -> None:
    """Where rows begin in ten megabytes of ASCII is arithmetic."""
    text = _text(b"x" * 10_000_000)
    assert text.pieces == 1
    assert text.row_count(0, 80) == 125_000
    assert text.row_bounds(0, 80, 124_999) == (9_999_920, 10_000_000)


def test_what_the_reader_left_out_shows_as_a_cut() -> None:
    """A line of which the end was omitted never looks complete."""
    assert _text(b"short", omitted=9).window(0, 80)[2] is True
