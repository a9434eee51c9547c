"""Lines of spans: widths by cell, cuts that show, foreign text made harmless."""

from __future__ import annotations

import pytest

from skyforge_tui.tui.presenters.cells import (
    Cut,
    Span,
    banded,
    cut_line,
    cut_text,
    fitted,
    line,
    literal,
    plain,
    ref_at,
    spread,
    text_of,
    width_of,
    wrapped,
    wrapped_line,
)
from skyforge_tui.tui.presenters.columns import Column, fit, head_line, row_line
from skyforge_tui.tui.presenters.fuzzy import match
from skyforge_tui.tui.presenters.glyphs import SPINNER, twin


@pytest.mark.parametrize(
    ("cut", "shown"),
    [("end", "dc1-evpn-p…"), ("middle", "dc1-ev…pr41"), ("front", "…1-evpn-pr41")],
)
def test_a_cut_says_so(cut: Cut, shown: str) -> None:
    """A value too long for its cell ends, begins or breaks with an ellipsis."""
    assert cut_text("dc1-evpn-pr41", len(shown), cut) == shown


def test_widths_count_cells_not_characters() -> None:
    """An east-asian character takes two cells, in measuring, cutting and padding alike."""
    wide = (Span("網路"), Span("-lab"))
    assert width_of(wide) == 8
    assert cut_text("網路網路", 4) == "網…"
    assert width_of(fitted(wide, 6)) == 6
    assert width_of(fitted((Span("網路網路"),), 6)) == 6


@pytest.mark.parametrize("width", range(12))
def test_a_fitted_line_is_exactly_as_wide_as_asked(width: int) -> None:
    """Cutting and padding together give the width that was asked for, at every width."""
    for cut in ("end", "middle", "front"):
        assert width_of(fitted(line("ab", Span("網路網"), "cd"), width, "left", cut)) == width
        assert width_of(fitted((Span("x"),), width, "right", cut)) == width


def test_a_path_of_several_tones_is_cut_at_the_front() -> None:
    """A line of several spans loses its beginning when it is cut at the front."""
    path = line(Span("/srv/labs/", "muted"), "site.yml")
    assert plain(cut_line(path, 12, "front")) == "…bs/site.yml"
    twin = (Span("cloud-landing"), Span(" demo", "muted"))
    assert plain(cut_line(twin, 13, "middle")) == "cloud…ng demo"
    far = (Span("edge"), Span(" semaphore", "muted"))
    assert plain(cut_line(far, 12, "middle")) == "edge sema…re"
    second = (Span("training"), Span(" labhost2", "muted"))
    assert plain(cut_line(second, 15, "middle")) == "training lab…t2"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("plain", "plain"),
        ("[bold]x[/]", "[bold]x[/]"),
        ("\x1b[2Jx", "␛[2Jx"),
        ("a\nb\tc", "a b c"),
        ("\u202eevil", "\ufffdevil"),
        ("zero\u200bwidth\u00ad", "zerowidth"),
        ("\x7f\x9b", "␡\ufffd"),
        ("\udcff", "\ufffd"),
        ("e\u0301\u0301\u0301\u0301", "e\u0301\u0301"),
        ("✔\ufe0f", "✔"),
        ("Straße 網", "Straße 網"),
    ],
)
def test_foreign_text_is_harmless(hostile: str, shown: str) -> None:
    """Foreign text keeps its words and loses everything that moves, hides or reorders."""
    assert literal(hostile) == shown
    literal(hostile).encode()


def test_the_right_end_stays_when_two_lines_share_a_row() -> None:
    """The left line gives way to the right one."""
    row = spread((Span("a long title of a pane"),), (Span("you: owner"),), 24)
    assert text_of(row) == "a long titl…  you: owner"


def test_a_band_covers_the_row_and_keeps_inputs() -> None:
    """A band puts every span on its ground but those that have one."""
    band = banded(line("a", Span("b", on="input")), 5)
    assert [span.on for span in band] == ["cursor", "input", "cursor"]
    assert width_of(band) == 5


def test_text_wraps_at_blanks_and_says_when_it_is_cut() -> None:
    """Rows break at blanks, long words anywhere; a limit on rows shows as an ellipsis."""
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrapped("one two three four", 7, 2) == ["one two", "three…"]
    assert wrapped("", 5) == [""]


def test_a_line_wraps_without_losing_its_tones() -> None:
    """A line of several tones keeps them over its rows."""
    rows = wrapped_line(line("run 812 ", Span("is running", "accent"), " on bgp"), 12)
    assert [plain(row).strip() for row in rows] == ["run 812 is", "running on", "bgp"]
    assert {span.tone for span in rows[1] if "running" in span.text} == {"accent"}


def test_a_click_finds_what_it_hits() -> None:
    """A cell leads to the reference of the span that is there."""
    row = line("  ", Span("enter", ref="open"), " ", Span("x", ref="stop"))
    assert [ref_at(row, x) for x in (0, 2, 6, 7, 8, 99)] == ["", "open", "open", "", "stop", ""]


COLUMNS = (
    Column("state", "State", 8, priority=100),
    Column("name", "Name", 6, most=10, priority=90, is_name=True, cut="middle"),
    Column("age", "Age", 4, align="right", priority=50),
    Column("note", "Note", 8, most=None, priority=10),
)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (60, {"state": 8, "name": 10, "age": 4, "note": 32}),
        (32, {"state": 8, "name": 6, "age": 4, "note": 8}),
        (31, {"state": 8, "name": 15, "age": 4}),
        (21, {"state": 8, "name": 11}),
        (15, {"state": 8}),
        (5, {"state": 5}),
    ],
)
def test_columns_leave_whole_and_the_rest_fill_the_row(width: int, shown: dict[str, int]) -> None:
    """A narrow table drops whole columns, least important first, and shares out what is left."""
    assert {column.key: size for column, size in fit(COLUMNS, width)} == shown


def test_a_row_stands_under_its_titles() -> None:
    """Titles are upper-case; words stand left, figures right; the chosen name is bold."""
    fitted_columns = fit(COLUMNS, 32)
    cells = {"state": (Span("● ready"),), "name": (Span("leafspine-1"),), "age": (Span("3d"),)}
    assert text_of(head_line(fitted_columns)) == "STATE     NAME     AGE  NOTE"
    assert text_of(row_line(fitted_columns, cells)) == "● ready   lea…-1    3d"
    chosen = row_line(fitted_columns, cells, is_chosen=True)
    assert [span.text for span in chosen if span.bold] == ["lea…-1"]


def test_every_sign_of_the_program_has_an_ascii_twin_of_one_cell() -> None:
    """In ASCII nothing of the program is left that needs more, and no cell moves."""
    drawn = f"●◐○◊◆✓▲×■≠¬–▌›‹━─▾│┆▏•·►█╌←→↑↓╭╮╰╯├┤┬┴┼{SPINNER}"
    assert twin(drawn).isascii()
    assert len(twin(drawn)) == len(drawn)
    assert twin("…") == "."
    assert twin("Faile…") == "Faile~"


def test_finding_prefers_word_starts() -> None:
    """A name that starts with the letters comes before one that merely holds them."""
    names = ["inet-edge", "wan-netflow", "netlab-up", "n-e-t", "lint", "prune artifacts"]
    found = sorted(
        ((how.score, name) for name in names if (how := match("net", name)) is not None),
        reverse=True,
    )
    assert [name for _, name in found][:2] == ["netlab-up", "wan-netflow"]
    assert "lint" not in {name for _, name in found}


def test_every_word_of_a_query_must_be_found() -> None:
    """Words are found in the name, where their letters are marked, or beside it."""
    how = match("up fabric", "netlab-up", also="edge-fabric")
    assert how is not None
    assert how.positions == (7, 8)
    assert match("up wan", "netlab-up", also="edge-fabric") is None
