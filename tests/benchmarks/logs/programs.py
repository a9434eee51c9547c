"""The programs that are compared: how each is started, and which keys do the same in each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.logs.watched import COLUMNS, ROWS, Screen

PEERS = ("lnav", "less", "toolong")
TOOLONG = "toolong==1.5.0"
"""The last one; it works with Textual 0.58 only, hence an environment of its own."""

Wanted = Callable[[Screen], bool]


def numbered(number: int) -> Wanted:
    """Return whether the line of a number is on the screen, with its whole text."""
    mark = f"{number:08d}"
    return lambda screen: any(mark in row for row in screen)


def said(*texts: str) -> Wanted:
    """Return whether one row says all of these."""
    return lambda screen: any(all(text in row for text in texts) for row in screen)


@dataclass(frozen=True)
class Program:
    """A program that shows logs."""

    name: str
    command: tuple[str, ...]
    """What is called with the file behind."""
    end: bytes = b"G"
    top: bytes = b"g"
    down: bytes = b"j"
    begins_at_end: bool = False
    environ: dict[str, str] = field(default_factory=dict)

    def to_line(self, number: int, lines: int) -> tuple[bytes, Wanted]:
        """Return the keys to a line far away, and what is to be seen then."""
        if self.name == "lnav":
            return b":goto %d\r" % number, numbered(number)
        if self.name == "less":
            return b"%dg" % number, numbered(number)
        # A click on the middle of the scrollbar.
        return b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % ((COLUMNS, ROWS // 2) * 2), _between(
            int(lines * 0.4), int(lines * 0.6)
        )

    @property
    def can_count(self) -> bool:
        """Whether it says how many hits there are."""
        return self.name in ("ours", "lnav")

    def finds(self, text: bytes) -> Wanted:
        """Return whether it says that a word was found."""
        return said("“") if self.name == "lnav" else said(f"/ {text.decode()}", " of ")

    def completed_by(self, keys: bytes) -> tuple[int, int]:
        """Return which part of what is typed completes a search, and is waited for."""
        # Ours has looked for what was typed before, and begins anew with every key. Others go on
        # from what they found behind the typing; typed at once, there is nothing yet.
        return (len(keys) - 2, len(keys) - 1) if self.name == "ours" else (1, len(keys))

    def counts(self, number: int) -> Wanted:
        """Return whether so many hits are said to be all."""
        if self.name == "lnav":
            return lambda screen: any(
                f"{number} hits" in row or f"of {number} " in row for row in screen[-4:]
            )
        return lambda screen: any(f"{number:,}" in row and "…" not in row for row in screen[-4:])

    def is_indexed(self, lines: int) -> Wanted | None:
        """Return whether all lines are said to be counted; None if that is never said."""
        if self.name == "ours":
            return said(f"{lines:,} lines")
        # It shows nothing before everything is indexed.
        return numbered(lines - 1) if self.name == "lnav" else None

    def alternation(self) -> bytes:
        """Return what looks for one of two words, case as it stands."""
        # lnav is blind to case unless told otherwise.
        return b"/(?-i)fatal|skipping\r" if self.name == "lnav" else b"//fatal|skipping/c\r"

    def literal(self, text: bytes) -> bytes:
        """Return what looks for a word, case as it stands."""
        return b"/(?-i)%s\r" % text if self.name == "lnav" else b"/%s\r" % text

    def blind(self, text: bytes) -> bytes:
        """Return what looks for a word, blind to case."""
        return b"/(?i)%s\r" % text if self.name == "lnav" else b"/%s\r" % text.lower()


def _between(first: int, last: int) -> Wanted:
    """Return whether the topmost number on the screen lies between two."""

    def wanted(screen: Screen) -> bool:
        for row in screen:
            for word in row.replace(")", " ").replace(",", " ").replace("=", " ").split():
                if len(word) == 8 and word.isdigit():
                    return first <= int(word) <= last
        return False

    return wanted


OURS = Program("ours", (sys.executable, "-m", "skyforge_tui", "view"))


def peer(name: str, cache: Path) -> Program | None:
    """Return a peer if it is here; toolong is installed below `cache` when it is asked for."""
    if name == "toolong":
        program = _toolong(cache)
        return (
            None
            if program is None
            else Program(
                name,
                (str(program),),
                end=b"\x1b[F",
                top=b"\x1b[H",
                down=b"\x1b[B",
                begins_at_end=True,
            )
        )
    if shutil.which(name) is None:
        return None
    if name == "lnav":
        return Program(name, ("lnav", "-N"), begins_at_end=True)
    return Program(name, ("less", "-R"), environ={"LESS": ""})


def _toolong(cache: Path) -> Path | None:
    home = cache / "toolong"
    program = home / "bin" / "tl"
    if program.exists():
        return program
    venv.create(home, with_pip=True, clear=True)
    done = subprocess.run(
        [str(home / "bin" / "pip"), "install", "-q", TOOLONG], capture_output=True, check=False
    )
    return program if done.returncode == 0 else None


def surroundings(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of the person's changes anything."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return kept | {
        "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home / "config"),
    }  # fmt: skip
