"""What a writer puts on disk, and how it survives torn files and full disks."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.store.log_format import BLOCK_BYTES, RECORD, LineCounter, Record
from skyforge_tui.store.log_writer import LogWriter

LINE = b"ok: [leaf1] => (item=10.0.0.14) and some more text to fill the line up\n"


def _index(directory: Path) -> list[Record]:
    data = (directory / "output.index").read_bytes()
    return [Record(*pair) for pair in RECORD.iter_unpack(data)]


def _naive_blocks(data: bytes) -> list[Record]:
    blocks, block_start, offset = [], 0, 0
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        offset += len(line) + 1
        if offset - block_start >= BLOCK_BYTES:
            blocks.append(Record(offset, number))
            block_start = offset
    return blocks


def _full_disk(monkeypatch: pytest.MonkeyPatch, name: str, after: int) -> list[int]:
    """Let `os.<name>` write `after` more bytes, then refuse; the list holds what is left."""
    real = getattr(os, name)
    left = [after]

    def write(descriptor: int, data: bytes, *rest: int) -> int:
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = int(real(descriptor, bytes(data)[: left[0]], *rest))
        left[0] -= done
        return done

    monkeypatch.setattr(os, name, write)
    return left


def test_the_bytes_are_kept_as_they_came(tmp_path: Path) -> None:
    """What is appended in pieces stands in the file as one."""
    writer = LogWriter(tmp_path)
    for piece in (b"a\x00\xff\n", b"", b"\r\n\x1b[31m", b"tail"):
        writer.append(piece, 1)
    assert writer.size == 15
    writer.close()
    writer.close()
    assert (tmp_path / "output.log").read_bytes() == b"a\x00\xff\n\r\n\x1b[31mtail"


def test_only_the_owner_may_read_output(tmp_path: Path) -> None:
    """Output may hold secrets, so that its files are private."""
    LogWriter(tmp_path).close()
    for name in ("output.log", "output.index", "output.times"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_blocks_begin_at_lines_every_64_kib(tmp_path: Path) -> None:
    """The index names a line start about every 64 KiB, also when pieces cut lines."""
    data = LINE * 5000
    writer = LogWriter(tmp_path)
    for start in range(0, len(data), 1777):
        writer.append(data[start : start + 1777], 1)
    writer.close()
    assert _index(tmp_path) == _naive_blocks(data)
    assert len(_index(tmp_path)) == len(data) // BLOCK_BYTES


def test_a_huge_line_makes_one_block(tmp_path: Path) -> None:
    """A line of 10 MB is not cut: the next block begins behind it."""
    writer = LogWriter(tmp_path)
    writer.append(b"x" * 10_000_000 + b"\n" + b"short\n", 1)
    writer.close()
    assert _index(tmp_path) == [Record(10_000_001, 1)]


_PIECES = st.one_of(
    st.binary(max_size=2_000),
    st.integers(0, 200).map(lambda width: (b"x" * width + b"\n") * 1500),
)
"""Bytes of any kind, and lines short or long, which are counted in two ways."""


@given(st.lists(_PIECES, max_size=6), st.integers(1, 70_000))
@settings(max_examples=60, deadline=None)
def test_counting_does_not_depend_on_the_pieces(chunks: list[bytes], step: int) -> None:
    """Blocks and line starts are the same however the bytes arrive."""
    data = b"".join(chunks)
    whole, pieces = LineCounter(), LineCounter()
    at_once = whole.feed(data)
    bit_by_bit = [r for i in range(0, len(data), step) for r in pieces.feed(data[i : i + step])]
    assert at_once == bit_by_bit
    assert (
        (whole.size, whole.lines) == (pieces.size, pieces.lines) == (len(data), data.count(b"\n"))
    )
    assert whole.line_start == pieces.line_start == data.rfind(b"\n") + 1


def test_times_are_kept_for_every_20_ms(tmp_path: Path) -> None:
    """Bytes that come within 20 ms share a record; a clock that jumps back gets its own."""
    writer = LogWriter(tmp_path)
    for ms in (1000, 1001, 1019, 1020, 5000, 100):
        writer.append(b"x\n", ms)
    writer.close()
    records = list(RECORD.iter_unpack((tmp_path / "output.times").read_bytes()))
    assert records == [(0, 1000), (6, 1020), (8, 5000), (10, 100)]


@pytest.mark.parametrize("tail", [b"\x01", b"\x00" * 16, b"\xff" * 33, RECORD.pack(7, 1)])
def test_a_torn_index_is_rebuilt_at_open(tmp_path: Path, tail: bytes) -> None:
    """Records that are cut, or name no line start, are replaced by what the bytes say."""
    data = LINE * 4000
    writer = LogWriter(tmp_path)
    writer.append(data, 1)
    writer.close()
    index = tmp_path / "output.index"
    whole = index.read_bytes()
    index.write_bytes(whole[: 2 * RECORD.size] + tail)
    LogWriter(tmp_path).close()
    assert index.read_bytes() == whole


def test_a_lost_index_is_rebuilt_at_open(tmp_path: Path) -> None:
    """Without any index the bytes still tell everything, and writing goes on."""
    data = LINE * 4000
    first = LogWriter(tmp_path)
    first.append(data, 1)
    first.close()
    (tmp_path / "output.index").unlink()
    second = LogWriter(tmp_path)
    assert second.size == len(data)
    second.append(data, 2)
    second.close()
    assert _index(tmp_path) == _naive_blocks(data * 2)


def test_times_beyond_the_bytes_are_dropped_at_open(tmp_path: Path) -> None:
    """A time of a byte that is not there is no time, and a torn one is none either."""
    writer = LogWriter(tmp_path)
    writer.append(b"abc\n", 1000)
    writer.append(b"def\n", 2000)
    writer.close()
    log, times = tmp_path / "output.log", tmp_path / "output.times"
    log.write_bytes(b"abc\n")
    times.write_bytes(times.read_bytes() + b"\x01\x02")
    writer = LogWriter(tmp_path)
    writer.append(b"ghi\n", 1010)
    writer.append(b"jkl\n", 3000)
    writer.close()
    assert list(RECORD.iter_unpack(times.read_bytes())) == [(0, 1000), (8, 3000)]


def test_a_full_disk_stops_an_append_without_counting_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`size` tells what was written, and the rest can be appended later."""
    writer = LogWriter(tmp_path)
    data = LINE * 3000
    left = _full_disk(monkeypatch, "write", 100_001)
    with pytest.raises(OSError, match="No space"):
        writer.append(data, 1)
    assert writer.size == 100_001 == (tmp_path / "output.log").stat().st_size
    left[0] = 1 << 40
    writer.append(data[writer.size :], 2)
    writer.close()
    assert (tmp_path / "output.log").read_bytes() == data
    assert _index(tmp_path) == _naive_blocks(data)


def test_a_full_disk_for_the_index_loses_no_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records for which there is no room wait; a half written one is completed."""
    writer = LogWriter(tmp_path)
    data = LINE * 6000
    left = _full_disk(monkeypatch, "pwrite", 21)
    writer.append(data, 1)
    assert writer.size == len(data)
    left[0] = 1 << 40
    writer.append(b"last\n", 2)
    writer.close()
    assert (tmp_path / "output.log").read_bytes() == data + b"last\n"
    assert _index(tmp_path) == _naive_blocks(data)


def test_writing_needs_the_standard_library_only() -> None:
    """A supervisor that writes a log loads nothing that was installed."""
    code = (
        "import sys; before = set(sys.modules); import skyforge_tui.store.log_writer;"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['skyforge_tui']"


def test_closing_on_a_full_disk_leaves_a_log_that_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that never found room is rebuilt by whoever writes next."""
    writer = LogWriter(tmp_path)
    left = _full_disk(monkeypatch, "pwrite", 5)
    writer.append(LINE * 4000, 1)
    writer.close()
    left[0] = 1 << 40
    LogWriter(tmp_path).close()
    assert _index(tmp_path) == _naive_blocks(LINE * 4000)
