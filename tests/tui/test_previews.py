"""The first bytes of anything are shown as harmless lines."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some

from skyforge_tui.tui.presenters.cells import plain, text_of
from skyforge_tui.tui.presenters.json_layout import laid_out
from skyforge_tui.tui.presenters.previews import MOST_COLUMNS, MOST_LINES, shown


def rows(start: bytes, total: int | None = None, name: str = "x.txt", width: int = 60) -> list[str]:
    """Return the rows of a preview as text."""
    found = shown(start, len(start) if total is None else total, name, width)
    return [text_of(one) for one in found.lines]


def test_text() -> None:
    """Text has numbered lines, and says how many."""
    assert rows(b"one\r\ntwo\n") == ["  1 one", "  2 two"]
    assert shown(b"one\ntwo\n", 8, "x", 60).about == "2 lines"
    assert shown(b"one", 3, "x", 60).about == "1 line"
    assert rows("é…\n".encode()) == ["  1 é…"]


def test_empty() -> None:
    """Nothing is said to be nothing."""
    assert rows(b"") == ["It is empty."]


def test_json() -> None:
    """Keys of JSON are muted, values are not; nothing else is coloured."""
    line = shown(b'{"a": "b: c", "d": 1}', 21, "x.json", 60).lines[0]
    assert plain(line) == '  1 {"a": "b: c", "d": 1}'
    assert [one.text for one in line if one.tone == "muted"] == ["  1 ", '"a"', '"d"']


def test_hex() -> None:
    """What is no text is shown byte by byte, as many to a row as there is room."""
    data = bytes(range(20))
    assert rows(data) == [
        "000000  00 01 02 03 04 05 06 07  ........",
        "000008  08 09 0a 0b 0c 0d 0e 0f  ........",
        "000010  10 11 12 13              ....",
    ]
    assert rows(b"\0ABC" * 5, width=80)[0].endswith("  .ABC.ABC.ABC.ABC")
    assert shown(data, 20, "x", 60).about == "20 B, binary"


@pytest.mark.parametrize("start", [b"\xff\xfe", b"a\0b", b"\x01"])
def test_binary(start: bytes) -> None:
    """Bytes that are no UTF-8, or control characters, are no text."""
    assert shown(start, len(start), "x", 60).about.endswith("binary")


def test_cut_in_a_character() -> None:
    """A preview that ends in the middle of a character is text all the same."""
    whole = ("x" * 9 + "é").encode()
    found = rows(whole[:-1], total=500)
    assert found[0] == "  1 xxxxxxxxx"
    assert "cut here: the first 10 B of 500 B" in found[-1]
    assert shown(whole[:-1], len(whole) - 1, "x", 60).about.endswith("binary")


def test_bounds() -> None:
    """Neither many nor long lines are drawn whole."""
    assert len(rows(b"\n" * (MOST_LINES + 50))) == MOST_LINES + 1
    assert len(rows(b"y" * 9999)[0]) == MOST_COLUMNS + 4
    assert len(rows(bytes(64 << 10))) == 513


def test_harmless() -> None:
    """Escape sequences and direction overrides are shown, not obeyed."""
    (row,) = rows("\x1b[2J\u202eevil\t.".encode())
    assert row.startswith("  1 ␛[2J\ufffdevil")


@given(some.binary(max_size=3000), some.sampled_from(["x.json", "x"]), some.integers(20, 120))
def test_anything(data: bytes, name: str, width: int) -> None:
    """Whatever the bytes are, there are lines, and every one of them is printable."""
    found = shown(data, len(data), name, width)
    assert found.lines
    assert all(plain(one).isprintable() for one in found.lines)


def packed(names: dict[str, bytes]) -> bytes:
    """Return a compressed archive."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, data in names.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return held.getvalue()


def zipped(names: dict[str, bytes]) -> bytes:
    """Return a zip file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return held.getvalue()


@pytest.mark.parametrize("pack", [packed, zipped])
def test_archives_are_listed(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    """An archive shows its entries with their sizes, as far as its beginning goes."""
    data = pack({"etc/frr.conf": b"x" * 1500, "../../evil": b"", "ü.txt": b"hello"})
    found = shown(data, len(data), "backup", 60)
    assert [text_of(one).split() for one in found.lines] == [
        ["1.5", "kB", "etc/frr.conf"], ["0", "B", "../../evil"], ["5", "B", "ü.txt"],
    ]  # fmt: skip
    assert "archive" in found.about
    assert "first" in shown(data[:-40], len(data), "backup", 60).about


@given(
    some.binary(max_size=400), some.sampled_from([b"PK\x03\x04", b"\x1f\x8b", b"\x1f\x8b\x08\x00"])
)
def test_what_only_begins_like_an_archive(data: bytes, start: bytes) -> None:
    """Bytes that only begin like an archive are shown as what they are, whatever they are."""
    assert shown(start + data, 10_000, "x.tgz", 60).lines


def test_tables() -> None:
    """Comma separated values stand in columns; what is none is text as it is."""
    found = shown(b'name,mtu\nleaf1,"9,000"\nspine,1\n', 30, "ports.csv", 60)
    assert [text_of(one).rstrip() for one in found.lines] == [
        "name   mtu", "leaf1  9,000", "spine  1",
    ]  # fmt: skip
    assert found.about == "2 rows"
    assert text_of(shown(b"just words\n", 11, "x.csv", 60).lines[0]).strip() == "1 just words"


def test_rows_by_kind() -> None:
    """Diffs say by tone what came and went, YAML has quiet keys, logs keep their colours only."""
    tones = [one.lines for one in (
        shown(b"--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n", 30, "a.diff", 60),
        shown(b"key: value # why\n# note\n", 24, "a.yaml", 60),
        shown(b"\x1b[31mfatal\x1b[0m ok\x1b[2J\n", 19, "a.log", 60),
    )]  # fmt: skip
    assert [row[-1].tone for row in tones[0]] == ["muted", "muted", "accent", "bad", "ok"]
    assert [span.tone for span in tones[1][0]][1:4] == ["text", "muted", "text"]
    assert [(span.text, span.tone) for span in tones[2][0]][1] == ("fatal", "bad")
    assert "\x1b" not in text_of(tones[2][0])


def test_packed_text() -> None:
    """What is packed by gzip is shown as what it is; what is packed twice, or broken, as bytes."""
    text = b"host,up\nleaf1,yes\n"
    packed = gzip.compress(text)
    found = shown(packed, len(packed), "x.csv.gz", 60)
    assert [text_of(one).split() for one in found.lines] == [["host", "up"], ["leaf1", "yes"]]
    assert found.about == f"{len(packed)} B packed, 1 row"
    assert shown(gzip.compress(packed), 90, "x.gz", 60).about == "90 B, binary"
    assert shown(b"\x1f\x8bbroken", 8, "x.gz", 60).about == "8 B, binary"
    long = shown(gzip.compress(b"line\n" * 99_999), 600, "x.log.gz", 60)
    assert text_of(long.lines[-1]) == "cut here: the first 65.5 kB, unpacked"


_WORDS = some.text(max_size=8)
_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | _WORDS,
    lambda one: some.lists(one, max_size=4) | some.dictionaries(_WORDS, one, max_size=4),
    max_leaves=12,
)


@given(
    some.lists(_JSON, min_size=1, max_size=4)
    | some.dictionaries(_WORDS, _JSON, min_size=1, max_size=4)
)
def test_json_on_one_line(value: object) -> None:
    """JSON on one line is laid out on many: what it says is the same, to the character."""
    text = json.dumps(value)
    rows = laid_out(text, 0)
    assert rows is not None
    assert json.loads("\n".join(rows)) == value
    assert "".join("".join(rows).split()) == "".join(text.split())


def test_numbers_stay_as_they_are() -> None:
    """Figures are not read and written anew."""
    rows = laid_out('{"a":[1.10,1e3],"b":{}}', 0)
    assert rows == ["{", '  "a": [', "    1.10,", "    1e3", "  ],", '  "b": {}', "}"]
    assert laid_out('{"a":\n1}', 0) is None
    assert laid_out("{broken", 0) is None
    assert laid_out('{"a":1}', 80) is None
