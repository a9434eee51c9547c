"""TOML with places: the data is the standard parser's, and every key has its line."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyforge_tui.integrations.toml import MAX_BYTES, TomlError, nearest, parse, read

PATH = Path("some.toml")


def test_keys_tables_and_lists_of_tables_know_their_lines() -> None:
    """Every key, table and list item has the line on which it stands."""
    document = parse(
        "# a comment with [a.header]\n"
        "[[templates]]\n"
        'name = """\n'
        "[not.a.table]\n"
        '"""\n'
        '"odd key".sub = 1\n'
        "[[templates.vars]]\n"
        "choices = [\n"
        '  "a", # one\n'
        "  {deep = 2},\n"
        "]\n"
        "[[templates]]\n"
        "[templates.environment]\n"
        'A = "x"\n',
        PATH,
    )
    assert document.line_of(("templates",)) == 2
    assert document.line_of(("templates", 0)) == 2
    assert document.line_of(("templates", 0, "name")) == 3
    assert document.line_of(("templates", 0, "odd key")) == 6
    assert document.line_of(("templates", 0, "odd key", "sub")) == 6
    assert document.line_of(("templates", 0, "vars", 0)) == 7
    assert document.line_of(("templates", 0, "vars", 0, "choices")) == 8
    assert document.line_of(("templates", 0, "vars", 0, "choices", 0)) == 9
    assert document.line_of(("templates", 0, "vars", 0, "choices", 1, "deep")) == 10
    assert document.line_of(("templates", 1)) == 12
    assert document.line_of(("templates", 1, "environment", "A")) == 14
    assert document.line_of(("templates", 2)) is None
    assert document.line_of(("nothing",)) is None


def test_a_table_stands_at_its_header_even_when_it_was_implied_before() -> None:
    """The header of a table outranks the header of its child."""
    document = parse("[a.b]\nx = 1\n[a]\ny = 2\n", PATH)
    assert document.line_of(("a",)) == 3
    assert document.line_of(("a", "b")) == 1


def test_windows_line_ends_count_once() -> None:
    """A file with carriage returns has the same lines."""
    assert parse("a = 1\r\nb = 2\r\n", PATH).line_of(("b",)) == 2


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
SCALARS = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\U{ord(char):08x}" if char in '"\\' or ord(char) < 32 or ord(char) == 127 else char
        for char in text
    )
    return f'"{escaped}"'


def _written(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case list():
            return "[" + ", ".join(_written(item) for item in value) + "]"
        case dict():
            inner = (f"{_quoted(key)} = {_written(item)}" for key, item in value.items())
            return "{" + ", ".join(inner) + "}"
        case _:
            return repr(value)


@given(tables=st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4))
def test_every_key_of_any_document_has_the_line_it_was_written_on(
    tables: dict[str, dict[str, Any]],
) -> None:
    """Whatever keys and values a document holds, its lines are found and its data is the same."""
    lines: list[str] = []
    expected: dict[tuple[str, ...], int] = {}
    for table, content in tables.items():
        lines += ["# filler = [", f"[{_quoted(table)}]"]
        expected[(table,)] = len(lines)
        for key, value in content.items():
            lines.append(f"{_quoted(key)} = {_written(value)}")
            expected[(table, key)] = len(lines)
    document = parse("\n".join(lines), PATH)
    assert document.data == tables
    assert {path: document.line_of(path) for path in expected} == expected


@given(tables=st.lists(st.lists(st.lists(SCALARS, max_size=2), max_size=3), max_size=4))
def test_every_item_of_nested_lists_of_tables_has_its_line(tables: list[list[list[Any]]]) -> None:
    """Lists of tables within lists of tables are counted as the standard parser counts them."""
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    for first, inner in enumerate(tables):
        lines += ["", "[[outer]]"]
        expected["outer", first] = len(lines)
        for second, items in enumerate(inner):
            lines.append("[[outer.inner]]")
            expected["outer", first, "inner", second] = len(lines)
            lines.append("items = [")
            for third, item in enumerate(items):
                lines.append(f"  {_written(item)}, # ]")
                expected["outer", first, "inner", second, "items", third] = len(lines)
            lines.append("]")
    document = parse("\n".join(lines), PATH)
    assert {path: document.line_of(path) for path in expected} == expected


@given(text=st.text(st.sampled_from("ab01=.,[]{}\"'\\# \n\t"), max_size=40))
def test_any_text_is_data_or_an_error_with_a_place(text: str) -> None:
    """What the standard parser takes is taken, with a line for each key; the rest is refused."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(TomlError) as caught:
            parse(text, PATH)
        assert 1 <= caught.value.line <= text.count("\n") + 1
        assert caught.value.column >= 1
    else:
        document = parse(text, PATH)
        assert document.data == data
        assert all(document.line_of((key,)) for key in data)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a = 1\nb 3", 2, 3, "expected '='"),
        ("a = dark", 1, 5, "text needs quotes"),
        ("a = [1,\n2", 1, 5, "list that begins here"),
        ("[a]\nx = 1\nx = 2", 3, 1, "a.x stands here again; it was set on line 2"),
        ("[a]\n[b]\n[a]", 3, 1, "a stands here again; it was set on line 1"),
        ('a = "abc\nb = 1', 1, 9, "closing quote"),
        ('x = """\nabc\n\n', 1, 5, "never closed"),
        ("a\0 = 1", 1, 2, "expected '='"),
    ],
)
def test_syntax_errors_say_where_and_what(text: str, line: int, column: int, words: str) -> None:
    """A syntax error has line, column and plain words."""
    with pytest.raises(TomlError) as caught:
        parse(text, PATH)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.message
    assert str(caught.value).startswith(f"some.toml:{line}:{column}: ")


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "{b=" * 100_000,
        ".".join("a" * 400_000) + " = 1",
        "[" + ".".join("a" * 400_000) + "]",
        "a = " + "9" * 100_000,
        "a = '''" + "x" * MAX_BYTES,
    ],
)
def test_hostile_depth_and_length_are_refused(text: str) -> None:
    """Nesting that no person writes is an error, not an exhausted stack."""
    with pytest.raises(TomlError, match=r"nested|longer"):
        parse(text, PATH)


def test_a_file_is_read_with_its_path(tmp_path: Path) -> None:
    """A document knows the file it came from; a byte order mark is no part of its first key."""
    path = tmp_path / "some.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 'x'\n")
    document = read(path)
    assert (document.path, document.data, document.line_of(("a",))) == (path, {"a": "x"}, 1)


def test_what_is_no_text_file_is_refused_without_waiting(tmp_path: Path) -> None:
    """Pipes, folders, huge files and other encodings are errors with the path."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(200 * MAX_BYTES)
    latin = tmp_path / "latin"
    latin.write_bytes("a = 1\nb = 'ü'\n".encode("latin-1"))
    for path, words in ((pipe, "regular file"), (huge, "longer")):
        with pytest.raises(TomlError, match=words) as caught:
            read(path)
        assert caught.value.line == 0
    with pytest.raises(TomlError, match="UTF-8") as caught:
        read(latin)
    assert (caught.value.line, caught.value.column) == (2, 6)
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "missing")


def test_the_nearest_name_is_what_was_meant() -> None:
    """A slip of the finger finds the name that was meant; something else finds nothing."""
    assert nearest("slotz", ["slots", "roots"]) == "slots"
    assert nearest("SLOTS", ["slots"]) == "slots"
    assert nearest("colour", ["slots", "roots"]) is None
    assert nearest("s" * 100_000, ["slots"]) is None
