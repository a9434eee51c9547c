"""Files that are written anew in their place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from skyforge_tui.store.log_reader import FileLogReader
from skyforge_tui.store.log_witness import Witness


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a log of some size, written long ago."""
    path = tmp_path / "bgpd.log"
    path.write_bytes(b"".join(b"neighbor 10.0.0.%d up\n" % one for one in range(1000)))
    os.utime(path, ns=(0, 1))
    return path


def rewrite(path: Path, data: bytes, at_ns: int) -> None:
    """Put other bytes into the same file."""
    with path.open("r+b") as file:
        file.truncate()
        file.write(data)
    os.utime(path, ns=(0, at_ns))


@pytest.fixture
def descriptor(file: Path) -> Iterator[int]:
    """Return the open file."""
    descriptor = os.open(file, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize("grows_by", [0, 1, 100_000])
@pytest.mark.parametrize("at", ["beginning", "end"])
def test_other_bytes_are_noticed(file: Path, descriptor: int, at: str, grows_by: int) -> None:
    """Other bytes at the beginning or at the end that was seen, however large the file is now."""
    witness = Witness()
    assert not witness.is_other(descriptor)
    before = file.read_bytes()
    text = b"x" + before[1:] if at == "beginning" else before[:-2] + b"x\n"
    rewrite(file, text + b"." * grows_by, at_ns=2)
    assert witness.is_other(descriptor)
    assert witness.is_other(descriptor), "it stays so"


def test_a_file_that_grows_or_is_cut_short_is_the_same(file: Path, descriptor: int) -> None:
    """What is appended, torn lines and all, is no reason; and what is cut short tells itself."""
    witness = Witness()
    text = file.read_bytes()
    for step, end in enumerate((0, 1, 1, 4095, 4097, len(text), len(text) - 1, 5, len(text))):
        rewrite(file, text[:end], at_ns=2 + step)
        assert not witness.is_other(descriptor), end


def test_a_reader_begins_anew(file: Path) -> None:
    """A file rewritten to the same size is another generation, once it was opened anew."""
    reader = FileLogReader(file)
    try:
        reader.refresh()
        was_stale, lines = reader.is_stale, reader.line_count
        rewrite(file, file.read_bytes().replace(b"up", b"UP"), at_ns=2)
        reader.refresh()
        assert (was_stale, reader.is_stale) == (False, True)
        before = reader.generation
        reader.reopen()
        reader.refresh()
        assert (reader.generation, reader.line_count) == (before + 1, lines)
        assert not reader.is_stale
        assert reader.lines_from(0, 1)[0].data == b"neighbor 10.0.0.0 UP"
    finally:
        reader.close()
