"""Who is inside a database file, and what the last one to leave said of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skyforge_tui.store import occupancy
from skyforge_tui.store.occupancy import Confidence, Occupancy


def _moved_in(path: Path) -> Occupancy:
    one = Occupancy(path)
    one.enter()
    one.stay()
    return one


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file."""
    (tmp_path / "some.db").write_text("content")
    return tmp_path / "some.db"


def test_a_file_nobody_knows(path: Path) -> None:
    """A file that nobody vouched for is not believed."""
    one = Occupancy(path)
    assert one.enter() == (True, Confidence.UNKNOWN)
    one.vanish()


def test_the_last_one_vouches(path: Path) -> None:
    """A file that was left in good order and is unchanged since is believed."""
    first, second = _moved_in(path), _moved_in(path)
    first.leave(is_suspect=False)
    path.write_text("other content")
    second.leave(is_suspect=False)

    third = Occupancy(path)
    assert third.enter() == (True, Confidence.VOUCHED)
    third.vanish()


@pytest.mark.parametrize("change", ["content", "time", "file", "log"])
def test_a_change_behind_our_back(change: str, path: Path) -> None:
    """A file that was changed, touched, replaced or given a log meanwhile is not believed."""
    _moved_in(path).leave(is_suspect=False)
    seen = path.stat()
    match change:
        case "content":
            path.write_text("longer content")
            os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
        case "time":
            os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns + 1000))
        case "file":
            copy = path.with_name("copy")
            copy.write_bytes(path.read_bytes())
            os.utime(copy, ns=(seen.st_atime_ns, seen.st_mtime_ns))
            copy.rename(path)
        case "log":
            Path(f"{path}-wal").touch()
    one = Occupancy(path)
    assert one.enter() == (True, Confidence.UNKNOWN)
    one.vanish()


def test_one_who_never_left(path: Path) -> None:
    """A file that somebody vanished from is not believed."""
    _moved_in(path).leave(is_suspect=False)
    _moved_in(path).vanish()
    one = Occupancy(path)
    assert one.enter() == (True, Confidence.UNKNOWN)
    one.vanish()


def test_company(path: Path) -> None:
    """While somebody is inside, the file is believed, and one is not alone."""
    first = _moved_in(path)
    second = Occupancy(path)
    assert second.enter() == (False, Confidence.VOUCHED)
    second.leave(is_suspect=False)
    first.vanish()


def test_suspicion_outlives_company(path: Path) -> None:
    """Damage that one met is not forgotten because another one left after it in good order."""
    first, second = _moved_in(path), _moved_in(path)
    first.leave(is_suspect=True)
    second.leave(is_suspect=False)
    third = Occupancy(path)
    assert third.enter() == (True, Confidence.SUSPECT)
    third.vanish()
    fourth = Occupancy(path)
    assert fourth.enter() == (True, Confidence.SUSPECT)
    fourth.stay()
    fourth.leave(is_suspect=False)
    fifth = Occupancy(path)
    assert fifth.enter() == (True, Confidence.VOUCHED)
    fifth.vanish()


def test_the_gate_admits_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one at a time passes the gate, and nobody waits for ever."""
    monkeypatch.setattr(occupancy, "_PATIENCE_S", 0.05)
    with (
        Occupancy(path).gate(),
        pytest.raises(TimeoutError, match="another skyforge"),
        Occupancy(path).gate(),
    ):
        pytest.fail("the gate was held")
    with Occupancy(path).gate():
        pass
