"""The databases as the rest of the store sees them: whole transactions, domain errors.

One thread per open database, which its context manager starts and ends. Every call is one
transaction run to its end in that thread: cancelling the caller never leaves half of it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from skyforge_tui.domain.errors import Invalid, Unavailable
from skyforge_tui.domain.notice import Notice
from skyforge_tui.store.database_file import DatabaseFile, means_damage, primary_code
from skyforge_tui.store.schema import CACHE, STATE, Schema

__all__ = ["CACHE", "STATE", "Database", "Schema", "open_database"]

T = TypeVar("T")


class Database:
    """An open database; `read` and `write` run a function on the connection, in its thread."""

    def __init__(self, connection: _Connection, file: DatabaseFile) -> None:
        self._connection = connection
        self._file = file

    @property
    def path(self) -> Path:
        """Where the file is, or would be."""
        return self._file.path

    @property
    def is_in_memory(self) -> bool:
        """Whether nothing written here outlives the process."""
        return self._file.is_in_memory

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a person should know about how it was opened."""
        return tuple(self._file.notices)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` reads; all of it sees the same moment.

        Raises:
            Invalid: a text asked for came from bytes that are not UTF-8.
            Unavailable: the file cannot be read; says why and what next.
        """
        return await self._transaction("BEGIN", work)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` returns, once all its changes are committed; all or none are.

        Raises:
            Invalid: a text in them came from bytes that are not UTF-8.
            Unavailable: the file cannot be written; says why and what next.
        """
        return await self._transaction("BEGIN IMMEDIATE", work)

    async def _transaction(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        def transaction(connection: sqlite3.Connection) -> T:
            connection.execute(begin)
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.rollback()
                raise
            return result

        try:
            return await self._connection.run(transaction)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
                raise
            raise self._translated(error) from error
        except UnicodeEncodeError as error:
            raise Invalid(f"{error.object!r} is not Unicode text") from error

    def _translated(self, error: sqlite3.DatabaseError) -> Unavailable:
        path = self.path
        if means_damage(error):
            self._file.is_suspect = True
            return Unavailable(
                f"{path} is damaged: {error}",
                advice="start skyforge again: it sets the file aside and makes a fresh one",
            )
        match primary_code(error):
            case sqlite3.SQLITE_FULL:
                message, advice = "no space left", f"free space for {path.parent}"
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                message, advice = "another process is writing it", "try again in a moment"
            case sqlite3.SQLITE_ERROR:
                message, advice = f"it is not as expected: {error}", "start skyforge again"
            case _:
                message = str(error)
                advice = f"make sure that {path.parent} can be read and written"
        return Unavailable(f"{path}: {message}", advice=advice)


@asynccontextmanager
async def open_database(path: Path, schema: Schema) -> AsyncIterator[Database]:
    """Open the database at `path`, made fit for use; it is closed on every way out.

    Whatever state the file or its folder is in, something usable is yielded: look at `notices`.
    """
    file = DatabaseFile(path, schema)
    connection = _Connection(file)
    opening = asyncio.create_task(connection.start())
    try:
        await asyncio.shield(opening)
        yield Database(connection, file)
    finally:
        await _to_the_end(connection.end(opening))


class _Connection(aiosqlite.Connection):
    """The thread that owns the connection; runs whole functions in it, one after the other."""

    def __init__(self, file: DatabaseFile) -> None:
        super().__init__(self._open, iter_chunk_size=64)
        self._file = file
        self._failure: BaseException | None = None

    async def start(self) -> None:
        """Start the thread and open the file in it."""
        _ = await self
        if self._failure is not None:
            raise self._failure

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `work` returns.

        Raises:
            Unavailable: the database is closed.
        """
        try:
            connection = self._conn
        except ValueError:
            raise Unavailable(f"{self._file.path} is closed") from None
        result: T = await self._execute(work, connection)  # type: ignore[no-untyped-call]
        return result

    async def end(self, opening: asyncio.Task[None]) -> None:
        """Close the file and end the thread, once opening is over."""
        await asyncio.wait([opening])
        try:
            if self._failure is None:
                await self.run(self._file.close)
        finally:
            await self.close()

    def _open(self) -> sqlite3.Connection:
        # The thread ends only after it had a connection to close: failures wait for `start`.
        try:
            return self._file.open()
        except BaseException as error:  # noqa: BLE001
            self._failure = error
            return sqlite3.connect(":memory:")


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for `work` even when cancelled meanwhile; be cancelled after it."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
