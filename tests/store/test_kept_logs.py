"""Output that is kept of runs elsewhere: true at every moment, whole at the end, one writer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.ports.kept_logs import Line
from skyforge_tui.store.kept_logs import FileKeptLog, FileKeptLogs
from skyforge_tui.store.logs import FileLogReader, FileLogStore


def lines(*texts: str) -> list[Line]:
    """Return lines, a second apart."""
    return [Line(1_000 * at, text.encode()) for at, text in enumerate(texts)]


def opened(logs: FileKeptLogs, name: str = "3-812") -> FileKeptLog:
    """Return the output of a run that nobody else writes."""
    log = logs.open(name)
    assert log is not None
    return log


def text_of(reader: FileLogReader) -> list[str]:
    """Return the lines a reader shows now."""
    if reader.is_stale:
        reader.reopen()
    while reader.refresh():
        pass
    return [line.data.decode() for line in reader.lines(0, reader.line_count)]


def test_a_reader_follows_what_is_written(tmp_path: Path) -> None:
    """The reader of local runs shows kept ones: growth, gaps, and what replaced them."""
    with_log = opened(FileKeptLogs(tmp_path))
    reader = FileLogStore(tmp_path).open("3-812")
    with_log.append(lines("a", "", "b"))
    assert text_of(reader) == ["a", "", "b"]
    assert reader.time_at(3) is not None
    with_log.note_gap(None, "fetched when it answers")
    with_log.append(lines("d"))
    assert text_of(reader) == ["a", "", "b", "d"]
    (gap,) = reader.gaps()
    assert (gap.offset, gap.is_filled, gap.reason) == (5, False, "fetched when it answers")
    with_log.replace(lines("a", "", "b", "c", "d"))
    assert text_of(reader) == ["a", "", "b", "c", "d"]
    assert (reader.gaps(), reader.generation > 0) == ((), True)
    reader.close()
    with_log.close()


def test_a_place_where_nothing_is_missing_is_no_gap(tmp_path: Path) -> None:
    """A place where output resumed whole does not make it be written anew."""
    log = opened(FileKeptLogs(tmp_path))
    log.append(lines("a"))
    log.note_resumed("resumed after 12s, 38 lines fetched")
    log.replace(lines("a", "b"))
    reader = FileLogStore(tmp_path).open("3-812")
    assert text_of(reader) == ["a", "b"]
    (place,) = reader.gaps()
    assert (place.is_filled, reader.generation) == (True, 0)
    reader.close()
    log.close()


def test_a_gap_stays_where_it_is_while_it_is_open(tmp_path: Path) -> None:
    """Output that is written anew around an open gap keeps the gap before the right line."""
    log = opened(FileKeptLogs(tmp_path))
    log.replace(lines("a", "b", "d"), [2], "later")
    reader = FileLogStore(tmp_path).open("3-812")
    assert text_of(reader) == ["a", "b", "d"]
    assert [gap.offset for gap in reader.gaps()] == [4]
    reader.close()
    log.close()


def test_one_program_writes(tmp_path: Path) -> None:
    """While one program writes an output, another is not given it; afterwards it is."""
    logs, others = FileKeptLogs(tmp_path), FileKeptLogs(tmp_path)
    first = opened(logs)
    first.append(lines("a"))
    assert others.open("3-812") is None
    assert others.size("3-812") == 2
    first.close()
    first.close()
    second = opened(others)
    assert second.size == 2
    second.close()


def test_complete_is_remembered(tmp_path: Path) -> None:
    """What was finished once is known to be complete by everybody."""
    logs = FileKeptLogs(tmp_path)
    assert not logs.is_complete("3-812")
    log = opened(logs)
    assert not log.is_complete
    log.finish()
    log.close()
    assert FileKeptLogs(tmp_path).is_complete("3-812")
    again = opened(logs)
    assert again.is_complete
    again.close()


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that is in the way is named, with what to do."""
    (tmp_path / "runs").write_text("in the way")
    with pytest.raises(Unavailable, match="cannot be written") as caught:
        FileKeptLogs(tmp_path).open("3-812")
    assert caught.value.advice
    assert FileKeptLogs(tmp_path).size("3-812") == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["", "a", "bb", "c"]), max_size=8),
    st.lists(st.sampled_from(["", "a", "bb", "c"]), max_size=8),
    st.integers(0, 3),
)
def test_replacing_ends_in_exactly_these_lines(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str], torn: int
) -> None:
    """Whatever was there, torn or whole, the lines that replace it are the output afterwards."""
    directory = tmp_path_factory.mktemp("kept")
    log = opened(FileKeptLogs(directory))
    log.append(lines(*before))
    log.close()
    path = directory / "runs" / "3-812" / "output.log"
    path.write_bytes(path.read_bytes()[: max(0, path.stat().st_size - torn)])
    kept_before = path.read_bytes()
    log = opened(FileKeptLogs(directory))
    log.replace(lines(*after))
    log.close()
    reader = FileLogStore(directory).open("3-812")
    assert text_of(reader) == after
    wanted = "".join(f"{one}\n" for one in after).encode()
    assert (reader.generation == 0) == wanted.startswith(kept_before)
    reader.close()
