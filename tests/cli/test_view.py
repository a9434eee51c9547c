"""`skyforge view` without a screen: what is in files comes out, several merged by time."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from skyforge_tui.__main__ import plainly_viewed
from tests.store.supervised import PATIENCE_S

View = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def view(tmp_path: Path) -> View:
    """Return a function that starts the command in a folder with no workspace and no settings."""
    home = tmp_path / "home"
    environ = os.environ | {f"XDG_{one}_HOME": str(home) for one in ("STATE", "CACHE", "CONFIG")}

    def start(*arguments: object, closed: str = "") -> subprocess.Popen[bytes]:
        command = (sys.executable, "-m", "skyforge_tui", "view", *map(str, arguments))
        if closed:
            command = ("sh", "-c", f'exec "$@" {closed}', "sh", *command)
        return subprocess.Popen(
            command, cwd=tmp_path, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip

    return start


def said(process: subprocess.Popen[bytes], stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Return exit code, output and complaints of a command that ends by itself."""
    out, err = process.communicate(stdin, timeout=PATIENCE_S)
    return process.returncode, out, err.decode()


def test_several_files_are_merged(view: View, tmp_path: Path) -> None:
    """Files and a pipe come out as one, in the order of their times, packed ones too."""
    (tmp_path / "a").write_bytes(b"Nov 23 13:00:01 one\nNov 23 13:00:04 four")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"Nov 23 13:00:02 two\n  and a bit\n"))
    for name in ("a", "b.gz"):
        os.utime(tmp_path / name, (1_795_500_000, 1_795_500_000))  # 24 November 2026
    code, out, err = said(view("a", "b.gz", "-"), b"2026-11-23T13:00:03Z three\n")
    assert (code, err) == (0, "")
    words = [line.split()[-1] for line in out.splitlines()]
    assert words == [b"one", b"two", b"bit", b"three", b"four"]
    assert not list((tmp_path / "home").rglob("output.log"))


@pytest.mark.parametrize(("closed", "comes"), [("<&-", b"a line\n"), (">&-", b"")])
def test_closed_streams_are_empty_ones(
    view: View, tmp_path: Path, closed: str, comes: bytes
) -> None:
    """Where whoever starts it has closed a standard stream, nothing breaks and no file is hit."""
    (tmp_path / "log").write_bytes(b"a line\n")
    assert said(view("log", "-", closed=closed)) == (0, comes, "")
    assert (tmp_path / "log").read_bytes() == b"a line\n"


def test_one_file_is_copied(view: View, tmp_path: Path) -> None:
    """One file, or what is piped in, comes out byte for byte."""
    data = b"\x1b[31mred\x1b[0m \xff\0 " + bytes(range(32, 256)) * 5_000
    (tmp_path / "log").write_bytes(data)
    assert said(view("log")) == (0, data, "")
    assert said(view(), data) == (0, data, "")


def test_a_followed_file_goes_on(view: View, tmp_path: Path) -> None:
    """What is written to a followed file comes out, also when another took its place."""
    path = tmp_path / "log"
    path.write_bytes(b"first\n")
    process = view("--follow", "log")
    assert process.stdout is not None
    assert process.stdout.readline() == b"first\n"
    with path.open("ab") as file:
        file.write(b"second\n")
    assert process.stdout.readline() == b"second\n"
    path.rename(tmp_path / "log.1")
    path.write_bytes(b"third\n")
    assert process.stdout.readline() == b"third\n"
    process.terminate()
    process.communicate(timeout=PATIENCE_S)


def test_failures_have_their_codes(view: View, tmp_path: Path) -> None:
    """Nothing there, nothing to read, no text, and a damaged end are told apart."""
    (tmp_path / "binary").write_bytes(bytes(256) + bytes(range(32)) * 90)
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"some text\n" * 9000)[:-20])
    expected = {"missing": (5, "there is no file missing"), ".": (2, "is a folder"),
                "binary": (2, "is not text"), "cut.gz": (1, "it ends too early")}  # fmt: skip
    for name, (code, words) in expected.items():
        found = said(view(name))
        assert found[0] == code, found
        assert words in found[2]


def pour(descriptor: int) -> None:
    """Write until nobody reads any more."""
    while True:
        os.write(descriptor, b"more\n" * 1000)


def test_a_reader_may_leave(view: View) -> None:
    """Who reads only the beginning ends the command, and the command lets go of its pipe."""
    process = view("-")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"begin\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"begin\n"
    process.stdout.close()
    with pytest.raises(BrokenPipeError):
        pour(process.stdin.fileno())
    process.stdin.close()
    assert process.stderr is not None
    assert (process.wait(PATIENCE_S), process.stderr.read()) == (0, b"")
    process.stderr.close()


@pytest.mark.parametrize(
    ("line", "viewed"),
    [
        ("view log", (["log"], False)),
        ("view a - b", (["a", "-", "b"], False)),
        ("view a -f", (["a"], True)),
        ("view --follow -", (["-"], True)),
        ("view", None),
        ("view -f", None),
        ("view --help", None),
        ("view -- -f", None),
        ("view -x log", None),
        ("--profile lab view log", None),
        ("runs ls", None),
    ],
)
def test_only_what_is_plain_goes_past_the_command_line(
    line: str, viewed: tuple[list[str], bool] | None
) -> None:
    """Files are shown without what reads command lines, unless there is anything else to read."""
    assert plainly_viewed(line.split()) == viewed
