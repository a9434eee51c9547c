"""A gigabyte from a process by way of supervisor and store to the screen, which dies in between."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from tests.benchmarks.logs.producer import BLOCK
from tests.benchmarks.logs.table import head, note, row
from tests.benchmarks.logs.watched import Watched
from tests.worktrees import write

HERE = Path(__file__).parent
SKYFORGE = (sys.executable, "-m", "skyforge_tui")
_LINE = 118
"""Bytes of each line that the producer writes."""
_HASH = re.compile(rb"\b[0-9a-f]{64}\b")
"""The last line: the producer's own account of what it wrote."""


def rows(size: int, environ: dict[str, str], base: Path) -> None:
    """Launch, watch, kill, watch again; compare hashes."""
    workspace = base / "work"
    lines = -(-size // _LINE // BLOCK) * BLOCK
    environ = environ | {
        f"XDG_{name}_HOME": str(base / name.lower()) for name in ("STATE", "CACHE", "CONFIG")
    }
    write(
        workspace / "fabric",
        {
            "producer.py": (HERE / "producer.py").read_text(),
            "skyforge.toml": '[[templates]]\nname = "flood"\n'
            f'command = ["{sys.executable}", "producer.py", "flood", "{lines}"]\n',
        },
    )

    def call(*words: str) -> bytes:
        return subprocess.run(
            [*SKYFORGE, *words], cwd=workspace, env=environ, check=True, capture_output=True
        ).stdout

    call("trust", str(workspace / "fabric"))
    began = perf_counter()
    call("runs", "launch", "flood")
    first = _opened(workspace, environ)
    try:
        first.until(b"<00-")
        os.kill(first.process.pid, signal.SIGKILL)
    finally:
        first.close()
    second = _opened(workspace, environ)
    try:
        second.until(b"passed")
        ended = second.until(_HASH)
        peak = second.peak_mb()
    finally:
        second.close()
    output = next((base / "state").rglob("output.log"))
    data = output.read_bytes()
    body, _, said = data.rstrip(b"\n").rpartition(b"\n")
    kept = len(body) + 1
    same = hashlib.sha256(body + b"\n").hexdigest().encode() == said.strip()
    head(f"{kept / 1e6:,.0f} MB from process to screen, the cockpit killed in between")
    row("bytes kept, if the hash is the same", "", kept * same, lines * _LINE, of="written", bar=1,
        at_least=True)  # fmt: skip
    row("from launch to the end on the screen", "s", ended - began)
    row("memory of the cockpit that saw the end", "MB", peak)
    if not same:
        note("BYTES DIFFER")


def _opened(workspace: Path, environ: dict[str, str]) -> Watched:
    watched = Watched(SKYFORGE, environ, cwd=workspace)
    watched.until(b"Projects")
    watched.press(b"3")
    watched.until(b"flood")
    watched.press(b"\r")
    return watched
