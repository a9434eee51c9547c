"""Disks that are full or read-only: told in a sentence, nothing is lost, and then it works."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.headless import Headless
from tests.disks import frozen, small_disk

pytestmark = pytest.mark.real
DATA = os.urandom(3 << 19)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of two megabytes."""
    with small_disk(tmp_path / "disk") as disk:
        yield disk


def test_a_store_on_such_a_disk(sky: Headless, disk: Path, tmp_path: Path) -> None:
    """What does not fit or may not be written is said; what was there stays; then it is stored."""
    config, file, ballast = tmp_path / "config.toml", tmp_path / "file", disk / "ballast"
    config.write_text(f'[artifacts]\ndirectory = "{disk / "store"}"\n')
    file.write_bytes(DATA)
    command = ("--config", config, "artifacts", "put", file, "a/b", "--overwrite")
    assert sky("--config", config, "artifacts", "put", "-", "a/b", stdin=b"old").code == 0
    ballast.write_bytes(b"x" * (1 << 20))
    full = sky(*command)
    assert (full.code, full.out) == (3, b"")
    assert "no room left in it" in full.err
    assert "make room there, then try again" in full.err
    assert (disk / "store/a/b").read_bytes() == b"old"
    ballast.unlink()
    with frozen(disk):
        sealed = sky(*command)
    assert (sealed.code, sealed.out) == (4, b"")
    assert "read-only file system" in sealed.err
    assert (disk / "store/a/b").read_bytes() == b"old"
    done = sky(*command)
    assert (done.code, "bytes were there already" in done.err) == (0, True)
    assert (disk / "store/a/b").read_bytes() == DATA
    assert sky("--config", config, "artifacts", "verify", "a/b").code == 0
    assert list((disk / "store/.staging").iterdir()) == []


def test_a_file_on_such_a_disk(sky: Headless, disk: Path, tmp_path: Path) -> None:
    """A file that does not fit, or may not be written, has no name; then it goes on and comes."""
    (tmp_path / "file").write_bytes(DATA)
    assert sky("artifacts", "put", tmp_path / "file", "a/b").code == 0
    ballast, target = disk / "ballast", disk / "b"
    ballast.write_bytes(b"x" * (1 << 20))
    command = ("artifacts", "get", "a/b", "-o", target)
    full = sky(*command)
    assert (full.code, full.out, target.exists()) == (3, b"", False)
    assert f"there is no room left for {target}" in full.err
    ballast.unlink()
    with frozen(disk):
        sealed = sky(*command)
    assert (sealed.code, sealed.out, target.exists()) == (3, b"", False)
    assert "read-only file system" in sealed.err
    done = sky(*command)
    assert (done.code, "bytes were there already" in done.err) == (0, True)
    assert target.read_bytes() == DATA
    assert [one.name for one in disk.iterdir()] == ["b"]
