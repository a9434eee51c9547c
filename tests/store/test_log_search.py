"""Searching a log: what is found, in which order, while it grows and after accidents."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.log_expression import ESCAPE
from skyforge_tui.domain.log_query import LogQuery, read_log_query
from skyforge_tui.store import log_hits, log_matcher, log_scan
from skyforge_tui.store.log_engine import ENGINES, LogEngine
from skyforge_tui.store.log_format import CHUNK_BYTES
from skyforge_tui.store.log_reader import FileLogReader
from skyforge_tui.store.log_search import BackgroundLogSearch

QUERIES = [
    "a", "aa", "ab", "A", "!a", "!ab", "/a+b?/", "/a.*b/", "/^a/", "/b$/", "/^$/", "/b*/", "!/^$/",
    "/a|b/", "/\\bab/", "[0", "31", "/[^a]+/", "!/b$/",
]  # fmt: skip
PIECES = [b"a", b"b", b"A", b"ab", b"\n", b"\x1b[31m", b"\x1b[0m", b"\x1b]0;a\x07", b"\x1b", b" "]
logs = st.lists(st.sampled_from(PIECES), max_size=50).map(b"".join)


def settled(search: BackgroundLogSearch) -> BackgroundLogSearch:
    """Wait until everything was looked at."""
    search.refresh()
    assert search.wait(20)
    assert search.failure is None
    assert search.is_complete
    return search


def starts_in(line: bytes, query: LogQuery) -> list[int]:
    """Return where hits begin in a line, the plain way."""
    sequences = [one.span() for one in re.finditer(ESCAPE, line)]
    starts: list[int] = []
    position = 0
    while position <= len(line):
        found = re.compile(b"(?m:" + query.expression + b")").search(line, position)
        if found is None:
            break
        inside = [end for start, end in sequences if start < found.start() < end]
        if inside:
            position = inside[0]
            continue
        if found.end() == found.start():
            return starts or [found.start()]
        starts.append(found.start())
        position = found.end()
    if query.is_inverse:
        return [] if starts else [0]
    return starts


def naive(data: bytes, query: LogQuery) -> tuple[list[int], int]:
    """Return the offsets of all hits, and in how many lines they are."""
    hits: list[int] = []
    count = offset = 0
    lines = data.split(b"\n")
    for line in lines if lines[-1] else lines[:-1]:
        starts = starts_in(line, query)
        if query.is_inverse:
            plain = read_log_query(query.text[1:])
            starts = [] if starts_in(line, plain) else [0]
        hits.extend(offset + one for one in starts)
        count += bool(starts)
        offset += len(line) + 1
    return hits, count


def all_hits(search: BackgroundLogSearch) -> list[int]:
    """Walk through the hits from the first to the last, and back again."""
    down: list[int] = []
    while (hit := search.next_after(down[-1] if down else -1)).offset is not None:
        assert hit.is_certain
        down.append(hit.offset)
    up: list[int] = []
    while (hit := search.previous_before(up[-1] if up else 1 << 60)).offset is not None:
        assert hit.is_certain
        up.append(hit.offset)
    assert up == down[::-1]
    return down


@given(st.lists(logs, min_size=1, max_size=4), st.sampled_from(QUERIES), st.integers(0, 150),
       st.sampled_from([3, 8, 40, 1 << 20]), st.sampled_from([0, 2, 1 << 20]),
       st.sampled_from(ENGINES))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_a_search_finds_what_a_naive_one_finds(
    chunks: list[bytes], text: str, near: int, chunk_bytes: int, kept: int, engine: type[LogEngine]
) -> None:
    """Wherever it begins, whatever it reads at once, with any engine, while the log grows."""
    query = read_log_query(text)
    with (
        TemporaryDirectory() as name,
        patch.object(log_matcher, "engine_for", engine),
        patch.object(log_scan, "CHUNK_BYTES", chunk_bytes),
        patch.object(log_hits, "MOST_KEPT", kept),
        patch.object(log_hits, "_JOINED_BYTES", 20),
    ):
        path = Path(name) / "log"
        path.write_bytes(chunks[0])
        reader = FileLogReader(path)
        reader.refresh()
        search = BackgroundLogSearch(reader, query, near)
        data = chunks[0]
        for chunk in chunks[1:]:
            with path.open("ab") as file:
                file.write(chunk)
            data += chunk
            reader.refresh()
            search.refresh()
        settled(search)
        hits, lines = naive(data, query)
        assert (search.count, search.line_count, search.scanned_bytes) == (
            len(hits), lines, len(data),
        )  # fmt: skip
        assert all_hits(search) == hits
        assert sum(search.density(7)) == len(hits) or kept < 3
        before = [search.count_before(offset) for offset in hits]
        assert before == list(range(len(hits))) or kept < 3
        search.close()
        reader.close()


def _big(path: Path, lines: int, needles: set[int]) -> bytes:
    data = b"".join(
        (b"needle %d\n" if number in needles else b"\x1b[0;32mok: [leaf%d] and so on\x1b[0m\n")
        % number
        for number in range(lines)
    )
    path.write_bytes(data)
    return data


def test_the_nearest_hit_comes_first(tmp_path: Path) -> None:
    """Both neighbours of the place one reads at are known before the rest is looked at."""
    path = tmp_path / "log"
    lines = 200_000
    data = _big(path, lines, {1, lines // 2 - 5, lines // 2 + 5, lines - 2})
    reader = FileLogReader(path)
    reader.refresh(len(data))
    read: list[tuple[int, int]] = []
    real = reader.read

    def watched(offset: int, size: int) -> bytes:
        read.append((offset, offset + size))
        return real(offset, size)

    middle = data.index(b"needle %d" % (lines // 2 + 5)) - 100
    with patch.object(reader, "read", watched):
        search = settled(BackgroundLogSearch(reader, read_log_query("needle"), middle))
    line = data.rindex(b"\n", 0, middle) + 1
    find_line, below, above = read[:3]
    assert find_line[1] == middle
    assert below[0] == above[1] == line
    assert data.index(b"needle", middle) < below[1]
    assert data.rindex(b"needle", 0, middle) > above[0]
    assert max(end - start for start, end in read) <= 1 << 20
    assert all_hits(search) == [one.start() for one in re.finditer(b"needle", data)]
    search.close()
    reader.close()


def test_a_search_starts_over_in_another_generation(tmp_path: Path) -> None:
    """What was found in bytes that are gone is forgotten."""
    path = tmp_path / "log"
    path.write_bytes(b"one needle and\nanother needle\n")
    reader = FileLogReader(path)
    reader.refresh()
    search = settled(BackgroundLogSearch(reader, read_log_query("needle")))
    assert search.count == 2
    path.write_bytes(b"a needle\n")
    reader.refresh()
    settled(search)
    assert all_hits(search) == [2]
    (tmp_path / "other").write_bytes(b"....needle\n")
    (tmp_path / "other").replace(path)
    assert reader.is_stale
    reader.reopen()
    reader.refresh()
    settled(search)
    assert all_hits(search) == [4]
    search.close()
    reader.close()


def test_a_cancelled_search_keeps_what_it_found(tmp_path: Path) -> None:
    """After closing nothing is looked at any more, and what is known can still be asked for."""
    path = tmp_path / "log"
    path.write_bytes(b"needle\n")
    reader = FileLogReader(path)
    reader.refresh()
    search = settled(BackgroundLogSearch(reader, read_log_query("needle")))
    search.close()
    search.close()
    with path.open("ab") as file:
        file.write(b"needle\n")
    reader.refresh()
    search.refresh()
    assert search.next_after(0) == (None, False)
    assert (search.count, search.is_complete) == (1, False)
    reader.close()
    assert reader.read(0, 10) == b""


def test_a_failure_is_told_and_tried_again(tmp_path: Path) -> None:
    """A disk that fails for a moment ends no search."""
    path = tmp_path / "log"
    path.write_bytes(b"needle\n")
    reader = FileLogReader(path)
    reader.refresh()

    faults = [Unavailable("the disk is not there")]
    real = reader.read

    def failing(offset: int, size: int) -> bytes:
        if faults:
            raise faults.pop()
        return real(offset, size)

    with patch.object(reader, "read", failing):
        search = BackgroundLogSearch(reader, read_log_query("needle"))
        assert search.wait(20)
    assert str(search.failure) == "the disk is not there"
    settled(search)
    assert search.count == 1
    search.close()
    reader.close()


def test_spans_are_those_that_count(tmp_path: Path) -> None:
    """What is underlined in a line is what was counted, and nothing inside an escape sequence."""
    path = tmp_path / "log"
    path.write_bytes(b"")
    reader = FileLogReader(path)
    search = BackgroundLogSearch(reader, read_log_query("31"))
    line = b"\x1b[0;31m31 and 3\x1b[31m1\x1b[0m\x1b]8;;31\x0731\x1b]8;;\x07"
    spans = search.spans_in(line)
    assert [line[start:end] for start, end in spans] == [b"31", b"3\x1b[31m1", b"31"]
    search.close()
    reader.close()


@pytest.mark.parametrize("text", ["/(a+)+$/", "/(a|aa)+b/", "/(.*)*x/", "/(a*){100}b/"])
def test_no_pattern_takes_its_time(tmp_path: Path, text: str) -> None:
    """What makes a backtracking engine hang is looked for in one pass, counted in reads."""
    path = tmp_path / "log"
    path.write_bytes(b"a" * 30_000 + b"\n")
    reader = FileLogReader(path)
    reader.refresh()
    search = settled(BackgroundLogSearch(reader, read_log_query(text)))
    assert search.count == (1 if text == "/(a+)+$/" else 0)
    search.close()
    reader.close()


def test_an_enormous_line_is_searched_in_pieces(tmp_path: Path) -> None:
    """A line of many megabytes without a line feed is searched, also where pieces meet."""
    size = 3 * CHUNK_BYTES + 12_345
    places = [5, CHUNK_BYTES - 3, 2 * CHUNK_BYTES - 6, size - 6]
    data = bytearray(b"." * size)
    for place in places:
        data[place : place + 6] = b"needle"
    path = tmp_path / "log"
    path.write_bytes(data)
    reader = FileLogReader(path)
    reader.refresh()
    search = settled(BackgroundLogSearch(reader, read_log_query("needle"), 2_000_000))
    assert all_hits(search) == places
    with path.open("ab") as file:
        file.write(b"needle\nneedle")
    reader.refresh()
    settled(search)
    assert all_hits(search) == [*places, size, size + 7]
    assert search.line_count == 2
    search.close()
    reader.close()
    assert os.path.getsize(path) == size + 13  # noqa: PTH202


def test_leaving_in_the_middle_of_a_search_is_no_crash(tmp_path: Path) -> None:
    """A program that ends while the engine is at work ends as it meant to."""
    path = tmp_path / "log"
    path.write_bytes(b"ok: [leaf1] and so on, with some more words to look through\n" * 400_000)
    script = """
import sys
import subprocess
import sys
from pathlib import Path
from skyforge_tui.domain.log_query import read_log_query
from skyforge_tui.store.log_reader import FileLogReader

reader = FileLogReader(Path(sys.argv[1]))
reader.refresh(1 << 16)
search = reader.search(read_log_query("/o[a-z]+q|leaf.*zz/"))
while not search.scanned_bytes:
    pass
assert not search.is_complete
"""
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
