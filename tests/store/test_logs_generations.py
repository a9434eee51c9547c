"""Output that an upstream completes later, and output that is known to be missing."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.domain.log import LogGap
from skyforge_tui.store.logs import FileLogReader, FileLogStore, LogWriter


def _lines(reader: FileLogReader) -> list[bytes]:
    reader.refresh()
    return [line.data for line in reader.lines(0, 1000)]


def test_a_new_generation_shows_only_once_it_is_published(tmp_path: Path) -> None:
    """Readers keep the old bytes until the new ones are complete, then change over at once."""
    old = LogWriter(tmp_path)
    old.append(b"first\nthird\n", 1)
    reader = FileLogReader(tmp_path)
    assert _lines(reader) == [b"first", b"third"]
    new = LogWriter.begin_generation(tmp_path)
    new.append(b"first\nsecond\nthird\n", 2)
    assert (old.generation, new.generation) == (0, 1)
    before = reader.is_stale
    new.publish()
    assert (before, reader.is_stale) == (False, True)
    assert _lines(reader) == [b"first", b"third"]
    reader.reopen()
    assert _lines(reader) == [b"first", b"second", b"third"]
    assert reader.generation == 1
    for each in (old, new, reader):
        each.close()


def test_writing_goes_on_in_the_published_generation(tmp_path: Path) -> None:
    """Whoever opens the log again continues the current generation."""
    LogWriter(tmp_path).close()
    new = LogWriter.begin_generation(tmp_path)
    new.append(b"one\n", 1)
    new.publish()
    new.close()
    again = LogWriter(tmp_path)
    again.append(b"two\n", 2)
    again.close()
    reader = FileLogReader(tmp_path)
    assert _lines(reader) == [b"one", b"two"]
    reader.close()


def test_an_abandoned_generation_leaves_nothing_behind(tmp_path: Path) -> None:
    """A generation that was never published does not leak into the next attempt."""
    LogWriter(tmp_path).close()
    lost = LogWriter.begin_generation(tmp_path)
    lost.append(b"half of it", 1)
    lost.add_gap(1, 1, "never mind")
    lost.close()
    new = LogWriter.begin_generation(tmp_path)
    assert new.size == 0
    new.append(b"whole\n", 2)
    new.publish()
    new.close()
    reader = FileLogReader(tmp_path)
    assert _lines(reader) == [b"whole"]
    assert reader.gaps() == ()
    reader.close()


def test_the_generation_before_stays_and_older_ones_go(tmp_path: Path) -> None:
    """There are never more than two generations on disk."""
    state = tmp_path
    directory = state / "runs" / "5"
    directory.mkdir(parents=True)
    LogWriter(directory).close()
    for number in range(1, 4):
        writer = LogWriter.begin_generation(directory)
        writer.append(b"generation %d\n" % number, number)
        writer.publish()
        writer.close()
    assert sorted(path.name for path in directory.glob("*.log")) == ["output.2.log", "output.3.log"]
    assert Path(FileLogStore(state).raw_path("5")).read_bytes() == b"generation 3\n"


def test_reopening_twice_before_looking_is_fine(tmp_path: Path) -> None:
    """Only the last opened files are taken over, the others are closed."""
    writer = LogWriter(tmp_path)
    writer.append(b"one\n", 1)
    reader = FileLogReader(tmp_path)
    reader.reopen()
    reader.reopen()
    assert _lines(reader) == [b"one"]
    assert reader.generation == 0
    writer.close()
    reader.close()


def test_gaps_are_kept_with_their_size_and_reason(tmp_path: Path) -> None:
    """A hole is told where it is, how big, and why."""
    writer = LogWriter(tmp_path)
    writer.append(b"one\n", 1)
    reader = FileLogReader(tmp_path)
    assert _lines(reader) == [b"one"]
    writer.add_gap(88_000, 1204, "fetched when it answers")
    assert reader.is_stale
    reader.reopen()
    reader.refresh()
    assert reader.gaps() == (LogGap(4, 88_000, 1204, "fetched when it answers"),)
    writer.append(b"two\n", 2)
    writer.add_gap(None, None, "unknown")
    reader.refresh()
    assert reader.gaps()[1] == LogGap(8, None, None, "unknown")
    writer.close()
    reader.close()


def test_a_torn_gap_record_hides_no_other(tmp_path: Path) -> None:
    """After an interrupted write the next record is whole."""
    writer = LogWriter(tmp_path)
    writer.add_gap(1, 1, "first")
    with (tmp_path / "output.gaps").open("ab") as file:
        file.write(b'{"offset": 12, "byt')
    writer.add_gap(2, 2, "second")
    with (tmp_path / "output.gaps").open("ab") as file:
        file.write(b'[1]\n{"offset": "x"}\n{"off')
    reader = FileLogReader(tmp_path)
    reader.refresh()
    writer.append(b"x", 1)
    reader.refresh()
    assert [gap.reason for gap in reader.gaps()] == ["first", "second"]
    writer.close()
    reader.close()


def test_a_replaced_file_is_noticed(tmp_path: Path) -> None:
    """A log whose file was swapped under its name is read anew after reopening."""
    writer = LogWriter(tmp_path)
    writer.append(b"old\n", 1)
    writer.close()
    reader = FileLogReader(tmp_path)
    assert _lines(reader) == [b"old"]
    (tmp_path / "copy").write_bytes(b"other\nbytes\n")
    (tmp_path / "copy").replace(tmp_path / "output.log")
    assert reader.is_stale
    before = reader.generation
    reader.reopen()
    assert _lines(reader) == [b"other", b"bytes"]
    assert reader.generation > before
    reader.close()
