"""The parts of a supervisor, where a whole run would not show the difference."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skyforge_tui.store.supervisor import locks
from skyforge_tui.store.supervisor.bells import Bells
from skyforge_tui.store.supervisor.child import environment_for
from skyforge_tui.store.supervisor.loop import Loop
from skyforge_tui.store.supervisor.output import Output
from skyforge_tui.store.supervisor.places import Places
from skyforge_tui.store.supervisor.records import RECORD_BYTES, Record, write_whole
from tests.store.supervised import Runs


class FullLog:
    """A log with room for some bytes, then none until more is given."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.data = b""

    @property
    def size(self) -> int:
        """Bytes taken."""
        return len(self.data)

    def append(self, data: bytes, at_ms: int) -> None:
        """Take what fits and complain about the rest."""
        self.data += data[: self.room]
        self.room -= min(len(data), self.room)
        if not self.data.endswith(data):
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Return a non-blocking reader and its writer."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    yield reader, writer
    os.close(reader)
    os.close(writer)


def test_a_full_log_is_tried_again_with_exactly_the_rest(pipe: tuple[int, int]) -> None:
    """What a log did not take is kept and given again, no byte twice and none left out."""
    reader, writer = pipe
    loop, log = Loop(), FullLog(room=4)
    changes: list[bytes] = []
    output = Output(loop, log, changes.append)
    output.attach(reader)
    os.write(writer, b"abcdefghij")
    loop.turn()
    assert (log.data, output.held_bytes) == (b"abcd", 6)
    assert output.stall == "no space left on device"
    os.write(writer, b"klm")
    log.room = 3
    loop.turn()
    assert (log.data, output.held_bytes) == (b"abcdefg", 3)
    log.room = 100
    while output.stall or log.size < 13:
        loop.turn()
    assert log.data == b"abcdefghijklm"
    assert b"".join(changes) == log.data
    output.detach()


def test_while_the_log_is_full_nothing_is_read(pipe: tuple[int, int]) -> None:
    """A stalled output leaves new bytes where they are, so that the writer has to wait."""
    reader, writer = pipe
    loop = Loop()
    output = Output(loop, FullLog(room=0), lambda _data: None)
    output.attach(reader)
    os.write(writer, b"first")
    loop.turn()
    os.write(writer, b"second")
    loop.turn()
    assert output.held_bytes == 5
    output.detach()
    assert os.read(reader, 100) == b"second"


def test_a_record_needs_no_room_once_it_was_set_aside(tmp_path: Path) -> None:
    """A record is written over space that was reserved before, and reads as JSON."""
    path = tmp_path / "exit.json"
    record = Record(path)
    record.set_aside()
    before = (tmp_path / "exit.json.spare").stat()
    record.publish({"state": "success", "note": "ö" * 10_000})
    after = path.stat()
    assert (after.st_ino, after.st_size) == (before.st_ino, RECORD_BYTES)
    assert json.loads(path.read_bytes())["state"] == "success"


def test_a_note_that_is_no_unicode_is_written_all_the_same(tmp_path: Path) -> None:
    """A path that is not valid UTF-8 does not keep a record from being written."""
    record = Record(tmp_path / "status.json")
    note = os.fsdecode(b"no such command: /\xff" + b"\xf0\x9f\x92\xa5" * 400)
    record.publish({"note": note})
    assert json.loads((tmp_path / "status.json").read_bytes())["note"] == note[:500]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A failed write leaves neither the file nor a part of it."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "taken", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    """A lock that is held is not given twice, is seen as held, and is free after its holder."""
    path = tmp_path / "lock"
    assert not locks.is_held(path)
    fd = locks.try_hold(path)
    assert fd is not None
    assert locks.is_held(path)
    assert locks.try_hold(path) is None
    assert not os.get_inheritable(fd)
    os.close(fd)
    assert not locks.is_held(path)


def test_asking_does_not_take_a_lock_away(tmp_path: Path) -> None:
    """Whoever waits for a lock gets it although others keep asking about it."""
    path = tmp_path / "lock"
    asking = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(asking, fcntl.LOCK_SH)
    assert not locks.is_held(path)
    os.close(asking)
    os.close(locks.hold(path))


def test_a_full_bell_is_rung_again(tmp_path: Path) -> None:
    """A watcher that was busy hears of the run later; nobody waits for it meanwhile."""
    loop = Loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.bind(str(tmp_path / "one.bell"))
        bell.setblocking(False)
        bells = Bells(tmp_path, loop, 7)
        rings = 0

        def all_heard() -> bool:
            return bells.all_heard

        while all_heard():
            bells.ring()
            rings += 1
        for _ in range(rings - 1):
            assert bell.recv(64) == b"7\n"
        while not all_heard():
            loop.turn()
        assert bell.recv(64) == b"7\n"
        bells.close()


def test_dead_bells_are_removed(tmp_path: Path) -> None:
    """The bell of a watcher that was killed is removed by the next ring; other files stay."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
        bell.bind(str(tmp_path / "dead.bell"))
    (tmp_path / "note").touch()
    bells = Bells(tmp_path, Loop(), 1)
    bells.ring()
    assert [path.name for path in tmp_path.iterdir()] == ["note"]
    assert bells.all_heard
    bells.close()


def test_sockets_fit_everywhere(tmp_path: Path) -> None:
    """However deep the state directory, no socket path is longer than macOS allows."""
    for state in (Path("/s"), tmp_path, Path("/" + "ö" * 50), Path("/" + "d/" * 500)):
        places = Places(state)
        for path in (places.control(10**9), places.bells / "4194304-0123abcd.bell"):
            assert len(os.fsencode(path)) <= 100


def test_the_way_around_a_long_path_is_always_the_same() -> None:
    """Two processes find the same sockets for one state directory, and others for another."""
    one, other = Path("/" + "a" * 200), Path("/" + "b" * 200)
    assert Places(one).sockets == Places(one).sockets != Places(other).sockets


def test_somebody_elses_sockets_are_refused(runs: Runs) -> None:
    """A socket directory that is a link is refused, and one open to others is closed to them."""
    places = Places(runs.state)
    places.state.mkdir()
    elsewhere = runs.state.parent / "elsewhere"
    elsewhere.mkdir()
    places.sockets.symlink_to(elsewhere)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        places.make_sockets()
    places.sockets.unlink()
    places.make_sockets()
    places.sockets.chmod(0o755)
    places.make_sockets()
    assert places.sockets.stat().st_mode & 0o777 == 0o700


def test_due_times_come_once_and_can_be_taken_back() -> None:
    """A due time calls once; one that was moved or cancelled does not call at its old time."""
    loop = Loop()
    calls: list[str] = []
    loop.after("a", 0, lambda: calls.append("old"))
    loop.after("a", 0, lambda: calls.append("a"))
    loop.after("b", 0, lambda: calls.append("b"))
    loop.cancel("b")
    loop.turn()
    assert calls == ["a"]
    assert not loop.is_due("a")


def test_tools_beside_this_program_are_found_last() -> None:
    """What is installed beside this program is found, after all that the person's PATH names."""
    path = environment_for({"PATH": "/mine/bin"}, {}, {})["PATH"].split(os.pathsep)
    assert path == ["/mine/bin", str(Path(sys.executable).parent)]
