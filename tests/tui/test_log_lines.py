"""What lines of output are recognised as."""

from __future__ import annotations

import pytest

from skyforge_tui.domain.log import LogGap
from skyforge_tui.domain.log_severity import severity_of
from skyforge_tui.tui.ansi import parse, prepared
from skyforge_tui.tui.presenters.log_lines import dressed, gap_words, hidden_words
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
        ("make: *** [Makefile:3: all] Error 1", "bad"),
        ("│ Error: Invalid reference", "bad"),
        ("11:02:33 ERRO failed to create link", "bad"),
        ("2026-11-29 11:02:33,123 WARNING no route", "warn"),
        ("ERRO[0012] failed to deploy", "bad"),
        ("WARN[0001] no license", "warn"),
        ("ERRORS were seen", ""),
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


def test_what_is_left_out_tells_its_size() -> None:
    """Lines that are not shown are counted, and tasks too where they are whole ones."""
    assert hidden_words(1, 0) == "1 line"
    assert hidden_words(1214, 3) == "3 tasks passed, 1,214 lines"
    assert hidden_words(4, 1) == "1 task passed, 4 lines"
