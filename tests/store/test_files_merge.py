"""Several files read as one: every line once, in order of time, whatever becomes of the files."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.store.files import feed
from skyforge_tui.store.files.open_file import OpenFile
from skyforge_tui.store.files.reader import MergedReader

NOON = 1_763_900_000


def merged(paths: Sequence[Path]) -> MergedReader:
    """Return a reader of files, merged as far as they reach."""
    reader = MergedReader([OpenFile(one) for one in paths])
    catch_up(reader)
    return reader


def catch_up(reader: MergedReader) -> None:
    """Merge what there is."""
    while reader.advance(1000):
        pass
    reader.refresh()


def whole(reader: MergedReader) -> bytes:
    """Return all that was merged."""
    return reader.read(0, reader.size)


class Told:
    """A line with the second it tells, if any."""

    def __init__(self, second: int | None, text: bytes) -> None:
        self.second = second
        self.data = text if second is None else b"%d.000 %s" % (NOON + second, text)


lines_of_a_file = st.lists(
    st.builds(
        Told,
        st.none() | st.integers(0, 50),
        st.one_of(st.binary(max_size=20), st.builds(lambda n: b"x" * n, st.integers(0, 400))).map(
            lambda text: text.replace(b"\n", b"") or b"."
        ),
    ),
    max_size=30,
)


def naive(files: Sequence[Sequence[Told]]) -> list[tuple[int, bytes]]:
    """Return file and bytes of every line, sorted the simple way."""

    def keyed(number: int) -> Iterator[tuple[int, int, bytes]]:
        told = [one.second for one in files[number] if one.second is not None]
        reached = told[0] if told else -1
        for one in files[number]:
            reached = max(reached, -1 if one.second is None else one.second)
            yield reached, number, one.data

    streams = [keyed(number) for number in range(len(files))]
    return [(file, data) for _, file, data in heapq.merge(*streams, key=lambda one: one[:2])]


@given(st.lists(lines_of_a_file, min_size=1, max_size=4), st.data())
@settings(max_examples=60, deadline=None)
def test_merging_equals_sorting(files: list[list[Told]], data: st.DataObject) -> None:
    """Lines, bytes, places and numbers are those of a plain stable sort by the time reached."""
    with TemporaryDirectory() as name:
        paths = [Path(name, str(number)) for number in range(len(files))]
        for path, lines in zip(paths, files, strict=True):
            path.write_bytes(b"\n".join(one.data for one in lines))
            os.utime(path, (NOON, NOON))  # at rest: a last line without a line feed is whole
        reader = merged(paths)
        expected = naive(files)
        content = b"".join(line + b"\n" for _, line in expected)
        assert whole(reader) == content
        got = reader.lines(0, 10**6)
        assert [(one.source, one.data) for one in got] == expected
        assert (
            [one.number for one in got]
            == list(range(len(expected)))
            == [reader.line_at(one.offset) for one in got]
        )
        start = data.draw(st.integers(0, len(content)))
        size = data.draw(st.integers(0, len(content)))
        assert reader.read(start, size) == content[start : start + size]
        if start < len(content):
            assert reader.line_at(start) == content.count(b"\n", 0, start)
        first = data.draw(st.integers(0, len(expected)))
        assert reader.lines(first, 7) == got[first : first + 7]
        if start < len(content):
            here = reader.line_at(start)
            assert reader.lines_from(start, 3) == got[here : here + 3]
            assert reader.lines_before(start, 3) == got[max(here - 3, 0) : here]
        assert reader.lines_before(len(content), 2) == got[-2:]
        assert reader.lines_from(len(content), 2) == []
        reader.close()


@pytest.mark.parametrize("chunk", [200, 1000])
def test_pieces_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """A file that is read in pieces, with lines longer than a piece, merges all the same."""
    one, other = tmp_path / "one", tmp_path / "other"
    own = [b"%d.000 %s" % (NOON + 2 * n, b"a" * (n * 37 % 900)) for n in range(60)]
    theirs = [b"%d.000 b" % (NOON + 2 * n + 1) for n in range(60)]
    one.write_bytes(b"\n".join(own) + b"\n")
    other.write_bytes(b"\n".join(theirs) + b"\n")
    monkeypatch.setattr(feed, "CHUNK_BYTES", chunk)
    reader = merged([one, other])
    expected = [line for pair in zip(own, theirs, strict=True) for line in pair]
    assert [line.data for line in reader.lines(0, 1000)] == expected
    reader.close()


def test_lines_without_a_time_stay_with_their_line(tmp_path: Path) -> None:
    """A trace stays behind the line it belongs to, with no time of its own."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text(f"{NOON} failed\n  because\n  of that\n{NOON + 9} again\n")
    other.write_text(f"{NOON + 1} meanwhile\n")
    reader = merged([one, other])
    lines = reader.lines(0, 10)
    assert [line.data.split()[-1] for line in lines] == [
        b"failed", b"because", b"that", b"meanwhile", b"again",
    ]  # fmt: skip
    assert lines[0].at == datetime.fromtimestamp(NOON, UTC)
    assert lines[1].at is None
    assert reader.time_at(lines[4].offset) == datetime.fromtimestamp(NOON + 9, UTC)
    reader.close()


def test_growth_moves_nothing(tmp_path: Path) -> None:
    """What is written later stands behind all that was seen, even if it tells an earlier time."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text(f"{NOON} a\n{NOON + 5} b\n")
    other.write_text(f"{NOON + 1} c\n")
    reader = merged([one, other])
    before = whole(reader)
    with other.open("a") as file:
        file.write(f"{NOON + 2} late\n{NOON + 7} d\nhalf")
    with one.open("a") as file:
        file.write(f"{NOON + 6} e\n")
    reader.advance(1 << 20)
    reader.refresh()
    assert whole(reader) == before + f"{NOON + 2} late\n{NOON + 6} e\n{NOON + 7} d\n".encode()
    assert not reader.is_stale
    catch_up(reader)
    assert whole(reader).endswith(b" d\n")
    os.utime(other, (NOON, NOON))  # nothing more has come for long: the half line is whole
    catch_up(reader)
    assert whole(reader).endswith(b" d\nhalf\n")
    assert reader.lines(reader.line_count - 1, 5)[0].data == b"half"
    reader.close()


@pytest.mark.parametrize("accident", ["replaced", "cut short"])
def test_accidents_start_over(tmp_path: Path, accident: str) -> None:
    """A file that was replaced or cut short is read anew; one that was removed is read on."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text(f"{NOON} a\n{NOON + 5} b\n")
    other.write_text(f"{NOON + 1} c\n")
    reader = merged([one, other])
    other.unlink()
    was_stale = reader.is_stale
    if accident == "replaced":
        one.rename(tmp_path / "one.1")
    one.write_text(f"{NOON + 2} x\n")
    assert (was_stale, reader.is_stale) == (False, True)
    shown = reader.line_count
    reader.reopen()
    assert (reader.generation, reader.line_count) == (0, shown)
    catch_up(reader)
    assert reader.generation == 1
    assert whole(reader) == f"{NOON + 1} c\n{NOON + 2} x\n".encode()
    assert not reader.is_stale
    reader.close()


def test_closing_gives_all_back(tmp_path: Path) -> None:
    """Whatever was opened anew, closing leaves no descriptor behind."""
    path = tmp_path / "one"
    path.write_text("a\n")
    descriptors = Path("/dev/fd")
    before = {one.name for one in descriptors.iterdir()}
    reader = merged([path, path])
    reader.reopen()
    reader.reopen()
    reader.refresh()
    reader.reopen()
    reader.close()
    reader.close()
    assert (reader.lines(0, 5), reader.read(0, 5)) == ([], b"")
    assert not reader.advance(100)
    assert {one.name for one in descriptors.iterdir()} == before
