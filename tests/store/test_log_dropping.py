"""Output that was given up leaves a gap, as a whole, and nobody who reads it loses a byte."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from skyforge_tui.domain.errors import Conflict, NotFound, Unavailable
from skyforge_tui.domain.log import LogGap
from skyforge_tui.store import log_dropping
from skyforge_tui.store.log_reader import FileLogReader
from skyforge_tui.store.logs import FileLogStore, LogWriter
from skyforge_tui.store.supervisor import locks
from skyforge_tui.store.supervisor.places import LOCK

DATA = b"one\ntwo\n"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return the directory of a run with output, in a state directory."""
    directory = tmp_path / "runs" / "7"
    directory.mkdir(parents=True)
    writer = LogWriter(directory)
    writer.append(DATA, 1_000)
    writer.close()
    os.utime(directory / "output.log", (5, 5))
    return directory


def shown(directory: Path) -> tuple[list[bytes], tuple[LogGap, ...]]:
    """Return the lines and the gaps that a reader shows."""
    reader = FileLogReader(directory)
    reader.refresh()
    seen = [line.data for line in reader.lines_from(0, 9)], reader.gaps()
    reader.close()
    return seen


def drop(directory: Path) -> int:
    """Give a run's output up."""
    return FileLogStore(directory.parent.parent).drop(directory.name, "too old")


def test_a_gap_of_its_size_stays(run: Path) -> None:
    """The bytes are gone, their number and why are told, and when the run wrote last stays."""
    assert drop(run) == len(DATA)
    assert shown(run) == ([], (LogGap(0, len(DATA), None, "too old"),))
    assert sorted(one.name for one in run.glob("output*")) == [
        "output.1.gaps", "output.1.index", "output.1.log", "output.1.times",
    ]  # fmt: skip
    assert (run / "output.1.log").stat().st_mtime == 5
    assert drop(run) == 0
    assert shown(run)[1][0].missing_bytes == len(DATA)


def test_who_reads_keeps_it(run: Path) -> None:
    """Output that a reader holds open stays until it is closed."""
    reader = FileLogReader(run)
    with pytest.raises(Conflict, match="being read"):
        drop(run)
    reader.refresh()
    assert [line.data for line in reader.lines(0, 9)] == [b"one", b"two"]
    reader.close()
    assert drop(run) == len(DATA)


def test_a_run_that_goes_on_keeps_it(run: Path) -> None:
    """Whatever is recorded, output stays while a supervisor is alive."""
    lock = locks.hold(run / LOCK)
    with pytest.raises(Conflict, match="has not ended"):
        drop(run)
    os.close(lock)
    assert drop(run) == len(DATA)


def test_a_run_that_is_not_there(run: Path) -> None:
    """Nothing is created for a run that never was."""
    with pytest.raises(NotFound):
        FileLogStore(run.parent.parent).drop("8", "too old")


@pytest.mark.parametrize("step", ["begin_generation", "add_gap", "publish", "remove_older"])
def test_an_accident_leaves_all_or_nothing(run: Path, step: str) -> None:
    """Where the disk fails half way the old bytes are shown, or the gap; the next call finishes."""
    broken = patch.object(
        log_dropping if step == "remove_older" else LogWriter, step, side_effect=OSError(28, "full")
    )
    with broken, pytest.raises(Unavailable, match="full"):
        drop(run)
    lines, gaps = shown(run)
    assert (lines, len(gaps)) in [([b"one", b"two"], 0), ([], 1)]
    drop(run)
    assert shown(run) == ([], (LogGap(0, len(DATA), None, "too old"),))
    assert len(list(run.glob("output*"))) == 4
