"""`skyforge view` in a terminal: nothing that a log tries reaches it, and it is given back."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import PATIENCE_S, Terminal
from tests.tui.hostile_logs import HOSTILE

SEQUENCE = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])"
)
"""One control sequence, or one whole string of a device or an operating system."""
OURS = re.compile(
    rb"\x1b(?:\[[\d;:]*[mH]|\[\?(?:1000|1003|1004|1006|1015|1049|2004|2026|2048|25|7)[hl]"
    rb"|\[\?\d+\$p|\[[<>=]\d*u|\]22;[a-z]*\x07)"
)
"""What the program itself says to a terminal: colours, places, its modes, the mouse's shape."""
ALT_SCREEN = b"\x1b[?1049"
VIEW = ("view", "log")


def viewing(
    tmp_path: Path, *command: str, kind: str = "xterm-256color", what: tuple[str, ...] = VIEW
) -> Terminal:
    """Return a terminal of that kind that shows all hostile logs as one, or something else."""
    (tmp_path / "log").write_bytes(b"\n".join(HOSTILE.values()) + b"\nthe very end\n")
    environ = {one: os.environ[one] for one in ("PATH", "LANG") if one in os.environ}
    environ |= {f"XDG_{one}_HOME": str(tmp_path / "home") for one in ("STATE", "CACHE", "CONFIG")}
    program = [sys.executable, "-m", "skyforge_tui", *what]
    return Terminal([*command, *program], tmp_path, environ | {"TERM": kind})


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Show all hostile logs, in a terminal of their own."""
    # Whoever was started behind a shell's & has interrupts ignored, and hands that on.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        terminal = viewing(tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        yield terminal
    finally:
        terminal.close()


def test_only_our_own_controls_reach_the_terminal(terminal: Terminal) -> None:
    """All hostile logs are paged through, wrapped and searched; no control is one of theirs."""
    terminal.until(b"keys")
    written = terminal.written
    pages = sum(one.count(b"\n") for one in HOSTILE.values()) // 22
    steps = (*([b"\x1b[6~"] * pages), b"\\", b"g", *([b"\x1b[6~"] * pages), b"g", b"&", b"e", b"\r")
    for keys in steps:
        terminal.press(keys)
        terminal.until(b"\x1b[")
        written += terminal.written
    terminal.press(b"/\x15the very\r")
    terminal.until(b"very")
    written += terminal.written
    terminal.press(b"\x11")
    assert terminal.ended() == 0
    written += terminal.written
    assert written.count(ALT_SCREEN + b"h") == 1
    foreign = {one for one in SEQUENCE.findall(written) if not OURS.fullmatch(one)}
    left = SEQUENCE.sub(b"", written).decode()
    assert foreign == set()
    assert set(
        re.findall(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", left)
    ) <= {"\r", "\n"}


def test_text_comes_before_the_toolkit(terminal: Terminal) -> None:
    """The first lines are drawn before what draws afterwards has said anything.

    Keys that are typed at them are not seen there, and are carried out afterwards as they were.
    """
    terminal.until(ALT_SCREEN + b"h")
    before = terminal.written
    terminal.press(b"/the very\r")
    terminal.until(b"\x1b[?1004h")
    before += terminal.written.partition(b"\x1b[?1004h")[0]
    assert b"full reset" in SEQUENCE.sub(b"", before)
    assert b"the very" not in before
    terminal.until(b" clears")


def test_it_is_seen_wherever_complaints_go(tmp_path: Path) -> None:
    """Where standard error leads into a file, the picture is on the terminal all the same."""
    terminal = viewing(tmp_path, "sh", "-c", 'exec "$@" 2>complaints', "sh")
    try:
        terminal.until(b"keys")
        terminal.press(b"\x11")
        assert terminal.ended() == 0
    finally:
        terminal.close()
    assert (tmp_path / "complaints").read_bytes() == b""


@pytest.mark.parametrize("what", [VIEW, ("view", "--", "log"), ()])
def test_where_there_are_no_screens_one_sentence_says_so(
    what: tuple[str, ...], tmp_path: Path
) -> None:
    """A terminal that shows no screens gets none: a sentence that says why, and exit code 2."""
    terminal = viewing(tmp_path, kind="dumb", what=what)
    try:
        terminal.until(b"set TERM to what it is")
        assert terminal.process.wait(PATIENCE_S) == 2
    finally:
        terminal.close()
    assert b"\x1b" not in terminal.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("moment", [b"keys", ALT_SCREEN + b"h"])
def test_the_terminal_is_given_back_when_killed(
    terminal: Terminal, number: signal.Signals, moment: bytes
) -> None:
    """Told to end by the system, however early, the program leaves the terminal as it found it."""
    terminal.until(moment)
    terminal.process.send_signal(number)
    assert terminal.ended() == 128 + number
    assert terminal.written.count(ALT_SCREEN + b"l") == 1
    assert terminal.written.rindex(b"\x1b[?25h") > terminal.written.index(ALT_SCREEN + b"h")


def test_it_ends_when_the_terminal_is_gone(terminal: Terminal) -> None:
    """Where nobody sends a signal when the terminal goes, nothing turns in vain for ever."""
    terminal.until(b"\x1b[?1004h")
    assert terminal.hang_up() == 128 + signal.SIGHUP
