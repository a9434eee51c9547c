"""What goes wrong exits with a stable code and says what to do; every code is provoked."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.headless import Headless, ended


def test_untrusted_launch_exits_4(stranger: Headless) -> None:
    """What a repository declares does not run until trusted; the refusal names the command."""
    done = stranger("runs", "launch", "hello")
    assert (done.code, done.out) == (4, b"")
    assert f"skyforge trust {stranger.manifest}" in done.err
    assert stranger("runs", "ls", "--json").json == []


def test_changed_content_is_asked_again(sky: Headless) -> None:
    """Trust holds for the content that was read, not for the file's name."""
    with sky.manifest.open("a") as manifest:
        manifest.write("# another line\n")
    assert sky("runs", "launch", "hello").code == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("bogus",),
        ("runs", "logs"),
        ("runs", "ls", "--limit", "0"),
        ("runs", "launch", "hello", "-v", "x"),
        ("runs", "launch", "hello", "-v", "=x"),
        ("runs", "launch", "hello", "-v", "shape=round"),
        ("runs", "launch", "vault"),
        ("runs", "launch", "vault", "-v", "pw=env:NOWHERE"),
        ("runs", "launch", "vault", "-v", "pw=file:/nowhere"),
        ("--config", "/nowhere.toml", "runs", "ls"),
        ("--profile", "nobody", "runs", "ls"),
    ],
)
def test_wrong_usage_exits_2(sky: Headless, arguments: tuple[str, ...]) -> None:
    """Usage, answers and settings that are wrong exit 2, say so and put nothing on stdout."""
    done = sky(*arguments)
    assert (done.code, done.out) == (2, b"")
    assert done.err.strip()
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("runs", "show", "99"),
        ("runs", "logs", "99"),
        ("runs", "logs", "99", "--follow"),
        ("runs", "stop", "99"),
        ("runs", "rerun", "99"),
        ("runs", "answer", "99"),
        ("runs", "show", "local:99"),
        ("runs", "show", "9" * 40),
        ("runs", "show", "elsewhere:1"),
        ("runs", "launch", "no-such-thing"),
        ("projects", "show", "no-such-thing"),
        ("trust", "/nowhere/at/all"),
    ],
)
def test_what_is_not_there_exits_5(sky: Headless, arguments: tuple[str, ...]) -> None:
    """Runs, templates, projects and files that do not exist exit 5."""
    done = sky(*arguments)
    assert (done.code, done.out) == (5, b"")
    assert "Traceback" not in done.err


def test_two_of_a_name_exit_4(sky: Headless) -> None:
    """A name that several projects have is refused, and the refusal names them."""
    other = sky.workspace / "other"
    other.mkdir()
    (other / "skyforge.toml").write_bytes(sky.manifest.read_bytes())
    assert sky("templates", "ls").code == 0
    done = sky("runs", "launch", "endless")
    assert done.code == 4
    assert "fabric/endless, other/endless" in done.err


def test_unusable_state_exits_3(sky: Headless) -> None:
    """A launch that cannot be written down is not made, and exits 3."""
    (sky.state / "runs").write_text("in the way")
    done = sky("runs", "launch", "endless", "--json")
    assert (done.code, done.out) == (3, b"")
    assert "cannot be written" in done.err
    assert sky.runs.directories.live() == []


def test_trust_that_would_be_forgotten_exits_3(stranger: Headless) -> None:
    """Nothing pretends to be remembered where nothing can be."""
    in_the_way = stranger.base / "file"
    in_the_way.touch()
    done = stranger(
        "trust", stranger.project, environ={"SKYFORGE_STATE_DIR": f"{in_the_way}/state"}
    )
    assert (done.code, done.out) == (3, b"")
    assert "forgotten" in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize(
    "words", [("projects", "ls"), ("artifacts", "get", "notes/a", "-o", "-")], ids=" ".join
)
def test_full_output_exits_3(sky: Headless, words: tuple[str, ...]) -> None:
    """Output that cannot be written is said once, without a trace; an object's bytes as well."""
    if words[0] == "artifacts":
        assert sky("artifacts", "put", "-", "notes/a", stdin=b"hello").code == 0
    with Path("/dev/full").open("wb") as full:
        done = ended(sky.process(*words, stdout=full))
    assert done.code == 3
    assert "standard output cannot be written" in done.err
    assert "Traceback" not in done.err


def test_reader_may_leave(sky: Headless) -> None:
    """Whoever reads only the beginning ends the program quietly."""
    number = sky.launch("many", "--wait")
    process = sky.process("runs", "logs", number)
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    process.stdout.close()
    assert process.wait(100) == 0
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()


def test_cockpit_needs_a_terminal(stranger: Headless) -> None:
    """Without a terminal the cockpit does not open, and says what does work."""
    done = ended(stranger.process(stdin=subprocess.DEVNULL))
    assert (done.code, done.out) == (2, b"")
    assert "--help" in done.err
