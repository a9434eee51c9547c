"""What the UI thread may touch: nothing that could keep it waiting."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.worktrees import a_repository

ROOT = Path(__file__).parents[2]
MANIFEST = """
[[templates]]
name = "flood"
command = ["sh", "-c", "i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo line $i; done; sleep 1000"]
"""


@pytest.fixture(scope="module")
def report() -> Iterator[dict[str, Any]]:
    """Return what was seen on a journey, made once."""
    with tempfile.TemporaryDirectory(prefix="sky-", ignore_cleanup_errors=True) as name:
        base = Path(name).resolve()
        a_repository(base / "work" / "edge-fabric", {"skyforge.toml": MANIFEST})
        yield _watched("tests.tui.watched_journey", base / "work", base)


def _watched(module: str, argument: Path, home: Path) -> dict[str, Any]:
    places = {f"XDG_{one}_HOME": str(home / one) for one in ("STATE", "CACHE", "CONFIG")}
    done = subprocess.run(
        [sys.executable, "-m", module, str(argument)], cwd=ROOT, env=os.environ | places,
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-6000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_nothing_is_opened_on_the_ui_thread(report: dict[str, Any]) -> None:
    """After the first picture no file, socket, process, database or module is opened there."""
    assert report["seen"] == []


def test_the_engine_starts_behind_the_first_picture(report: dict[str, Any]) -> None:
    """Nothing runs beside the UI thread while the first picture is made."""
    assert report["threads"] == ["MainThread"]


def test_garbage_is_sought_seldom(report: dict[str, Any]) -> None:
    """What the first picture and start-up made is never looked through again; the rest seldom."""
    garbage = report["garbage"]
    assert garbage["is_looked_for"]
    assert garbage["thresholds"] == [5_000, 20, 100]
    # Freezing takes all there was at the picture but its garbage, and later what was loaded since.
    assert garbage["frozen"] > 0.9 * garbage["at_the_picture"] > 10_000


def test_the_viewer_keeps_its_ui_thread_free_too(tmp_path: Path) -> None:
    """What its keys need is loaded beside the first picture; then nothing is opened there."""
    log = tmp_path / "log"
    log.write_text(
        "".join(f"line {number}\n" for number in range(1, 500)) + "TASK [last] ***\nline 500\n"
    )
    found = _watched("tests.tui.watched_viewing", log, tmp_path)
    assert found == {"seen": [], "collecting": [5_000, 20, 100]}
