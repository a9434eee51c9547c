"""The output of runs: where it is kept, and readers and writers for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.store.log_copy import copied
from skyforge_tui.store.log_dropping import drop
from skyforge_tui.store.log_format import current_log
from skyforge_tui.store.log_reader import FileLogReader
from skyforge_tui.store.log_searchable import load_search
from skyforge_tui.store.log_writer import LogWriter

__all__ = ["FileLogReader", "FileLogStore", "LogWriter"]


class FileLogStore:
    """Finds output below a state directory, in `runs/<native run id>`.

    Implements `LogStore` and `LogTrimmer`.
    """

    def __init__(self, state_directory: Path) -> None:
        self._runs = state_directory / "runs"

    def open(self, native_run_id: str, on_close: Callable[[], None] | None = None) -> FileLogReader:
        """Return a reader; an output that has no bytes yet reads as empty.

        Opens files: not for the UI thread. `on_close` is called once, when it is closed.

        Raises:
            NotFound: there is no such run.
            Unavailable: its output cannot be read.
        """
        load_search()
        directory = self._directory(native_run_id)
        try:
            return FileLogReader(directory, on_close=on_close)
        except (OSError, ValueError) as error:
            raise _unreadable(directory, error) from error

    def raw_path(self, native_run_id: str) -> str:
        """Return the path of the file that holds the current generation's bytes.

        Raises:
            NotFound: there is no such run.
            Unavailable: which generation is current cannot be read.
        """
        directory = self._directory(native_run_id)
        try:
            return str(current_log(directory))
        except (OSError, ValueError) as error:
            raise _unreadable(directory, error) from error

    def export(self, native_run_id: str, target: str) -> int:
        """Copy the current generation's raw bytes to a new file; return how many there were.

        Raises:
            NotFound: there is no such run.
            Conflict: `target` is there already; nothing is overwritten.
            Unavailable: it cannot be written.
        """
        reader = self.open(native_run_id)
        try:
            return copied(reader, target)
        finally:
            reader.close()

    def drop(self, native_run_id: str, reason: str) -> int:
        """Remove a run's output for good, leaving a gap; return how many bytes there were.

        Raises:
            NotFound: there is no such run.
            Conflict: it has not ended, or somebody reads its output.
            Unavailable: it cannot be removed; it is still there.
        """
        return drop(self._directory(native_run_id), reason)

    def _directory(self, native_run_id: str) -> Path:
        # An identity is a name, never a way out of the folder.
        is_name = native_run_id not in {"", ".", ".."} and not set(native_run_id) & {"/", "\0"}
        directory = self._runs / native_run_id
        if not is_name or not directory.is_dir():
            raise NotFound(f"there is no run {native_run_id}", operation="run.log")
        return directory


def _unreadable(directory: Path, error: Exception) -> Unavailable:
    return Unavailable(
        f"the output in {directory} cannot be read: {error}",
        operation="run.log",
        advice="Check the disk and the permissions of this directory.",
    )
