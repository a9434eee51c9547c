"""`skyforge runs logs` with its options: a part of an output, and none of its tricks."""

from __future__ import annotations

import os
import pty
from datetime import UTC, datetime, timedelta

from skyforge_tui.store.log_format import RECORD
from skyforge_tui.store.log_writer import TIME_STEP_MS
from tests.cli.headless import Headless, ended


def test_lines_are_looked_for(sky: Headless) -> None:
    """--grep finds texts and patterns and what surrounds them; exit 1 says that there is none."""
    number = sky.launch("many", "--wait")
    found = sky("runs", "logs", number, "--grep", "7777")
    sevens = [str(one) for one in range(100_001) if "7777" in str(one)]
    assert (found.code, found.text.split()) == (0, sevens)
    found = sky("runs", "logs", number, "--grep", "/^(5|500)$/", "-C", "1")
    assert found.text == "4\n5\n6\n--\n499\n500\n501\n"
    assert sky("runs", "logs", number, "--grep", "!1", "--tail", "2").text == "99998\n99999\n"
    none = sky("runs", "logs", number, "--grep", "none of these")
    assert (none.code, none.out) == (1, b"")


def test_the_last_lines_alone(sky: Headless) -> None:
    """--tail gives the last lines, also of a run that goes on, and then what comes."""
    number = sky.launch("many", "--wait")
    assert sky("runs", "logs", number, "--tail", "3").text == "99998\n99999\n100000\n"
    assert sky("runs", "logs", number, "--tail", "0").text == ""
    assert len(sky("runs", "logs", number, "--tail", "1000000").text) == 588_895
    gated = sky.launch("gated")
    process = sky.process("runs", "logs", gated, "--follow", "--tail", "1", "--grep", "/./")
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    sky.open_gate(b"through\n")
    assert ended(process).out == b"through\n"


def test_what_came_since(sky: Headless) -> None:
    """--since leaves out the lines that came earlier."""
    number = sky.launch("gated")
    sky.runs.until_output(number, b"begun")
    assert sky("runs", "logs", number, "--since", "1h").text == "begun\n"
    begun = datetime.now(UTC)
    while datetime.now(UTC) - begun < 2 * timedelta(milliseconds=TIME_STEP_MS):
        assert sky("runs", "logs", number, "--tail", "1").text == "begun\n"
    sky.open_gate(b"late one\n")
    sky.runs.ended(number)
    came = sky.runs.path(number, "output.times").read_bytes()
    times = [at for _, at in RECORD.iter_unpack(came)]
    between = datetime.fromtimestamp((times[0] + times[-1]) / 2000, UTC).isoformat()
    assert sky("runs", "logs", number, "--since", between).text == "late one\n"
    assert sky("runs", "logs", number, "--since", "2999-01-01").text == ""
    found = sky("runs", "logs", number, "--since", between, "--grep", "begun")
    assert (found.code, found.text) == (1, "")


def test_what_cannot_be_meant_is_refused(sky: Headless) -> None:
    """A broken pattern or time exits 2 before anything is written, and says what is wrong."""
    number = sky.launch("hello", "--wait")
    for option, value, word in (
        ("--grep", "/a(b/", "this ( has no )"),
        ("--grep", "", "nothing to look for"),
        ("--since", "soon", "is no time"),
        ("--tail", "-1", "-1"),
    ):
        done = sky("runs", "logs", number, option, value)
        assert (done.code, done.out) == (2, b"")
        assert word in done.err


def test_a_terminal_gets_no_tricks(sky: Headless) -> None:
    """On a terminal only colour is left of what an output does to it, unless --raw is said."""
    number = sky.launch("hello", "--wait")
    for options, expected in (
        ((), b"hello\r\n\x1b[31mred\x1b[0m^@end\x1b[0m"),
        (("--raw",), b"hello\r\r\n\x1b[31mred\x1b[0m\x00end"),
    ):
        ours, theirs = pty.openpty()
        process = sky.process("runs", "logs", number, *options, stdout=theirs)
        os.close(theirs)
        seen = b""
        while len(seen) < len(expected):
            seen += os.read(ours, 1000)
        assert process.wait(60) == 0
        os.close(ours)
        assert seen == expected
        ended(process)
