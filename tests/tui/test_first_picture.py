"""The first picture of a log is the one that the toolkit draws next."""

from __future__ import annotations

import io
import os
import pty
import signal
import sys
import termios
import tty
from pathlib import Path

import pytest

from skyforge_tui.domain.identity import Principal
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.tui import canvas
from skyforge_tui.tui.first_picture import FirstPicture, rows
from skyforge_tui.tui.look import Look
from skyforge_tui.tui.viewer import ViewerApp
from skyforge_tui.tui.widgets.log_watch import LogWatch
from skyforge_tui.wiring.file_parts import file_parts
from skyforge_tui.wiring.viewer import _first_picture, make_viewer
from tests.tui.cockpit_harness import screen_text
from tests.tui.drawing import until
from tests.tui.hostile_logs import HOSTILE

ADA = Principal("ada")


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return a log of everything bad, and one with times."""
    (tmp_path / "hostile").write_bytes(b"\n".join(HOSTILE.values()))
    (tmp_path / "timed").write_text("2026-01-01T00:00:01 one\n2026-01-01T00:00:02 two\n")
    return [str(tmp_path / "hostile"), str(tmp_path / "timed")]


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 6), (7, 3)])
@pytest.mark.parametrize("which", [slice(0, 1), slice(1, 2), slice(0, 2)])
async def test_it_stands_where_it_will_be(
    tmp_path: Path,
    files: list[str],
    which: slice,
    size: tuple[int, int],
    follow: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Title and lines are those of the toolkit's picture, in the same places."""
    for kind, what in ((ViewerApp, "_start"), (LogWatch, "_scan_soon")):
        monkeypatch.setattr(kind, what, lambda *_: None)  # what comes after the picture
    frame = FrameSettings(tmp_path / "config.toml", tmp_path / "state", tmp_path / "cache")
    parts = file_parts(frame)
    log = await parts.files.open(ADA, files[which], None)
    progress = await parts.files.advance(ADA, log)
    first = rows(log, progress, Look(), size, follow=follow)
    app = make_viewer(frame, parts, log, progress, follow=follow)
    try:
        async with app.run_test(size=size) as pilot:
            texts = ["".join(segment.text for segment in row).rstrip() for row in first]
            assert len(texts) == size[1]
            await until(pilot, lambda: texts[1:-1] == screen_text(app)[1:-1])
            # Lines are counted meanwhile.
            assert screen_text(app)[0].startswith(texts[0])
    finally:
        log.close()


def test_it_leaves_as_it_came() -> None:
    """Unless something goes on from it, the terminal is given back, and endings are heard again."""
    terminal = io.StringIO()
    with FirstPicture(terminal, Look()) as picture:
        picture.show([])
        assert signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert terminal.getvalue().endswith("\x1b[?1049l\x1b[?25h")


@pytest.mark.parametrize("is_in_front", [False, True])
async def test_only_what_is_in_front_draws(
    tmp_path: Path, files: list[str], is_in_front: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started behind the shell, nothing is drawn over that; in front keys wait unseen meanwhile."""
    terminal = io.StringIO()
    ours, theirs = pty.openpty()
    monkeypatch.setattr(canvas, "canvas", lambda: terminal)
    monkeypatch.setattr(canvas, "is_in_front", lambda _: is_in_front)
    frame = FrameSettings(tmp_path / "config.toml", tmp_path / "state", tmp_path / "cache")
    parts = file_parts(frame)
    log = await parts.files.open(ADA, files[:1], None)
    try:
        progress = await parts.files.advance(ADA, log)
        with os.fdopen(theirs) as keys:
            monkeypatch.setattr(sys, "stdin", keys)
            modes = termios.tcgetattr(keys)
            with _first_picture(frame, log, progress, follow=False) as picture:
                assert (picture is not None) is is_in_front
                assert bool(termios.tcgetattr(keys)[tty.LFLAG] & termios.ECHO) is not is_in_front
            assert termios.tcgetattr(keys) == modes
        assert bool(terminal.getvalue()) is is_in_front
    finally:
        log.close()
        os.close(ours)
