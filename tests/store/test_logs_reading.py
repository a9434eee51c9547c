"""What a reader sees of a log, while it grows and after accidents."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.store import log_index, log_pages
from skyforge_tui.store.log_format import RECORD
from skyforge_tui.store.logs import FileLogReader, FileLogStore, LogWriter

LINE = b"ok: [leaf1] => (item=10.0.0.14) and some more text to fill the line up\n"

bytes_with_lines = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.just(b"\n"),
        st.builds(lambda n: b"x" * n + b"\n", st.integers(0, 90_000)),
    ),
    max_size=12,
)


def _written(directory: Path, data: bytes, at_ms: int = 1) -> None:
    writer = LogWriter(directory)
    writer.append(data, at_ms)
    writer.close()


def _split(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _read_all(reader: FileLogReader) -> None:
    while reader.refresh():
        pass


@given(bytes_with_lines, st.sampled_from(["whole", "lost", "lagging", "torn"]))
@settings(max_examples=80, deadline=None)
def test_lines_read_back_as_a_plain_split(chunks: list[bytes], index: str) -> None:
    """Any bytes in any pieces read back as the same lines, whatever became of the index."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        writer = LogWriter(directory)
        for number, chunk in enumerate(chunks):
            writer.append(chunk, 1000 * (number + 1))
        writer.close()
        path = directory / "output.index"
        if index == "lost":
            path.unlink()
        elif index == "lagging":
            path.write_bytes(path.read_bytes()[: RECORD.size])
        elif index == "torn":
            path.write_bytes(path.read_bytes()[:-5])
        data = b"".join(chunks)
        reader = FileLogReader(directory)
        _read_all(reader)
        expected = _split(data)
        got = reader.lines(0, 10**9)
        assert [line.data for line in got] == expected
        assert [line.number for line in got] == list(range(len(expected)))
        assert reader.line_count == len(expected)
        assert reader.size == len(data)
        assert reader.ends_with_newline == (not data or data.endswith(b"\n"))
        for line in got:
            assert data[line.offset : line.offset + len(line.data)] == line.data
            assert reader.line_at(line.offset) == line.number
            assert line.omitted == 0
        reader.close()


@given(bytes_with_lines, st.integers(1, 50_000))
@settings(max_examples=40, deadline=None)
def test_a_small_budget_ends_at_the_same_index(chunks: list[bytes], budget: int) -> None:
    """Refreshing in small steps sees in the end what one big step sees."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        data = b"".join(chunks)
        _written(directory, data)
        reader = FileLogReader(directory, counts_beside=False)
        before = -1
        while reader.refresh(budget):
            assert reader.counted_size > before
            before = reader.counted_size
        assert [line.data for line in reader.lines(0, 10**9)] == _split(data)
        reader.close()


def test_a_line_carries_the_time_of_its_first_byte(tmp_path: Path) -> None:
    """The time of a line is that of the piece in which it began."""
    writer = LogWriter(tmp_path)
    writer.append(b"one\ntw", 1_000)
    writer.append(b"o\nthree\n", 2_500)
    reader = FileLogReader(tmp_path)
    reader.refresh()
    moments = [line.at for line in reader.lines(0, 9)]
    first, second = (datetime.fromtimestamp(s, UTC) for s in (1.0, 2.5))
    assert moments == [first, first, second]
    assert reader.time_at(5) == first
    assert reader.time_at(6) == second
    writer.close()
    reader.close()


def test_without_times_there_are_none(tmp_path: Path) -> None:
    """A log whose times are lost reads without times."""
    _written(tmp_path, b"one\n")
    (tmp_path / "output.times").unlink()
    reader = FileLogReader(tmp_path)
    reader.refresh()
    assert [line.at for line in reader.lines(0, 9)] == [None]
    reader.close()


def test_a_time_that_cannot_be_is_none(tmp_path: Path) -> None:
    """A time beyond every calendar is shown as unknown."""
    _written(tmp_path, b"one\n", at_ms=2**63)
    reader = FileLogReader(tmp_path)
    reader.refresh()
    assert reader.lines(0, 1)[0].at is None
    reader.close()


def test_a_growing_log_is_followed(tmp_path: Path) -> None:
    """Every refresh sees what was appended meanwhile, also the end of a half written line."""
    writer = LogWriter(tmp_path)
    reader = FileLogReader(tmp_path)
    expected = b""
    for number in range(200):
        piece = (b"line %d of many, " % number) * (number % 40 + 1) + b"\n" * (number % 3)
        writer.append(piece, number)
        expected += piece
        assert reader.refresh() is False
        assert reader.size == len(expected)
        assert reader.lines(reader.line_count - 1, 5)[-1].data == _split(expected)[-1]
    assert [line.data for line in reader.lines(0, 10**9)] == _split(expected)
    writer.close()
    reader.close()


def test_reading_while_another_thread_writes_misses_nothing(tmp_path: Path) -> None:
    """Bytes, index and times may appear at any moment: lines are never wrong, and all arrive."""
    expected = [b"%06d " % number + b"." * (number % 90) for number in range(60_000)]
    writer = LogWriter(tmp_path)
    reader = FileLogReader(tmp_path)

    def write() -> None:
        for start in range(0, len(expected), 7):
            writer.append(b"\n".join(expected[start : start + 7]) + b"\n", start)
        writer.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        seen = 0
        while seen < len(expected):
            finished = writing.done()
            reader.refresh(100_000)
            complete = reader.line_count - (not reader.ends_with_newline)
            fresh = reader.lines(seen, complete - seen)
            assert [line.data for line in fresh] == expected[seen:complete]
            assert not finished or complete > seen
            seen = complete
        writing.result()
    reader.close()


def test_the_index_costs_no_scan(tmp_path: Path) -> None:
    """With a published index a reader need not count the bytes of a long log."""
    _written(tmp_path, LINE * 200_000)
    reader = FileLogReader(tmp_path)
    assert reader.refresh(1024 * 1024) is False
    assert reader.line_count == 200_000
    assert reader.lines(199_999, 9)[0].data == LINE[:-1]
    reader.close()


def test_a_million_lines_are_at_hand_anywhere(tmp_path: Path) -> None:
    """In a million lines any line and any offset is found by reading one block."""
    count = 1_000_000
    data = b"".join(b"%07d of a million\n" % number for number in range(count))
    (tmp_path / "output.log").write_bytes(data)
    reader = FileLogReader(tmp_path)
    _read_all(reader)
    assert reader.line_count == count
    width = len(b"0000000 of a million\n")
    for number in (0, 1, 499_999, 777_777, count - 1):
        assert reader.lines(number, 1)[0].data == b"%07d of a million" % number
        assert reader.line_at(number * width + 3) == number
    assert reader.lines(count, 1) == []
    reader.close()


def test_a_line_of_10_mb_is_one_line(tmp_path: Path) -> None:
    """A huge line is neither cut nor does it hide its neighbours."""
    huge = b"y" * 10_000_000
    _written(tmp_path, b"before\n" + huge + b"\nafter\n")
    reader = FileLogReader(tmp_path)
    _read_all(reader)
    assert [line.data for line in reader.lines(0, 9)] == [b"before", huge, b"after"]
    assert reader.line_at(5_000_000) == 1
    reader.close()


def test_what_an_enormous_line_leaves_out_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a line beyond the limit the start is read and the size of the rest is told."""
    monkeypatch.setattr(log_index, "MOST_BLOCK_BYTES", 170_000)
    monkeypatch.setattr(log_pages, "MAX_LINE_BYTES", 100_000)
    _written(tmp_path, b"a\n" + b"z" * 1_500_000 + b"\nb\n")
    reader = FileLogReader(tmp_path)
    _read_all(reader)
    first, huge, last = reader.lines(0, 9)
    assert (first.data, last.data) == (b"a", b"b")
    assert (len(huge.data), huge.omitted) == (100_000, 1_400_000)
    reader.close()


def test_a_wrong_index_is_found_out(tmp_path: Path) -> None:
    """An index that gives sane looking but wrong line numbers is counted again."""
    data = LINE * 4000
    _written(tmp_path, data)
    path = tmp_path / "output.index"
    records = list(RECORD.iter_unpack(path.read_bytes()))
    path.write_bytes(b"".join(RECORD.pack(offset, line + 7) for offset, line in records))
    reader = FileLogReader(tmp_path)
    _read_all(reader)
    before = reader.generation
    assert reader.lines(0, 1) == []
    _read_all(reader)
    assert reader.generation > before
    assert [line.data for line in reader.lines(0, 10**9)] == _split(data)
    reader.close()


def test_a_shrunk_file_starts_over(tmp_path: Path) -> None:
    """A truncated log is read anew and says so by its generation."""
    _written(tmp_path, LINE * 3000)
    reader = FileLogReader(tmp_path)
    reader.refresh()
    before = reader.generation
    (tmp_path / "output.log").write_bytes(b"new\n")
    reader.refresh()
    assert reader.generation > before
    assert [line.data for line in reader.lines(0, 9)] == [b"new"]
    reader.close()


def test_a_reader_waits_for_the_first_byte(tmp_path: Path) -> None:
    """A run without output reads as empty, and becomes stale when the file appears."""
    reader = FileLogReader(tmp_path)
    assert reader.refresh() is False
    assert (reader.size, reader.line_count, reader.lines(0, 5)) == (0, 0, [])
    before = reader.is_stale
    _written(tmp_path, b"hello\n")
    assert (before, reader.is_stale) == (False, True)
    generation = reader.generation
    reader.reopen()
    reader.refresh()
    assert not reader.is_stale
    assert reader.generation == generation
    assert [line.data for line in reader.lines(0, 5)] == [b"hello"]
    reader.close()


def test_a_closed_reader_reads_nothing(tmp_path: Path) -> None:
    """Closing is final, and doing it twice is fine."""
    _written(tmp_path, b"hello\n")
    reader = FileLogReader(tmp_path)
    reader.refresh()
    reader.close()
    reader.close()
    reader.reopen()
    assert reader.refresh() is False
    assert reader.lines(0, 1) == []
    assert reader.read(0, 9) == b""
    assert not reader.is_stale


def test_raw_bytes_come_as_they_are(tmp_path: Path) -> None:
    """`read` gives what stands in the file, whatever was indexed."""
    _written(tmp_path, b"\x00\xff\x1b[0m\r\nlast")
    reader = FileLogReader(tmp_path)
    assert reader.read(1, 100) == b"\xff\x1b[0m\r\nlast"
    reader.close()


def test_the_store_opens_runs_by_name(tmp_path: Path) -> None:
    """A run's output is found by its native id, and its raw file by its path."""
    (tmp_path / "runs" / "17").mkdir(parents=True)
    _written(tmp_path / "runs" / "17", b"hello\n")
    store = FileLogStore(tmp_path)
    reader = store.open("17")
    reader.refresh()
    assert reader.line_count == 1
    reader.close()
    assert Path(store.raw_path("17")).read_bytes() == b"hello\n"


@pytest.mark.parametrize("name", ["18", "", ".", "..", "../runs/17", "17/../17", "a\0b"])
def test_a_name_that_is_no_run_is_not_found(tmp_path: Path, name: str) -> None:
    """What is not the name of a run never leads anywhere else."""
    (tmp_path / "runs" / "17").mkdir(parents=True)
    with pytest.raises(NotFound):
        FileLogStore(tmp_path).open(name)
    with pytest.raises(NotFound):
        FileLogStore(tmp_path).raw_path(name)


def test_an_unreadable_announcement_is_named(tmp_path: Path) -> None:
    """A broken record of the generation is an error that names the directory."""
    (tmp_path / "runs" / "17").mkdir(parents=True)
    (tmp_path / "runs" / "17" / "generation").write_text("soon\n")
    with pytest.raises(Unavailable, match="17"):
        FileLogStore(tmp_path).open("17")


def test_what_is_no_file_holds_nobody_up(tmp_path: Path) -> None:
    """A pipe or a folder where output should be is an error at once, and names it."""
    for number, make in ((17, os.mkfifo), (18, os.mkdir)):
        (tmp_path / "runs" / str(number)).mkdir(parents=True)
        make(tmp_path / "runs" / str(number) / "output.log")
        with pytest.raises(Unavailable, match=r"output\.log"):
            FileLogStore(tmp_path).open(str(number))
