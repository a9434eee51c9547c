"""Hostile and ordinary lines become text that is safe to draw."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from skyforge_tui.tui.ansi import MARKS, Parsed, parse, prepared
from skyforge_tui.tui.sgr import PLAIN, Sgr
from skyforge_tui.tui.taken_back import MANY


def _parsed(data: bytes, sgr: Sgr = PLAIN) -> Parsed:
    return parse(*prepared(data, sgr))


def _looks(data: bytes) -> list[tuple[str, Sgr]]:
    parsed = _parsed(data)
    ends = [*parsed.starts[1:], len(parsed.text)]
    return [
        (parsed.text[start:end], sgr)
        for start, end, sgr in zip(parsed.starts, ends, parsed.sgrs, strict=True)
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ""),
        (b"plain [bold]text[/]", "plain [bold]text[/]"),
        (b"caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97", "café 漢字"),
        # What is no UTF-8 is shown byte by byte.
        (b"a\xffb\xc3(c\xe2\x82", "a\\xffb\\xc3(c\\xe2\\x82"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
        # Controls are shown.
        (b"a\x00b\x07c\x0bd\x0ce\x7ff", "a^@b^Gc^Kd^Le^?f"),
        (b"\xc2\x9b31mred\xc2\x85", "\\x9b31mred\\x85"),
        (b"\x9b31m", "\\x9b31m"),
        # Sequences other than colours are dropped.
        (b"\x1b[2J\x1b[Ha\x1b[3;4Hb\x1b[?25lc\x1b[>4;1md\x1b[!pe\x1b[6n", "abcde"),
        (b"\x1b7a\x1b8b\x1bcc\x1b(Bd\x1b#8e\x1b=f\x1bMg", "abcdefg"),
        # So are strings for the terminal, with all they hold; those that do not end are shown.
        (b"\x1b]0;title\x07a\x1b]52;c;ZXZpbA==\x1b\\b\x1b]8;;http://x\x07c\x1b]8;;\x07", "abc"),
        (b"a\x1b]0;never ends \xff and more", "a^[]0;never ends \\xff and more"),
        (b"a\x1bPq#0;2\x1b\\b\x1b_G\x07i=1\x1b\\c\x1b^x\x1b\\d\x1bXy\x1b\\e", "abcde"),
        (b"a\x1bPnever ends \x07 at all", "a^[Pnever ends ^G at all"),
        (b"a\x1b]0;t\x1b[31mb", "a^[]0;tb"),
        (b"a\x1b]0;t\x18b\x1bPq\x1ac", "a^[]0;t^Xb^[Pq^Zc"),
        (b"a\x1bPtmux;\x1b\x1b]52;c;ZQ==\x07\x1b\\b", "a^[Ptmux;^[b"),
        # Sequences that are none show their escape.
        (b"a\x1b", "a^["),
        (b"a\x1b[", "a^[["),
        (b"a\x1b[31", "a^[[31"),
        (b"a\x1b[3\x011m", "a^[[3^A1m"),
        (b"a\x1b\x1b[1mb", "a^[b"),
        # Nothing may change the direction or hide.
        ("a\u202eb\u2066c\u061cd".encode(), "a<U+202E>b<U+2066>c<U+061C>d"),
        (
            "a\u200bb\u2060c\ufeffd\u00ade\u200cf".encode(),
            "a<U+200B>b<U+2060>c<U+FEFF>d<U+00AD>e<U+200C>f",
        ),
        ("a\u2028b\u2029c".encode(), "a<U+2028>b<U+2029>c"),
        ("a\U000e0041b\U000e0101".encode(), "a<U+E0041>b<U+E0101>"),
        ("a\u200db".encode(), "a<U+200D>b"),
        ("a\u00a0b\u3000c".encode(), "a b c"),
        ("\ufffea\ufdd0".encode(), "<U+FFFE>a<U+FDD0>"),
        # Pictures are taken apart, their variants are not.
        ("👨\u200d👩\u200d👧".encode(), "👨👩👧"),
        ("👍🏽 👩🏽\u200d💻 a🏽".encode(), "👍 👩💻 a<U+1F3FD>"),
        ("\u2708\ufe0f\u2708\ufe0e".encode(), "\u2708\u2708"),
        # Marks need something to stand on, and are few.
        ("e\u0301".encode(), "e\u0301"),
        ("\u0301e".encode(), "\u25cc\u0301e"),
        (("z" + "\u0301" * 6).encode(), "z" + "\u0301" * 4 + "<U+0301><U+0301>"),
        # Tabs go to columns of eight.
        (b"a\tb\t\tc", "a       b               c"),
        ("漢\tb".encode(), "漢      b"),
        (b"\x1b[31m\tb", "        b"),
        # A line written over shows its last state.
        (b" 10%\r 50%\r100%", "100%"),
        (b"100%\r", "100%"),
        (b"windows\r\r", "windows"),
        (b"done\r\x1b[0m", "done"),
        (b"done\r\x1b[0m\r\x1b[K\r", ""),
        (b"abcdef\rxy", "xycdef"),
        (b"abcdef\rxy\x1b[K", "xy"),
        (b"abcdef\rx\r\rwz", "wzcdef"),
        (b"abcdef\rxy\x1b[K\rz", "zy"),
        ("a漢b\rxy".encode(), "xy b"),
        ("漢字\rabc".encode(), "abc "),
        (b"x" * 5000 + b"\rshort", "short"),
        (b"busy\r    \r", "    "),
        (b"abc\x08\x08\x08xyz", "xyz"),
        (b"|\x08/\x08-\x08\\\x08", "\\"),
        (b"abc\x08 \x08", "ab "),
        (b"\x08\x08a", "a"),
        (b"a\x08", "a"),
    ],
)
def test_lines(data: bytes, expected: str) -> None:
    """What a terminal would obey is dropped or shown; what people write stays as it is."""
    assert _parsed(data).text == expected


_PARTS = st.sampled_from(
    [b"a", b"b", b" ", "漢".encode(), b"\x08", b"\x08\x08", b"\x1b[31m", b"\x1b[0m", b"\x1b[K"]
)


@given(st.lists(_PARTS, max_size=16).map(b"".join))
def test_a_spinner_shows_what_it_came_to(data: bytes) -> None:
    """What was taken back many times over is dropped at once, and changes nothing of the rest."""
    spun = b"".join(b"\x1b[32m" + one + b"\x1b[0m\x08" for one in (b"|", b"/", b"-")) * MANY
    assert len(prepared(spun + data)[0]) < 32 + len(data)
    assert _parsed(b"\x1b[0m" + spun + b"\x1b[1m." + data).text == _parsed(b"." + data).text


def test_colours_become_spans() -> None:
    """Text is cut where its look changes, and only there."""
    assert _looks(b"a\x1b[31mb\x1b[1mc\x1b[22md\x1b[0me") == [
        ("a", PLAIN),
        ("b", Sgr(fg=1)),
        ("c", Sgr(fg=1, bold=True)),
        ("d", Sgr(fg=1)),
        ("e", PLAIN),
    ]
    assert _looks(b"\x1b[31m\x1b[32m\x1b[0mplain") == [("plain", PLAIN)]


def test_struck_over_text_is_bold_or_underlined() -> None:
    """The way typewriters and manual pages emphasise is understood."""
    assert _looks(b"_\x08a_\x08b c\x08c") == [
        ("ab", Sgr(underline=True)),
        (" ", PLAIN),
        ("c", Sgr(bold=True)),
    ]


def test_what_stands_for_something_else_is_muted() -> None:
    """A shown control cannot be mistaken for text that says the same."""
    assert _looks(b"\\xff\xff") == [("\\xff", PLAIN), ("\\xff", Sgr(tone="muted"))]


def test_the_last_state_keeps_the_colours_before_it() -> None:
    """A colour set before a carriage return still holds after it."""
    assert _looks(b"\x1b[32m 10%\r 20%") == [(" 20%", Sgr(fg=2))]
    assert _parsed(b"text", Sgr(fg=4)).sgrs == [Sgr(fg=4)]


@given(st.lists(st.text("ab漢 ", max_size=9), min_size=1, max_size=9))
@settings(max_examples=200, deadline=None)
def test_a_rewritten_line_is_what_a_terminal_shows(states: list[str]) -> None:
    """Cell by cell, what was written last is seen; half a wide character is a blank."""
    cells: list[str] = []
    for state in states:
        column = 0
        for character in state:
            size = cell_len(character)
            cells += [" "] * (column + size - len(cells))
            for at in (column, column + size - 1):
                if cells[at] == "" and at > 0:
                    cells[at - 1] = " "
                if at + 1 < len(cells) and cells[at + 1] == "":
                    cells[at + 1] = " "
            cells[column : column + size] = [character, ""][:size]
            column += size
    shown = _parsed("\r".join(states).encode()).text
    assert shown.rstrip() == "".join(cells).rstrip()


def _is_harmless(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in ("Cc", "Cf", "Cs", "Zl", "Zp") and (category != "Zs" or character == " ")


hostile = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.text(max_size=10).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.sampled_from(
            [b"\x1b", b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b\\", b"\x07", b"m", b"31", b"\x08", b"\r"]
        ),
        st.sampled_from(
            [t.encode() for t in ("\u202e", "\u200d", "\u0301", "👩", "漢", "\ufe0f", "🇩", "\t")]
        ),
    ),
    max_size=30,
).map(b"".join)


@given(hostile)
@example(b"\x1b\x1b\x1b")
@example(b"\x00\r\x1b0")
@settings(max_examples=500, deadline=None)
def test_anything_becomes_harmless_text(data: bytes) -> None:
    """No bytes raise, leave a control behind, or take other room than they say."""
    parsed = _parsed(data.replace(b"\n", b""))
    assert all(map(_is_harmless, parsed.text))
    assert parsed.columns == cell_len(parsed.text)
    assert parsed.starts[0] == 0
    assert parsed.starts == sorted(set(parsed.starts))
    assert len(parsed.starts) == len(parsed.sgrs)
    if parsed.edges is not None:
        assert len(parsed.edges) == len(parsed.text) + 1
        assert parsed.edges[-1] == parsed.columns
    else:
        assert parsed.columns == len(parsed.text)


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b[" * 200_000,
        b"\x1b[0" * 200_000,
        b"\x1b]" * 200_000,
        b"\x1bP;" * 200_000,
        b"\x1b[" + b"0;" * 200_000,
        b"\x1b(" + b" " * 400_000,
        b"\x08" * 400_000 + b"x",
        b"a" * 200_000 + b"\x08b" * 50_000,
        b"\r" * 400_000 + b"x",
        b"\r\x1b[0m" * 100_000,
        b"\xff" * 200_000,
        "\u0301".encode() * 100_000,
        ("a" + "\u0301" * 9).encode() * 20_000,
        "\u200d".encode() * 100_000,
        b"_\x08" * 200_000,
        b"\t" * 100_000,
        b"\x00" * 300_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_hostile_repetitions_take_linear_time(data: bytes) -> None:
    """Nothing repeated hundreds of thousands of times makes a line slow to parse."""
    parsed = _parsed(data)
    assert len(parsed.text) <= 9 * len(data)
    assert MARKS < 9
