"""One SQLite file made fit for use: checked, migrated, set aside or stood in for; all blocking."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.store.hindrance import hindrance
from skyforge_tui.store.occupancy import Confidence, Occupancy
from skyforge_tui.store.schema import Schema

BUSY_TIMEOUT_S = 10.0
"""How long a write waits for another process's."""

_MAGIC = b"SQLite format 3\0"
_UNREADABLE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})


def means_damage(error: sqlite3.Error) -> bool:
    """Tell whether the file itself is broken, rather than its surroundings."""
    return primary_code(error) in _UNREADABLE


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code; 0 when the error is not SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class _UnfitError(Exception):
    """This file can never be used by this program; `word` becomes part of its new name."""

    def __init__(self, word: str, reason: str) -> None:
        super().__init__(reason)
        self.word = word


class _InUseError(Exception):
    """Somebody else is inside, and in the way."""


class DatabaseFile:
    """The database at `path`, opened and closed in whatever thread owns the connection.

    A file that cannot be understood is renamed, never deleted, and a fresh one made. A file that
    cannot be written is copied into memory, so that reading goes on. Both leave a notice.
    """

    def __init__(
        self, path: Path, schema: Schema, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        # SQLite keeps its companions beside the target of a symbolic link.
        self.path = Path(os.path.realpath(path))
        self.notices: list[Notice] = []
        self.is_in_memory = False
        self.is_suspect = False
        """Whether damage was met; the next one to open the file then looks at all of it."""
        self._schema = schema
        self._now = now
        self._occupancy = Occupancy(self.path)

    def open(self) -> sqlite3.Connection:
        """Return a connection in autocommit mode to this file, or to its stand-in in memory."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._occupancy.gate():
                try:
                    is_alone, confidence = self._occupancy.enter()
                    connection = self._prepared(confidence, is_alone=is_alone)
                    self._occupancy.stay()
                except BaseException:
                    self._occupancy.vanish()
                    raise
                return connection
        except (_InUseError, TimeoutError) as error:
            return self._stand_in(
                str(error), "Close the other skyforge, then start this one again."
            )
        except (sqlite3.Error, OSError) as error:
            folder, reason = self.path.parent, str(error)
            if isinstance(error, OSError):
                reason = hindrance(folder, error)
            advice = (
                f"Make sure that {folder} can be written and has space, then start skyforge again."
            )
            return self._stand_in(reason, advice)

    def close(self, connection: sqlite3.Connection) -> None:
        """Close the connection, and vouch for the file when this was its last user."""
        if self.is_in_memory:
            connection.close()
            return
        try:
            with self._occupancy.gate():
                connection.close()
                self._occupancy.leave(is_suspect=self.is_suspect)
        except OSError:
            # Without the gate there is nobody to tell: the file is checked at the next start.
            connection.close()
            self._occupancy.vanish()

    def _prepared(self, confidence: Confidence, *, is_alone: bool) -> sqlite3.Connection:
        try:
            if is_alone:
                self._probe()
            return self._connected(confidence)
        except _UnfitError as unfit:
            if not is_alone:
                raise _InUseError(f"another skyforge uses it, and {unfit}") from None
            self._set_aside(unfit)
        self._probe()
        return self._connected(Confidence.VOUCHED)

    def _probe(self) -> None:
        """Make sure that a database is there to read and write, its owner's only.

        SQLite is not let near anything else: it deletes logs that are not its own. Never while
        another connection of this process has the file open: closing a descriptor gives up the
        locks of them all.
        """
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
            return
        if not stat.S_ISREG(mode):
            raise _UnfitError("unreadable", "it is not a regular file")
        try:
            with self.path.open("rb") as file:
                if file.read(len(_MAGIC)) not in {b"", _MAGIC}:
                    raise _UnfitError("unreadable", "it is not a database")
        except PermissionError:
            raise _UnfitError("unreadable", "permission to read it is denied") from None
        os.close(os.open(self.path, os.O_RDWR | os.O_CLOEXEC))

    def _connected(self, confidence: Confidence) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            version = _version(connection)
            self._examine(connection, version, confidence)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if version < self._schema.latest:
                self._schema.migrate(connection, version)
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            connection.close()
            if means_damage(error):
                raise _UnfitError("unreadable", str(error)) from error
            raise
        except BaseException:
            connection.close()
            raise
        return connection

    def _examine(
        self, connection: sqlite3.Connection, version: int, confidence: Confidence
    ) -> None:
        if version > self._schema.latest:
            raise _UnfitError("newer", f"a newer skyforge wrote it (version {version})")
        if confidence is not Confidence.VOUCHED:
            check = "integrity" if confidence is Confidence.SUSPECT else "quick"
            (answer,) = connection.execute(f"PRAGMA {check}_check(1)").fetchone()
            if answer != "ok":
                raise _UnfitError("unreadable", answer.replace("\n", " "))
        elif version == self._schema.latest:
            return
        if reason := self._schema.disagreement(connection, version):
            raise _UnfitError("unreadable", reason)

    def _set_aside(self, unfit: _UnfitError) -> None:
        stem = f"{self.path}.{unfit.word}-{self._now():%Y%m%dT%H%M%SZ}"
        aside, count = stem, 1
        while os.path.lexists(aside):
            count += 1
            aside = f"{stem}-{count}"
        # The database goes last: killed in between, the next start finds it and goes on.
        for suffix in ("-shm", "-wal", ""):
            if os.path.lexists(f"{self.path}{suffix}"):
                Path(f"{self.path}{suffix}").rename(f"{aside}{suffix}")
        self.notices.append(
            Notice(
                Severity.WARNING,
                f"{self.path.name} was set aside",
                f"{_sentence(unfit)} It is kept as {aside}, and a fresh one was made. "
                f"{self._schema.loss}",
                str(self.path),
                "Update skyforge and move it back to use it again."
                if unfit.word == "newer"
                else "Delete it when nothing in it is missed.",
            )
        )

    def _stand_in(self, reason: str, advice: str) -> sqlite3.Connection:
        self.is_in_memory = True
        memory, content = self._copied()
        self.notices.append(
            Notice(
                Severity.WARNING,
                f"{self.path.name} cannot be used",
                f"{_sentence(reason)} {content}Nothing new is remembered after skyforge ends.",
                str(self.path),
                advice,
            )
        )
        return memory

    def _copied(self) -> tuple[sqlite3.Connection, str]:
        """Return the file's content in memory if it can be read, and a sentence that says so."""
        memory = sqlite3.connect(":memory:", isolation_level=None)
        content = "What was remembered can be read. "
        try:
            self._copy_to(memory)
            version = _version(memory)
            self._examine(memory, version, Confidence.UNKNOWN)
            self._schema.migrate(memory, version)
        except (sqlite3.Error, OSError, _UnfitError):
            memory.close()
            memory = sqlite3.connect(":memory:", isolation_level=None)
            content, version = f"What was remembered cannot be read. {self._schema.loss} ", -1
            self._schema.migrate(memory, 0)
        memory.execute("PRAGMA foreign_keys = ON")
        return memory, content if version else ""

    def _copy_to(self, memory: sqlite3.Connection) -> None:
        if not self.path.exists():
            return
        if not self.path.is_file():
            raise OSError("not a regular file")
        # Without anything in its log a file is complete, so that reading it needs no lock files.
        log = Path(f"{self.path}-wal")
        unlocked = "" if log.exists() and log.stat().st_size else "&immutable=1"
        source = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode=ro{unlocked}", uri=True, timeout=1.0
        )
        try:
            source.backup(memory)
        finally:
            source.close()


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _sentence(reason: object) -> str:
    words = str(reason)
    return f"{words[:1].upper()}{words[1:]}."
