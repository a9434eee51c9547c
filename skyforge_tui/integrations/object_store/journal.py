"""What is noted of uploads on their way, one small file each: another try goes on from there.

Whoever carries an upload holds its file: the system lets go of it when that program ends, however
it ends. A line that was not written to its end is as good as none.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from skyforge_tui.integrations.object_store.refusals import StoreError
from skyforge_tui.integrations.object_store.wire import Left


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload: where it goes to, and in parts of how many bytes."""

    root: str
    """The address of the bucket."""
    key: str
    """The whole key in the bucket."""
    id: str
    part_bytes: int
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A part that the store has: `sum` is the SHA-256 of all bytes up to its end, in hex."""

    number: int
    size: int
    etag: str
    sum: str


class Entry:
    """The notes of one upload, which are gone with this program."""

    def __init__(self) -> None:
        self.begun: Begun | None = None
        self.sent: dict[int, Sent] = {}
        """What is known to be there, by number."""

    def begin(self, begun: Begun) -> None:
        """Note an upload in place of what was noted."""
        self.sent.clear()
        self.begun = begun

    def add(self, sent: Sent) -> None:
        """Note a part that is there."""
        self.sent[sent.number] = sent

    def drop(self) -> None:
        """Forget the upload."""
        self.begun = None


class _WrittenEntry(Entry):
    """The notes of one upload in a file that this program holds."""

    def __init__(self, path: Path, descriptor: int) -> None:
        super().__init__()
        self._path = path
        self._descriptor = descriptor
        self._read()

    def begin(self, begun: Begun) -> None:
        super().begin(begun)
        os.ftruncate(self._descriptor, 0)
        self._add({**asdict(begun), "begun_at": begun.begun_at.isoformat()})

    def add(self, sent: Sent) -> None:
        super().add(sent)
        self._add(asdict(sent))

    def drop(self) -> None:
        super().drop()
        self._path.unlink(missing_ok=True)

    def _add(self, what: dict[str, object]) -> None:
        line = f"{json.dumps(what)}\n".encode()
        try:
            os.write(self._descriptor, line)
        except OSError as error:
            failure = _unwritable(self._path, error.strerror or str(error))
        else:
            return
        raise failure

    def _read(self) -> None:
        """Take what was noted; what cannot be read, and all behind it, is cut off."""
        data, good = _everything(self._descriptor), 0
        with contextlib.suppress(ValueError, TypeError, KeyError):
            for line in data.splitlines(keepends=True):
                if not line.endswith(b"\n"):
                    break
                told = json.loads(line)
                if self.begun is None:
                    at = datetime.fromisoformat(told.pop("begun_at"))
                    self.begun = Begun(**told, begun_at=at)
                else:
                    sent = Sent(**told)
                    self.sent[sent.number] = sent
                good += len(line)
        if good < len(data):
            os.ftruncate(self._descriptor, good)


class Journal:
    """The notes of all uploads to one store, below a folder that is made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self, ticket: str) -> Iterator[Entry]:
        """Give the notes of an upload, after whoever has them.

        Raises:
            StoreError: they cannot be written.
        """
        path = self._path(ticket)
        with _written(path, self._locked(path, fcntl.LOCK_EX)) as entry:
            yield entry

    @contextmanager
    def free(self, ticket: str) -> Iterator[Entry | None]:
        """Give the notes of an upload that nobody carries; None if somebody does, or none are."""
        path, descriptor = self._path(ticket), None
        if path.exists():
            with contextlib.suppress(BlockingIOError):
                descriptor = self._locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if descriptor is None:
            yield None
            return
        with _written(path, descriptor) as entry:
            yield entry

    def left(self, start: str) -> list[Left]:
        """Return the uploads that nobody carries just now; their keys leave out `start`."""
        found: list[Left] = []
        for path in sorted(self._folder.glob("*.upload")):
            with self.free(path.stem) as entry:
                if entry is not None and entry.begun is not None:
                    key = entry.begun.key.removeprefix(start)
                    size = sum(one.size for one in entry.sent.values())
                    found.append(Left(path.stem, key, size, entry.begun.begun_at))
        return found

    def _path(self, ticket: str) -> Path:
        return self._folder / f"{ticket}.upload"

    def _locked(self, path: Path, lock: int) -> int:
        """Return the descriptor of notes that this program holds now.

        Raises:
            BlockingIOError: somebody has them, and the lock does not wait.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        while True:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = os.open(path, flags, 0o600)
            except OSError as error:
                failure = _unwritable(path, error.strerror or str(error))
                break
            try:
                fcntl.flock(descriptor, lock)
                if os.fstat(descriptor).st_nlink:
                    return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)  # whoever had it has removed it
        raise failure


@contextmanager
def _written(path: Path, descriptor: int) -> Iterator[Entry]:
    """Give notes as they are written; those of no upload are removed in the end."""
    try:
        entry = _WrittenEntry(path, descriptor)
        yield entry
        if entry.begun is None:
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _everything(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


def _unwritable(path: Path, reason: str) -> StoreError:
    words = f"{path.parent} cannot be written: {reason.lower()}"
    return StoreError("failed", words, "make room there, or see who may write there")
