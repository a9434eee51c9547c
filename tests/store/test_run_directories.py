"""Run directories are numbered once and for all and read back as what they tell."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.run import RunSpec, RunState
from skyforge_tui.store.run_directories import FileRunDirectories
from skyforge_tui.store.supervisor import locks
from tests.builders import a_spec
from tests.store.supervised import Runs


@pytest.fixture
def directories(tmp_path: Path) -> FileRunDirectories:
    """Return run directories below an empty state directory."""
    return FileRunDirectories(tmp_path / "state")


def reserve(directories: FileRunDirectories, spec: RunSpec | None = None) -> int:
    """Reserve a run that nobody will supervise, and let go of it."""
    reservation = directories.reserve(spec or a_spec(), {})
    directories.started(reservation)
    return reservation.number


def write(directory: Path, name: str, text: str) -> Path:
    """Write one of a run's records."""
    path = directory / name
    path.write_text(text)
    return path


def test_a_spec_comes_back_as_it_was(directories: FileRunDirectories) -> None:
    """Everything that was asked for is read back, odd characters and bytes included."""
    spec = a_spec(
        command=("echo", "ö\n💥", os.fsdecode(b"\xff")),
        environment=MappingProxyType({"A": "1"}),
        answers=MappingProxyType({"site": "dc1"}),
        secret_names=("token",),
        terminal=True,
        columns=99,
        rows=44,
        artifacts=("*.cfg",),
        commit="abc",
        created_at=datetime(2026, 3, 14, 1, 2, 3, 456789, tzinfo=UTC),
    )
    assert directories.read(reserve(directories, spec)).spec == spec


def test_secrets_are_handed_over_and_not_written(
    directories: FileRunDirectories, tmp_path: Path
) -> None:
    """A reservation carries the secret environment; no file and no argument does."""
    reservation = directories.reserve(a_spec(), MappingProxyType({"TOKEN": "hunter2-ö"}))
    assert json.loads(reservation.secrets) == {"TOKEN": "hunter2-ö"}
    assert not any("hunter2" in argument for argument in reservation.command)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes()
    directories.started(reservation)


def test_a_reserved_run_waits(directories: FileRunDirectories) -> None:
    """Between reservation and birth a run is waiting, and held by whoever reserved it."""
    reservation = directories.reserve(a_spec(), {})
    assert directories.read(reservation.number).run.state is RunState.WAITING
    assert directories.control_path(reservation.number) is not None
    directories.started(reservation)
    assert directories.control_path(reservation.number) is None


def test_a_run_nobody_holds_is_lost(directories: FileRunDirectories) -> None:
    """No exit record and no living supervisor is LOST, ended at the last sign of life."""
    run = directories.read(reserve(directories)).run
    assert run.state is RunState.LOST
    assert run.ended_at is not None
    assert run.note


def test_an_abandoned_run_says_why(directories: FileRunDirectories) -> None:
    """A run whose supervisor could not be started is an error with the reason, at once."""
    reservation = directories.reserve(a_spec(), {})
    directories.abandon(reservation, "no python here")
    run = directories.read(reservation.number).run
    assert (run.state, run.note) == (RunState.ERROR, "no python here")
    assert run.ended_at is not None


def test_a_run_that_lives_is_not_abandoned(directories: FileRunDirectories) -> None:
    """If the supervisor came to life after all, giving up writes nothing."""
    reservation = directories.reserve(a_spec(), {})
    supervisor = os.dup(reservation.pass_fds[0])
    directories.abandon(reservation, "late")
    assert directories.read(reservation.number).run.state is RunState.WAITING
    os.close(supervisor)


def test_numbers_rise_and_are_not_used_twice(
    directories: FileRunDirectories, tmp_path: Path
) -> None:
    """A removed run's number does not return, not even that of the last one."""
    assert [reserve(directories) for _ in range(3)] == [1, 2, 3]
    for path in (tmp_path / "state" / "runs" / "3").iterdir():
        path.unlink()
    (tmp_path / "state" / "runs" / "3").rmdir()
    assert reserve(directories) == 4
    assert directories.numbers() == [1, 2, 4]


@pytest.mark.parametrize("text", ["", "x", "        "])
def test_a_lost_count_is_found_again(
    directories: FileRunDirectories, tmp_path: Path, text: str
) -> None:
    """When the count is torn, the directories themselves tell the next number."""
    for _ in range(3):
        reserve(directories)
    (tmp_path / "state" / "runs" / ".last").write_text(text)
    assert reserve(directories) == 4


def test_many_reserve_at_once(tmp_path: Path) -> None:
    """Several starters at once get different numbers and whole records."""
    numbers: list[int] = []

    def start() -> None:
        directories = FileRunDirectories(tmp_path)
        numbers.extend(reserve(directories) for _ in range(25))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 101))
    directories = FileRunDirectories(tmp_path)
    assert all(directories.read(number).spec == a_spec() for number in numbers)


def test_other_names_are_no_runs(directories: FileRunDirectories, tmp_path: Path) -> None:
    """Only directories named as a run is count, and none of the others moves the count."""
    assert directories.numbers() == []
    reserve(directories)
    runs = tmp_path / "state" / "runs"
    for name in ("notes", "\u00b2", "\u0663", "007", "0", "-3", "4 ", "9" * 20, "9" * 16):
        (runs / name).mkdir()
    for count in (None, "9" * 20, "\u00b2", ""):
        if count is None:
            (runs / ".last").unlink()
        else:
            (runs / ".last").write_text(count)
        number = reserve(directories)
        assert directories.numbers() == list(range(1, number + 1))
    assert directories.numbers() == [1, 2, 3, 4, 5]


def test_runs_are_counted_by_name_alone(tmp_path: Path) -> None:
    """Listing numbers looks at names alone: empty directories count as well."""
    runs = tmp_path / "runs"
    runs.mkdir()
    for number in range(1, 3001):
        (runs / str(number)).mkdir()
    assert FileRunDirectories(tmp_path).numbers() == list(range(1, 3001))


def test_what_was_never_there_is_not_found(directories: FileRunDirectories) -> None:
    """A number without a directory is not found."""
    with pytest.raises(NotFound, match="there is no run 7"):
        directories.read(7)
    assert directories.control_path(7) is None


def test_a_directory_without_spec_is_being_born_or_broken(
    directories: FileRunDirectories, tmp_path: Path
) -> None:
    """A fresh directory without spec is not there yet; an old one cannot be read."""
    reserve(directories)
    directory = tmp_path / "state" / "runs" / "9"
    directory.mkdir()
    with pytest.raises(NotFound, match="being created"):
        directories.read(9)
    past = time.time() - 3600
    os.utime(directory, (past, past))
    with pytest.raises(Unavailable, match=r"runs/9/spec\.json"):
        directories.read(9)


@pytest.mark.parametrize("name", ["spec.json", "exit.json", "status.json"])
@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"spec": {}}', '{"state": 7}', "\0" * 4096, "[" * 100_000]
)
def test_torn_records_are_named(
    directories: FileRunDirectories, tmp_path: Path, name: str, text: str
) -> None:
    """A record that cannot be understood is unavailable, and the message names the file."""
    number = reserve(directories)
    directory = tmp_path / "state" / "runs" / str(number)
    path = write(directory, name, text)
    if text == '{"spec": {}}' and name != "spec.json":
        text_is_odd_but_whole = directories.read(number)
        assert text_is_odd_but_whole.run.state in {RunState.WAITING, RunState.LOST}
        return
    with pytest.raises(Unavailable) as caught:
        directories.read(number)
    assert str(path) in caught.value.message


@pytest.mark.parametrize(
    "told",
    ['"ended_at": 1e30', f'"ended_at": {10**30}', f'"ended_at": {10**16}', '"started_at": -1',
     f'"exit_code": {10**30}', f'"max_rss_bytes": {10**30}', '"user_s": 1e999'],
)  # fmt: skip
def test_figures_that_are_none_are_named(
    directories: FileRunDirectories, tmp_path: Path, told: str
) -> None:
    """A record whose figures no clock and no database could hold cannot be read."""
    number = reserve(directories)
    write(tmp_path / "state" / "runs" / str(number), "exit.json", f'{{"state": "error", {told}}}')
    with pytest.raises(Unavailable, match=r"exit\.json"):
        directories.read(number)


def test_a_time_of_nowhere_is_named(directories: FileRunDirectories, tmp_path: Path) -> None:
    """A spec whose time has no zone cannot be read."""
    path = tmp_path / "state" / "runs" / str(reserve(directories)) / "spec.json"
    record = json.loads(path.read_text())
    record["spec"]["created_at"] = "2026-01-01T00:00:00"
    write(path.parent, path.name, json.dumps(record))
    with pytest.raises(Unavailable, match=r"spec\.json.*time zone"):
        directories.read(1)


def test_what_a_later_version_adds_is_ignored(
    directories: FileRunDirectories, tmp_path: Path
) -> None:
    """Unknown members are ignored, and an unknown state is UNKNOWN."""
    number = reserve(directories)
    directory = tmp_path / "state" / "runs" / str(number)
    record = json.loads((directory / "spec.json").read_text())
    record["spec"]["mood"] = "good"
    write(directory, "spec.json", json.dumps(record))
    write(directory, "exit.json", '{"state": "evaporated", "heat": 3}')
    detail = directories.read(number)
    assert detail.run.state is RunState.UNKNOWN
    assert detail.spec == a_spec()


def test_a_state_directory_that_cannot_be_written_is_unavailable(runs: Runs) -> None:
    """When nothing can be written, the message names the place and gives advice."""
    runs.state.write_text("a file in the way")
    directories = runs.directories
    with pytest.raises(Unavailable, match="cannot be written") as caught:
        directories.reserve(a_spec(), {})
    assert caught.value.advice
    with pytest.raises(Unavailable, match="cannot be written"):
        directories.bells()
    with pytest.raises(Unavailable, match=f"cannot be read: {runs.state} is no folder") as caught:
        directories.numbers()
    assert str(runs.state) in caught.value.advice
    runs.state.unlink()


def test_a_failed_reservation_leaves_no_lock_behind(
    directories: FileRunDirectories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the spec cannot be written the directory is taken away again."""

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device", "spec.json")

    monkeypatch.setattr("skyforge_tui.store.run_directories.write_whole", no_room)
    open_before = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(Unavailable, match="no space left"):
        directories.reserve(a_spec(), {})
    assert directories.numbers() == []
    assert len(list(Path("/dev/fd").iterdir())) == open_before


def test_links_to_the_state_directory_mean_the_same(runs: Runs) -> None:
    """Two names of one state directory share runs and sockets."""
    link = runs.state.parent / "link"
    link.symlink_to(runs.state)
    one, other = runs.directories, FileRunDirectories(link)
    assert one.bells() == other.bells()
    assert reserve(one) == 1
    assert other.numbers() == [1]


def test_the_living_are_known_by_their_sockets(runs: Runs) -> None:
    """Only runs whose supervisor lives are live; a dead one's socket is cleared away."""
    number = runs.start(["sleep", "600"])
    ended = runs.start(["true"])
    runs.ended(ended)
    stale = runs.state / "sockets" / "77.sock"
    stale.touch()
    assert runs.directories.live() == [number]
    assert not stale.exists()


def test_an_ended_run_reads_the_same_from_anywhere(runs: Runs) -> None:
    """A run is read from its files alone: another reader sees what the first one saw."""
    number = runs.start(["sh", "-c", "echo hi; exit 3"])
    detail = runs.ended(number)
    again = FileRunDirectories(runs.state, slots=1).read(number)
    assert again == detail
    assert replace(again.run, state=RunState.ERROR).exit_code == 3
    assert again.use is not None


def test_a_lock_file_that_is_missing_is_a_lost_run(
    directories: FileRunDirectories, tmp_path: Path
) -> None:
    """A run without its lock file has no supervisor."""
    number = reserve(directories)
    (tmp_path / "state" / "runs" / str(number) / "lock").unlink()
    assert directories.read(number).run.state is RunState.LOST
    assert not locks.is_held(tmp_path / "state" / "runs" / str(number) / "lock")
