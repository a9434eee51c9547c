"""Lines by offset, counted or not, and the lines that a filter leaves."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.log import LogLine
from skyforge_tui.domain.log_query import read_log_query
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.store import log_format, log_loose, log_pages
from skyforge_tui.store.log_reader import FileLogReader
from skyforge_tui.store.log_search import BackgroundLogSearch

logs = st.lists(
    st.sampled_from([b"a", b"b" * 30, b"\n", b"\n", b"c\n", b"\x1b[31m", b"\xff"]), max_size=60
).map(b"".join)


def plain_lines(data: bytes) -> list[LogLine]:
    """Return the lines of some bytes, the plain way."""
    lines = data.split(b"\n")
    found, offset = [], 0
    for number, line in enumerate(lines if lines[-1] else lines[:-1]):
        found.append(LogLine(number, offset, line, None))
        offset += len(line) + 1
    return found


def without_numbers(lines: list[LogLine]) -> list[tuple[int, bytes]]:
    """Return what is known of lines before they are counted."""
    return [(line.offset, line.data) for line in lines]


def walked(reader: LogReader, *, down: bool, step: int) -> list[LogLine]:
    """Return all lines, going from one to the next by offset."""
    found: list[LogLine] = []
    if down:
        at = 0
        while page := reader.lines_from(at, step):
            assert page[0].offset >= at
            found.extend(page)
            at = page[-1].end + 1
        return found
    at = reader.size
    while page := reader.lines_before(at, step):
        assert page[-1].offset < at
        found[:0] = page
        at = page[0].offset
    return found


@given(logs, st.integers(0, 300), st.integers(1, 5), st.sampled_from([4, 20, 1 << 16]))
@settings(max_examples=80, deadline=None)
def test_lines_are_found_by_offset_before_and_after_they_are_counted(
    data: bytes, counted: int, step: int, block: int
) -> None:
    """However much is counted, every line is found from any of its bytes, up and down."""
    with (
        TemporaryDirectory() as name,
        patch.object(log_loose, "BLOCK_BYTES", block),
        patch.object(log_loose, "_AROUND", block // 2),
        patch.object(log_loose, "CHUNK_BYTES", 8),
        patch.object(log_format, "BLOCK_BYTES", block),
    ):
        path = Path(name) / "log"
        path.write_bytes(data)
        reader = FileLogReader(path, counts_beside=False)
        reader.refresh(counted)
        lines = plain_lines(data)
        assert reader.size == len(data)
        for line in lines:
            for at in {line.offset, line.end, (line.offset + line.end) // 2} - {len(data)}:
                (here,) = reader.lines_from(at, 1)
                assert (here.offset, here.data) == (line.offset, line.data)
                assert here.number in (None, line.number)
                above = reader.lines_before(at, step)
                first = max(0, (line.number or 0) - step)
                assert without_numbers(above) == without_numbers(lines[first : line.number])
        for down in (True, False):
            assert without_numbers(walked(reader, down=down, step=step)) == without_numbers(lines)
        while reader.refresh(7):
            pass
        assert walked(reader, down=True, step=step) == lines
        assert walked(reader, down=False, step=step) == lines
        assert reader.lines_from(len(data), 1) == []
        reader.close()


@given(logs, logs, st.sampled_from(["a", "!a", "c", "/^$/", "zz"]), st.integers(0, 3),
       st.integers(1, 4))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_a_filter_shows_hits_and_their_surroundings(
    data: bytes, more: bytes, text: str, context: int, step: int
) -> None:
    """Exactly the lines with hits and so many around each are shown, also when the log grows."""
    query = read_log_query(text)
    with TemporaryDirectory() as name:
        path = Path(name) / "log"
        path.write_bytes(data)
        reader = FileLogReader(path)
        reader.refresh()
        search = BackgroundLogSearch(reader, query)
        shown = reader.filtered(search, context)
        with path.open("ab") as file:
            file.write(more)
        shown.refresh()
        assert search.wait(20)
        lines = plain_lines(data + more)
        hits = [
            number for number, line in enumerate(lines)
            if (text.strip("!") in ("a", "c") and text.strip("!").encode() in line.data)
            != query.is_inverse or (text == "/^$/" and line.data in (b"", b"\x1b[31m"))
        ]  # fmt: skip
        if text == "/^$/":
            hits = [
                number for number, line in enumerate(lines)
                if not line.data.replace(b"\x1b[31m", b"")
            ]  # fmt: skip
        wanted = {one for hit in hits for one in range(hit - context, hit + context + 1)}
        expected = [line for line in lines if line.number in wanted]
        assert walked(shown, down=True, step=step) == expected
        assert walked(shown, down=False, step=step) == expected
        assert shown.line_count == len(hits)
        for line in lines:
            assert (
                shown.lines(line.number or 0, 1)
                == [one for one in expected if one.offset >= line.offset][:1]
            )
        shown.close()
        search.close()
        reader.close()


def test_an_enormous_line_is_cut_but_told(tmp_path: Path) -> None:
    """Of a line that is longer than a reader reads, the beginning is shown and the rest counted."""
    with (
        patch.object(log_loose, "MOST_BLOCK_BYTES", 170_000),
        patch.object(log_pages, "MAX_LINE_BYTES", 100_000),
    ):
        path = tmp_path / "log"
        path.write_bytes(b"first\n" + b"x" * 5_000_000 + b"\nlast\n")
        reader = FileLogReader(path, counts_beside=False)
        reader.refresh(1)
        assert [line.data[:5] for line in reader.lines_before(reader.size, 3)] == [
            b"first", b"xxxxx", b"last",
        ]  # fmt: skip
        (long,) = reader.lines_from(2_000_000, 1)
        assert (long.offset, len(long.data), long.omitted) == (6, 100_000, 4_900_000)
        reader.close()
