"""A defect ends the program with a trace that tells no secrets, and a terminal as it was."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from skyforge_tui.integrations.log_file import written_to
from skyforge_tui.integrations.redaction import remember
from tests.terminal import Terminal

REVEALED, LOCAL = "hunter2-revealed", "hunter2-in-a-variable"

BREAKING = f"""
import sys
from skyforge_tui.integrations.redaction import remember
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.__main__ import main

def breaks(self):
    password = {LOCAL[:7]!r} + {LOCAL[7:]!r}
    revealed = {REVEALED[:7]!r} + {REVEALED[7:]!r}
    remember(revealed)
    raise RuntimeError(f"cannot sign in with {{revealed}}") from KeyError(revealed)

SkyforgeApp.do_app_log = breaks
sys.argv[:] = ["skyforge"]
sys.exit(main())
"""


@pytest.fixture
def crashed(tmp_path: Path) -> tuple[int, str, Path]:
    """Return how a cockpit ended whose key is broken: exit code, all it wrote, its state."""
    places = {f"XDG_{one}_HOME": str(tmp_path / one) for one in ("STATE", "CACHE", "CONFIG")}
    script = tmp_path / "breaking.py"
    script.write_text(BREAKING)
    environ = os.environ | places | {"TERM": "xterm-256color"}
    terminal = Terminal((sys.executable, str(script)), tmp_path, environ)
    try:
        terminal.until(b"Projects")
        terminal.press(b"@")
        code = terminal.ended()
        return code, terminal.written.decode(), tmp_path / "STATE" / "skyforge"
    finally:
        terminal.close()


def test_crash_tells_no_secrets(crashed: tuple[int, str, Path]) -> None:
    """The trace names the place and the error; neither variables nor revealed secrets are in it."""
    code, written, state = crashed
    assert code == 1
    log = (state / "skyforge.log").read_text()
    for text in (written, log):
        assert "RuntimeError: cannot sign in with ***" in text
        assert "in breaks" in text
        assert REVEALED not in text
        assert LOCAL not in text
    assert "the cockpit broke" in log


def test_crash_gives_the_terminal_back(crashed: tuple[int, str, Path]) -> None:
    """The trace stands on the ordinary screen: cursor, mouse and paste are as before."""
    _, written, _ = crashed
    head, _, tail = written.rpartition("\x1b[?1049l")
    assert "RuntimeError" in tail
    assert "RuntimeError" not in head
    for mode in ("1000", "1003", "1006", "2004"):
        assert written.rfind(f"\x1b[?{mode}l") >= written.rfind(f"\x1b[?{mode}h")
    assert written.rindex("\x1b[?25h") > written.rfind("\x1b[?25l")


def test_log_is_masked_and_moved_aside(tmp_path: Path) -> None:
    """The log holds one line a record, without secrets; a full one is kept beside it once."""
    import logging

    path = tmp_path / "deep" / "skyforge.log"
    remember(REVEALED)
    log = logging.getLogger("skyforge_tui.tests")
    with written_to(path, max_bytes=2000):
        things = ["before"]
        log.warning("seen %s and %s", REVEALED, things)
        things.append("after")
        for number in range(30):
            log.info("line %d %s", number, "x" * 50)
        try:
            raise ValueError(REVEALED)
        except ValueError:
            log.exception("broke")
    log.warning("nobody writes this")
    kept = path.with_name("skyforge.log.1").read_text() + path.read_text()
    assert path.stat().st_size <= 2000
    assert path.stat().st_mode & 0o777 == 0o600
    assert REVEALED not in kept
    assert "ValueError: ***" in kept
    assert "nobody writes this" not in kept
    assert [one for one in range(30) if f"line {one} " in kept][-1] == 29


def test_log_that_cannot_be_written_harms_nobody(tmp_path: Path) -> None:
    """A log without a place is lost, and whoever logs does not notice."""
    import logging

    (tmp_path / "file").touch()
    with written_to(tmp_path / "file" / "skyforge.log"):
        logging.getLogger("skyforge_tui.tests").warning("lost")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
