"""Markers are found however they are printed, and nothing else is taken for one."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from skyforge_tui.domain.markers import (
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST,
    Marker,
    MarkerKind,
    MarkerScanner,
)

RECORDED = Path(__file__).with_name("recorded")

_NAME = some.text(
    some.characters(categories=["L", "N"], include_characters="-_.", exclude_characters="="),
    min_size=1,
    max_size=40,
)
_VALUE = some.text(
    some.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=80
).filter(lambda text: "\ufffd" not in text and text.isprintable())


def scan(*chunks: bytes | str) -> tuple[Marker, ...]:
    """Return the markers of output that comes in these pieces."""
    scanner = MarkerScanner()
    for chunk in chunks:
        scanner.feed(chunk if isinstance(chunk, bytes) else chunk.encode())
    return scanner.finish()


def output(name: str, value: str) -> Marker:
    """Return what `SKYFORGE_OUTPUT name=value` declares."""
    return Marker(MarkerKind.OUTPUT, name, value)


@pytest.mark.parametrize(
    "line",
    [
        "SKYFORGE_OUTPUT lab=a=b",
        "  SKYFORGE_OUTPUT\tlab = a=b  ",
        "12:00:01 | SKYFORGE_OUTPUT lab=a=b",
        "\x1b[0;32mSKYFORGE_OUTPUT \x1b[1mlab\x1b[0m=a=b\x1b[0m",
        "\x1b]8;;http://x/\x07SKYFORGE_OUTPUT lab=a=b\x1b]8;;\x07",
        "+ echo 'SKYFORGE_OUTPUT lab=a=b'",
        'ok: [h] => {"changed": false, "msg": "SKYFORGE_OUTPUT lab=a=b"}',
        '    "msg": "SKYFORGE_OUTPUT lab=a=b",',
        '        "SKYFORGE_OUTPUT lab=a=b"',
        'x => ["SKYFORGE_OUTPUT lab=a=b"]',
        '"first\\nSKYFORGE_OUTPUT lab=a=b\\nlast"',
        "msg: SKYFORGE_OUTPUT lab=a=b",
    ],
)
def test_ways_to_print(line: str) -> None:
    """A marker is found bare, coloured, quoted, and inside what Ansible prints."""
    assert scan(line + "\r\n") == (output("lab", "a=b"),)


@pytest.mark.parametrize(
    "line",
    ["SKYFORGE_OUTPUT", "SKYFORGE_OUTPUT lab", "SKYFORGE_OUTPUT =x", "SKYFORGE_OUTPUT lab= ",
     "MY_SKYFORGE_OUTPUT a=b", "SKYFORGE_OUTPUTS a=b", "SKYFORGE_OUTPUTa=b",
     "TASK [SKYFORGE_OUTPUT demo] ****", "SKYFORGE_OTHER a=b"],
)  # fmt: skip
def test_blank_and_alike(line: str) -> None:
    """Blank names, blank values and words that only look alike are ignored."""
    assert scan(line) == ()


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('5" disk SKYFORGE_OUTPUT k="v"', '"v"'),
        ('SKYFORGE_OUTPUT k="C:\\x"', '"C:\\x"'),
        ('{"msg": "SKYFORGE_OUTPUT k=a \\"b\\" \\u00e9"}', 'a "b" é'),
        ("'SKYFORGE_OUTPUT k=it''s'", "it's"),
    ],
)
def test_quotes(line: str, value: str) -> None:
    """Quotes belong to the value unless the whole marker stands in a quoted text."""
    assert scan(line) == (output("k", value),)


def test_later_wins() -> None:
    """A later value replaces an earlier one; the order is that of first sight."""
    found = scan("SKYFORGE_OUTPUT a=1\nSKYFORGE_OUTPUT b=2\nSKYFORGE_ARTIFACT a=x\n"
                 "SKYFORGE_OUTPUT a=3")  # fmt: skip
    assert found == (output("a", "3"), output("b", "2"), Marker(MarkerKind.ARTIFACT, "a", "x"))


@pytest.mark.parametrize("name", ["ansible_debug_color", "ansible_debug_yaml"])
def test_real_ansible(name: str) -> None:
    """What ansible-playbook printed for `debug` and `command` tells the same in either format."""
    found = scan((RECORDED / f"{name}.txt").read_bytes())
    assert found == (
        output("lab-a", "later"),
        output("lab-b", "down"),
        Marker(MarkerKind.ARTIFACT, "report", "out/report.json"),
        Marker(MarkerKind.ARTIFACT, "quoted", 'a "b" c\\d é'),
        output("lab-c", "from-stdout"),
        output("lab-d", "nested"),
    )


@given(_NAME, _VALUE, some.booleans())
def test_json_is_undone(name: str, value: str, is_ascii: bool) -> None:
    """What JSON escapes comes out as it went in."""
    text = json.dumps({"msg": f"SKYFORGE_OUTPUT {name}={value}"}, ensure_ascii=is_ascii)
    assert scan(f"ok: [h] => {text}\n") == (output(name, value),)


@given(some.lists(some.sampled_from(
    ["SKYFORGE_OUTPUT a=1\n", "noise\r\n", "\x1b[1m", '"SKYFORGE_ARTIFACT r=x"', "\n", "é", "="]
)), some.lists(some.integers(0, 200)))  # fmt: skip
def test_pieces_do_not_matter(parts: list[str], cuts: list[int]) -> None:
    """However output is cut into pieces, the same is found."""
    whole = "".join(parts).encode()
    places = sorted({min(cut, len(whole)) for cut in cuts} | {0, len(whole)})
    pieces = [whole[a:b] for a, b in pairwise(places)]
    assert scan(*pieces) == scan(whole)


@given(some.binary(max_size=400))
def test_anything_may_be_printed(data: bytes) -> None:
    """No bytes break the search, and what is found is short, printable text."""
    for one in scan(b"SKYFORGE_OUTPUT " + data, b"SKYFORGE_ARTIFACT a=" + data):
        assert one.name
        assert one.value
        assert (one.name + one.value).isprintable()


def test_bounds() -> None:
    """Too long, unprintable and too many markers are ignored and counted."""
    scanner = MarkerScanner()
    scanner.feed(b"SKYFORGE_OUTPUT " + b"n" * (LONGEST_NAME + 1) + b"=v\n")
    scanner.feed(b"SKYFORGE_OUTPUT n=" + b"v" * (LONGEST_VALUE + 1) + b"\n")
    scanner.feed(b"SKYFORGE_OUTPUT n=\x01\nSKYFORGE_OUTPUT n=\xff\n")
    assert scanner.ignored == 4
    for number in range(MOST + 5):
        scanner.feed(b"SKYFORGE_OUTPUT n%d=v\n" % number)
    assert scanner.ignored == 9
    assert len(scanner.finish()) == MOST


def test_endless_line() -> None:
    """Of a line without an end only the begin is kept in memory; the next line is read again."""
    scanner = MarkerScanner()
    for _ in range(8):
        scanner.feed(b"x" * LONGEST_LINE)
    assert len(scanner._rest) == LONGEST_LINE
    scanner.feed(b" SKYFORGE_OUTPUT a=1\nSKYFORGE_OUTPUT b=2\n")
    assert scanner.finish() == (output("b", "2"),)
