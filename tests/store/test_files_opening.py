"""Files, pipes and packed files are opened as what they are, or refused with what to do."""

from __future__ import annotations

import bz2
import errno
import fcntl
import gzip
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from skyforge_tui.domain.errors import Forbidden, Invalid, NotFound, SkyforgeError, Unavailable
from skyforge_tui.domain.log_source import SourceKind
from skyforge_tui.store.files import opening, pump
from skyforge_tui.store.files.opened import FileLog
from skyforge_tui.store.files.opening import LocalLogFiles
from skyforge_tui.store.log_writer import LogWriter

PATIENCE_S = 60
TEXT = b"".join(b"\x1b[32mok: [leaf%d]\x1b[0m item %d\n" % (n % 9, n) for n in range(20_000))


@pytest.fixture
def files(tmp_path: Path) -> LocalLogFiles:
    """Return what opens logs, with its spools below the test's folder."""
    return LocalLogFiles(tmp_path / "spools")


@pytest.fixture
def opened(files: LocalLogFiles) -> Iterator[Callable[..., FileLog]]:
    """Return a function that opens logs, which are closed after the test."""
    logs = []

    def open_log(*names: object, piped: int | None = None) -> FileLog:
        logs.append(files.open([str(one) for one in names], piped))
        return logs[-1]

    yield open_log
    for one in logs:
        one.close()


def pump_of(log: FileLog, number: int = 0) -> pump.Pump:
    """Return what feeds a part."""
    found = log._parts[number].pump
    assert found is not None
    return found


def run_dry(log: FileLog, number: int = 0) -> None:
    """Wait until a part has ended, and take in everything."""
    pump_of(log, number)._thread.join(PATIENCE_S)
    while log.advance().has_more:
        pass
    while log.reader.refresh():
        pass


def whole(log: FileLog) -> bytes:
    """Return all there is to read."""
    parts, size = [], 0
    while part := log.reader.read(size, 1 << 20):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def test_what_is_no_text_file_is_refused(tmp_path: Path, files: LocalLogFiles) -> None:
    """Missing files, folders, devices and binaries are told apart, with what to do instead."""
    binary = tmp_path / "core"
    binary.write_bytes(bytes(range(256)) * 400)
    expected: list[tuple[object, type[SkyforgeError], str]] = [
        (tmp_path / "missing", NotFound, "there is no file"),
        (binary / "below", NotFound, "there is no file"),
        (tmp_path, Invalid, "is a folder"),
        ("/dev/null", Invalid, "is a device"),
        (binary, Invalid, "is not text"),
        ("-", Invalid, "standard input"),
    ]
    for name, kind, words in expected:
        with pytest.raises(kind, match=words):
            files.open([str(name)])
    with pytest.raises(Invalid, match="between one and"):
        files.open([])
    assert not (tmp_path / "spools").exists()


def test_refusals_of_the_system_are_translated(
    tmp_path: Path, files: LocalLogFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may not read a file is told so; a disk that fails is something else."""
    path = tmp_path / "log"
    path.write_text("a\n")
    for number, kind in ((errno.EACCES, Forbidden), (errno.EIO, Unavailable)):

        def refuse(*_: object, number: int = number) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(opening, "_packing", refuse)
        with pytest.raises(kind, match=str(path)):
            files.open([str(path)])


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 100_000 + TEXT, TEXT + b"\0" * 100_000, "größe\n".encode("latin-1") * 99]
)
def test_odd_texts_are_texts(tmp_path: Path, opened: Callable[..., FileLog], data: bytes) -> None:
    """An empty file, a hole of zeros at one end, and old encodings are no reason to refuse."""
    path = tmp_path / "log"
    path.write_bytes(data)
    assert opened(path, path).sources[0].kind is SourceKind.FILE


@pytest.mark.parametrize(
    ("ending", "pack", "begin"),
    [
        ("gz", gzip.compress, lambda: zlib.decompressobj(31)),
        ("xz", lzma.compress, lzma.LZMADecompressor),
        ("bz2", bz2.compress, bz2.BZ2Decompressor),
    ],
)
def test_packed_files_are_unpacked(
    tmp_path: Path,
    opened: Callable[..., FileLog],
    ending: str,
    pack: Callable[[bytes], bytes],
    begin: Callable[[], Any],
) -> None:
    """What Python can unpack is read as what is inside; a broken end is told, the rest is kept."""
    path = tmp_path / f"log.{ending}"
    packed = pack(TEXT)
    path.write_bytes(packed)
    log = opened(path)
    run_dry(log)
    assert whole(log) == TEXT
    assert (log.advance().is_whole, log.advance().troubles) == (True, ())
    path.write_bytes(packed[: len(packed) // 2])
    log = opened(path)
    run_dry(log)
    assert whole(log) == begin().decompress(packed[: len(packed) // 2])
    assert TEXT.startswith(whole(log))
    (trouble,) = log.advance().troubles
    assert trouble.startswith(f"{path} cannot be read any further: it ends too early")
    path.write_bytes(packed[:200] + b"\0" * 50 + packed[250:])
    log = opened(path)
    run_dry(log)
    (trouble,) = log.advance().troubles
    assert "cannot be read any further" in trouble


def test_other_packings_are_named(tmp_path: Path, files: LocalLogFiles) -> None:
    """What Python cannot unpack is refused with the command that does it."""
    path = tmp_path / "the log.lz4"
    path.write_bytes(b"\x04\x22\x4d\x18" + os.urandom(2000))
    with pytest.raises(Invalid, match="packed by lz4") as refused:
        files.open([str(path)])
    assert refused.value.advice == f"lz4 -dc '{path}' | skyforge view -"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_other_texts_are_named(tmp_path: Path, files: LocalLogFiles, encoding: str) -> None:
    """Text of two bytes a character, as PowerShell writes it, is refused with what makes it one."""
    path = tmp_path / "log"
    path.write_bytes(f"\ufeff{TEXT.decode()}".encode(encoding))
    with pytest.raises(Invalid, match="is text in UTF-16") as refused:
        files.open([str(path)])
    assert refused.value.advice == f"iconv -f UTF-16 -t UTF-8 {path} | skyforge view -"


def test_a_pipe_is_kept_as_it_comes(opened: Callable[..., FileLog], tmp_path: Path) -> None:
    """Everything that is piped in is there, with the time when it came; closing removes it."""
    ours, theirs = os.pipe()
    log = opened("-", piped=ours)
    assert log.advance().is_fed
    with os.fdopen(theirs, "wb") as writer:
        writer.write(TEXT)
    run_dry(log)
    assert whole(log) == TEXT
    assert log.advance().is_whole
    assert log.reader.time_at(0) is not None
    target = tmp_path / "saved"
    assert log.export(str(target)) == len(TEXT)
    assert target.read_bytes() == TEXT
    log.close()
    assert list((tmp_path / "spools").iterdir()) == []


@pytest.mark.skipif(not hasattr(fcntl, "F_GETPIPE_SZ"), reason="only Linux tells")
def test_whoever_pipes_in_seldom_waits(opened: Callable[..., FileLog]) -> None:
    """A pipe that is ours holds more than one of nobody's; what is no pipe is read as it is."""
    ours, theirs = os.pipe()
    other = os.open(os.devnull, os.O_RDONLY)
    usual = fcntl.fcntl(ours, fcntl.F_GETPIPE_SZ)
    log = opened("-", piped=ours)
    assert fcntl.fcntl(theirs, fcntl.F_GETPIPE_SZ) > usual
    os.close(theirs)
    run_dry(log)
    empty = opened("-", piped=other)
    run_dry(empty)
    assert empty.reader.size == 0


def test_leaving_lets_go_of_the_pipe(opened: Callable[..., FileLog]) -> None:
    """Closing does not wait for a silent writer, and who writes on is told that nobody reads."""
    ours, theirs = os.pipe()
    log = opened("-", piped=ours)
    log.close()
    log.close()
    with pytest.raises(BrokenPipeError):
        os.write(theirs, b"x")
    os.close(theirs)


def test_a_pipe_by_name_waits_for_its_writer(
    opened: Callable[..., FileLog], tmp_path: Path
) -> None:
    """A named pipe may be opened before anybody writes into it."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    log = opened(path)
    assert log.sources[0].kind is SourceKind.PIPE
    path.write_bytes(TEXT)
    run_dry(log)
    assert whole(log) == TEXT


def test_a_full_disk_drops_nothing(
    opened: Callable[..., FileLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While there is no room the writer waits, it is said why, and then everything goes on."""
    append, told = LogWriter.append, list[str]()

    def full(self: LogWriter, data: bytes, at_ms: int) -> None:
        told.append(pump_of(log).trouble)
        if len(told) < 3:
            append(self, data[:10], at_ms)
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, data, at_ms)

    monkeypatch.setattr(LogWriter, "append", full)
    monkeypatch.setattr(pump, "_TRY_AGAIN_S", 0.01)
    ours, theirs = os.pipe()
    log = opened("-", piped=ours)
    with os.fdopen(theirs, "wb") as writer:
        writer.write(TEXT)
    run_dry(log)
    assert whole(log) == TEXT
    assert ["no room" in one for one in told[:4]] == [False, True, True, False]
    assert log.advance().troubles == ()


def test_what_a_killed_program_left_is_swept_away(
    opened: Callable[..., FileLog], tmp_path: Path
) -> None:
    """A spool that nobody holds any more is removed by the next program; living ones stay."""
    left = tmp_path / "spools" / "pipe-left"
    left.mkdir(parents=True)
    (left / "lock").touch()
    (left / "output.log").write_bytes(TEXT)
    pipes = [os.pipe() for _ in range(2)]
    first, second = (opened("-", piped=ours) for ours, _ in pipes)
    assert not left.exists()
    assert len(list((tmp_path / "spools").iterdir())) == 2
    for _, theirs in pipes:
        os.close(theirs)
    run_dry(first)
    run_dry(second)


def test_piped_lines_have_the_time_when_they_came(
    opened: Callable[..., FileLog], tmp_path: Path
) -> None:
    """Merged with files, lines of a pipe that tell no time stand where they came."""
    path = tmp_path / "syslog"
    path.write_text("2020-01-01T00:00:00Z long ago\n2100-01-01T00:00:00Z far ahead\n")
    ours, theirs = os.pipe()
    with os.fdopen(theirs, "wb") as writer:
        writer.write(b"ok: [leaf1]\nok: [leaf2]\n")
    log = opened("-", path, piped=ours)
    run_dry(log)
    lines = log.reader.lines(0, 10)
    assert lines[0].source == 1
    assert [line.data for line in lines if line.source == 0] == [b"ok: [leaf1]", b"ok: [leaf2]"]
    assert all(line.at is not None and line.at.year > 2020 for line in lines[1:])


@pytest.mark.parametrize("is_live", [True, False])
def test_order_is_worth_waiting_for(files: LocalLogFiles, tmp_path: Path, is_live: bool) -> None:
    """What is packed is put in order always; a pipe only where nobody watches it come."""
    packed, plain = tmp_path / "a.gz", tmp_path / "b"
    packed.write_bytes(gzip.compress(b"1700000001 packed\n" + b"x\n" * 150_000))
    plain.write_bytes(b"1700000003 plain\n")
    os.utime(plain, (0, 0))
    ours, theirs = os.pipe()
    log = files.open([str(plain), str(packed), "-"], ours, is_live=is_live)
    pump_of(log, 1)._thread.join(PATIENCE_S)
    while log.advance().has_more:
        pass
    with os.fdopen(theirs, "wb") as writer:
        writer.write(b"1700000002 piped, the last")
    run_dry(log, 2)
    words = [line.split()[1] for line in whole(log).splitlines() if b" " in line]
    expected = [b"packed", b"plain", b"piped,"] if is_live else [b"packed", b"piped,", b"plain"]
    assert words == expected
    assert whole(log).endswith(b"last\n") == is_live
    log.close()
