"""Small real disks, in memory: full when they are full, and read-only when they are made so.

They take root, as whoever mounts something needs.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str = "2m") -> Iterator[Path]:
    """Mount a disk of that size in a new folder."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "skyforge-test", str(folder)]
    can = shutil.which("mount") is not None
    if not can or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("real program not here: mount, as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def frozen(disk: Path) -> Iterator[None]:
    """Make a disk read-only while the block lasts."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
