"""From a process to the screen, by way of supervisor and store: nothing is lost, whoever dies."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from pathlib import Path

from tests.cli.headless import Headless
from tests.terminal import Terminal
from tests.worktrees import write

LINES = 180_000
FLOOD = """
import os, sys

def lines(first, last):
    return b"".join(
        b"\\x1b[0;3%dmok: [leaf-%02d]\\x1b[0m => (item=%06d) %s\\n" % (n % 8, n % 97, n, b"x" * 80)
        for n in range(first, last)
    )

def put(data):
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest):]

if __name__ == "__main__":
    total = int(sys.argv[1])
    for first in range(0, total, 1000):
        if first == total // 2:
            put(b"HALF OF IT\\n")
            open("gate", "rb").read()
        put(lines(first, min(first + 1000, total)))
    put(b"THAT IS ALL\\n")
"""
"""Writes coloured lines as fast as it can; in the middle it waits at a gate."""


def expected() -> bytes:
    """Return what the process writes."""
    names: dict[str, object] = {"__name__": "flood"}
    exec(FLOOD, names)
    lines = names["lines"]
    assert callable(lines)
    half = LINES // 2
    return b"".join((lines(0, half), b"HALF OF IT\n", lines(half, LINES), b"THAT IS ALL\n"))


def open_run(sky: Headless) -> Terminal:
    """Open the cockpit in a terminal, and in it the run."""
    environ = os.environ | sky.environ | {"TERM": "xterm-256color"}
    terminal = Terminal((sys.executable, "-m", "skyforge_tui"), sky.workspace, environ)
    terminal.until(b"Projects")
    terminal.press(b"3")
    terminal.until(b"flood")
    terminal.press(b"\r")
    return terminal


def test_nothing_is_lost_on_the_way(sky: Headless) -> None:
    """20 MB of colours arrive byte for byte, though the cockpit is killed in the middle."""
    write(
        sky.project,
        {
            "flood.py": FLOOD,
            "skyforge.toml": '[[templates]]\nname = "flood"\n'
            f'command = ["{sys.executable}", "-I", "-S", "flood.py", "{LINES}"]\n',
        },
    )
    sky.trust()
    number = sky.launch("flood")
    first = open_run(sky)
    try:
        first.until(b"HALF OF IT")
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        sky.open_gate(b"go on\n")
        second = open_run(sky)
        try:
            second.until(b"THAT IS ALL")
            second.until(b"passed")
        finally:
            second.close()
    finally:
        first.close()
    kept = sky("runs", "logs", str(number)).out
    wanted = expected()
    assert len(wanted) > 20_000_000
    assert hashlib.sha256(kept).digest() == hashlib.sha256(wanted).digest()
    assert Path(sky.state / "runs" / str(number) / "output.log").stat().st_size == len(wanted)
