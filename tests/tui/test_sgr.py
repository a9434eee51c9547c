"""Colours and weights that a log may set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.tui.sgr import LOOK_BACK_BYTES, MOST_SEQUENCES, PLAIN, Sgr, applied, sgr_after


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("", PLAIN),
        ("0", PLAIN),
        ("31", Sgr(fg=1)),
        ("0;31", Sgr(fg=1)),
        ("1;32", Sgr(fg=2, bold=True)),
        ("93", Sgr(fg=11)),
        ("104", Sgr(bg=12)),
        ("38;5;208", Sgr(fg=208)),
        ("48;5;17;1", Sgr(bg=17, bold=True)),
        ("38;2;1;2;3", Sgr(fg=(1, 2, 3))),
        ("38:5:208", Sgr(fg=208)),
        ("38:2:1:2:3", Sgr(fg=(1, 2, 3))),
        ("38:2::1:2:3", Sgr(fg=(1, 2, 3))),
        ("58;5;1;1", Sgr(bold=True)),
        ("58:2::1:2:3;1", Sgr(bold=True)),
        ("4:3", Sgr(underline=True)),
        ("4;4:0", PLAIN),
        ("2;9;7", Sgr(dim=True, strike=True, reverse=True)),
        ("3;5;8", PLAIN),
        ("38;5;256", PLAIN),
        ("38;5", PLAIN),
        ("38;2;1;2", PLAIN),
        ("38;9;1", Sgr(bold=True)),
        ("9999999999999999999999", PLAIN),
        (";;;31", Sgr(fg=1)),
    ],
)
def test_one_sequence(parameters: str, expected: Sgr) -> None:
    """Sixteen, 256 and all colours are understood with semicolons and colons, nonsense is not."""
    assert applied(PLAIN, parameters) == expected


def test_what_was_switched_on_is_switched_off() -> None:
    """Each attribute has its end, and a reset ends them all."""
    everything = applied(PLAIN, "1;2;4;7;9;31;41")
    assert applied(everything, "22;24;27;29;39;49") == PLAIN
    assert applied(everything, "0") == PLAIN


def test_colours_carry_on_from_line_to_line() -> None:
    """The state after a line is the one that the next line begins in."""
    assert sgr_after(b"\x1b[31mred \x1b[1mbold", PLAIN) == Sgr(fg=1, bold=True)
    assert sgr_after(b"no change", Sgr(fg=1)) == Sgr(fg=1)
    assert sgr_after(b"\x1b[31;5\x1b[?1m\x1b[>4;2m", PLAIN) == PLAIN


def test_looking_back_is_bounded() -> None:
    """Only of a line with very many sequences the end alone is looked at."""
    far = b"\x1b[31m" + b"x" * LOOK_BACK_BYTES
    assert sgr_after(far, PLAIN) == Sgr(fg=1)
    assert sgr_after(far + b"\x1b[1m" * (MOST_SEQUENCES + 1), PLAIN) == Sgr(bold=True)


@given(st.text("0123456789;:", max_size=400))
def test_no_parameters_break_it(parameters: str) -> None:
    """Whatever stands between `ESC [` and `m` is understood or ignored."""
    assert isinstance(applied(PLAIN, parameters), Sgr)
