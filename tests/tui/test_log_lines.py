"""What lines of output are recognised as."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.log import LogGap
from skyforge_tui.tui.ansi import parse, prepared
from skyforge_tui.tui.presenters.log_lines import dressed, gap_words, severities, severity_of
from skyforge_tui.tui.sgr import PLAIN, Sgr


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("fatal: [leaf3]: UNREACHABLE! => {", "bad"),
        ("failed: [leaf3] (item=x) => {", "bad"),
        ("ERROR! the playbook could not be found", "bad"),
        ("[ERROR]: Task failed", "bad"),
        ("error: pathspec did not match", "bad"),
        ("git: error: x", "bad"),
        ("Traceback (most recent call last):", "bad"),
        ("[WARNING]: no hosts", "warn"),
        ("[DEPRECATION WARNING]: old", "warn"),
        ("FAILED - RETRYING: [leaf2]: wait (29 left).", "warn"),
        ("warning: LF will be replaced", "warn"),
        ("leaf1 : ok=3 changed=0 unreachable=0 failed=0", ""),
        ("passed: 10 failed: 0", ""),
        ("ok: [leaf1] => no error: here", ""),
        ("", ""),
    ],
)
def test_how_bad_a_line_is(line: str, severity: str) -> None:
    """Failures and warnings are known by how they begin, not by words somewhere inside."""
    assert severity_of(line) == severity
    assert dressed(parse(line.encode())).severity == severity


def test_a_bad_line_is_all_in_one_tone() -> None:
    """A recognised failure looks the same with and without the log's own colours."""
    plain = dressed(parse(b"fatal: [a]: FAILED!"))
    coloured = dressed(parse(b"\x1b[0;31mfatal: [a]: FAILED!\x1b[0m"))
    assert plain.parsed.text == coloured.parsed.text
    assert plain.parsed.sgrs == coloured.parsed.sgrs == [Sgr(tone="bad")]


def test_of_a_result_only_the_word_is_coloured() -> None:
    """Success is a green word and plain text, however the log coloured it."""
    line = dressed(parse(b"\x1b[0;32mok: [leaf1]\x1b[0m")).parsed
    assert (line.text, line.starts) == ("ok: [leaf1]", [0, 3])
    assert line.sgrs == [Sgr(tone="ok"), PLAIN]


def test_a_heading_loses_its_stars_to_a_rule() -> None:
    """The stars behind a task's name become a thin rule; stars elsewhere stay."""
    heading = dressed(parse("TASK [漢 : push] ******".encode()))
    assert (heading.parsed.text, heading.has_rule) == ("TASK [漢 : push] ", True)
    assert heading.parsed.columns == 17
    recap = dressed(parse(b"PLAY RECAP ****"))
    assert (recap.parsed.text, recap.has_rule) == ("PLAY RECAP ", True)
    other = dressed(parse(b"TASK [x] *** and more"))
    assert (other.parsed.text, other.has_rule) == ("TASK [x] *** and more", False)


def test_bad_lines_are_found_in_bytes() -> None:
    """Offsets are those of line starts, also behind colours, each line once."""
    data = b"ok: x\n\x1b[31mfatal: [a] error: fatal: \x1b[0m\nno error: here\n[WARNING]: w"
    assert list(severities(data, 100)) == [(6, "bad"), (data.rfind(b"[WARN"), "warn")]


def test_looking_for_bad_lines_stops_where_told() -> None:
    """When enough lines were looked at, the place to go on is given."""
    data = b"fatal: a\nok\nfatal: b\nfatal: c\n"
    assert list(severities(data, 2)) == [(0, "bad"), (12, "bad"), (21, "")]


def test_a_long_line_is_known_by_its_start() -> None:
    """A failure with megabytes of detail is recognised by its first words."""
    line = parse(*prepared(b"fatal: [a]: " + b"x" * 1_000_000))
    assert dressed(line).severity == "bad"


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (LogGap(0, 88_000, 1204, ""), "gap 1,204 lines, 88.0 kB"),
        (LogGap(0, None, 1, ""), "gap 1 line"),
        (LogGap(0, 12, None, ""), "gap 12 B"),
        (LogGap(0, None, None, ""), "gap of unknown size"),
    ],
)
def test_a_gap_tells_its_size(gap: LogGap, words: str) -> None:
    """What is missing is said in lines and bytes, as far as it is known."""
    assert gap_words(gap) == words
