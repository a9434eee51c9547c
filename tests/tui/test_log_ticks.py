"""The ticks on the scrollbar: where things failed, as far as it was looked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skyforge_tui.store.logs import FileLogReader, LogWriter
from skyforge_tui.tui.widgets.log_ticks import BUCKETS, SLICE_BYTES, LogTicks


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], FileLogReader]:
    """Return a way to write bytes and get a reader that has seen them."""

    def write(data: bytes) -> FileLogReader:
        writer = LogWriter(tmp_path)
        writer.append(data, 1)
        writer.close()
        reader = FileLogReader(tmp_path)
        while reader.refresh():
            pass
        return reader

    return write


def _look_through(ticks: LogTicks, reader: FileLogReader) -> int:
    steps = 1
    while ticks.look(reader):
        steps += 1
    return steps


def test_the_worst_of_its_lines_makes_a_tick(written: Callable[[bytes], FileLogReader]) -> None:
    """A row of the scrollbar shows a failure rather than a warning, and nothing otherwise."""
    reader = written(b"ok\n" * 10 + b"[WARNING]: w\nfatal: f\n" + b"ok\n" * 10 + b"[WARNING]: w\n")
    ticks = LogTicks()
    _look_through(ticks, reader)
    assert ticks.rows(4, reader.line_count) == ["", "bad", "", "warn"]
    assert ticks.rows(1, reader.line_count) == ["bad"]
    reader.close()


def test_long_logs_are_looked_at_in_slices(written: Callable[[bytes], FileLogReader]) -> None:
    """A look costs one slice; after enough of them every failure is known."""
    reader = written(b"ok: [leaf1]\n" * 110_000 + b"fatal: x\n" + b"ok: [leaf1]\n" * 89_999)
    ticks = LogTicks()
    steps = _look_through(ticks, reader)
    assert steps >= reader.size // SLICE_BYTES
    assert ticks.rows(10, reader.line_count) == [""] * 5 + ["bad"] + [""] * 4
    assert ticks.look(reader) is False
    reader.close()


def test_many_failures_are_taken_in_steps(written: Callable[[bytes], FileLogReader]) -> None:
    """Where everything fails, a look stops early and the next one goes on."""
    reader = written(b"fatal: x\n" * (3 * BUCKETS))
    ticks = LogTicks()
    assert _look_through(ticks, reader) > 10
    assert ticks.rows(7, reader.line_count) == ["bad"] * 7
    reader.close()


def test_a_line_is_looked_at_when_it_is_complete(tmp_path: Path) -> None:
    """Half of a line does not count, and its line is counted once."""
    writer = LogWriter(tmp_path)
    reader = FileLogReader(tmp_path)
    ticks = LogTicks()
    for piece in (b"ok\nfat", b"al: x", b"\nok\n"):
        writer.append(piece, 1)
        reader.refresh()
        assert ticks.look(reader) is False
    assert ticks.rows(3, reader.line_count) == ["", "bad", ""]
    writer.close()
    reader.close()


def test_a_line_longer_than_a_slice_is_passed(written: Callable[[bytes], FileLogReader]) -> None:
    """A huge line does not stop the looking, and the lines behind it keep their numbers."""
    reader = written(b"x" * (3 * SLICE_BYTES) + b"\nok\nfatal: y\n")
    ticks = LogTicks()
    _look_through(ticks, reader)
    assert ticks.rows(3, reader.line_count) == ["", "", "bad"]
    reader.close()
